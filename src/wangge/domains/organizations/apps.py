"""The Django application of organizations and access."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganizationsConfig(AppConfig):
    """Label ``organizations``; owns the user model ``organizations.Person``."""

    name = "wangge.domains.organizations"
    label = "organizations"
    verbose_name = _("机构与权限")
    default_auto_field = "django.db.models.BigAutoField"

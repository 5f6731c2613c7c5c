"""Owns the registration of the domain with the framework."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    """Partners and the messages on their way to them."""

    name = "wangge.domains.partners"
    label = "partners"
    verbose_name = _("外部系统推送")
    default_auto_field = "django.db.models.BigAutoField"

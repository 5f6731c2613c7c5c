"""Registers disclosure with Django."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DisclosureConfig(AppConfig):
    """The app of published accounts."""

    name = "wangge.domains.disclosure"
    label = "disclosure"
    verbose_name = _("决算公开")
    default_auto_field = "django.db.models.BigAutoField"

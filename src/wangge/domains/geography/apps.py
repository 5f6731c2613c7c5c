"""Owns the registration of the domain with the framework."""

from django.apps import AppConfig


class GeographyConfig(AppConfig):
    """Areas, borders and grid duties."""

    name = "wangge.domains.geography"
    label = "geography"
    default_auto_field = "django.db.models.BigAutoField"

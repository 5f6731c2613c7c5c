"""Owns the registration of the domain with the framework."""

from django.apps import AppConfig


class ComponentsConfig(AppConfig):
    """Components, their units and census."""

    name = "wangge.domains.components"
    label = "components"
    default_auto_field = "django.db.models.BigAutoField"

"""Owns the registration of the domain with the framework."""

from django.apps import AppConfig


class CitizensConfig(AppConfig):
    """Followers of cases, sendings counted."""

    name = "wangge.domains.citizens"
    label = "citizens"
    default_auto_field = "django.db.models.BigAutoField"

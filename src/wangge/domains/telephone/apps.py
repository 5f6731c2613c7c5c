"""Owns the registration of the domain with the framework."""

from django.apps import AppConfig


class TelephoneConfig(AppConfig):
    """Calls, their events and recordings."""

    name = "wangge.domains.telephone"
    label = "telephone"
    default_auto_field = "django.db.models.BigAutoField"

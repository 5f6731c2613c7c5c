"""Owns the registration of the domain with the framework."""

from django.apps import AppConfig


class HotlineConfig(AppConfig):
    """Orders, their events, messages taken in."""

    name = "wangge.domains.hotline"
    label = "hotline"
    default_auto_field = "django.db.models.BigAutoField"

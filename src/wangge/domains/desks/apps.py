"""Owns the registration of the domain with the framework."""

from django.apps import AppConfig


class DesksConfig(AppConfig):
    """Cases in hand, kept views, standard texts, handovers of shifts."""

    name = "wangge.domains.desks"
    label = "desks"
    default_auto_field = "django.db.models.BigAutoField"

"""Owns the registration of the domain with the framework."""

from django.apps import AppConfig


class OwnershipConfig(AppConfig):
    """Rule sets of ownership, meeting decisions, proposals."""

    name = "wangge.domains.ownership"
    label = "ownership"
    default_auto_field = "django.db.models.BigAutoField"

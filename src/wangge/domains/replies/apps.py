"""Owns the registration of the domain with the framework."""

from django.apps import AppConfig


class RepliesConfig(AppConfig):
    """Answers to citizens in their own channel."""

    name = "wangge.domains.replies"
    label = "replies"
    default_auto_field = "django.db.models.BigAutoField"

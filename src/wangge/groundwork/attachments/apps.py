"""Owns the registration of attachments with the framework."""

from django.apps import AppConfig


class AttachmentsConfig(AppConfig):
    """Photos by content, outside the database."""

    name = "wangge.groundwork.attachments"
    label = "attachments"
    default_auto_field = "django.db.models.BigAutoField"

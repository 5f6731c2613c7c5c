"""The web surface as a Django application: its templates, tags and static files are found through it."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Server-rendered pages of all audiences."""

    name = "wangge.surfaces.web"
    label = "web"

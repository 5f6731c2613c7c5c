"""The Django application of the platform's own running."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlatformConfig(AppConfig):
    """Label ``platform``."""

    name = "wangge.domains.platform"
    label = "platform"
    verbose_name = _("平台运行")
    default_auto_field = "django.db.models.BigAutoField"

"""The Django application of the notices."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    """Label ``notices``."""

    name = "wangge.domains.notices"
    label = "notices"
    verbose_name = _("站内消息")
    default_auto_field = "django.db.models.BigAutoField"

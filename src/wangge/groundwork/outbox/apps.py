"""The Django application of the outbox."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    """Label ``outbox``; owns the tables ``outbox`` and ``outbox_delivery``."""

    name = "wangge.groundwork.outbox"
    label = "outbox"
    verbose_name = _("事实发件箱")
    default_auto_field = "django.db.models.BigAutoField"

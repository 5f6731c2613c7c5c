"""The table of notices: what a person was told, about what, and whether he has read it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """One message to one person; ``source_key`` names the fact it tells, so that telling twice leaves one."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    topic = models.CharField(_("类别"), max_length=60)
    # Text, not a key: what a notice speaks of lies in domains above this one.
    object_key = models.CharField(_("对象"), max_length=64, blank=True)
    text = models.CharField(_("内容"), max_length=500)
    source_key = models.CharField(_("来源"), max_length=100)
    created_at = models.DateTimeField(_("时间"))
    read_at = models.DateTimeField(_("已读时间"), null=True, blank=True)

    class Meta:
        """Named constraints; the partial index serves the number beside the bell."""

        db_table = "notices_notice"
        verbose_name = verbose_name_plural = _("站内消息")
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(name="notice_newest", fields=["person", "-created_at", "-id"]),
            models.Index(name="notice_unread", fields=["person"], condition=Q(read_at__isnull=True)),
        )
        constraints = (
            models.UniqueConstraint(name="notice_once_per_fact", fields=["person", "source_key"]),
            models.CheckConstraint(name="notice_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="notice_read_after_made",
                condition=Q(read_at__isnull=True) | Q(read_at__gte=F("created_at")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.topic} {self.object_key}"

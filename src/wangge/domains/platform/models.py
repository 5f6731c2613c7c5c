"""The tables of the platform's own running: stretches without a fault, and what was done to keep it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class UpkeepKind(models.TextChoices):
    """What was done."""

    BASE = "base", _("基础备份")
    DUMP = "dump", _("备份")
    REHEARSAL = "rehearsal", _("恢复演练")
    RESTORE = "restore", _("恢复")
    MONTHS_AWAY = "months_away", _("旧月份移出")
    EXPLAINED = "explained", _("停机说明")


class Upkeep(models.Model):
    """Something that was done to keep the platform, and whether it went well; never changed."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("时间"))
    kind = models.CharField(_("事项"), max_length=12, choices=UpkeepKind.choices)
    well = models.BooleanField(_("成功"))
    seconds = models.PositiveIntegerField(_("用时（秒）"), default=0)
    detail = models.JSONField(_("说明"), default=dict)

    class Meta:
        """Named constraints."""

        db_table = "platform_upkeep"
        verbose_name = verbose_name_plural = _("运行维护记录")
        indexes: ClassVar = [models.Index(name="platform_upkeep_latest", fields=["kind", "-at"])]
        constraints: ClassVar = [
            models.CheckConstraint(name="platform_upkeep_kind", condition=Q(kind__in=UpkeepKind.values)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"


class Running(models.Model):
    """A stretch of time in which each beat found the platform whole; what lies between two of them is a fault."""

    id = models.BigAutoField(primary_key=True)
    began_at = models.DateTimeField(_("开始"))
    last_beat_at = models.DateTimeField(_("最近一次"))

    class Meta:
        """Named constraints."""

        db_table = "platform_running"
        verbose_name = verbose_name_plural = _("正常运行时段")
        indexes: ClassVar = [models.Index(name="platform_running_order", fields=["began_at"])]
        constraints: ClassVar = [
            models.CheckConstraint(name="platform_running_forward", condition=Q(last_beat_at__gte=F("began_at"))),
        ]

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d %H:%M}"

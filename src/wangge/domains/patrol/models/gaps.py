"""Owns the register of collection gaps 采集中断: when and where nothing could be collected, and why."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class GapKind(models.TextChoices):
    """Why nothing could be collected."""

    WEATHER = "weather", _("天气")
    FAILURE = "failure", _("系统或设备故障")
    EVENT = "event", _("重大活动")
    OTHER = "other", _("其他")


class CollectionGap(models.Model):
    """One gap, recorded once; every figure of patrol asks this table. A mistake is withdrawn by a further row."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(_("原因类别"), max_length=20, choices=GapKind.choices)
    district_code = models.CharField(_("区"), max_length=12, blank=True)
    grid_code = models.CharField(_("责任网格"), max_length=20, blank=True)
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    reason = models.CharField(_("说明"), max_length=200)
    withdraws = models.OneToOneField(
        "self", verbose_name=_("撤销"), on_delete=models.PROTECT, null=True, blank=True, related_name="withdrawn_by"
    )
    recorded_by_id = models.BigIntegerField(_("登记人"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("登记时间"))

    class Meta:
        """Named constraints; the table itself is append-only by triggers."""

        db_table = "patrol_gap"
        verbose_name = verbose_name_plural = _("采集中断")
        ordering = ("-starts_at", "-id")
        indexes: ClassVar = [models.Index(name="gap_by_time", fields=["starts_at", "ends_at"])]
        constraints: ClassVar = [
            models.CheckConstraint(name="gap_kind_known", condition=Q(kind__in=GapKind.values)),
            models.CheckConstraint(name="gap_runs_forward", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="gap_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(name="gap_of_grid_or_district", condition=Q(grid_code="") | Q(district_code="")),
            models.CheckConstraint(
                name="gap_withdraws_another", condition=Q(withdraws__isnull=True) | ~Q(withdraws=F("id"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.starts_at:%Y-%m-%d %H:%M}"

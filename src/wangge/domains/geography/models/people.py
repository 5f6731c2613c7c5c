"""Owns who stands for a responsibility grid: the collectors who walk it, the person responsible for it."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from wangge.domains.geography.models.areas import Days


class GridDutyRow(models.Model):
    """A collector's duty for a responsibility grid between two days; rank 1 is asked first."""

    id = models.BigAutoField(primary_key=True)
    grid_code = models.CharField(_("责任网格"), max_length=20)
    collector = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("采集员"), on_delete=models.PROTECT, related_name="+"
    )
    rank = models.PositiveSmallIntegerField(_("顺序"), default=1)
    valid_from = models.DateField(_("开始日期"))
    valid_to = models.DateField(_("结束日期"), null=True, blank=True)

    class Meta:
        """Named constraints."""

        db_table = "geography_grid_duty"
        verbose_name = verbose_name_plural = _("网格责任")
        ordering = ("grid_code", "rank", "valid_from")
        constraints: ClassVar = [
            models.CheckConstraint(name="grid_duty_rank_from_one", condition=Q(rank__gte=1)),
            models.CheckConstraint(name="grid_duty_has_grid", condition=~Q(grid_code="")),
            models.CheckConstraint(
                name="grid_duty_period_runs_forward",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
            ExclusionConstraint(
                name="grid_duty_once_a_day",
                expressions=[
                    ("grid_code", RangeOperators.EQUAL),
                    ("collector", RangeOperators.EQUAL),
                    (Days("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="grid_duty_one_per_rank",
                expressions=[
                    ("grid_code", RangeOperators.EQUAL),
                    ("rank", RangeOperators.EQUAL),
                    (Days("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grid_code} {self.collector_id}"


class ResponsibleRow(models.Model):
    """The one person responsible for a grid (相关责任人) between two days; he need not have an account here."""

    id = models.BigAutoField(primary_key=True)
    grid_code = models.CharField(_("责任网格"), max_length=20)
    name = models.CharField(_("姓名"), max_length=60)
    unit = models.CharField(_("单位"), max_length=100, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("人员"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    valid_from = models.DateField(_("开始日期"))
    valid_to = models.DateField(_("结束日期"), null=True, blank=True)

    class Meta:
        """Named constraints."""

        db_table = "geography_grid_responsible"
        verbose_name = verbose_name_plural = _("相关责任人")
        ordering = ("grid_code", "valid_from")
        constraints: ClassVar = [
            models.CheckConstraint(name="responsible_has_grid", condition=~Q(grid_code="")),
            models.CheckConstraint(name="responsible_has_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="responsible_period_runs_forward",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
            ExclusionConstraint(
                name="responsible_one_a_day",
                expressions=[
                    ("grid_code", RangeOperators.EQUAL),
                    (Days("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grid_code} {self.name}"

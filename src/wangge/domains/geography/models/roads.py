"""Owns the table of road sections: a road's line between two ends, each side for itself where they differ."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from wangge.domains.geography.models.areas import Days

_BYTES: "models.Field[int, int]" = models.IntegerField()


class Side(models.TextChoices):
    """The side of a road, seen along its line."""

    BOTH = "both", _("两侧")
    LEFT = "left", _("左侧")
    RIGHT = "right", _("右侧")


class Sides(Func):
    """The sides a row stands for as a range, so that both sides meet the left one and the right one."""

    template = (
        "int4range(CASE WHEN %(expressions)s = 'right' THEN 1 ELSE 0 END,"
        " CASE WHEN %(expressions)s = 'left' THEN 1 ELSE 2 END)"
    )
    output_field = IntegerRangeField()


class RoadSectionRow(models.Model):
    """A section of a road with its line, its side and its days."""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(_("代码"), max_length=40)
    side = models.CharField(_("侧"), max_length=5, choices=Side.choices, default=Side.BOTH)
    road_name = models.CharField(_("道路名称"), max_length=100)
    begins_at = models.CharField(_("起点"), max_length=100, blank=True)
    ends_at = models.CharField(_("止点"), max_length=100, blank=True)
    district_code = models.CharField(_("所属区"), max_length=6, blank=True)
    line = models.BinaryField(_("线"), help_text=_("WGS-84 经纬度，WKB"))
    valid_from = models.DateField(_("启用日期"))
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)
    properties = models.JSONField(_("属性"), default=dict, blank=True)
    brought_by = models.ForeignKey(
        "geography.GroundImportRow", verbose_name=_("导入"), on_delete=models.PROTECT, related_name="+", null=True
    )

    class Meta:
        """Named constraints."""

        db_table = "geography_road_section"
        verbose_name = verbose_name_plural = _("路段")
        ordering = ("code", "side", "valid_from")
        constraints: ClassVar = [
            models.CheckConstraint(name="road_section_has_code", condition=~Q(code="")),
            models.CheckConstraint(name="road_section_has_road", condition=~Q(road_name="")),
            models.CheckConstraint(name="road_section_side_known", condition=Q(side__in=Side.values)),
            models.CheckConstraint(
                name="road_section_district_form", condition=Q(district_code="") | Q(district_code__regex=r"^[0-9]{6}$")
            ),
            models.CheckConstraint(
                name="road_section_period_runs_forward",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
            # A line of two points takes 41 bytes of WKB.
            models.CheckConstraint(
                name="road_section_has_line",
                condition=GreaterThanOrEqual(Func(F("line"), function="octet_length", output_field=_BYTES), 41),
            ),
            ExclusionConstraint(
                name="road_section_one_line_a_day",
                expressions=[
                    ("code", RangeOperators.EQUAL),
                    (Sides("side"), RangeOperators.OVERLAPS),
                    (Days("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.road_name}"

"""Owns the table of areas with their borders over time, and the version of the whole ground."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

_BYTES: "models.Field[int, int]" = models.IntegerField()


class Days(Func):
    """The half-open range of days between two columns."""

    function = "daterange"
    output_field = DateRangeField()


class StartsWith(Func):
    """Whether the first text begins with the second."""

    function = "starts_with"
    output_field = models.BooleanField()


class Kind(models.TextChoices):
    """Kinds of areas, with their labels."""

    DISTRICT = "district", _("区")
    STREET = "street", _("街道")
    COMMUNITY = "community", _("社区")
    UNIT_GRID = "unit_grid", _("单元网格")
    RESPONSIBILITY_GRID = "responsibility_grid", _("责任网格")


class AreaRow(models.Model):
    """One area with one border and its days; a new border is a new row, the old one keeps its days."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(_("类别"), max_length=20, choices=Kind.choices)
    code = models.CharField(_("代码"), max_length=20)
    name = models.CharField(_("名称"), max_length=100)
    parent_code = models.CharField(_("上级代码"), max_length=20, blank=True)
    district_code = models.CharField(_("所属区"), max_length=6)
    boundary = models.BinaryField(_("边界"), help_text=_("WGS-84 经纬度，WKB"))
    valid_from = models.DateField(_("启用日期"))
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)
    properties = models.JSONField(_("属性"), default=dict, blank=True)
    brought_by = models.ForeignKey(
        "geography.GroundImportRow", verbose_name=_("导入"), on_delete=models.PROTECT, related_name="+", null=True
    )

    class Meta:
        """Named constraints: what a row can show, the database refuses."""

        db_table = "geography_area"
        verbose_name = verbose_name_plural = _("区域")
        ordering = ("kind", "code", "valid_from")
        indexes: ClassVar = [models.Index(name="area_by_code", fields=["code"])]
        constraints: ClassVar = [
            models.CheckConstraint(name="area_kind_known", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(
                name="area_code_fits_kind",
                condition=Q(kind=Kind.DISTRICT, code__regex=r"^[0-9]{6}$")
                | Q(kind=Kind.STREET, code__regex=r"^[0-9]{9}$")
                | Q(kind=Kind.COMMUNITY, code__regex=r"^[0-9]{12}$")
                # 14 digits in CJ/T 213-2005, 15 in GB/T 30428.1-2013.
                | Q(kind=Kind.UNIT_GRID, code__regex=r"^[0-9]{14,15}$")
                | Q(kind=Kind.RESPONSIBILITY_GRID, code__regex=r"^[0-9A-Za-z-]+$")
                | ~Q(kind__in=Kind.values),
            ),
            models.CheckConstraint(name="area_has_name", condition=~Q(name="")),
            models.CheckConstraint(name="area_district_form", condition=Q(district_code__regex=r"^[0-9]{6}$")),
            models.CheckConstraint(
                name="area_parent_only_below_district",
                condition=Q(kind=Kind.DISTRICT, parent_code="") | ~Q(kind=Kind.DISTRICT) & ~Q(parent_code=""),
            ),
            # A code of the national form begins with its parent's and its district's code.
            models.CheckConstraint(
                name="area_code_within_parent",
                condition=Q(kind=Kind.RESPONSIBILITY_GRID)
                | Q(kind=Kind.DISTRICT)
                | Q(
                    StartsWith(F("code"), F("parent_code")),
                    StartsWith(F("code"), F("district_code")),
                ),
            ),
            models.CheckConstraint(
                name="area_period_runs_forward",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
            # A closed ring of a triangle takes 93 bytes of WKB: anything shorter is no area.
            models.CheckConstraint(
                name="area_has_boundary",
                condition=GreaterThanOrEqual(Func(F("boundary"), function="octet_length", output_field=_BYTES), 93),
            ),
            ExclusionConstraint(
                name="area_one_boundary_a_day",
                expressions=[
                    ("kind", RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    (Days("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Ground(models.Model):
    """The one row that every process watches: a new version means that areas or duties have changed.

    `names_version` does the same for the gazetteer, which is larger and changes less.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    version = models.BigIntegerField(_("版本"), default=0)
    city_epsg = models.IntegerField(_("城市坐标系（EPSG）"), default=4547)
    names_version = models.BigIntegerField(_("地名版本"), default=0)

    class Meta:
        """Named constraints."""

        db_table = "geography_version"
        verbose_name = verbose_name_plural = _("地理版本")
        constraints: ClassVar = [
            models.CheckConstraint(name="ground_is_one_row", condition=Q(id=1)),
            models.CheckConstraint(name="ground_version_counts_up", condition=Q(version__gte=0, names_version__gte=0)),
        ]

    def __str__(self) -> str:
        return str(self.version)

"""Owns the table of the gazetteer: roads, house numbers, crossings and places by name, with pinyin and position."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class NameKind(models.TextChoices):
    """What a name of the gazetteer stands for."""

    ROAD = "road", _("道路")
    CROSSING = "crossing", _("交叉口")
    HOUSE_NUMBER = "house_number", _("门牌")
    PLACE = "place", _("地点")


class PlaceNameRow(models.Model):
    """One name with its position; a name that is given up keeps its row and gets an end."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(_("类别"), max_length=12, choices=NameKind.choices)
    name = models.CharField(_("名称"), max_length=120)
    road_name = models.CharField(_("道路"), max_length=100, blank=True)
    number = models.CharField(_("门牌号"), max_length=20, blank=True)
    district_code = models.CharField(_("所属区"), max_length=6, blank=True)
    lon = models.FloatField(_("东经"))
    lat = models.FloatField(_("北纬"))
    pinyin = models.CharField(_("拼音"), max_length=400, blank=True)
    initials = models.CharField(_("首字母"), max_length=120, blank=True)
    valid_from = models.DateField(_("启用日期"))
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)
    brought_by = models.ForeignKey(
        "geography.GroundImportRow", verbose_name=_("导入"), on_delete=models.PROTECT, related_name="+", null=True
    )

    class Meta:
        """Named constraints."""

        db_table = "geography_place_name"
        verbose_name = verbose_name_plural = _("地名")
        ordering = ("id",)
        constraints: ClassVar = [
            models.CheckConstraint(name="place_name_kind_known", condition=Q(kind__in=NameKind.values)),
            models.CheckConstraint(name="place_name_has_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="place_name_house_number_whole",
                condition=~Q(kind=NameKind.HOUSE_NUMBER) | ~Q(road_name="") & ~Q(number=""),
            ),
            models.CheckConstraint(
                name="place_name_position", condition=Q(lon__gte=-180, lon__lte=180, lat__gte=-90, lat__lte=90)
            ),
            models.CheckConstraint(
                name="place_name_district_form", condition=Q(district_code="") | Q(district_code__regex=r"^[0-9]{6}$")
            ),
            models.CheckConstraint(
                name="place_name_period_runs_forward",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
            models.UniqueConstraint(
                name="place_name_once_in_district",
                fields=["kind", "name", "district_code"],
                condition=Q(valid_to__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name

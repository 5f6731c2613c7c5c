"""Owns the tables of the city's own layers: named and styled sets of figures with their days."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from wangge.domains.geography.models.areas import Days

_BYTES: "models.Field[int, int]" = models.IntegerField()


class Colour(models.TextChoices):
    """The colours of the map's own tokens: they hold in light and in dark."""

    DISTRICT = "district", _("深色")
    GRID = "grid", _("浅色")
    ROAD = "road", _("道路色")
    WATER = "water", _("水色")
    ACCENT = "accent", _("强调色")


class LayerRow(models.Model):
    """A layer of the city's own: what it shows, how it is drawn, from when to when."""

    key = models.SlugField(_("标识"), max_length=40, primary_key=True)
    name = models.CharField(_("名称"), max_length=60)
    colour = models.CharField(_("颜色"), max_length=10, choices=Colour.choices, default=Colour.ACCENT)
    width = models.PositiveSmallIntegerField(_("线宽（像素）"), default=2)
    valid_from = models.DateField(_("启用日期"))
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta:
        """Named constraints."""

        db_table = "geography_layer"
        verbose_name = verbose_name_plural = _("图层")
        ordering = ("key",)
        constraints: ClassVar = [
            models.CheckConstraint(name="layer_has_name", condition=~Q(name="")),
            models.CheckConstraint(name="layer_key_form", condition=Q(key__regex=r"^[a-z][a-z0-9-]*$")),
            models.CheckConstraint(name="layer_colour_known", condition=Q(colour__in=Colour.values)),
            models.CheckConstraint(name="layer_width_drawn", condition=Q(width__gte=1, width__lte=12)),
            models.CheckConstraint(
                name="layer_period_runs_forward",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class LayerItemRow(models.Model):
    """One figure of a layer with its days."""

    id = models.BigAutoField(primary_key=True)
    layer = models.ForeignKey(LayerRow, verbose_name=_("图层"), on_delete=models.PROTECT, related_name="+")
    code = models.CharField(_("代码"), max_length=40)
    name = models.CharField(_("名称"), max_length=100, blank=True)
    figure = models.BinaryField(_("图形"), help_text=_("WGS-84 经纬度，WKB"))
    valid_from = models.DateField(_("启用日期"))
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)
    properties = models.JSONField(_("属性"), default=dict, blank=True)
    brought_by = models.ForeignKey(
        "geography.GroundImportRow", verbose_name=_("导入"), on_delete=models.PROTECT, related_name="+", null=True
    )

    class Meta:
        """Named constraints."""

        db_table = "geography_layer_item"
        verbose_name = verbose_name_plural = _("图层要素")
        ordering = ("layer", "code", "valid_from")
        constraints: ClassVar = [
            models.CheckConstraint(name="layer_item_has_code", condition=~Q(code="")),
            models.CheckConstraint(
                name="layer_item_period_runs_forward",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
            # A point takes 21 bytes of WKB.
            models.CheckConstraint(
                name="layer_item_has_figure",
                condition=GreaterThanOrEqual(Func(F("figure"), function="octet_length", output_field=_BYTES), 21),
            ),
            ExclusionConstraint(
                name="layer_item_one_figure_a_day",
                expressions=[
                    ("layer", RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    (Days("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

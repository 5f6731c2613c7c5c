"""Owns the tables of components: the register, the units of each by days, photos, and the census that corrects it.

Place is WGS-84 in ``lon`` and ``lat``. Beside them the migration makes ``spot``, a generated ``point`` in metres of
the Mercator plane with a GiST index: that projection keeps angles, so the nearest there is the nearest on the ground.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _


class Days(Func):
    """The half-open range of days between two columns."""

    function = "daterange"
    output_field = DateRangeField()


class State(models.TextChoices):
    """The state of a component (ObjState); 移除 is our own reading of the fifth value, confidence C."""

    INTACT = "intact", _("完好")
    DAMAGED = "damaged", _("破损")
    LOST = "lost", _("丢失")
    ABANDONED = "abandoned", _("废弃")
    REMOVED = "removed", _("移除")


class Form(models.TextChoices):
    """What a component's geometry is."""

    POINT = "point", _("点")
    LINE = "line", _("线")
    POLYGON = "polygon", _("面")


class Component(models.Model):
    """One component as the register has it now; ``shape`` is WKB in WGS-84 where it is no point."""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(_("标识码"), max_length=16, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    category = models.CharField(_("小类"), max_length=24)
    district_code = models.CharField(_("区"), max_length=6)
    unit_grid_code = models.CharField(_("所在单元网格"), max_length=20, blank=True, default="")
    state = models.CharField(_("状态"), max_length=10, choices=State.choices)
    lon = models.FloatField(_("经度"))
    lat = models.FloatField(_("纬度"))
    form = models.CharField(_("几何类型"), max_length=8, choices=Form.choices, default=Form.POINT)
    shape = models.BinaryField(_("几何"), null=True)
    given_system = models.CharField(_("来源坐标系"), max_length=8, default="wgs84")
    initial_on = models.DateField(_("初始日期"))
    changed_on = models.DateField(_("变更日期"), null=True)
    data_source = models.CharField(_("数据来源"), max_length=60, blank=True, default="")
    note = models.TextField(_("备注"), blank=True, default="")

    class Meta:
        """Named constraints; the class is read from the code, so that the two cannot differ."""

        db_table = "components_component"
        verbose_name = verbose_name_plural = _("部件")
        ordering = ("code",)
        indexes: ClassVar = [models.Index(name="component_of_grid", fields=["unit_grid_code", "category"])]
        constraints: ClassVar = [
            models.CheckConstraint(name="component_code_form", condition=Q(code__regex=r"^[0-9]{16}$")),
            models.CheckConstraint(name="component_has_name", condition=~Q(name="")),
            models.CheckConstraint(name="component_state_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(name="component_form_known", condition=Q(form__in=Form.values)),
            models.CheckConstraint(
                name="component_shape_where_no_point",
                condition=Q(form=Form.POINT, shape__isnull=True) | ~Q(form=Form.POINT) & Q(shape__isnull=False),
            ),
            models.CheckConstraint(
                # Mercator's plane ends before the poles.
                name="component_place_on_earth",
                condition=Q(lon__range=(-180, 180), lat__range=(-85, 85)),
            ),
            models.CheckConstraint(
                name="component_not_changed_before_it_began",
                condition=Q(changed_on__isnull=True) | Q(changed_on__gte=F("initial_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.code}"


class ComponentUnits(models.Model):
    """Who manages 主管, owns 权属 and maintains 养护 a component between two days: one row while the three stay.

    A code is one of our responsible units, or empty where the unit of that name is none of them.
    """

    id = models.BigAutoField(primary_key=True)
    component = models.ForeignKey(Component, on_delete=models.CASCADE, related_name="units", db_index=False)
    manager_code = models.CharField(_("主管部门代码"), max_length=32, blank=True, default="")
    manager_name = models.CharField(_("主管部门"), max_length=80, blank=True, default="")
    owner_code = models.CharField(_("权属单位代码"), max_length=32, blank=True, default="")
    owner_name = models.CharField(_("权属单位"), max_length=80, blank=True, default="")
    maintainer_code = models.CharField(_("养护单位代码"), max_length=32, blank=True, default="")
    maintainer_name = models.CharField(_("养护单位"), max_length=80, blank=True, default="")
    valid_from = models.DateField(_("开始日期"))
    valid_to = models.DateField(_("结束日期"), null=True)

    class Meta:
        """Named constraints: on one day a component has one set of units."""

        db_table = "components_units"
        verbose_name = verbose_name_plural = _("部件单位")
        ordering = ("component", "valid_from")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="component_units_run_forward",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
            ),
            models.CheckConstraint(
                name="component_units_not_nobody",
                condition=~Q(manager_name="", owner_name="", maintainer_name=""),
            ),
            ExclusionConstraint(
                name="component_units_once_a_day",
                expressions=[
                    ("component", RangeOperators.EQUAL),
                    (Days("valid_from", "valid_to"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.component_id} {self.valid_from}"


class ComponentPhoto(models.Model):
    """A picture of a component, by its id in the photo store."""

    id = models.BigAutoField(primary_key=True)
    component = models.ForeignKey(Component, on_delete=models.CASCADE, related_name="photos")
    photo_id = models.CharField(_("照片"), max_length=64)
    added_at = models.DateTimeField(_("加入时间"))
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        """Named constraints."""

        db_table = "components_photo"
        verbose_name = verbose_name_plural = _("部件照片")
        constraints: ClassVar = [
            models.UniqueConstraint(name="component_photo_once", fields=["component", "photo_id"]),
        ]

    def __str__(self) -> str:
        return self.photo_id


class Census(models.Model):
    """A census 普查 of components between two days."""

    id = models.BigAutoField(primary_key=True)
    title = models.CharField(_("名称"), max_length=100)
    begins_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"))
    opened_at = models.DateTimeField(_("建立时间"))
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        """Named constraints."""

        db_table = "components_census"
        verbose_name = verbose_name_plural = _("部件普查")
        ordering = ("-begins_on", "-id")
        constraints: ClassVar = [
            models.CheckConstraint(name="census_has_title", condition=~Q(title="")),
            models.CheckConstraint(name="census_runs_forward", condition=Q(ends_on__gt=F("begins_on"))),
        ]

    def __str__(self) -> str:
        return self.title


class CensusTask(models.Model):
    """What one person walks: the components of some classes in a responsibility grid's unit grids."""

    id = models.BigAutoField(primary_key=True)
    census = models.ForeignKey(Census, on_delete=models.CASCADE, related_name="tasks")
    grid_code = models.CharField(_("责任网格"), max_length=20)
    unit_grid_codes = ArrayField(models.CharField(max_length=20), verbose_name=_("单元网格"))
    categories = ArrayField(models.CharField(max_length=24), verbose_name=_("小类"), default=list)
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(_("完成时间"), null=True)

    class Meta:
        """Named constraints: a grid is walked once in a census for the same classes."""

        db_table = "components_census_task"
        verbose_name = verbose_name_plural = _("普查任务")
        ordering = ("census", "grid_code")
        constraints: ClassVar = [
            models.UniqueConstraint(name="census_task_once", fields=["census", "grid_code", "categories"]),
            models.CheckConstraint(name="census_task_has_grid", condition=~Q(grid_code="")),
        ]

    def __str__(self) -> str:
        return f"{self.census_id} {self.grid_code}"


class Found(models.TextChoices):
    """What a census finds of a component."""

    FOUND = "found", _("在位，无变化")
    MISSING = "missing", _("未找到")
    CHANGED = "changed", _("有变化")


class CensusFinding(models.Model):
    """What was found of one component; it changes the register only when somebody else confirms it. Appended only."""

    id = models.BigAutoField(primary_key=True)
    task = models.ForeignKey(CensusTask, on_delete=models.PROTECT, related_name="findings")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="+")
    result = models.CharField(_("结果"), max_length=8, choices=Found.choices)
    new_state = models.CharField(_("新状态"), max_length=10, choices=State.choices, blank=True, default="")
    new_lon = models.FloatField(_("新经度"), null=True)
    new_lat = models.FloatField(_("新纬度"), null=True)
    note = models.TextField(_("说明"), blank=True, default="")
    found_at = models.DateTimeField(_("记录时间"))
    found_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Named constraints: a change says what has changed."""

        db_table = "components_census_finding"
        verbose_name = verbose_name_plural = _("普查结果")
        ordering = ("id",)
        constraints: ClassVar = [
            models.CheckConstraint(name="census_finding_known", condition=Q(result__in=Found.values)),
            models.CheckConstraint(
                name="census_finding_state_known", condition=Q(new_state="") | Q(new_state__in=State.values)
            ),
            models.CheckConstraint(
                name="census_change_says_what",
                condition=~Q(result=Found.CHANGED) | ~Q(new_state="") | Q(new_lon__isnull=False),
            ),
            models.CheckConstraint(
                name="census_finding_point_is_whole",
                condition=Q(new_lon__isnull=True, new_lat__isnull=True)
                | Q(new_lon__range=(-180, 180), new_lat__range=(-85, 85)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.component_id} {self.result}"


class CensusDecision(models.Model):
    """The second person's word on a finding; accepted, it changes the register. Appended only."""

    finding = models.OneToOneField(CensusFinding, on_delete=models.PROTECT, primary_key=True, related_name="decision")
    accepted = models.BooleanField(_("确认"))
    note = models.TextField(_("说明"), blank=True, default="")
    decided_at = models.DateTimeField(_("确认时间"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Named constraints are in the migration: who found may not decide (a trigger)."""

        db_table = "components_census_decision"
        verbose_name = verbose_name_plural = _("普查确认")

    def __str__(self) -> str:
        return f"{self.finding_id} {self.accepted}"

"""Budget units 预算单位 as a tree, their fiscal years step by step, and the imports that brought facts.

A year's state is derived: a trigger keeps ``BudgetYear`` after every ``BudgetYearStep``, and the application
may only read it. Units are known by their code, as in every list of the finance office.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

UNCHECKED: dict[str, Any] = {"db_constraint": False, "db_index": False}
"""For keys of tables that are filled by the hundred thousand: a trigger sees to all rows of a statement at once,
and what they point to is never removed."""


class UnitKind(models.TextChoices):
    """What a budget unit is, which decides its expense account and whether 机关运行经费 applies."""

    ADMINISTRATIVE = "administrative", _("行政单位")
    CIVIL_SERVICE = "civil_service", _("参公事业单位")
    INSTITUTION = "institution", _("财政补助事业单位")
    OTHER = "other", _("其他")


class BudgetUnit(models.Model):
    """A unit with a budget of its own; its superior consolidates it."""

    code = models.CharField(_("预算单位代码"), primary_key=True, max_length=32)
    name = models.CharField(_("名称"), max_length=120)
    kind = models.CharField(_("类别"), max_length=20, choices=UnitKind.choices)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children",
        db_column="parent_code", verbose_name=_("主管部门"),
    )  # fmt: skip

    class Meta:
        """Named constraints."""

        db_table = "budgeting_unit"
        verbose_name = verbose_name_plural = _("预算单位")
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(
                name="budget_unit_code_form", condition=Q(code__regex=r"^[0-9A-Za-z][0-9A-Za-z_.-]*$")
            ),
            models.CheckConstraint(name="budget_unit_has_name", condition=Q(name__regex=r"\S")),
            models.CheckConstraint(name="budget_unit_kind_known", condition=Q(kind__in=UnitKind.values)),
            models.CheckConstraint(
                name="budget_unit_not_its_own_parent", condition=Q(parent__isnull=True) | ~Q(parent=F("code"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.code}"


class YearState(models.TextChoices):
    """How far a fiscal year of a unit is."""

    OPEN = "open", _("执行中")
    ADJUSTING = "adjusting", _("年终调整期")
    APPROVED = "approved", _("已批复")
    AUDITING = "auditing", _("审计调整中")


class YearAct(models.TextChoices):
    """What happens to a fiscal year."""

    OPEN = "open", _("建账")
    CLOSE_PERIOD = "close_period", _("结账")
    REOPEN_PERIOD = "reopen_period", _("反结账")
    CLOSE_YEAR = "close_year", _("年终结账")
    APPROVE = "approve", _("批复封账")
    ADMIT_AUDIT = "admit_audit", _("审计调整开账")
    SEAL_AUDIT = "seal_audit", _("审计调整封账")


class BudgetYearStep(models.Model):
    """One act on a unit's year: append-only; the trigger refuses one that does not follow from the state."""

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey(BudgetUnit, on_delete=models.PROTECT, db_column="unit_code", related_name="+")
    year = models.SmallIntegerField(_("预算年度"))
    act = models.CharField(_("操作"), max_length=20, choices=YearAct.choices)
    period = models.SmallIntegerField(_("会计期间"), default=0)
    reason = models.CharField(_("理由"), max_length=400, blank=True, default="")
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(_("操作人"), max_length=60)
    at = models.DateTimeField(_("时间"))

    class Meta:
        """Named constraints; the migration adds the triggers."""

        db_table = "budgeting_year_step"
        verbose_name = verbose_name_plural = _("年度操作")
        ordering = ("id",)
        indexes = (models.Index(name="year_step_by_year", fields=["unit", "year"]),)
        constraints = (
            models.CheckConstraint(name="year_act_known", condition=Q(act__in=YearAct.values)),
            models.CheckConstraint(name="year_step_year_plausible", condition=Q(year__gte=2000, year__lte=2099)),
            models.CheckConstraint(name="year_step_period_is_month", condition=Q(period__gte=0, period__lte=12)),
            models.CheckConstraint(
                name="year_step_says_why",
                condition=~Q(act__in=("reopen_period", "approve", "admit_audit", "seal_audit"))
                | Q(reason__regex=r"\S"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.unit_id} {self.year} {self.act}"


class BudgetYear(models.Model):
    """Where a unit's year stands; kept by the trigger of ``BudgetYearStep`` alone."""

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey(BudgetUnit, on_delete=models.PROTECT, db_column="unit_code", related_name="years")
    year = models.SmallIntegerField(_("预算年度"))
    state = models.CharField(_("状态"), max_length=20, choices=YearState.choices)
    closed_through = models.SmallIntegerField(_("已结账至"), default=0)

    class Meta:
        """Named constraints."""

        db_table = "budgeting_year"
        verbose_name = verbose_name_plural = _("预算年度")
        ordering = ("unit", "year")
        constraints = (
            models.UniqueConstraint(name="budget_year_once", fields=["unit", "year"]),
            models.CheckConstraint(name="budget_year_state_known", condition=Q(state__in=YearState.values)),
        )

    def __str__(self) -> str:
        return f"{self.unit_id} {self.year} {self.state}"


class LedgerImport(models.Model):
    """One file taken in: what it was, what it brought, and the proof that it balances; append-only."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(_("内容"), max_length=40)
    mapping = models.CharField(_("映射"), max_length=120)
    file_name = models.CharField(_("文件"), max_length=255)
    file_digest = models.CharField(_("文件校验码"), max_length=64)
    rows = models.IntegerField(_("行数"))
    new_rows = models.IntegerField(_("新增"))
    changed_rows = models.IntegerField(_("变更"))
    same_rows = models.IntegerField(_("相同"))
    refused_rows = models.IntegerField(_("退回"))
    proof = models.JSONField(_("平衡证明"), default=dict)
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(_("导入人"), max_length=60)
    at = models.DateTimeField(_("时间"))

    class Meta:
        """Named constraints."""

        db_table = "budgeting_import"
        verbose_name = verbose_name_plural = _("台账导入")
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                name="ledger_import_rows_add_up",
                condition=Q(rows=F("new_rows") + F("changed_rows") + F("same_rows") + F("refused_rows")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"

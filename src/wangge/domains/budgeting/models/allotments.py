"""Allotments 预算指标 and every change of their amount; what is bound and paid is kept by triggers.

An allotment's full-year budget 全年预算数 is the sum of its changes. Overspending is impossible, also under concurrent
entries: the row of ``AllotmentTotal`` is locked by whoever changes it, and looked at when his transaction ends (in
between a payment may stand beside the request that it settles).
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from wangge.domains.budgeting.models.units import BudgetUnit, LedgerImport


class Stage(models.TextChoices):
    """Why an allotment's amount is what it is."""

    APPROVED = "approved", _("年初预算")
    ADDED = "added", _("追加")
    CUT = "cut", _("调减")
    MOVED = "moved", _("调剂")
    CARRIED = "carried", _("结转")
    RECOVERED = "recovered", _("收回")


class Dimension(models.Model):
    """One combination of dimensions 辅助核算, interned: postings and allotments point to it."""

    id = models.BigAutoField(primary_key=True)
    function_item = models.CharField(_("功能分类"), max_length=7)
    economic_item = models.CharField(_("经济分类"), max_length=5, blank=True, default="")
    nature = models.CharField(_("支出性质"), max_length=12)
    project = models.CharField(_("项目"), max_length=120, blank=True, default="")
    fund_type = models.CharField(_("资金性质"), max_length=20)
    fund_year = models.CharField(_("资金来源年度"), max_length=10)
    three_public = models.CharField(_("三公"), max_length=20, default="none")
    spending_kind = models.CharField(_("一般性支出"), max_length=20, default="none")
    section = models.CharField(_("科室"), max_length=60, blank=True, default="")
    counterparty = models.CharField(_("对方预算单位"), max_length=32, blank=True, default="")

    class Meta:
        """Named constraints; the words of each dimension are data, so only their forms are held here."""

        db_table = "budgeting_dimension"
        verbose_name = verbose_name_plural = _("辅助核算")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                name="dimension_once",
                fields=[
                    "function_item", "economic_item", "nature", "project", "fund_type", "fund_year",
                    "three_public", "spending_kind", "section", "counterparty",
                ],
            ),
            models.CheckConstraint(
                name="dimension_function_is_item",
                condition=Q(function_item="") | Q(function_item__regex=r"^2[0-9]{6}$"),
            ),
            models.CheckConstraint(
                name="dimension_economic_is_item",
                condition=Q(economic_item="") | Q(economic_item__regex=r"^3[0-9]{4}$"),
            ),
            models.CheckConstraint(
                name="dimension_project_names_project", condition=~Q(nature="project") | ~Q(project="")
            ),
            models.CheckConstraint(
                name="dimension_basic_has_no_project", condition=~Q(nature="basic") | Q(project="")
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.function_item} {self.economic_item} {self.project}".strip()


class Allotment(models.Model):
    """A budget line of a unit and year; its economic item may be open until it is paid."""

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey(BudgetUnit, on_delete=models.PROTECT, db_column="unit_code", related_name="allotments")
    year = models.SmallIntegerField(_("预算年度"))
    number = models.CharField(_("指标编号"), max_length=60)
    dimension = models.ForeignKey(Dimension, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Named constraints."""

        db_table = "budgeting_allotment"
        verbose_name = verbose_name_plural = _("预算指标")
        ordering = ("unit", "year", "number")
        constraints = (
            models.UniqueConstraint(name="allotment_number_once", fields=["unit", "year", "number"]),
            models.CheckConstraint(name="allotment_has_number", condition=Q(number__regex=r"\S")),
        )

    def __str__(self) -> str:
        return self.number


class AllotmentChange(models.Model):
    """One change of an allotment's amount with its document: append-only."""

    id = models.BigAutoField(primary_key=True)
    allotment = models.ForeignKey(Allotment, on_delete=models.PROTECT, related_name="changes")
    stage = models.CharField(_("阶段"), max_length=12, choices=Stage.choices)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    document = models.CharField(_("文号"), max_length=120, blank=True, default="")
    dated_on = models.DateField(_("日期"))
    approver = models.CharField(_("批准"), max_length=60, blank=True, default="")
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by")
    imported = models.ForeignKey(LedgerImport, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(_("录入人"), max_length=60)
    at = models.DateTimeField(_("录入时间"))

    class Meta:
        """Named constraints: each stage has its sign, and what raises or moves money names its document."""

        db_table = "budgeting_allotment_change"
        verbose_name = verbose_name_plural = _("指标变动")
        ordering = ("id",)
        indexes = (models.Index(name="change_by_allotment", fields=["allotment", "stage"]),)
        constraints = (
            models.CheckConstraint(name="change_stage_known", condition=Q(stage__in=Stage.values)),
            models.CheckConstraint(
                name="change_has_its_sign",
                condition=Q(reverses__isnull=False)
                | Q(stage__in=("approved", "carried"), amount_fen__gte=0)
                | Q(stage="added", amount_fen__gt=0)
                | Q(stage__in=("cut", "recovered"), amount_fen__lt=0)
                | Q(stage="moved") & ~Q(amount_fen=0),
            ),
            models.CheckConstraint(
                name="change_after_approval_names_document",
                condition=Q(stage__in=("approved", "carried")) | Q(document__regex=r"\S"),
            ),
            models.CheckConstraint(
                name="change_does_not_reverse_itself", condition=Q(reverses__isnull=True) | ~Q(reverses=F("id"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.allotment_id} {self.stage} {self.amount_fen}"


class AllotmentTotal(models.Model):
    """What an allotment comes to, what is bound, what is paid: kept by triggers, read by everybody."""

    allotment = models.OneToOneField(Allotment, on_delete=models.PROTECT, primary_key=True, related_name="total")
    approved_fen = models.BigIntegerField(_("年初预算数（分）"), default=0)
    adjusted_fen = models.BigIntegerField(_("全年预算数（分）"), default=0)
    reserved_fen = models.BigIntegerField(_("占用（分）"), default=0)
    paid_fen = models.BigIntegerField(_("已支付（分）"), default=0)

    class Meta:
        """Beside these the deferred trigger ``allotment_not_overspent``."""

        db_table = "budgeting_allotment_total"
        verbose_name = verbose_name_plural = _("指标余额")
        constraints = (
            models.CheckConstraint(name="allotment_reservation_not_negative", condition=Q(reserved_fen__gte=0)),
        )

    def __str__(self) -> str:
        return f"{self.allotment_id}: {self.adjusted_fen - self.paid_fen - self.reserved_fen}"

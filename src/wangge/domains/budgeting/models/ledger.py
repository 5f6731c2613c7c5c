"""The ledger 预算执行台账: vouchers, their balanced postings, and the sums of them; all of it append-only.

Both accounting systems 平行记账 lie in one voucher. Every amount is a positive number of whole fen on one side.
``LedgerBalance`` and ``AccountBalance`` are kept by a trigger, so that any balance is a look at few rows.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from wangge.domains.budgeting.models.allotments import Allotment, Dimension
from wangge.domains.budgeting.models.units import UNCHECKED, BudgetUnit, LedgerImport

ADJUSTMENT_PERIOD = 13


class Phase(models.TextChoices):
    """Whether a voucher brings the year's opening, its business, or its closing."""

    OPENING = "opening", _("年初")
    CURRENT = "current", _("本年")
    CLOSING = "closing", _("年终结转")


class System(models.TextChoices):
    """The two accounting systems."""

    BUDGET = "budget", _("预算会计")
    FINANCIAL = "financial", _("财务会计")


class Side(models.TextChoices):
    """The two sides of an entry."""

    DEBIT = "D", _("借")
    CREDIT = "C", _("贷")


class Voucher(models.Model):
    """One event as booked; it balances when its transaction ends, and nothing joins it afterwards."""

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey(BudgetUnit, on_delete=models.PROTECT, db_column="unit_code", related_name="+", **UNCHECKED)
    year = models.SmallIntegerField(_("预算年度"))
    period = models.SmallIntegerField(_("会计期间"))
    dated_on = models.DateField(_("日期"))
    event = models.CharField(_("事项"), max_length=20)
    phase = models.CharField(_("阶段"), max_length=10, choices=Phase.choices)
    number = models.CharField(_("凭证号"), max_length=80)
    summary = models.CharField(_("摘要"), max_length=200, blank=True, default="")
    handler = models.CharField(_("经办人"), max_length=60, blank=True, default="")
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversed_by")
    imported = models.ForeignKey(
        LedgerImport, on_delete=models.PROTECT, null=True, blank=True, related_name="+", **UNCHECKED
    )
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(_("录入人"), max_length=60)
    at = models.DateTimeField(_("录入时间"))

    class Meta:
        """Named constraints."""

        db_table = "budgeting_voucher"
        verbose_name = verbose_name_plural = _("凭证")
        ordering = ("id",)
        indexes = (models.Index(name="voucher_by_year", fields=["unit", "year", "event"]),)
        constraints = (
            models.CheckConstraint(name="voucher_phase_known", condition=Q(phase__in=Phase.values)),
            models.CheckConstraint(
                name="voucher_period_known", condition=Q(period__gte=1, period__lte=ADJUSTMENT_PERIOD)
            ),
            models.CheckConstraint(name="voucher_has_number", condition=Q(number__regex=r"\S")),
            models.CheckConstraint(
                name="voucher_reversal_names_voucher",
                condition=~Q(event="reversal") | Q(reverses__isnull=False),
            ),
            models.CheckConstraint(
                name="voucher_names_another_only_to_reverse",
                condition=Q(reverses__isnull=True) | Q(event="reversal") & ~Q(reverses=F("id")),
            ),
            models.CheckConstraint(
                name="voucher_audit_adjusts_after_the_months",
                condition=~Q(event="audit_adjustment") | Q(period=ADJUSTMENT_PERIOD),
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.event}"


class Posting(models.Model):
    """One line of a voucher; that what it points to exists is checked for all lines of a statement at once."""

    id = models.BigAutoField(primary_key=True)
    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="postings", db_constraint=False)
    system = models.CharField(_("核算"), max_length=10, choices=System.choices)
    account = models.CharField(_("科目"), max_length=12)
    side = models.CharField(_("方向"), max_length=1, choices=Side.choices)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    dimension = models.ForeignKey(Dimension, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    allotment = models.ForeignKey(
        Allotment, on_delete=models.PROTECT, null=True, blank=True, related_name="+", **UNCHECKED
    )

    class Meta:
        """Named constraints; that a voucher balances is held by a deferred trigger."""

        db_table = "budgeting_posting"
        verbose_name = verbose_name_plural = _("分录")
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(name="posting_amount_positive", condition=Q(amount_fen__gt=0)),
            models.CheckConstraint(name="posting_side_known", condition=Q(side__in=Side.values)),
            models.CheckConstraint(
                name="posting_account_of_its_system",
                condition=Q(system="budget", account__regex=r"^[678][0-9]{3,}$")
                | Q(system="financial", account__regex=r"^[1-5][0-9]{3,}$"),
            ),
            models.CheckConstraint(
                name="posting_spends_allotment_as_expense",
                condition=Q(allotment__isnull=True) | Q(account__startswith="7"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.account} {self.side} {self.amount_fen}"


class LedgerBalance(models.Model):
    """Σ of the postings of one unit, year, phase, account and dimension: what the tables of a year are made from.

    Without the months: a row for each of them beside every dimension would be hardly fewer rows than postings.
    """

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey(BudgetUnit, on_delete=models.PROTECT, db_column="unit_code", related_name="+", **UNCHECKED)
    year = models.SmallIntegerField()
    phase = models.CharField(max_length=10)
    account = models.CharField(max_length=12)
    dimension = models.ForeignKey(Dimension, on_delete=models.PROTECT, related_name="+", **UNCHECKED)
    debit_fen = models.BigIntegerField(default=0)
    credit_fen = models.BigIntegerField(default=0)
    postings = models.IntegerField(default=0)

    class Meta:
        """Named constraints; the key leads with what questions fix."""

        db_table = "budgeting_balance"
        verbose_name = verbose_name_plural = _("科目余额")
        constraints = (
            models.UniqueConstraint(name="balance_once", fields=["year", "account", "unit", "phase", "dimension"]),
        )

    def __str__(self) -> str:
        return f"{self.unit_id} {self.year} {self.account} {self.debit_fen} {self.credit_fen}"


class AccountBalance(models.Model):
    """Σ of the postings of one unit, year, period and account: what most questions ask, in few rows."""

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey(BudgetUnit, on_delete=models.PROTECT, db_column="unit_code", related_name="+", **UNCHECKED)
    year = models.SmallIntegerField()
    period = models.SmallIntegerField()
    account = models.CharField(max_length=12)
    debit_fen = models.BigIntegerField(default=0)
    credit_fen = models.BigIntegerField(default=0)

    class Meta:
        """Named constraints."""

        db_table = "budgeting_account_balance"
        verbose_name = verbose_name_plural = _("科目汇总余额")
        constraints = (
            models.UniqueConstraint(name="account_balance_once", fields=["year", "account", "unit", "period"]),
        )

    def __str__(self) -> str:
        return f"{self.unit_id} {self.year} {self.account} {self.debit_fen} {self.credit_fen}"


class VoucherCheck(models.Model):
    """Vouchers of the running transaction, by their numbers from–to, that are looked at when it ends."""

    id = models.BigAutoField(primary_key=True)
    first_id = models.BigIntegerField(default=0)
    last_id = models.BigIntegerField(default=0)

    class Meta:
        """Written and emptied by triggers alone."""

        db_table = "budgeting_voucher_check"
        verbose_name = verbose_name_plural = _("待核凭证")

    def __str__(self) -> str:
        return f"{self.first_id}–{self.last_id}"

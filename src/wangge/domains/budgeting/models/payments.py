"""Payments 支付: plan 用款计划 → request 支付申请 → paid, or returned 退单, or never paid; refunds afterwards.

A payment's facts never change; what becomes of it are its steps. A request binds money of its allotment until
it is paid or returned. A payment that a later import shows changed is replaced by a further one.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from wangge.domains.budgeting.models.allotments import Allotment, Dimension
from wangge.domains.budgeting.models.ledger import Voucher
from wangge.domains.budgeting.models.units import UNCHECKED, BudgetUnit, LedgerImport


class PaymentState(models.TextChoices):
    """The steps of a payment; each happens once."""

    PLANNED = "planned", _("用款计划")
    REQUESTED = "requested", _("支付申请")
    PAID = "paid", _("已支付")
    RETURNED = "returned", _("退单")
    REPLACED = "replaced", _("被更正")


class Payment(models.Model):
    """One payment order in one version; append-only."""

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey(BudgetUnit, on_delete=models.PROTECT, db_column="unit_code", related_name="+", **UNCHECKED)
    year = models.SmallIntegerField(_("预算年度"))
    number = models.CharField(_("支付单号"), max_length=80)
    version = models.SmallIntegerField(_("版本"), default=1)
    allotment = models.ForeignKey(
        Allotment, on_delete=models.PROTECT, null=True, blank=True, related_name="payments", **UNCHECKED
    )
    dimension = models.ForeignKey(Dimension, on_delete=models.PROTECT, related_name="+", **UNCHECKED)
    amount_fen = models.BigIntegerField(_("金额（分）"))
    payee = models.CharField(_("收款人"), max_length=120, blank=True, default="")
    purpose = models.CharField(_("用途"), max_length=200, blank=True, default="")
    contract = models.CharField(_("合同编号"), max_length=80, blank=True, default="")
    handler = models.CharField(_("经办人"), max_length=60, blank=True, default="")
    dated_on = models.DateField(_("日期"))
    digest = models.BinaryField(_("内容校验码"), max_length=32)
    imported = models.ForeignKey(
        LedgerImport, on_delete=models.PROTECT, null=True, blank=True, related_name="+", **UNCHECKED
    )

    class Meta:
        """Named constraints; a refund is a negative amount in the same line and year."""

        db_table = "budgeting_payment"
        verbose_name = verbose_name_plural = _("支付")
        ordering = ("id",)
        indexes = (models.Index(name="payment_by_allotment", fields=["allotment"]),)
        constraints = (
            models.UniqueConstraint(name="payment_number_once", fields=["unit", "year", "number", "version"]),
            models.CheckConstraint(name="payment_has_number", condition=Q(number__regex=r"\S")),
            models.CheckConstraint(name="payment_amount_not_zero", condition=~Q(amount_fen=0)),
            models.CheckConstraint(name="payment_version_from_one", condition=Q(version__gte=1)),
        )

    def __str__(self) -> str:
        return self.number


class PaymentStep(models.Model):
    """What became of a payment: append-only; the voucher where money moved."""

    id = models.BigAutoField(primary_key=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="steps", **UNCHECKED)
    state = models.CharField(_("状态"), max_length=10, choices=PaymentState.choices)
    dated_on = models.DateField(_("日期"))
    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, null=True, blank=True, related_name="+", **UNCHECKED)
    reason = models.CharField(_("理由"), max_length=200, blank=True, default="")
    by_id = models.BigIntegerField(null=True)
    by_name = models.CharField(_("操作人"), max_length=60)
    at = models.DateTimeField(_("时间"))

    class Meta:
        """Named constraints."""

        db_table = "budgeting_payment_step"
        verbose_name = verbose_name_plural = _("支付环节")
        ordering = ("id",)
        indexes = (models.Index(name="payment_step_by_voucher", fields=["voucher"]),)
        constraints = (
            models.UniqueConstraint(name="payment_step_once", fields=["payment", "state"]),
            models.UniqueConstraint(
                name="payment_paid_or_returned",
                fields=["payment"],
                condition=Q(state__in=("paid", "returned")),
            ),
            models.CheckConstraint(name="payment_state_known", condition=Q(state__in=PaymentState.values)),
            models.CheckConstraint(
                name="payment_paid_has_voucher", condition=Q(voucher__isnull=False) | ~Q(state="paid")
            ),
            models.CheckConstraint(
                name="payment_return_says_why",
                condition=~Q(state__in=("returned", "replaced")) | Q(reason__regex=r"\S"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.payment_id} {self.state}"

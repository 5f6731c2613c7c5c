"""A single payment on its way: request 支付申请 → paid, or returned 退单; and its refund in the same year.

Lists of payments come by import. These are for units that keep requests here before the pay system has them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from wangge.domains.budgeting.logic.entries import entry_lines
from wangge.domains.budgeting.logic.facts import DIMENSION_COLUMNS, Dims, PaymentFact, completed
from wangge.domains.budgeting.models import Allotment, Dimension, Payment, PaymentState, PaymentStep
from wangge.domains.budgeting.operations.importing import lock_years, unit_kinds
from wangge.domains.budgeting.operations.writing import (
    PostingDraft,
    VoucherDraft,
    check_deferred,
    dimension_ids,
    lock_allotments,
    refused_plainly,
    write_vouchers,
)
from wangge.domains.budgeting.policies import check_may_keep_books
from wangge.domains.budgeting.refusals import LedgerRefused
from wangge.domains.organizations.logic import Actor


@transaction.atomic
def request_payment(*, fact: PaymentFact, by: Actor, at: datetime) -> int:
    """Request a payment, which binds its money; answers its number in the table. Raises ``LedgerRefused``."""
    check_may_keep_books(by, fact.unit)
    told = replace(fact, dims=completed(fact.dims), state="requested")
    allotment = Allotment.objects.filter(unit=told.unit, year=told.year, number=told.allotment).first()
    if allotment is None:
        raise LedgerRefused(_("没有编号为“%(number)s”的指标，请先导入指标明细。") % {"number": told.allotment})
    lock_allotments([allotment.id])
    with refused_plainly():
        payment = Payment.objects.create(
            unit_id=told.unit, year=told.year, number=told.number, allotment=allotment,
            dimension_id=dimension_ids([told.dims])[told.dims], amount_fen=told.amount_fen, payee=told.payee,
            purpose=told.purpose, contract=told.contract, handler=told.handler, dated_on=told.dated_on,
            digest=told.digest,
        )  # fmt: skip
        _step(payment.id, PaymentState.REQUESTED, told.dated_on, None, "", by, at)
    check_deferred()
    return payment.id


@transaction.atomic
def pay(*, payment_id: int, dated_on: date, by: Actor, at: datetime) -> int:
    """Pay what was requested; answers the voucher. Requester and payer are two persons."""
    payment = _of(payment_id, by)
    requested = payment.steps.filter(state=PaymentState.REQUESTED).first()
    if requested is not None and requested.by_id is not None and requested.by_id == by.person_id:
        raise LedgerRefused(_("申请与支付须由两人办理。"), "payment_by_second_person")
    if payment.allotment_id is not None:
        lock_allotments([payment.allotment_id])
    dims = _dims(payment.dimension)
    lines = entry_lines("payment", dims, unit_kinds()[payment.unit_id], payment.amount_fen)
    postings = tuple(
        PostingDraft(line, payment.dimension_id, payment.allotment_id if line.account[0] == "7" else None)
        for line in lines
    )
    draft = VoucherDraft(
        payment.unit_id, payment.year, dated_on.month, dated_on, "payment", payment.number, postings,
        summary=payment.purpose, handler=payment.handler,
    )  # fmt: skip
    voucher = write_vouchers([draft], by=by, at=at)[0]
    with refused_plainly():
        _step(payment.id, PaymentState.PAID, dated_on, voucher, "", by, at)
    check_deferred()
    return voucher


@transaction.atomic
def return_payment(*, payment_id: int, dated_on: date, reason: str, by: Actor, at: datetime) -> None:
    """Return a request 退单: its money is free again."""
    payment = _of(payment_id, by)
    if payment.allotment_id is not None:
        lock_allotments([payment.allotment_id])
    with refused_plainly():
        _step(payment.id, PaymentState.RETURNED, dated_on, None, reason, by, at)


def _of(payment_id: int, by: Actor) -> Payment:
    payment = Payment.objects.select_related("dimension").filter(id=payment_id).first()
    if payment is None:
        raise LedgerRefused(_("没有这笔支付。"))
    check_may_keep_books(by, payment.unit_id)
    lock_years([(payment.unit_id, payment.year)])
    return payment


def _dims(row: Dimension) -> Dims:
    return Dims(**{name: getattr(row, name) for name in DIMENSION_COLUMNS})


def _step(
    payment_id: int, state: PaymentState, dated_on: date, voucher: int | None, reason: str, by: Actor, at: datetime
) -> None:
    PaymentStep.objects.create(
        payment_id=payment_id, state=state, dated_on=dated_on, voucher_id=voucher, reason=reason,
        by_id=by.person_id, by_name=by.display_name, at=at,
    )  # fmt: skip

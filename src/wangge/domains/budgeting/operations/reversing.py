"""Reversals 红字冲销: the mirror of a voucher, booked into the next period that is open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from wangge.domains.budgeting.logic.entries import CREDIT, DEBIT, EntryLine
from wangge.domains.budgeting.models import ADJUSTMENT_PERIOD
from wangge.domains.budgeting.operations.writing import PostingDraft, VoucherDraft, check_deferred, write_vouchers
from wangge.domains.budgeting.refusals import LedgerRefused
from wangge.domains.organizations.logic import Actor

_VOUCHERS = """
SELECT v.id, v.unit_code, v.year, v.period, v.dated_on, v.phase, v.number, v.handler, y.state, y.closed_through
FROM budgeting_voucher v JOIN budgeting_year y ON y.unit_code = v.unit_code AND y.year = v.year
WHERE v.id = ANY(%s) ORDER BY v.id
"""
_POSTINGS = """
SELECT voucher_id, system, account, side, amount_fen, dimension_id, allotment_id
FROM budgeting_posting WHERE voucher_id = ANY(%s) ORDER BY id
"""


@transaction.atomic
def reverse_voucher(*, voucher_id: int, reason: str, by: Actor, at: datetime) -> int:
    """Reverse one voucher; answers the reversal's number. Raises ``LedgerRefused``."""
    drafts = reversal_drafts([voucher_id], reason=reason)
    if not drafts:
        raise LedgerRefused(_("没有编号为 %(id)d 的凭证。") % {"id": voucher_id})
    number = write_vouchers(drafts, by=by, at=at)[0]
    check_deferred()
    return number


def reversal_drafts(voucher_ids: Sequence[int], reason: str = "") -> list[VoucherDraft]:
    """The mirrors of these vouchers, in their own period or, when that is closed, the next open one."""
    if not voucher_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_POSTINGS, [list(voucher_ids)])
        postings: dict[int, list[PostingDraft]] = defaultdict(list)
        for voucher, system, account, side, fen, dimension, allotment in cursor.fetchall():
            line = EntryLine(system, account, CREDIT if side == DEBIT else DEBIT, fen)
            postings[voucher].append(PostingDraft(line, dimension, allotment))
        cursor.execute(_VOUCHERS, [list(voucher_ids)])
        rows = cursor.fetchall()
    return [
        VoucherDraft(
            unit, year, _open_period(period, state, closed), dated_on, "reversal", number, tuple(postings[voucher]),
            phase=phase, summary=reason or _("冲销 %(number)s") % {"number": number}, handler=handler,
            reverses_id=voucher,
        )
        for voucher, unit, year, period, dated_on, phase, number, handler, state, closed in rows
    ]  # fmt: skip


def _open_period(period: int, state: str, closed_through: int) -> int:
    if state == "open":
        return max(period, closed_through + 1)
    return ADJUSTMENT_PERIOD

"""Changes allotments one by one: 追加, 调减, 收回, and 调剂 between two lines that sums to nothing."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from wangge.domains.budgeting.models import Allotment, AllotmentChange, Stage
from wangge.domains.budgeting.operations.writing import check_deferred, lock_allotments, refused_plainly
from wangge.domains.budgeting.policies import check_may_keep_books
from wangge.domains.budgeting.refusals import LedgerRefused
from wangge.domains.organizations.logic import Actor


@transaction.atomic
def change_allotment(
    *, allotment_id: int, stage: Stage, amount_fen: int, document: str, dated_on: date, by: Actor, at: datetime,
    approver: str = "",
) -> int:  # fmt: skip
    """Add, cut or recover; answers the change's number. Raises ``LedgerRefused``."""
    if stage is Stage.MOVED:
        raise LedgerRefused(_("调剂须同时写明调出与调入的指标。"))
    allotment = _of(allotment_id)
    check_may_keep_books(by, allotment.unit_id)
    lock_allotments([allotment_id])
    return _write(allotment_id, stage, amount_fen, document, dated_on, approver, by, at)


@transaction.atomic
def move_between(
    *, from_id: int, to_id: int, amount_fen: int, document: str, dated_on: date, by: Actor, at: datetime,
    approver: str = "",
) -> tuple[int, int]:  # fmt: skip
    """Move money from one line to another of the same unit and year; “三公” lines are not raised so."""
    source, target = _of(from_id), _of(to_id)
    check_may_keep_books(by, source.unit_id)
    if (source.unit_id, source.year) != (target.unit_id, target.year) or from_id == to_id or amount_fen <= 0:
        raise LedgerRefused(_("调剂须在同一单位、同一年度的两条指标之间，金额为正。"))
    three = target.dimension.three_public
    if three not in ("none", source.dimension.three_public):
        raise LedgerRefused(_("“三公”经费不得由其他科目调剂增加。"))
    if source.dimension.fund_type != target.dimension.fund_type:
        raise LedgerRefused(_("不同资金性质的指标之间不能调剂。"))
    lock_allotments([from_id, to_id])
    return (
        _write(from_id, Stage.MOVED, -amount_fen, document, dated_on, approver, by, at),
        _write(to_id, Stage.MOVED, amount_fen, document, dated_on, approver, by, at),
    )


@transaction.atomic
def reverse_change(*, change_id: int, document: str, dated_on: date, by: Actor, at: datetime) -> int:
    """Take a change back whole; answers the number of its reversal."""
    change = AllotmentChange.objects.select_related("allotment").get(id=change_id)
    check_may_keep_books(by, change.allotment.unit_id)
    lock_allotments([change.allotment_id])
    return _write(
        change.allotment_id, Stage(change.stage), -change.amount_fen, document, dated_on, "", by, at, change_id
    )


def _of(allotment_id: int) -> Allotment:
    found = Allotment.objects.select_related("dimension").filter(id=allotment_id).first()
    if found is None:
        raise LedgerRefused(_("没有这条指标。"))
    return found


def _write(
    allotment_id: int, stage: Stage, fen: int, document: str, dated_on: date, approver: str, by: Actor, at: datetime,
    reverses: int | None = None,
) -> int:  # fmt: skip
    with refused_plainly():
        made = AllotmentChange.objects.create(
            allotment_id=allotment_id, stage=stage, amount_fen=fen, document=document, dated_on=dated_on,
            approver=approver, reverses_id=reverses, by_id=by.person_id, by_name=by.display_name, at=at,
        )  # fmt: skip
    check_deferred()
    return made.id

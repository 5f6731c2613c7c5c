"""The fiscal year of a unit: opening, closing of months, the year's end, approval, audit, and the carrying over.

Each act is a row of its own; what may follow what, and that a second person reopens or approves, is held by the
database.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from wangge.domains.budgeting.logic.entries import CREDIT, DEBIT, EntryLine
from wangge.domains.budgeting.logic.facts import Dims
from wangge.domains.budgeting.models import ADJUSTMENT_PERIOD, BudgetYear, BudgetYearStep, YearAct, YearState
from wangge.domains.budgeting.operations import importing as shared
from wangge.domains.budgeting.operations.writing import (
    PostingDraft,
    VoucherDraft,
    dimension_ids,
    refused_plainly,
    write_vouchers,
)
from wangge.domains.budgeting.policies import check_may_keep_books
from wangge.domains.budgeting.queries.balances import facts_of_year
from wangge.domains.budgeting.refusals import LedgerRefused
from wangge.domains.organizations.logic import Actor
from wangge.standards.budgeting import fiscal_funds

CARRY_OF_FISCAL, CARRY_OF_OWN, CARRY_OF_OPERATING = "8101", "8201", "8401"
FUNDS_HELD = "8001"
_CARRIED = ("81", "82", "83", "84")


@transaction.atomic
def act_on_year(
    *, unit: str, year: int, act: YearAct, by: Actor, at: datetime, period: int = 0, reason: str = ""
) -> None:
    """One act on a unit's year. Raises ``LedgerRefused`` with what must come first."""
    check_may_keep_books(by, unit)
    shared.lock_years([(unit, year)])
    with refused_plainly():
        BudgetYearStep.objects.create(
            unit_id=unit, year=year, act=act, period=period, reason=reason, by_id=by.person_id,
            by_name=by.display_name, at=at,
        )  # fmt: skip


@transaction.atomic
def close_books(*, unit: str, year: int, by: Actor, at: datetime) -> int:
    """Carry income and expense of an adjusted year into 结转结余; answers how many vouchers were booked.

    To be done in the adjustment period or during an audit; what an earlier closing carried is taken into account,
    so that it may be repeated after further entries.
    """
    check_may_keep_books(by, unit)
    shared.lock_years([(unit, year)])
    found = BudgetYear.objects.filter(unit=unit, year=year).first()
    if found is None or found.state not in (YearState.ADJUSTING, YearState.AUDITING):
        raise LedgerRefused(_("先办理年终结账，再结转收支。"), "year_step_follows_state")
    lines: dict[Dims, list[EntryLine]] = defaultdict(list)
    for account, dims, net in _open_sums(unit, year):
        amount, carry = abs(net), _carry_account(dims)
        # income stands in credit: it is debited away, and the carry-over credited; expense the other way round
        first, second = (CREDIT, DEBIT) if net > 0 else (DEBIT, CREDIT)
        lines[dims] += [EntryLine("budget", account, first, amount), EntryLine("budget", carry, second, amount)]
    if not lines:
        return 0
    ids = dimension_ids(lines)
    draft = VoucherDraft(
        unit, year, ADJUSTMENT_PERIOD, date(year, 12, 31), "closing", f"{year}-{_('结转')}",
        tuple(PostingDraft(line, ids[dims]) for dims, found_lines in lines.items() for line in found_lines),
        phase="closing", summary=_("年终收支结转"),
    )  # fmt: skip
    return len(write_vouchers([draft], by=by, at=at))


@transaction.atomic
def carry_over(*, unit: str, year: int, by: Actor, at: datetime) -> int:
    """Open the next year with what this one carries over, item by item; answers the sum in fen.

    The next year is opened when it is not; what it was opened with before is taken into account.
    """
    check_may_keep_books(by, unit)
    shared.lock_years([(unit, year), (unit, year + 1)])
    closing = _carried(unit, year, ("opening", "current", "closing"))
    opening = _carried(unit, year + 1, ("opening",))
    missing = {key: closing.get(key, 0) - opening.get(key, 0) for key in {*closing, *opening}}
    missing = {key: fen for key, fen in missing.items() if fen}
    if not missing:
        return 0
    shared.open_years([(unit, year + 1)], by=by, at=at)
    ids = dimension_ids({dims for _account, dims in missing})
    postings = []
    for (account, dims), fen in sorted(missing.items(), key=lambda item: (item[0][0], item[0][1].key)):
        sides = (DEBIT, CREDIT) if fen > 0 else (CREDIT, DEBIT)
        postings += [
            PostingDraft(EntryLine("budget", FUNDS_HELD, sides[0], abs(fen)), ids[dims]),
            PostingDraft(EntryLine("budget", account, sides[1], abs(fen)), ids[dims]),
        ]
    draft = VoucherDraft(
        unit, year + 1, 1, date(year + 1, 1, 1), "opening", f"{year + 1}-{_('年初')}", tuple(postings),
        phase="opening", summary=_("上年结转"),
    )  # fmt: skip
    write_vouchers([draft], by=by, at=at)
    return sum(missing.values())


def _open_sums(unit: str, year: int) -> list[tuple[str, Dims, int]]:
    """What income and expense accounts still hold (debit minus credit), closings counted."""
    sums: dict[tuple[str, Dims], int] = defaultdict(int)
    for fact in facts_of_year(year=year, units=[unit]):
        if fact.account[0] in "67":
            sums[fact.account, fact.dims] += fact.debit_fen - fact.credit_fen
    return [(account, dims, net) for (account, dims), net in sums.items() if net]


def _carried(unit: str, year: int, phases: tuple[str, ...]) -> dict[tuple[str, Dims], int]:
    """(account, dims of the next year) → what stands there in credit, by function item, nature, project and fund."""
    sums: dict[tuple[str, Dims], int] = defaultdict(int)
    for fact in facts_of_year(year=year, units=[unit]):
        if fact.phase in phases and fact.account[:2] in _CARRIED:
            told = fact.dims
            dims = Dims(told.function_item, told.nature, told.fund_type, project=told.project, fund_year="carried")
            sums[fact.account, dims] += fact.credit_fen - fact.debit_fen
    return {key: fen for key, fen in sums.items() if fen}


def _carry_account(dims: Dims) -> str:
    if dims.fund_type in fiscal_funds():
        return CARRY_OF_FISCAL
    return CARRY_OF_OPERATING if dims.nature == "operating" or dims.fund_type == "operating" else CARRY_OF_OWN

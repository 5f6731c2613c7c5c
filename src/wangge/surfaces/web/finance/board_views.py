"""The budget board: what each line has, what is spent, bound, returned and left. Five statements behind the gate."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wangge.domains.budgeting.queries.allotments import AllotmentLine, budget_board
from wangge.domains.budgeting.queries.balances import units_below
from wangge.domains.disclosure.narrative.numbers import amount_in_table, hundredths, percent
from wangge.groundwork import clock
from wangge.standards.accounts.library import load_accounts
from wangge.surfaces.web.finance.choosing import chosen
from wangge.surfaces.web.finance.pages import BudgetBoardPage, BudgetLine
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.shells import shell_for

LOW_PERCENT = 5
"""A line with less than this share left is marked."""


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Every budget line of a unit and year, with the sum of all."""
    by, at = actor_on(request), clock.now()
    where = chosen(request, by, at, "budget_board")
    lines = budget_board(units=units_below(where.unit), year=where.year) if where.unit else ()
    names = {code: row.name for code, row in load_accounts(str(where.year)).function_codes.items()}
    page = BudgetBoardPage(
        shell_for(request, _("预算执行"), at=at, current="budget_board"),
        where.name,
        where.year,
        where.years,
        where.units,
        tuple(_line(line, names.get(line.dims.function_item, "")) for line in lines),
        _total(lines),
    )
    return render(request, "web/finance/budget_board.html", {"page": page})


def _line(line: AllotmentLine, name: str) -> BudgetLine:
    low = line.adjusted_fen > 0 and 0 < line.free_fen * 100 < LOW_PERCENT * line.adjusted_fen
    return BudgetLine(
        line.number, f"{line.dims.function_item} {name}", line.dims.project, *_amounts([line]), is_low=low
    )


def _total(lines: Sequence[AllotmentLine]) -> BudgetLine | None:
    return BudgetLine(_("合计"), "", "", *_amounts(lines)) if lines else None


def _amounts(lines: Sequence[AllotmentLine]) -> tuple[str, str, str, str, str, str]:
    """Budget, paid, bound, returned, left and the rate, in 万元."""
    sums = [
        hundredths(sum(getattr(line, name) for line in lines))
        for name in ("adjusted_fen", "paid_fen", "reserved_fen", "returned_fen", "free_fen")
    ]
    budget, paid, bound, returned, left = (amount_in_table(value) for value in sums)
    rate = percent(sums[1], sums[0])
    return budget, paid, bound, returned, left, f"{rate}%" if rate is not None else "—"

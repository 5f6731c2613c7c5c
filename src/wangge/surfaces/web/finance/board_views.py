"""The budget board: what each line has, what is spent, bound, returned and left; and one line with its payments."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wangge.domains.budgeting.logic.money import yuan_text
from wangge.domains.budgeting.models import PaymentState, Stage
from wangge.domains.budgeting.queries.allotments import AllotmentLine, budget_board
from wangge.domains.budgeting.queries.balances import units_below
from wangge.domains.budgeting.queries.lines import LineChange, LinePayment, changes_of_line, payments_of_line
from wangge.domains.disclosure.narrative.numbers import amount_in_table, hundredths, percent
from wangge.groundwork import clock
from wangge.standards.accounts.library import load_accounts
from wangge.surfaces.web.elements.pieces import Fact, Figure
from wangge.surfaces.web.finance.choosing import Chosen, chosen
from wangge.surfaces.web.finance.pages import (
    BudgetBoardPage,
    BudgetChange,
    BudgetLine,
    BudgetLinePage,
    BudgetPayment,
)
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.shells import shell_for

MOST_PAYMENTS = 500
STATES = (PaymentState.PLANNED, PaymentState.REQUESTED, PaymentState.PAID, PaymentState.RETURNED)
LOW_PERCENT = 5
"""A line with less than this share left is marked."""


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Every budget line of a unit and year, with the sum of all; five statements behind the gate."""
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
        tuple(_line(line, names.get(line.dims.function_item, ""), where) for line in lines),
        _total(lines),
    )
    return render(request, "web/finance/budget_board.html", {"page": page})


def _line(line: AllotmentLine, name: str, where: Chosen) -> BudgetLine:
    low = line.adjusted_fen > 0 and 0 < line.free_fen * 100 < LOW_PERCENT * line.adjusted_fen
    return BudgetLine(
        line.number, f"{line.dims.function_item} {name}", line.dims.project, *_amounts([line]), is_low=low,
        url=line_url(line.allotment_id, where),
    )  # fmt: skip


def line_url(allotment_id: int, where: Chosen, state: str = "") -> str:
    """The page of a line, within the board it was opened from."""
    chosen_state = f"&state={state}" if state else ""
    return f"{reverse('budget_line', args=[allotment_id])}?unit={where.unit}&year={where.year}{chosen_state}"


@require_safe
def line(request: HttpRequest, allotment: int) -> HttpResponse:
    """One line: how its amount came about, and every payment asked of it; eight statements behind the gate."""
    by, at = actor_on(request), clock.now()
    where = chosen(request, by, at, "budget_board")
    lines = budget_board(units=units_below(where.unit), year=where.year) if where.unit else ()
    found = next((each for each in lines if each.allotment_id == allotment), None)
    if found is None:
        raise Http404(str(allotment))
    state = request.GET.get("state", "")
    payments = payments_of_line(allotment, state=state if state in STATES else "", most=MOST_PAYMENTS + 1)
    ways = (("", _("全部")), *((value, PaymentState(value).label) for value in STATES))
    page = BudgetLinePage(
        shell_for(request, found.number, at=at, current="budget_board"), found.number, where.name, where.year,
        _facts_of(found), tuple(_change(each) for each in changes_of_line(allotment)),
        tuple(Figure(str(label), "", line_url(allotment, where, value), is_current=value == state)
              for value, label in ways),
        tuple(_payment(each) for each in payments[:MOST_PAYMENTS]),
        _("只列最近 %(count)d 笔。") % {"count": MOST_PAYMENTS} if len(payments) > MOST_PAYMENTS else "",
        f"{reverse('budget_board')}?unit={where.unit}&year={where.year}",
    )  # fmt: skip
    return render(request, "web/finance/budget_line.html", {"page": page})


def _facts_of(found: AllotmentLine) -> tuple[Fact, ...]:
    names = (_("年初预算"), _("全年预算"), _("已支付"), _("占用"), _("退单"), _("可用"))
    amounts = (found.approved_fen, found.adjusted_fen, found.paid_fen, found.reserved_fen, found.returned_fen,
               found.free_fen)  # fmt: skip
    told = tuple(Fact(name, f"{yuan_text(fen)} {_('元')}") for name, fen in zip(names, amounts, strict=True))
    return (*told, Fact(_("项目"), found.dims.project)) if found.dims.project else told


def _change(each: LineChange) -> BudgetChange:
    return BudgetChange(str(Stage(each.stage).label), yuan_text(each.fen), each.document, f"{each.on:%Y-%m-%d}")


def _payment(each: LinePayment) -> BudgetPayment:
    return BudgetPayment(
        each.number, f"{each.on:%Y-%m-%d}", each.payee, each.purpose, each.contract, yuan_text(each.fen),
        str(PaymentState(each.state).label), each.state == PaymentState.RETURNED, each.reason,
    )  # fmt: skip


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

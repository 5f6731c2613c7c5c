"""Which budget unit and year a finance page is about: asked for in the address, else the newest of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone

from wangge.domains.budgeting.models import BudgetUnit, BudgetYear
from wangge.domains.organizations.logic import Actor
from wangge.surfaces.web.elements.pieces import Figure

# Whoever holds one of these sees every unit.
OVER_ALL = frozenset({"bureau_finance", "centre_leader", "chief", "section_head"})


@dataclass(frozen=True, slots=True)
class Chosen:
    """The unit and year of a page, with the ways to the others."""

    unit: str
    name: str
    year: int
    units: tuple[Figure, ...]
    years: tuple[Figure, ...]


def chosen(request: HttpRequest, by: Actor, at: datetime, page: str) -> Chosen:
    """Two statements. Raises Http404 for a unit that is not his to see."""
    mine = units_of(by)
    kept = list(BudgetYear.objects.filter(unit_id__in=mine).values_list("unit_id", "year"))
    # Accounts are made in the year after: before there are any, it is last year.
    newest = max((year for _unit, year in kept), default=timezone.localtime(at).year - 1)
    year = _asked_year(request) or newest
    if not mine:
        return Chosen("", "", year, (), ())
    with_accounts = {unit for unit, _year in kept}
    unit = request.GET.get("unit") or next((code for code in mine if code in with_accounts), next(iter(mine)))
    if unit not in mine:
        raise Http404(unit)
    return Chosen(
        unit,
        mine[unit],
        year,
        tuple(
            Figure(name, "", f"{reverse(page)}?unit={code}&year={year}", is_current=code == unit)
            for code, name in mine.items()
        ),
        tuple(
            Figure(str(each), "", f"{reverse(page)}?unit={unit}&year={each}", is_current=each == year)
            for each in sorted({year, *(kept_year for _unit, kept_year in kept)}, reverse=True)
        ),
    )


def units_of(by: Actor) -> dict[str, str]:
    """Code → name of the budget units he may look at; one statement."""
    units = BudgetUnit.objects.order_by("code")
    holdings = by.holdings_of("finance")
    if not by.posts & OVER_ALL and all(holding.department_code for holding in holdings):
        units = units.filter(code__in=[holding.department_code for holding in holdings])
    return dict(units.values_list("code", "name"))


def _asked_year(request: HttpRequest) -> int | None:
    asked = request.GET.get("year", "")
    return int(asked) if asked.isdigit() and 2000 <= int(asked) <= 2100 else None

"""How far the units below a bureau have come with their accounts: what has been submitted upward, and what has not."""

from __future__ import annotations

from dataclasses import dataclass

from wangge.domains.budgeting.models import BudgetUnit
from wangge.domains.budgeting.queries.balances import units_below, units_with_figures
from wangge.domains.disclosure.models import State
from wangge.domains.disclosure.queries.editions import EditionLine, editions

_BEFORE = frozenset({State.COMPILED, State.REVIEWED, State.SENT_BACK})


@dataclass(frozen=True, slots=True)
class UnitStanding:
    """A unit with its newest edition of a year; None: nothing was frozen yet."""

    code: str
    name: str
    edition: EditionLine | None
    has_figures: bool  # a budget or postings of the year

    @property
    def is_submitted(self) -> bool:
        """Whether it lies with the bureau or further on."""
        return self.edition is not None and self.edition.state not in _BEFORE

    @property
    def is_awaited(self) -> bool:
        """Whether the bureau cannot submit before it; a unit without any account of the year holds nobody up."""
        return not self.is_submitted and (self.has_figures or self.edition is not None)


def standings_below(*, unit: str, year: int, form: str = "final") -> tuple[UnitStanding, ...]:
    """The units below a unit, by code, without itself; four statements, none of editions where there are none."""
    codes = [code for code in units_below(unit) if code != unit]
    if not codes:
        return ()
    names = dict(BudgetUnit.objects.filter(code__in=codes).values_list("code", "name"))
    newest: dict[str, EditionLine] = {}
    for line in editions(year=year, form=form):
        newest.setdefault(line.unit, line)
    counting = units_with_figures(units=codes, year=year)
    return tuple(UnitStanding(code, names[code], newest.get(code), code in counting) for code in codes)

"""The figures of a bulletin: those of published results, alone or added up over objects and months.

Whole counts are added; a rate is computed anew from the added numerators and denominators. Nothing else is computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from wangge.domains.evaluation.logic.figures import HUNDRED, rounded

COUNTS = ("n_report", "n_file", "n_handle", "n_close")
RATES = ("close_rate_filed", "handle_intime_rate_reached", "rework_rate", "satisfaction_rate")
"""Those whose parts happen in a month, so that months may be added; what stands at a month's end may not."""


SHOWN = (*COUNTS, *RATES)


@dataclass(frozen=True, slots=True)
class Issue:
    """The newest published result of a month, opened."""

    result: str
    period: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """A figure with what it is made of and the names of the frozen figures it comes from."""

    indicator: str
    value: Decimal | None
    numerator: int | None
    denominator: int | None
    sources: tuple[tuple[str, str], ...]  # (result, figure)

    @property
    def text(self) -> str:
        """As printed; no value is a dash."""
        return "—" if self.value is None else str(self.value)


def rows_of(issue: Issue, kind: str) -> Sequence[Mapping[str, Any]]:
    """The rows of one kind of object."""
    if kind in ("district", "department"):
        return issue.content["rows" if kind == "district" else "departments"]  # type: ignore[no-any-return]
    return issue.content.get("themes", {}).get(kind, ())  # type: ignore[no-any-return]


def objects_of(issues: Iterable[Issue], kind: str) -> list[str]:
    """The codes of a kind that any of the months has, in order."""
    return sorted({str(row["objects"][kind]) for issue in issues for row in rows_of(issue, kind)})


def told(issues: Iterable[Issue], kind: str, indicator: str, code: str = "") -> Told:
    """One indicator of an object (``code``), or of all of the kind together, over the months."""
    found = [
        (issue.result, f"{kind}={row['objects'][kind]}/{indicator}", row["figures"][indicator])
        for issue in issues
        for row in rows_of(issue, kind)
        if code in ("", row["objects"][kind]) and indicator in row["figures"]
    ]
    sources = tuple((result, name) for result, name, _figure in found)
    figures = [figure for _result, _name, figure in found]
    if len(figures) == 1:
        only = figures[0]
        value = None if only["value"] is None else Decimal(only["value"])
        return Told(indicator, value, only.get("numerator"), only.get("denominator"), sources)
    if indicator in RATES:
        return _rate(indicator, figures, sources)
    values = [Decimal(figure["value"]) for figure in figures if figure["value"] is not None]
    return Told(indicator, sum(values, Decimal(0)) if values else None, None, None, sources)


def _rate(indicator: str, figures: Sequence[Mapping[str, Any]], sources: tuple[tuple[str, str], ...]) -> Told:
    numerator = sum(figure.get("numerator") or 0 for figure in figures)
    denominator = sum(figure.get("denominator") or 0 for figure in figures)
    value = rounded(HUNDRED * numerator / denominator, 2) if denominator else None
    return Told(indicator, value, numerator, denominator, sources)


def most(issues: Sequence[Issue], kind: str, indicator: str, *, number: int) -> list[tuple[str, Told]]:
    """The objects with most of a count over the months, the greatest first; those with none are not among them."""
    found = [(code, told(issues, kind, indicator, code)) for code in objects_of(issues, kind)]
    ordered = sorted((each for each in found if each[1].value), key=lambda each: (-(each[1].value or 0), each[0]))
    return ordered[:number]


def year_before(period: str) -> str:
    """The same month, quarter or year a year earlier."""
    return f"{int(period[:4]) - 1}{period[4:]}"


def whole_periods(months: Iterable[str]) -> list[str]:
    """The months, quarters and years that are published whole, newest first."""
    published = set(months)
    found = set(published)
    for year in {month[:4] for month in published}:
        quarters = {f"{year}-Q{number}": _quarter(year, number) for number in range(1, 5)}
        found |= {name for name, of in quarters.items() if of <= published}
        if all(of <= published for of in quarters.values()):
            found.add(year)
    return sorted(found, key=lambda name: (months_in(name)[-1], len(months_in(name))), reverse=True)


def months_in(period: str) -> list[str]:
    """The names of the months of a month, quarter or year."""
    if "Q" in period:
        return sorted(_quarter(period[:4], int(period[-1])))
    return [f"{period}-{month:02d}" for month in range(1, 13)] if len(period) == 4 else [period]


def _quarter(year: str, number: int) -> set[str]:
    return {f"{year}-{month:02d}" for month in range(3 * number - 2, 3 * number + 1)}

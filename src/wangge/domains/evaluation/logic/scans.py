"""Which rows are read together: views that look at the same moment of the same steps for the same objects share a scan.

Reading and unpacking columns is what a question's time goes into, so no column is read twice for two views. A scan's
rows are grouped by the periods of their step and of their moment; how a kind of step counts is told from those two.
Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from wangge.domains.evaluation.logic.facts import What
from wangge.domains.evaluation.logic.terms import Term, Window, holds

NOBODY = "nobody"
"""In place of a column: the row counts for no object of this kind."""
_OF_PERSONS = ("seat", "collector", "inner")
_OF_HOLDERS = ("unit", "category")


class How(IntEnum):
    """In which period a row counts, told from the periods of its step and of its moment."""

    STEP = 0  # that of the step
    FROM_STEP = 1  # from the step's on
    MOMENT = 2  # that of the moment
    MOMENT_BY_END = 3  # that of the moment, if the step was made by its end
    SAME = 4  # that of both, where they are the same
    FROM_LATER = 5  # from the later of both on


FROM = frozenset({How.FROM_STEP, How.FROM_LATER})
_BY_STEP = {Window.IN: How.STEP, Window.STANDING: How.FROM_STEP, Window.SAME: How.SAME}
_BY_MOMENT = {Window.IN: How.MOMENT, Window.BY_END: How.MOMENT_BY_END, Window.STANDING: How.FROM_LATER}


@dataclass(frozen=True, slots=True)
class Scan:
    """Rows read once: by a moment, for objects; how they count, of which kinds they are."""

    moment: str
    changes: tuple[tuple[str, str], ...]  # key column → the column instead of it, or NOBODY
    hows: frozenset[How]
    kinds: tuple[int, ...]
    early: tuple[int, ...]  # those that also count where they were made before the first period
    most: bool  # so many kinds that telling them from the others costs more than reading those too

    @property
    def further(self) -> tuple[str, ...]:
        """The columns read beside the keys."""
        return further_columns(dict(self.changes))


@dataclass(frozen=True, slots=True, order=True)
class Weight:
    """A kind of step counts so often, in the period told by ``how`` from its step and the scan's moment."""

    what: int
    source: str
    scan: int
    how: int
    count: int
    sign: int


def moment_of(term: Term) -> str:
    """The column a term's rows are read by."""
    return "replaces" if term.moment == "at" and term.window is Window.SAME else term.moment


def scan_name(moment: str, changes: Mapping[str, str]) -> str:
    """What a scan is called where its rows are kept added up."""
    return "/".join((moment, *(f"{name}={column}" for name, column in changes.items())))


def changes_of(whose: str, keys: Sequence[str]) -> dict[str, str]:
    """Key column → the column that a view takes instead of it, or ``NOBODY``."""
    if whose == "author":
        return {"seat": "author"} if "seat" in keys else {}
    if whose == "former":
        return {"unit": "former_unit"} if "unit" in keys else {}
    changes = {name: NOBODY for name in _OF_PERSONS if name in keys} if whose in ("held", "before") else {}
    if whose == "before":
        changes |= {name: f"{name}_before" for name in _OF_HOLDERS if name in keys}
    return changes


def further_columns(changes: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(column for column in changes.values() if column != NOBODY)


def shared(
    whats: Mapping[int, What], terms: Sequence[Term], counts: Sequence[tuple[str, bool]], keys: Sequence[str]
) -> tuple[list[Scan], list[Weight]]:
    """The scans of some terms, and the weight of every kind of step counted; ``count`` is the place in ``counts``."""
    views: dict[tuple[str, _Changes], list[Term]] = {}
    for term in terms:
        views.setdefault((moment_of(term), tuple(changes_of(term.whose, keys).items())), []).append(term)
    scans: list[Scan] = []
    weighed: list[Weight] = []
    for (moment, changes), of_view in views.items():
        rows = [
            Weight(
                number, what.source, len(scans), (_BY_STEP if term.moment == "at" else _BY_MOMENT)[term.window],
                counts.index((term.count, term.window is Window.STANDING)), term.sign,
            )
            for term in of_view
            for number, what in whats.items()
            if holds(term, what)
        ]  # fmt: skip
        if rows:
            scans.append(_scan(moment, changes, rows, whats))
            weighed += rows
    return scans, weighed


_Changes = tuple[tuple[str, str], ...]


def _scan(moment: str, changes: _Changes, rows: Sequence[Weight], whats: Mapping[int, What]) -> Scan:
    kinds = {row.what for row in rows}
    early = {row.what for row in rows if row.how == How.FROM_STEP}
    most = moment == "at" and 2 * len(kinds) > len(whats)
    return Scan(
        moment, changes, frozenset(How(row.how) for row in rows), tuple(sorted(kinds)), tuple(sorted(early)), most
    )

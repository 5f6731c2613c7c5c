"""What lies below a printed figure that is no sum of money: the reading or the signed statement it was filled from.

Figures of the report name a fact of their own; figures of an annex's indicator go by its line in the form.
"""

from __future__ import annotations

from dataclasses import dataclass

from wangge.domains.disclosure.narrative.report import CASE_FIGURES
from wangge.domains.disclosure.narrative.whole import project_forms
from wangge.domains.disclosure.queries.telling import account_of
from wangge.domains.self_evaluation.models import Reading, Statement
from wangge.domains.self_evaluation.queries.forms import LineView, forms_of, newest_readings
from wangge.standards.accounts.names import name_part

_FACT_OF = {figure: fact for fact, figure in CASE_FIGURES.items()}


@dataclass(frozen=True, slots=True)
class Proof:
    """What a figure was filled from; one of the two."""

    reading: Reading | None
    statement: Statement | None


def proof_of(*, unit: str, year: int, name: str) -> Proof | None:
    """The proof behind a figure; None for figures of other kinds, or where nothing was filled yet."""
    if name in _FACT_OF:
        reading = newest_readings(unit_code=unit, year=year).get(("", _FACT_OF[name]))
        return Proof(reading, None) if reading is not None else None
    line = _line(unit, year, name)
    if line is None or (line.reading is None and line.statement is None):
        return None
    return Proof(line.reading, line.statement)


def _line(unit: str, year: int, name: str) -> LineView | None:
    """The form's line of ``1-2.结案率.actual`` or ``1-3a.案卷上报.score``."""
    annex, _dot, rest = name.partition(".")
    label, _dot, column = rest.rpartition(".")
    if annex[:3] not in {"1-2", "1-3"} or column not in {"actual", "score"}:
        return None
    project = "" if annex == "1-2" else _project(unit, year, annex)
    if project is None:
        return None
    views = (view for view in forms_of(unit_code=unit, year=year) if view.form.project == project)
    return next((line for view in views for line in view.lines if name_part(line.line.name) == label), None)


def _project(unit: str, year: int, annex: str) -> str | None:
    pairs = project_forms(account_of(year=year, unit=unit))
    place = ord(annex[3:4] or "?") - ord("a")
    return pairs[place][0].name if 0 <= place < len(pairs) else None

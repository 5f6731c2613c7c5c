"""Units of time: those of time_units.csv, and the natural hour the product adds."""

from __future__ import annotations

from collections.abc import Iterable

from wangge.groundwork.working_time import ClockKind, Unit
from wangge.standards.findings import Finding, StandardsRefused
from wangge.standards.library import NATIONAL
from wangge.standards.reading import FORM_OF_FILE, read_file, typed_row
from wangge.standards.tables import TimeUnit

NATURAL_HOUR = Unit("natural_hour", ClockKind.CONTINUOUS, 60, "自然小时")
"""60 minutes of the continuous clock: no standard names it, people who ask for a deadline do."""

_FILE = "time_units.csv"


def units_of(rows: Iterable[TimeUnit]) -> dict[str, Unit]:
    """The units of the rows of time_units.csv by name, with the natural hour."""
    units = {row.unit: Unit(row.unit, ClockKind(row.clock), row.minutes, row.name_zh) for row in rows}
    return {NATURAL_HOUR.name: NATURAL_HOUR, **units}


def national_units() -> dict[str, Unit]:
    """The units as shipped, read without the other tables. Refused: :class:`StandardsRefused`."""
    form = FORM_OF_FILE[_FILE]
    raw, findings = read_file(NATIONAL / _FILE, form, shown_as=f"{NATIONAL.name}/{_FILE}", overlay=False)
    rows: list[TimeUnit] = []
    wrong: list[Finding] = list(findings)
    for cells in raw:
        row, faults = typed_row(cells)
        wrong += faults
        if row is not None:
            rows.append(row)
    if wrong:
        raise StandardsRefused(tuple(wrong))
    return units_of(rows)

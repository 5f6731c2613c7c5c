"""How the service lines of a unit kept what their contracts promise."""

from __future__ import annotations

from wangge.domains.budgeting.logic.service_levels import LineMonth, line_months
from wangge.domains.budgeting.queries.records import records_of_years

_YEARS_BACK = 9
"""Lines are opened and contracts signed years before a fault."""


def service_levels(*, unit: str, year: int) -> list[LineMonth]:
    """Every line and month of a year with faults; one statement."""
    kinds = ("service_contract", "service_line", "service_fault")
    held = records_of_years(kinds=kinds, unit=unit, years=range(year - _YEARS_BACK, year + 1))
    by_kind = {kind: [line for line in held if line.kind == kind] for kind in kinds}
    contracts, lines = (
        {line.key: line.data for line in sorted(by_kind[kind], key=lambda line: line.year)} for kind in kinds[:2]
    )
    return line_months(contracts, lines, [line.data for line in by_kind["service_fault"] if line.year == year])

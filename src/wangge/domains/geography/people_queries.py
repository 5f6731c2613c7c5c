"""Owns the questions who stands for a grid: collectors with duties, the person responsible, and when that changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection


@dataclass(frozen=True, slots=True)
class ResponsiblePeriod:
    """Who is responsible for a grid from a day to a day, half-open."""

    grid_code: str
    name: str
    unit: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class DutyPeriod:
    """A collector's duty for a grid."""

    grid_code: str
    name: str
    rank: int
    valid_from: date
    valid_to: date | None


_RESPONSIBLE = "SELECT grid_code, name, unit, valid_from, valid_to FROM geography_grid_responsible"
_DUTY = (
    "SELECT d.grid_code, p.display_name, d.rank, d.valid_from, d.valid_to"
    " FROM geography_grid_duty d JOIN organizations_person p ON p.id = d.collector_id"
)


def responsible_on(day: date) -> dict[str, ResponsiblePeriod]:
    """Who is responsible on a day, by grid; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_RESPONSIBLE} WHERE valid_from <= %s AND (valid_to IS NULL OR valid_to > %s)", [day, day])
        return {row[0]: ResponsiblePeriod(*row) for row in cursor.fetchall()}


def responsible_history(grid_code: str) -> list[ResponsiblePeriod]:
    """Who was, is and will be responsible for a grid, the newest first; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_RESPONSIBLE} WHERE grid_code = %s ORDER BY valid_from DESC", [grid_code])
        return [ResponsiblePeriod(*row) for row in cursor.fetchall()]


def responsible_changing(day: date) -> list[ResponsiblePeriod]:
    """Who becomes responsible on a day; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_RESPONSIBLE} WHERE valid_from = %s ORDER BY grid_code", [day])
        return [ResponsiblePeriod(*row) for row in cursor.fetchall()]


def duties_of(grid_codes: Sequence[str], *, on: date) -> list[DutyPeriod]:
    """The collectors of grids on a day, first to ask first; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"{_DUTY} WHERE d.grid_code = ANY(%s) AND d.valid_from <= %s AND (d.valid_to IS NULL OR d.valid_to > %s)"
            " ORDER BY d.grid_code, d.rank, p.display_name",
            [list(grid_codes), on, on],
        )
        return [DutyPeriod(*row) for row in cursor.fetchall()]


def coming_days(after: date) -> list[tuple[date, int]]:
    """Days after a day on which borders change, with the number of areas that do; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT day, count(DISTINCT kind || code) FROM ("
            "SELECT valid_from AS day, kind, code FROM geography_area WHERE valid_from > %s"
            " UNION ALL SELECT valid_to, kind, code FROM geography_area WHERE valid_to > %s) AS ends"
            " GROUP BY day ORDER BY day",
            [after, after],
        )
        return [(row[0], row[1]) for row in cursor.fetchall()]

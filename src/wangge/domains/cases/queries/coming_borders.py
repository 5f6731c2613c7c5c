"""What a coming change of borders moves: open cases that will lie elsewhere, and who stands for the grids.

A case keeps the areas of the day it was reported on; this tells who will ask for it where from the day on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import connection

from wangge.domains.cases.models.case import OPEN_STAGES
from wangge.domains.geography.area_index import AreaIndex
from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.logic.moving import AreaMove, PointMove, areas_that_move, points_that_move
from wangge.domains.geography.logic.planning import ChangeKind
from wangge.domains.geography.people_queries import (
    DutyPeriod,
    ResponsiblePeriod,
    duties_of,
    responsible_changing,
    responsible_on,
)


@dataclass(frozen=True, slots=True)
class CaseMove:
    """An open case whose point lies in other areas from the day on."""

    number: str
    stage: str
    category: str
    department_code: str
    move: PointMove

    def change_of(self, kind: AreaKind) -> tuple[str, str] | None:
        """The code before and after, where they differ; empty for none."""
        before, after = getattr(self.move.before, kind), getattr(self.move.after, kind)
        return (before or "", after or "") if before != after else None


@dataclass(frozen=True, slots=True)
class ComingBorders:
    """Everything a day's change of borders touches."""

    day: date
    areas: tuple[AreaMove, ...]
    cases: tuple[CaseMove, ...]
    collectors: tuple[DutyPeriod, ...]
    """Whose grid gets another border or ends."""
    responsible: tuple[ResponsiblePeriod, ...]
    """Who is responsible, on the eve, for a grid that gets another border or ends."""
    appointed: tuple[ResponsiblePeriod, ...]
    """Who becomes responsible on the day."""

    def as_json(self) -> dict[str, Any]:
        """The same for a machine."""
        return {
            "day": self.day.isoformat(),
            "areas": [
                {
                    "change": each.change.value,
                    "kind": each.kind.value,
                    "code": each.code,
                    "name": each.name,
                    "moved_m2": round(each.moved_m2),
                }
                for each in self.areas
            ],
            "cases": [{"number": each.number, "stage": each.stage, **_changes(each)} for each in self.cases],
            "collectors": [{"grid": each.grid_code, "name": each.name, "rank": each.rank} for each in self.collectors],
            "responsible": [
                {"grid": each.grid_code, "name": each.name, "unit": each.unit} for each in self.responsible
            ],
            "appointed": [{"grid": each.grid_code, "name": each.name, "unit": each.unit} for each in self.appointed],
        }


def coming_borders(index: AreaIndex, *, day: date) -> ComingBorders:
    """What moves on the day, by an index of the ground as it is planned; four statements."""
    areas = areas_that_move(index, day)
    touched = sorted(
        move.code
        for move in areas
        if move.kind is AreaKind.RESPONSIBILITY_GRID and move.change in (ChangeKind.MOVED, ChangeKind.ENDED)
    )
    eve = day - timedelta(days=1)
    before = responsible_on(eve)
    return ComingBorders(
        day,
        tuple(areas),
        tuple(_cases_that_move(index, day)),
        tuple(duties_of(touched, on=eve)),
        tuple(before[code] for code in touched if code in before),
        tuple(responsible_changing(day)),
    )


def _cases_that_move(index: AreaIndex, day: date) -> list[CaseMove]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.number, c.stage, c.category, c.department_code, m.lon, m.lat"
            " FROM cases_case c JOIN cases_matter m ON m.case_id = c.id"
            " WHERE c.stage = ANY(%s) AND m.lon IS NOT NULL ORDER BY c.number",
            [list(OPEN_STAGES)],
        )
        rows = cursor.fetchall()
    lons, lats = np.array([row[4] for row in rows], dtype=float), np.array([row[5] for row in rows], dtype=float)
    moves = ((rows[move.index], move) for move in points_that_move(index, day, lons, lats))
    return [CaseMove(number, stage, category, unit, move) for (number, stage, category, unit, *_at), move in moves]


def _changes(case: CaseMove) -> dict[str, list[str]]:
    return {kind.value: list(change) for kind in AreaKind if (change := case.change_of(kind)) is not None}

"""Owns what an import of road sections or of a layer's figures would change: rows by key, one figure each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from wangge.domains.geography.logic.findings import Finding, Problem
from wangge.domains.geography.logic.measures import Figures
from wangge.domains.geography.logic.planning import Change, ChangeKind

LINES = ("LineString", "MultiLineString")
ANY_SHAPE = ("Point", "MultiPoint", *LINES, "Polygon", "MultiPolygon")
_FAR_KM = 100.0


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One row of a file: its key, what else it says, its figure in WGS-84."""

    row: int
    key: str
    """What a row is known by: code and side of a road section, code of a layer's figure."""
    name: str
    values: Mapping[str, str]
    figure: BaseGeometry | None
    wrong: tuple[str, str] | None = None
    """A value of the row that cannot be, and what may be."""


@dataclass(frozen=True, slots=True)
class StoredFigure:
    """What is in force on the day for a key."""

    name: str
    values: Mapping[str, str]
    figure: BaseGeometry
    valid_from: date


@dataclass(slots=True)
class FigurePlan:
    """What would change, by key, and what is wrong."""

    changes: list[Change]
    findings: list[Finding]
    taken: list[FigureRow]
    """The rows to be written."""


def plan_figures(
    rows: Sequence[FigureRow],
    stored: Mapping[str, StoredFigure],
    *,
    shapes: Sequence[str],
    from_on: date,
    complete: bool,
    may_replace: bool,
    needs_name: bool,
    city: tuple[float, float, float, float] | None = None,
) -> FigurePlan:
    """Check every row and say what would change; figures may cross and overlap as they like."""
    found: list[Finding] = []
    changes: list[Change] = []
    taken: list[FigureRow] = []
    first: dict[str, int] = {}
    for row in rows:
        problem, values = _problem(row, first, shapes, needs_name, city)
        if problem is None:
            first[row.key] = row.row
            old = stored.get(row.key)
            change = _change(row, old)
            replaces = old is not None and old.valid_from == from_on and change.kind is not ChangeKind.SAME
            if replaces and not may_replace:
                problem, values = Problem.SAME_DAY, {"day": from_on.isoformat()}
            if problem is None:
                changes.append(change)
                if change.kind is not ChangeKind.SAME:
                    taken.append(row)
        if problem is not None:
            found.append(Finding(row.row, row.key, problem, True, values))
    if complete:
        spoken = {row.key for row in rows}
        changes += [Change(ChangeKind.ENDED, key, old.name) for key, old in sorted(stored.items()) if key not in spoken]
    return FigurePlan(changes, found, taken)


def _problem(
    row: FigureRow,
    first: Mapping[str, int],
    shapes: Sequence[str],
    needs_name: bool,
    city: tuple[float, float, float, float] | None,
) -> tuple[Problem | None, dict[str, str]]:
    figure = row.figure
    if not row.key:
        return Problem.NO_CODE, {}
    if row.key in first:
        return Problem.CODE_TWICE, {"other": str(first[row.key])}
    if needs_name and not row.name:
        return Problem.NO_NAME, {}
    if row.wrong:
        return Problem.WRONG_VALUE, {"given": row.wrong[0], "rule": row.wrong[1]}
    if figure is None or figure.is_empty:
        return Problem.NO_SHAPE, {}
    if figure.geom_type not in shapes:
        return Problem.WRONG_SHAPE, {"shape": figure.geom_type, "wanted": " ".join(shapes)}
    west, south, east, north = figure.bounds
    if not (np.isfinite(figure.bounds).all() and -180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        return Problem.OUT_OF_RANGE, {}
    if city is not None:
        away = _km_outside(figure.bounds, city)
        if away > _FAR_KM:
            return Problem.FAR_OFF, {"km": f"{away:,.0f}"}
    return None, {}


def _km_outside(bounds: tuple[float, float, float, float], city: tuple[float, float, float, float]) -> float:
    middle = ((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2)
    east = max(city[0] - middle[0], 0.0, middle[0] - city[2])
    north = max(city[1] - middle[1], 0.0, middle[1] - city[3])
    return float(np.hypot(east, north)) * 111.0


def _change(row: FigureRow, old: StoredFigure | None) -> Change:
    if old is None:
        return Change(ChangeKind.NEW, row.key, row.name, row.row)
    assert row.figure is not None
    if not shapely.equals_exact(row.figure, old.figure, tolerance=1e-8):
        return Change(ChangeKind.MOVED, row.key, row.name, row.row)
    if (row.name, dict(row.values)) != (old.name, dict(old.values)):
        return Change(ChangeKind.RENAMED, row.key, row.name, row.row)
    return Change(ChangeKind.SAME, row.key, row.name, row.row)


def figures_of(rows: Sequence[FigureRow]) -> Figures:
    """The figures of the rows as an array."""
    found: Figures = np.empty(len(rows), dtype=object)
    found[:] = [row.figure for row in rows]
    return found

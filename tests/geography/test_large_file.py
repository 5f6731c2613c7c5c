"""A large file with one row in a hundred wrong: each is told, nothing is half done; a million rows in `make soak`."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import numpy as np
import pytest
import shapely

from tests.geography.ground_files import NOW, OPENED, Row, as_geojson, as_ogr, brought, row
from wangge.domains.geography import queries
from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.logic.findings import Problem
from wangge.domains.geography.models import AreaRow
from wangge.domains.geography.operations.placing import Reading

ACROSS = 20  # unit grids along the side of a community
STREET_COMMUNITIES = 50
STEP = 0.0005
pytestmark = pytest.mark.django_db


def size() -> int:
    """Rows of the file."""
    return 1_000_000 if hypothesis.settings.get_current_profile_name() == "soak" else 12_000


def _rounded_box(west: float, south: float, east: float, north: float) -> shapely.geometry.base.BaseGeometry:
    return shapely.box(round(west, 7), round(south, 7), round(east, 7), round(north, 7))


def city(count: int) -> tuple[list[Row], list[Row], list[Row], list[Row]]:
    """A strip of communities one above the other, as many streets as they need, in one district."""
    each = ACROSS * ACROSS
    number = -(-count // each)
    side = ACROSS * STEP

    def box(first: int, last: int) -> shapely.geometry.base.BaseGeometry:
        # Twenty columns of communities keep the city on the globe.
        return shapely.union_all([
            _rounded_box(*corners(k)) for k in range(first, last)
        ])  # fmt: skip

    def corners(k: int) -> tuple[float, float, float, float]:
        column, line = divmod(k, STREET_COMMUNITIES)
        west, south = 113.0 + column * side, 27.0 + line * side
        return west, south, west + side, south + side

    streets = [
        row(f"430202{n + 1:03d}", box(n * STREET_COMMUNITIES, min((n + 1) * STREET_COMMUNITIES, number)))
        for n in range(-(-number // STREET_COMMUNITIES))
    ]
    communities, grids = [], []
    for k in range(number):
        code = f"430202{k // STREET_COMMUNITIES + 1:03d}{k % STREET_COMMUNITIES + 1:03d}"
        communities.append(row(code, box(k, k + 1)))
        west, south, *_rest = corners(k)
        for n in range(min(each, count - k * each)):
            x, y = west + n % ACROSS * STEP, south + n // ACROSS * STEP
            square = _rounded_box(x, y, x + STEP, y + STEP)
            grids.append(row(f"{code}{n + 1:03d}", square))
    district = [row("430202", shapely.union_all([each["figure"] for each in streets]))]
    return district, streets, communities, grids


def spoil(grids: list[Row]) -> dict[int, Problem]:
    """Make one row in a hundred wrong, each in one way; answers what is to be found at which row (from 1)."""
    wanted: dict[int, Problem] = {}
    for n, i in enumerate(range(50, len(grids), 125)):
        west, south, east, north = grids[i]["figure"].bounds
        ways = (Problem.SELF_CROSSING, Problem.WRONG_CODE, Problem.CODE_TWICE, Problem.PARENT_MISSING)
        problem = ways[n % len(ways)]
        if problem is Problem.SELF_CROSSING:
            grids[i]["figure"] = shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])
        elif problem is Problem.WRONG_CODE:
            grids[i]["code"] = grids[i]["code"][:-1] + "X"
        elif problem is Problem.CODE_TWICE:
            grids[i]["code"] = grids[i - 1]["code"]
        else:
            grids[i]["code"] = f"430203{grids[i]['code'][6:]}"
        wanted[i + 1] = problem
    # Figures that lie on others already there come last: the later of two is the one to be refused.
    for n in range(len(grids) // 450):
        over = grids[n * 400 + 10]
        grids.append(row(f"{over['code'][:12]}{900 + n % 99:03d}", shapely.transform(over["figure"], _shifted)))
        wanted[len(grids)] = Problem.OVERLAP
    return wanted


def _shifted(points: np.ndarray) -> np.ndarray:
    return points + STEP / 3


def test_a_large_file_with_one_row_in_a_hundred_wrong(tmp_path: Path) -> None:
    queries.forget()
    district, streets, communities, grids = city(size())
    for kind, rows in (
        (AreaKind.DISTRICT, district), (AreaKind.STREET, streets), (AreaKind.COMMUNITY, communities),
    ):  # fmt: skip
        assert brought(as_geojson(tmp_path / f"{kind}.geojson", rows), kind).written
    wanted = spoil(grids)
    assert len(wanted) >= len(grids) // 100
    file = as_ogr(tmp_path / "grids.gpkg", grids)
    report = brought(file, AreaKind.UNIT_GRID, from_on=OPENED, at=NOW)
    found = {each.row: each.problem for each in report.findings if each.refuses}
    assert found == wanted
    assert not report.written
    assert not AreaRow.objects.filter(kind="unit_grid").exists()
    taken = brought(file, AreaKind.UNIT_GRID, reading=Reading(without_bad=True))
    assert taken.written
    assert AreaRow.objects.filter(kind="unit_grid").count() == len(grids) - len(wanted)
    queries.forget()

"""A square city of two districts with unit grids, and one fit row of the register."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely

from wangge.domains.components.logic.incoming import Incoming, Units
from wangge.domains.geography import queries as geography
from wangge.domains.geography.areas import Area, AreaKind
from wangge.domains.geography.operations.areas import load_areas
from wangge.domains.organizations.models import Department, DepartmentKind, District

OPENED, DAY = date(2020, 1, 1), date(2024, 4, 12)
WEST, EAST = "990101", "990102"


@pytest.fixture
def square_city(db: None) -> Iterator[None]:
    geography.forget()
    areas = []
    for code, west in ((WEST, 113.0), (EAST, 113.1)):
        District.objects.create(code=code, name=code, valid_from=OPENED)
        areas.append(Area(AreaKind.DISTRICT, code, code, "", code, shapely.box(west, 27.0, west + 0.1, 27.1), OPENED))
        grid = f"{code}001001001"
        box = shapely.box(west, 27.0, west + 0.1, 27.1)
        areas.append(Area(AreaKind.UNIT_GRID, grid, grid, f"{code}001001", code, box, OPENED))
    load_areas(areas=areas)
    for code in ("water", "lamps", "roads"):
        Department.objects.create(code=code, name=f"{code}公司", kind=DepartmentKind.COMPANY, valid_from=OPENED)
    yield
    geography.forget()


def fit(number: int = 1, **changes: Any) -> Incoming:
    """A row that is fit."""
    values: dict[str, Any] = {
        "line": number + 1, "code": f"{WEST}0101{number:06d}", "name": "上水井盖", "state": "intact",
        "lon": 113.05, "lat": 27.05, "initial_on": OPENED, "units": Units("", "建设局", "water", "water公司"),
    }  # fmt: skip
    return Incoming(**{**values, **changes})


def cells(number: int = 1, **changes: str) -> dict[str, str]:
    """A fit line of a file, in the standard's columns."""
    return {
        "ObjID": f"{WEST}0101{number:06d}", "ObjName": "上水井盖", "DeptCode1": "", "DeptName1": "建设局",
        "DeptCode2": "water", "DeptName2": "water公司", "DeptCode3": "roads", "DeptName3": "",
        "BGID": f"{WEST}001001001", "ObjState": "完好", "ORDate": "2020-05-01", "CHDate": "", "DataSource": "实测",
        "Note": "", "lon": f"{113.0 + number / 100_000:.6f}", "lat": "27.05", **changes,
    }  # fmt: skip


def write_csv(path: Path, rows: list[dict[str, str]], *, encoding: str = "utf-8") -> Path:
    """A file of the register."""
    with path.open("w", encoding=encoding, newline="") as opened:
        writer = csv.DictWriter(opened, list(cells()))
        writer.writeheader()
        writer.writerows(rows)
    return path

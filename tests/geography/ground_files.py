"""Small ground and files of it for the tests of imports: a chequered city of squares, written in every form."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import shapely
from shapely.geometry.base import BaseGeometry

from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.logic.reports import ImportReport
from wangge.domains.geography.operations.placing import Reading
from wangge.domains.organizations.logic import TERMINAL
from wangge.groundwork.coordinates import from_wgs84_many
from wangge.surfaces.exchange.spatial.areas import import_area_file

NOW = datetime(2024, 4, 12, 2, tzinfo=UTC)
OPENED, TODAY, NEXT_MONTH = date(2020, 1, 1), date(2024, 4, 12), date(2024, 5, 1)
WEST, SOUTH, STEP = 113.0, 27.0, 0.01
Row = dict[str, Any]


def square(east: float, north: float, size: float = 1.0) -> BaseGeometry:
    """A square in steps of about a kilometre from the city's corner."""
    west, south = WEST + east * STEP, SOUTH + north * STEP
    return shapely.box(west, south, west + size * STEP, south + size * STEP)


def row(code: str, figure: BaseGeometry | None, **cells: str) -> Row:
    return {"code": code, "name": cells.pop("name", f"名{code}"), **cells, "figure": figure}


def districts() -> list[Row]:
    """Two districts of four squares, side by side."""
    return [row("430202", square(0, 0, 2)), row("430203", square(2, 0, 2))]


def streets() -> list[Row]:
    """Each district has two streets of two squares."""
    return [
        row(f"{district}{n:03d}", shapely.union_all([square(east, n - 1), square(east + 1, n - 1)]))
        for district, east in (("430202", 0), ("430203", 2))
        for n in (1, 2)
    ]


def communities() -> list[Row]:
    """Each street has two communities of one square."""
    return [
        row(f"{district}{street:03d}{n:03d}", square(east + n - 1, street - 1))
        for district, east in (("430202", 0), ("430203", 2))
        for street in (1, 2)
        for n in (1, 2)
    ]


def unit_grids(across: int = 4) -> list[Row]:
    """Each community has `across`² unit grids."""
    found = []
    for each in communities():
        west, south, east, _north = each["figure"].bounds
        size = (east - west) / across
        for n in range(across * across):
            x, y = west + (n % across) * size, south + (n // across) * size
            found.append(row(f"{each['code']}{n + 1:03d}", shapely.box(x, y, x + size, y + size)))
    return found


def as_geojson(path: Path, rows: Iterable[Row], move: Callable[[Any], Any] | None = None) -> Path:
    features = [
        {
            "type": "Feature",
            "properties": {name: cell for name, cell in each.items() if name != "figure"},
            "geometry": None if each["figure"] is None else json.loads(shapely.to_geojson(moved(each["figure"], move))),
        }
        for each in rows
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False), "utf-8")
    return path


def moved(figure: BaseGeometry, move: Callable[[Any], Any] | None) -> BaseGeometry:
    return shapely.transform(figure, move) if move else figure


def into(system: str, epsg: int = 4547) -> Callable[[Any], Any]:
    """A mover of points from WGS-84 into a system."""

    def move(points: Any) -> Any:
        return np.column_stack(from_wgs84_many(points[:, 0], points[:, 1], system=system, city_epsg=epsg))

    return move


def swapped(points: Any) -> Any:
    return points[:, ::-1]


def as_ogr(
    path: Path,
    rows: Sequence[Row],
    *,
    crs: str | None = "EPSG:4490",
    encoding: str | None = None,
    move: Any = None,
    names: Mapping[str, str] | None = None,
) -> Path:
    """A shapefile or GeoPackage by its suffix."""
    columns = [name for name in rows[0] if name != "figure"]
    pyogrio.raw.write(
        path,
        np.array([shapely.to_wkb(moved(each["figure"], move)) for each in rows], dtype=object),
        [np.array([each.get(name, "") for each in rows], dtype=object) for name in columns],
        [(names or {}).get(name, name) for name in columns],
        geometry_type="Polygon",
        crs=crs,
        encoding=encoding,
    )
    return path


def zipped(shapefile: Path, *, without: Sequence[str] = ()) -> Path:
    """The parts of a shapefile in an archive."""
    archive = shapefile.with_suffix(".zip")
    with zipfile.ZipFile(archive, "w") as opened:
        for part in sorted(shapefile.parent.glob(f"{shapefile.stem}.*")):
            if part != archive and part.suffix not in without:
                opened.write(part, f"数据/{part.name}")
    return archive


def as_csv(path: Path, rows: Iterable[Row], *, encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["代码", "名称", "WKT"])
        for each in rows:
            writer.writerow([each["code"], each["name"], "" if each["figure"] is None else each["figure"].wkt])
    return path


def brought(
    path: Path,
    kind: AreaKind,
    *,
    from_on: date = OPENED,
    reading: Reading = Reading(),  # noqa: B008 - frozen
    dry_run: bool = False,
    at: datetime = NOW,
    **how: Any,
) -> ImportReport:
    return import_area_file(
        by=TERMINAL, at=at, path=path, kind=kind, from_on=from_on, reading=reading, dry_run=dry_run, **how
    )


def bring_city(directory: Path, *, unit_grids_too: bool = False) -> None:
    """Districts, streets and communities, by files."""
    kinds = [(AreaKind.DISTRICT, districts()), (AreaKind.STREET, streets()), (AreaKind.COMMUNITY, communities())]
    if unit_grids_too:
        kinds.append((AreaKind.UNIT_GRID, unit_grids()))
    for kind, rows in kinds:
        report = brought(as_geojson(directory / f"{kind}.geojson", rows), kind)
        assert report.written, (report.problems, report.findings[:3])

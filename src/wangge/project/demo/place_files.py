"""Owns the demo city's ground as files, and their way in: by the imports that a real city uses."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import shapely

from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.logic.reports import ImportReport
from wangge.domains.geography.operations.placing import Reading
from wangge.domains.geography.operations.responsible import Appointment, load_responsible
from wangge.domains.organizations.logic import Actor
from wangge.project.demo.ground import Ground
from wangge.project.demo.streets import Named, Section, numbers_of, places_of, responsible_of, sections_of
from wangge.surfaces.exchange.spatial.areas import import_area_file
from wangge.surfaces.exchange.spatial.figures import import_figure_file


class DemoGroundRefused(RuntimeError):
    """The generated ground does not pass the import's own checks: a mistake of the generator."""


def load_places(ground: Ground, *, by: Actor, at: datetime) -> None:
    """Bring areas from the largest to the smallest, then roads, house numbers and places, then who is responsible."""
    day = ground.city.valid_from
    wgs84 = Reading("wgs84")
    with TemporaryDirectory(prefix="wangge-demo-") as made:
        directory = Path(made)
        for kind in AreaKind:
            path = _areas(directory / f"{kind}.geojson", ground, kind)
            _check(import_area_file(by=by, at=at, path=path, kind=kind, from_on=day, reading=wgs84, dry_run=False))
        sections = sections_of(ground)
        roads = _roads(directory / "roads.geojson", sections)
        names = _names(directory / "names.csv", [*numbers_of(sections), *places_of(ground)])
        for what, path in (("road", roads), ("name", names)):
            _check(import_figure_file(by=by, at=at, path=path, what=what, from_on=day, reading=wgs84, dry_run=False))
    load_responsible(
        appointments=[Appointment(each.grid_code, each.name, each.unit, day) for each in responsible_of(ground)]
    )


def _check(report: ImportReport) -> None:
    if not report.written:
        words = [*(each.words for each in report.problems), *(each.words for each in report.findings)]
        raise DemoGroundRefused(words[:5])


def _areas(path: Path, ground: Ground, kind: AreaKind) -> Path:
    areas = ground.areas_of(kind)
    return _geojson(
        path, ({"code": area.code, "name": area.name, "parent": area.parent_code} for area in areas),
        (area.boundary for area in areas),
    )  # fmt: skip


def _roads(path: Path, sections: Iterable[Section]) -> Path:
    kept = list(sections)
    cells = ({"code": each.code, "name": each.road, "district_code": each.district_code} for each in kept)
    return _geojson(path, cells, (each.line for each in kept))


def _geojson(path: Path, cells: Iterable[dict[str, Any]], figures: Iterable[Any]) -> Path:
    features = [
        {"type": "Feature", "properties": properties, "geometry": json.loads(shapely.to_geojson(figure))}
        for properties, figure in zip(cells, figures, strict=True)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False), "utf-8")
    return path


def _names(path: Path, names: Iterable[Named]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["名称", "类别", "道路", "门牌号", "所属区", "经度", "纬度"])
        for each in {(each.kind, each.name, each.district_code): each for each in names}.values():
            writer.writerow([each.name, each.kind, each.road, each.number, each.district_code, each.lon, each.lat])
    return path

"""Owns the writing of the register in the standard's fields (ObjID … Shape), as CSV, Excel or what GDAL writes."""

from __future__ import annotations

import csv
import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from wangge.domains.components.queries.register import ComponentRow
from wangge.standards.findings import gettext_noop
from wangge.surfaces.exchange.components.declaration import FIELDS, STATES

Exported = Iterable[tuple[ComponentRow, bytes | None]]
STATE_WORDS = {state: word for word, state in STATES.items()}
COLUMNS = tuple(FIELDS.values())
DRIVERS = {".geojson": "GeoJSON", ".gpkg": "GPKG", ".shp": "ESRI Shapefile"}
MOST_EXCEL_ROWS = 1_048_575


class ExportRefused(Exception):
    """A file that cannot be written; the text says what to do."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message % values if values else message)


def write_components(rows: Exported, path: Path) -> int:
    """Write rows to a file whose ending says the form; answers how many. Raises ExportRefused."""
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return _csv(rows, path)
    if suffix == ".xlsx":
        return _excel(rows, path)
    if suffix in DRIVERS:
        return _geo(rows, path, DRIVERS[suffix])
    raise ExportRefused(gettext_noop("文件名须以 .csv、.xlsx、.geojson、.gpkg 或 .shp 结尾。"))


def cells_of(row: ComponentRow) -> tuple[str, ...]:
    """One row in the order of the standard's fields."""
    return (
        row.code, row.name, row.manager_code, row.manager_name, row.owner_code, row.owner_name, row.maintainer_code,
        row.maintainer_name, row.unit_grid_code, STATE_WORDS[row.state], row.initial_on.isoformat(),
        row.changed_on.isoformat() if row.changed_on else "", row.data_source, row.note,
    )  # fmt: skip


def _lines(rows: Exported) -> Iterable[tuple[str, ...]]:
    yield (*COLUMNS, "lon", "lat")
    for row, _shape in rows:
        yield (*cells_of(row), repr(row.lon), repr(row.lat))


def _csv(rows: Exported, path: Path) -> int:
    # The mark at the beginning lets Excel read Chinese.
    with path.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.writer(opened)
        count = -1
        for line in _lines(rows):
            writer.writerow(line)
            count += 1
    return count


def _excel(rows: Exported, path: Path) -> int:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("部件")
    count = -1
    for line in _lines(rows):
        count += 1
        if count > MOST_EXCEL_ROWS:
            raise ExportRefused(gettext_noop("超过 Excel 的行数上限，请改用 .csv 或按区导出。"))
        sheet.append(line)
    book.save(path)
    return count


def _geo(rows: Exported, path: Path, driver: str) -> int:
    from pyogrio.raw import write

    logging.getLogger("pyogrio").setLevel(logging.WARNING)  # it tells every file it makes

    cells: list[tuple[str, ...]] = []
    shapes: list[Any] = []
    for row, shape in rows:
        cells.append(cells_of(row))
        shapes.append(shape or shapely.to_wkb(shapely.Point(row.lon, row.lat)))
    if driver == "ESRI Shapefile" and len({shapely.from_wkb(shape).geom_type for shape in shapes}) > 1:
        raise ExportRefused(gettext_noop("shapefile 只能有一种几何，请改用 .gpkg 或 .geojson，或按小类导出。"))
    columns = [np.array([line[i] for line in cells], dtype=object) for i in range(len(COLUMNS))]
    kinds = {shapely.from_wkb(shape).geom_type for shape in shapes}
    write(
        str(path), np.array(shapes, dtype=object), columns, list(COLUMNS), crs="EPSG:4326", driver=driver,
        geometry_type=kinds.pop() if len(kinds) == 1 else "Unknown", encoding="UTF-8",
    )  # fmt: skip
    return len(cells)

"""Owns the reading of component files: CSV, Excel, and what GDAL reads (GeoJSON, shapefile, GeoPackage), in blocks.

Every block has its cells as text by column and its places as two arrays in the file's own system, or as geometry.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from wangge.standards.findings import gettext_noop
from wangge.surfaces.exchange.components.declaration import ComponentMapping

BLOCK = 20_000
GEO_SUFFIXES = frozenset({".geojson", ".json", ".shp", ".gpkg", ".gz"})
EXCEL_SUFFIXES = frozenset({".xlsx", ".xls", ".xlsm", ".ods"})
ENCODINGS = ("utf-8-sig", "gb18030")


class SourceRefused(Exception):
    """A file that cannot be read as a whole; the text says what to do."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message % values if values else message)


@dataclass(slots=True)
class Block:
    """Some rows of the file: ``rows`` are (line, cells by column); ``shapes`` WKB where the file has geometry."""

    rows: list[tuple[int, dict[str, str] | None]] = field(default_factory=list)
    shapes: npt.NDArray[Any] | None = None
    crs: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is about to be read, and how many rows it has (0: not known before it is read)."""

    path: Path
    total: int

    def blocks(self, mapping: ComponentMapping) -> Iterator[Block]:
        """The rows, block by block. Raises SourceRefused."""
        suffix = self.path.suffix.lower()
        if suffix in GEO_SUFFIXES:
            yield from _geo(self.path, mapping)
        elif suffix in EXCEL_SUFFIXES:
            yield from _excel(self.path, mapping)
        else:
            yield from _csv(self.path, mapping)


def source_of(path: Path, mapping: ComponentMapping) -> Source:
    """The file, counted where that is cheap."""
    if path.suffix.lower() in GEO_SUFFIXES:
        import pyogrio

        with suppress(Exception):  # what is wrong with it, the reading says
            info = pyogrio.read_info(_gdal_name(path), layer=mapping.layer or None)
            return Source(path, max(int(info["features"]), 0))
        return Source(path, 0)
    if path.suffix.lower() in EXCEL_SUFFIXES:
        return Source(path, 0)
    with path.open("rb") as opened:
        lines = sum(chunk.count(b"\n") for chunk in iter(lambda: opened.read(1 << 20), b""))
    return Source(path, max(lines - 1, 0))


def _encoding(path: Path, mapping: ComponentMapping) -> str:
    """The mapping's, else UTF-8 where the whole file is that, else GB 18030 as offices have it."""
    if mapping.encoding:
        return mapping.encoding
    try:
        with path.open(encoding="utf-8") as opened:
            while opened.read(1 << 20):
                pass
        return ENCODINGS[0]
    except UnicodeDecodeError:
        return ENCODINGS[1]


def _csv(path: Path, mapping: ComponentMapping) -> Iterator[Block]:
    with path.open(encoding=_encoding(path, mapping), errors="replace", newline="") as opened:
        reader = csv.reader(opened, delimiter=mapping.delimiter)
        try:
            names = [name.strip() for name in next(reader, [])]
            if not names:
                raise SourceRefused(gettext_noop("文件是空的。"))
            _check_columns(names, mapping)
            yield from _blocks(_csv_rows(reader, names))
        except csv.Error as broken:
            raise SourceRefused(
                gettext_noop("第 %(line)d 行起不是合法的 CSV：%(why)s"), line=reader.line_num, why=broken
            ) from broken


def _csv_rows(reader: Any, names: list[str]) -> Iterator[tuple[int, dict[str, str] | None]]:
    width = len(names)
    for cells in reader:
        if len(cells) == width:
            yield reader.line_num, dict(zip(names, cells, strict=True))
        elif cells:
            yield reader.line_num, None


def _blocks(rows: Iterator[tuple[int, dict[str, str] | None]]) -> Iterator[Block]:
    while found := list(islice(rows, BLOCK)):
        yield Block(found)


def _check_columns(names: list[str], mapping: ComponentMapping) -> None:
    wanted = [mapping.made.sequence if mapping.made else mapping.fields["code"]]
    if "name" not in mapping.values:
        wanted.append(mapping.fields["name"])
    missing = [name for name in wanted if name not in names]
    if missing:
        raise SourceRefused(
            gettext_noop("文件没有列“%(missing)s”。文件的列：%(names)s。请检查映射的 [fields]。"),
            missing="、".join(missing), names="、".join(names[:30]),
        )  # fmt: skip


def _excel(path: Path, mapping: ComponentMapping) -> Iterator[Block]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(path)
        sheet = book.get_sheet_by_name(mapping.sheet) if mapping.sheet else book.get_sheet_by_index(0)
    except (CalamineError, OSError) as broken:
        raise SourceRefused(gettext_noop("Excel 文件无法读取：%(why)s"), why=broken) from broken
    lines = sheet.iter_rows()
    names = [_cell(cell).strip() for cell in next(lines, [])]
    _check_columns(names, mapping)

    def rows() -> Iterator[tuple[int, dict[str, str] | None]]:
        for number, cells in enumerate(lines, start=2):
            texts = [_cell(cell) for cell in cells]
            if any(texts):
                yield number, dict(zip(names, texts, strict=True)) if len(texts) == len(names) else None

    yield from _blocks(rows())


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def _gdal_name(path: Path) -> str:
    return f"/vsigzip/{path}" if path.suffix.lower() == ".gz" else str(path)


def _geo(path: Path, mapping: ComponentMapping) -> Iterator[Block]:
    import pyogrio
    from pyogrio.errors import DataSourceError
    from pyogrio.raw import read

    try:
        options = {"encoding": mapping.encoding} if mapping.encoding else {}
        meta, _fids, shapes, columns = read(_gdal_name(path), layer=mapping.layer or None, **options)
    except (DataSourceError, pyogrio.errors.DataLayerError, ValueError) as broken:
        raise SourceRefused(gettext_noop("文件无法读取：%(why)s"), why=broken) from broken
    crs = meta["crs"] or ""
    if not crs and not mapping.system:
        raise SourceRefused(
            gettext_noop(
                '文件没有说明坐标系（shapefile 缺 .prj）。请在映射的 [place] 写明 system，例如 system = "city"。'
            )
        )
    names = [str(name) for name in meta["fields"]]
    _check_columns(names, mapping)
    for start in range(0, len(shapes), BLOCK):
        part = slice(start, start + BLOCK)
        texts = [[_cell(_plain(value)) for value in column[part]] for column in columns]
        rows: list[tuple[int, dict[str, str] | None]] = [
            (start + i + 1, dict(zip(names, cells, strict=True))) for i, cells in enumerate(zip(*texts, strict=True))
        ]
        yield Block(rows, np.asarray(shapes[part], dtype=object), crs)


def _plain(value: Any) -> Any:
    """A value of GDAL as Python has it; no number and no day are nothing."""
    if isinstance(value, np.datetime64):
        return None if np.isnat(value) else value.astype("datetime64[D]").item()
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and math.isnan(value) else value

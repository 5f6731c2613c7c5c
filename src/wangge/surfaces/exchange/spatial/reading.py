"""Owns the way from a file with figures to rows: numbers, cells, shapes as they stand, the system they name.

Nothing is judged here but whether the file can be read at all: a broken ring, a missing cell or a place on another
continent is a matter of who takes the rows. Row numbers are those a person finds again: the line of a CSV file, the
number of the record in the others, both from 1.
"""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

MOST_UNPACKED_BYTES = 4 * 1024**3
WKT_COLUMNS = ("wkt", "geometry", "geom", "shape", "边界", "几何", "图形")
LON_COLUMNS = ("lon", "lng", "longitude", "x", "经度", "东经", "x坐标")
LAT_COLUMNS = ("lat", "latitude", "y", "纬度", "北纬", "y坐标")
_GUESSES = ("utf-8-sig", "gb18030")
_DBF_HEADER_BYTES = 32

Figures = npt.NDArray[np.object_]


class FileUnreadable(ValueError):
    """The file as a whole cannot be read; the text says what to do."""


@dataclass(frozen=True, slots=True)
class SpatialFile:
    """The rows of a file, column by column; `figures` holds None where a row has no readable shape."""

    name: str
    rows: npt.NDArray[np.int64]
    columns: dict[str, list[str]]
    figures: Figures
    system: str
    """The coordinate system the file names, as `EPSG:4490` or WKT; empty when it names none."""
    encoding: str

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, names: Iterable[str]) -> list[str] | None:
        """The cells of the first column with one of these names, whatever its capitals."""
        by_name = {name.strip().lower(): name for name in self.columns}
        found = next((by_name[name.lower()] for name in names if name.lower() in by_name), None)
        return self.columns[found] if found is not None else None


def read_spatial_file(path: Path, *, encoding: str = "", layer: str = "") -> SpatialFile:
    """Read a shapefile (also zipped), GeoPackage, GeoJSON (also gzipped), CSV or Excel sheet. Raises FileUnreadable."""
    if path.suffix.lower() in (".xlsx", ".xls"):
        return _read_sheet(path)
    if path.suffix.lower() in (".csv", ".txt", ".tsv"):
        return _read_csv(path, encoding)
    from wangge.surfaces.exchange.spatial import gdal

    source, encoding = _source_of(path, encoding)
    try:
        named = layer or _only_layer(gdal.layers_with_figures(source))
        meta, shapes, fields = gdal.read_layer(source, layer=named, encoding=encoding)
    except FileUnreadable:
        raise
    except ValueError as error:
        raise FileUnreadable(
            _("文件“%(name)s”无法读取：%(reason)s。请检查文件是否完整，或另存为 GeoPackage 后再导入。")
            % {"name": path.name, "reason": str(error).splitlines()[0][:200]}
        ) from error
    count = len(fields[0]) if len(fields) else len(shapes if shapes is not None else ())
    if shapes is None:
        raise FileUnreadable(_("文件“%(name)s”里没有图形。请选择含边界或位置的图层。") % {"name": path.name})
    return SpatialFile(
        name=path.name,
        rows=np.arange(1, count + 1),
        columns={str(name): _texts(cells) for name, cells in zip(meta["fields"], fields, strict=True)},
        figures=_shapes(shapes),
        system=str(meta["crs"] or ""),
        encoding=str(encoding or meta.get("encoding") or "UTF-8"),
    )


def _shapes(wkb: Sequence[bytes | None]) -> Figures:
    """The figures; None for one that does not even make a ring."""
    figures = shapely.from_wkb(np.asarray(wkb, dtype=object), on_invalid="ignore")
    found: Figures = np.asarray(figures, dtype=object)
    return found


def _texts(cells: Any) -> list[str]:
    """Cells as people wrote them: no decimals at whole numbers, nothing for nothing."""
    array = np.asarray(cells)
    if array.dtype.kind == "f":
        return [
            "" if np.isnan(value) else f"{value:.0f}" if value == int(value) else repr(float(value)) for value in array
        ]
    return ["" if value is None else str(value).strip() for value in array.tolist()]


def _number_text(value: float) -> str:
    return f"{value:.0f}" if value.is_integer() else repr(value)


def _only_layer(layers: Sequence[str]) -> str | None:
    """The one layer with figures; where there are several, the person must say which."""
    if len(layers) > 1:
        raise FileUnreadable(
            _("文件里有多个图层：%(layers)s。请用 --source-layer 指明一个。") % {"layers": "、".join(layers)}
        )
    return layers[0] if layers else None


def _source_of(path: Path, encoding: str) -> tuple[str, str]:
    """What GDAL opens, and the encoding of a shapefile's cells."""
    if zipfile.is_zipfile(path):
        inner = _inside_zip(path)
        if inner.lower().endswith(".shp"):
            encoding = encoding or _encoding_of_zipped(path, inner)
        return f"/vsizip/{path}/{inner}", encoding
    if path.suffix.lower() == ".gz":
        _check_unpacked(path)
        return f"/vsigzip/{path}", encoding
    if path.suffix.lower() == ".shp":
        table = next((each for suffix in (".dbf", ".DBF") if (each := path.with_suffix(suffix)).is_file()), None)
        if not any(path.with_suffix(suffix).is_file() for suffix in (".shx", ".SHX")) or table is None:
            raise FileUnreadable(_("Shapefile 缺少 .dbf 或 .shx 文件。请把同名的文件放在一起，或打成 zip 再导入。"))
        has_page = any(path.with_suffix(suffix).is_file() for suffix in (".cpg", ".CPG"))
        return str(path), encoding or ("" if has_page else _encoding_of(table.read_bytes()))
    return str(path), encoding


def _check_unpacked(path: Path) -> None:
    """Refuse a file that unpacks beyond measure, or not at all."""
    count = 0
    try:
        with gzip.open(path) as opened:
            while chunk := opened.read(1 << 20):
                count += len(chunk)
                if count > MOST_UNPACKED_BYTES:
                    raise FileUnreadable(_("压缩文件展开后过大。请分成几个文件导入。"))
    except (OSError, EOFError, zlib.error) as torn:
        raise FileUnreadable(
            _("文件“%(name)s”无法读取：%(reason)s。请检查文件是否完整，或另存为 GeoPackage 后再导入。")
            % {"name": path.name, "reason": str(torn)[:200]}
        ) from torn


def _inside_zip(path: Path) -> str:
    """The one file in an archive that can be read; archives that unpack beyond measure are refused."""
    with zipfile.ZipFile(path) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED_BYTES:
        raise FileUnreadable(_("压缩文件展开后过大。请分成几个文件导入。"))
    wanted = (".shp", ".gpkg", ".geojson", ".json")
    names = [e.filename for e in entries if e.filename.lower().endswith(wanted) and "__MACOSX" not in e.filename]
    if any(PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts for name in names):
        raise FileUnreadable(_("压缩文件里的路径不可用。请重新打包。"))
    if len(names) != 1:
        raise FileUnreadable(
            _("压缩文件里应当恰好有一个 .shp、.gpkg 或 .geojson 文件，现有 %(count)s 个。") % {"count": len(names)}
        )
    return names[0]


def _encoding_of_zipped(path: Path, inner: str) -> str:
    stem = inner[:-4].lower()
    with zipfile.ZipFile(path) as archive:
        names = {name.lower(): name for name in archive.namelist()}
        if stem + ".cpg" in names or stem + ".dbf" not in names:
            return ""
        return _encoding_of(archive.read(names[stem + ".dbf"]))


def _encoding_of(table: bytes) -> str:
    """The encoding of a dBase table that names none: UTF-8 when all of it reads so, else GBK."""
    text = table[_DBF_HEADER_BYTES:]
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return "GB18030"
    return "UTF-8"


# ---- CSV -------------------------------------------------------------------------------------------------------


def _read_csv(path: Path, encoding: str) -> SpatialFile:
    text, used = _decoded(path, encoding)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if path.suffix.lower() == ".tsv" else ",")
    return _table(path.name, _with_lines(reader), used)


def _with_lines(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it begins on: a quoted cell may run over several lines."""
    read = 0
    for record in reader:
        yield read + 1, record
        read = reader.line_num


def _read_sheet(path: Path) -> SpatialFile:
    """The first sheet of a workbook."""
    try:
        cells = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, OSError) as error:
        raise FileUnreadable(
            _("工作簿“%(name)s”无法读取：%(reason)s。") % {"name": path.name, "reason": error}
        ) from error
    records = ((number, [_cell_text(cell) for cell in row]) for number, row in enumerate(cells, start=1))
    return _table(path.name, records, "UTF-8")


def _cell_text(cell: Any) -> str:
    return _number_text(cell) if isinstance(cell, float) else str(cell)


def _table(name: str, records: Iterator[tuple[int, list[str]]], encoding: str) -> SpatialFile:
    """Rows under a line of column names."""
    _line, header = next(records, (1, []))
    header = [column.strip() for column in header]
    if not header or len(set(header)) != len(header):
        raise FileUnreadable(_("第 1 行应为列名，且不能重复。"))
    rows: list[int] = []
    cells: list[list[str]] = [[] for _column in header]
    for line, record in records:
        if any(record):
            rows.append(line)
            for place, column in enumerate(cells):
                column.append(record[place].strip() if place < len(record) else "")
    columns = dict(zip(header, cells, strict=True))
    return SpatialFile(name, np.array(rows, dtype=np.int64), columns, _table_shapes(columns, len(rows)), "", encoding)


def _decoded(path: Path, encoding: str) -> tuple[str, str]:
    data = path.read_bytes()
    for guess in (encoding,) if encoding else _GUESSES:
        try:
            return data.decode(guess), guess.removesuffix("-sig")
        except (UnicodeDecodeError, LookupError):
            continue
    raise FileUnreadable(_("文件“%(name)s”既不是 UTF-8 也不是 GBK 编码。请用 --encoding 指明。") % {"name": path.name})


def _table_shapes(columns: dict[str, list[str]], count: int) -> Figures:
    lower = {name.lower(): name for name in columns}
    wkt = next((lower[name] for name in WKT_COLUMNS if name in lower), None)
    if wkt is not None:
        parsed = shapely.from_wkt(np.array(columns.pop(wkt), dtype=object), on_invalid="ignore")
        return np.asarray(parsed, dtype=object)
    lon = next((lower[name] for name in LON_COLUMNS if name in lower), None)
    lat = next((lower[name] for name in LAT_COLUMNS if name in lower), None)
    if lon is None or lat is None:
        return np.full(count, None, dtype=object)
    first, second = _numbers(columns[lon]), _numbers(columns[lat])
    known = np.isfinite(first) & np.isfinite(second)
    figures: Figures = np.full(count, None, dtype=object)
    figures[known] = shapely.points(first[known], second[known])
    return figures


def _numbers(cells: Sequence[str]) -> npt.NDArray[np.float64]:
    def number(cell: str) -> float:
        try:
            return float(cell)
        except ValueError:
            return float("nan")

    return np.array([number(cell) for cell in cells], dtype=np.float64)

"""Owns the way from a file's columns to the rows of an import of areas: which column is the code, which the name."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.logic.planning import Incoming
from wangge.domains.geography.logic.reports import FileFinding, FileProblem, ImportReport
from wangge.domains.geography.operations.import_record import ImportedFile
from wangge.domains.geography.operations.importing import import_areas
from wangge.domains.geography.operations.placing import Reading
from wangge.domains.organizations.logic import Actor
from wangge.surfaces.exchange.spatial.reading import SpatialFile, read_spatial_file

# Column of the import → the names it may bear in files of surveyors, vendors and statistics.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": (
        *("code", "代码", "编码", "网格代码", "网格编码", "区划代码", "单元网格代码", "责任网格代码"),
        *("bgid", "bgcode", "gridcode", "grid_code", "adcode", "village_code", "street_code", "district_code", "id"),
    ),
    "name": (
        *("name", "名称", "网格名称", "区划名称"),
        *("bgname", "gridname", "grid_name", "village", "street", "district"),
    ),
    "parent": ("parent", "parent_code", "上级", "上级代码", "所属街道代码", "所属社区代码"),
    "end": ("valid_to", "end_date", "终止日期", "停用日期"),
}
_LABELS = {"code": "代码", "name": "名称", "parent": "上级代码", "end": "停用日期"}
_MOST_PROPERTIES = 30


def import_area_file(
    *,
    by: Actor,
    at: datetime,
    path: Path,
    kind: AreaKind,
    from_on: date,
    reading: Reading,
    dry_run: bool,
    encoding: str = "",
    source_layer: str = "",
    columns: Mapping[str, str] | None = None,
    shown_name: str = "",
) -> ImportReport:
    """Read a file and import its areas. Raises FileUnreadable, GroundRefused, NotYours."""
    read = read_spatial_file(path, encoding=encoding, layer=source_layer)
    file = imported_file(path, read, shown_name=shown_name)
    chosen = chosen_columns(read, COLUMNS, columns or {})
    if "code" not in chosen:
        report = ImportReport(kind.value, file.name, from_on.isoformat(), dry_run, len(read), "", read.encoding)
        report.problems.append(missing_column(read, "code"))
        return report
    return import_areas(
        by=by,
        at=at,
        kind=kind,
        incoming=incoming_of(read, chosen),
        file=file,
        from_on=from_on,
        reading=reading,
        dry_run=dry_run,
    )


def imported_file(path: Path, read: SpatialFile, *, shown_name: str = "") -> ImportedFile:
    """What is kept of a file: its name, sum, system and encoding."""
    with path.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return ImportedFile(shown_name or path.name, digest, read.system, read.encoding)


def chosen_columns(read: SpatialFile, known: Mapping[str, tuple[str, ...]], said: Mapping[str, str]) -> dict[str, str]:
    """Column of the import → column of the file: as the person says, else by its usual names in their order."""
    by_name = {name.strip().lower(): name for name in read.columns}
    found: dict[str, str] = {}
    for column, names in known.items():
        wanted = (said[column],) if column in said else names
        name = next((by_name[each.lower()] for each in wanted if each.lower() in by_name), None)
        if name is not None and name not in found.values():
            found[column] = name
    return found


def missing_column(read: SpatialFile, name: str) -> FileFinding:
    """That a needed column was not found."""
    values = {"column": _LABELS.get(name, name), "name": name, "columns": "、".join(read.columns)}
    return FileFinding(FileProblem.NO_COLUMN, values=values)


def incoming_of(read: SpatialFile, chosen: Mapping[str, str]) -> Incoming:
    """The rows of an import; columns that mean nothing to it become properties."""
    empty = [""] * len(read)

    def cells(column: str) -> list[str]:
        return read.columns[chosen[column]] if column in chosen else empty

    others = [name for name in read.columns if name not in chosen.values()][:_MOST_PROPERTIES]
    return Incoming(
        rows=read.rows.tolist(),
        codes=cells("code"),
        names=cells("name"),
        parents=cells("parent"),
        ends=cells("end"),
        properties=_properties(read, others),
        figures=read.figures,
    )


def _properties(read: SpatialFile, names: list[str]) -> list[tuple[tuple[str, str], ...]]:
    if not names:
        return [()] * len(read)
    names = sorted(names)
    return [
        tuple((name, value[:500]) for name, value in zip(names, row, strict=True) if value)
        for row in zip(*(read.columns[name] for name in names), strict=True)
    ]

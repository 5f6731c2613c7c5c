"""Owns the reading of single columns: a text, a code, a time, a point, and what may be wrong with each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import orjson

from wangge.groundwork.coordinates import CoordinateSystem, plane_to_wgs84
from wangge.surfaces.exchange.imports.declaration import CodedColumn, Point, TimeColumn
from wangge.surfaces.exchange.imports.findings import FindingKind, Policy, RowFinding, RowRefused
from wangge.surfaces.exchange.imports.foreign import ForeignStatus
from wangge.surfaces.exchange.imports.mapping import MappingFile
from wangge.surfaces.exchange.imports.moments import LocalDoubt, ReadTime, time_reader
from wangge.surfaces.exchange.imports.reading import Record

_K = FindingKind
_DOUBTS = {
    LocalDoubt.AMBIGUOUS: _K.AMBIGUOUS_LOCAL_TIME,
    LocalDoubt.NONEXISTENT: _K.NONEXISTENT_LOCAL_TIME,
}
_JOINT = " / "

TextOf = Callable[[Record], str]


class Deciding(Protocol):
    """A mapping that decides about kinds of findings."""

    def policy(self, kind: FindingKind) -> Policy: ...


class Findings:
    """The findings of the row under way, judged by the mapping's policies as they come."""

    def __init__(self, told: Deciding) -> None:
        self._policies = {kind: told.policy(kind) for kind in FindingKind}
        self.of_row: list[RowFinding] = []

    def begin(self) -> None:
        self.of_row = []

    def found(self, kind: FindingKind, field: str, stated: str = "") -> Policy:
        """Note a finding and say what is decided about it. Raises RowRefused when that is to refuse."""
        finding = RowFinding(kind, field, stated)
        policy = self._policies[kind]
        if policy is Policy.REFUSE:
            raise RowRefused(finding)
        self.of_row.append(finding)
        return policy


def text_of(value: Any) -> str:
    """A cell as text: nothing for null, the JSON form for what is no text, without NUL and outer blanks."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return orjson.dumps(value).decode()
    # PostgreSQL stores no NUL
    return (value.replace("\0", "") if "\0" in value else value).strip()


def text_getter(columns: tuple[str, ...]) -> TextOf:
    """The text of one column, or the texts of several that say something, joined."""
    if not columns:
        return lambda _record: ""
    if len(columns) == 1:
        column = columns[0]
        return lambda record: text_of(record.get(column))
    return lambda record: _JOINT.join(filter(None, (text_of(record.get(column)) for column in columns)))


class CodeReader:
    """Reads one coded value; counts the codes its table does not know."""

    def __init__(self, part: CodedColumn, mapping: MappingFile, unknown: FindingKind) -> None:
        table = mapping.declaration.tables.get(part.table)
        self._fixed = part.value
        self._column = part.column
        self._fold = table is not None and table.ignore_case
        codes = mapping.tables.get(part.table, {})
        self._codes = {code.casefold(): value for code, value in codes.items()} if self._fold else codes
        self._fallback = table.fallback if table else ""
        self._unknown = unknown
        self.unknown_codes: Counter[str] = Counter()

    def read(self, record: Record, findings: Findings) -> tuple[str, str, bool]:
        """Our value, the foreign text, and whether the fallback stood in."""
        if self._fixed:
            return self._fixed, text_of(record.get(self._column)) if self._column else "", False
        text = text_of(record.get(self._column))
        value = self._codes.get(text.casefold() if self._fold else text)
        if value is not None:
            return value, text, False
        self.unknown_codes[text] += 1
        if not self._fallback:
            raise RowRefused(RowFinding(self._unknown, self._column, text))
        findings.found(self._unknown, self._column, text)
        return self._fallback, text, True


class TimeReader:
    """Reads one column of times, or finds why it cannot."""

    def __init__(self, field: str, told: TimeColumn, zone: ZoneInfo) -> None:
        self.field, self._column, self._fixed = field, told.column, told.value
        self._only = frozenset(told.only_status)
        self._read = time_reader(told.styles, told.reading, zone)

    def read(
        self, record: Record, findings: Findings, status: ForeignStatus, unreadable: FindingKind
    ) -> datetime | None:
        """The moment in UTC; None for an empty cell, another status or an unreadable text."""
        text = self.text(record)
        if not text or (self._only and status not in self._only):
            return None
        read = self._parsed(text)
        if read is None:
            findings.found(unreadable, self.field, text)
            return None
        if read.doubt:
            findings.found(_DOUBTS[read.doubt], self.field, text)
        return read.at

    def text(self, record: Record) -> str:
        return self._fixed or text_of(record.get(self._column))

    def _parsed(self, text: str) -> ReadTime | None:
        try:
            return self._read(text)
        except (ValueError, OverflowError):
            return None


class PointReader:
    """Reads a pair of degrees."""

    def __init__(self, told: Point) -> None:
        self._told = told
        self._from_plane = plane_to_wgs84(told.epsg) if told.epsg else None

    def read(self, record: Record, findings: Findings) -> tuple[float | None, float | None]:
        """Longitude and latitude as stated, or None twice."""
        lon_cell, lat_cell = record.get(self._told.lon), record.get(self._told.lat)
        lon, lat = _degrees(lon_cell), _degrees(lat_cell)
        if lon is None or lat is None:
            stated = " ".join(filter(None, (text_of(lon_cell), text_of(lat_cell))))
            findings.found(_K.UNREADABLE_POINT if stated else _K.MISSING_POINT, "point", stated)
            return None, None
        if self._from_plane is not None:
            lon, lat = self._from_plane(lon, lat)
        kind = self._doubt(lon, lat)
        policy = findings.found(kind, "point", f"{lon!r} {lat!r}") if kind else Policy.KEEP
        if policy is Policy.WITHOUT_VALUE:
            return None, None
        return (lat, lon) if policy is Policy.SWAP else (lon, lat)

    def _doubt(self, lon: float, lat: float) -> FindingKind | None:
        told = self._told
        if lon == 0 and lat == 0:
            return _K.ZERO_POINT
        if self._in_box(lon, lat):
            if _on_earth(lon, lat) or told.system is CoordinateSystem.CITY:
                return None
            return _K.SWAPPED_AXES if _on_earth(lat, lon) else _K.UNREADABLE_POINT
        if self._in_box(lat, lon):
            return _K.SWAPPED_AXES
        is_readable = _on_earth(lon, lat) or told.system is CoordinateSystem.CITY
        return _K.POINT_OUTSIDE_AREA if is_readable else _K.UNREADABLE_POINT

    def _in_box(self, lon: float, lat: float) -> bool:
        told = self._told
        return not (
            (told.west is not None and lon < told.west)
            or (told.east is not None and lon > told.east)
            or (told.south is not None and lat < told.south)
            or (told.north is not None and lat > told.north)
        )


def _on_earth(lon: float, lat: float) -> bool:
    return -180 <= lon <= 180 and -90 <= lat <= 90


def _degrees(cell: Any) -> float | None:
    if type(cell) is float:
        return cell
    if isinstance(cell, bool) or not isinstance(cell, str | int):
        return None
    try:
        number = float(cell)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < float("inf") else None

"""Owns the shape of a mapping file: its sections, keys and types, as far as one key can be judged alone.

docs/import-mappings.md explains every key to the people who write mappings; ``mapping.py`` reads the file and
judges what several keys say together.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from wangge.groundwork.coordinates import CoordinateError, CoordinateSystem, plane_to_wgs84
from wangge.surfaces.exchange.imports.findings import ALLOWED_POLICIES, FindingKind, Policy
from wangge.surfaces.exchange.imports.foreign import ForeignStatus
from wangge.surfaces.exchange.imports.moments import Reading, style_parser
from wangge.surfaces.exchange.imports.reading import AUTO, FileFormat


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def known_zone(name: object) -> ZoneInfo:
    """The zone of that name; ValueError for another."""
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError) as unknown:
        raise ValueError("zone") from unknown


def known_encoding(name: str) -> str:
    """The name again when it is an encoding or ``auto``; ValueError for another."""
    try:
        if name != AUTO:
            b"".decode(name)
    except LookupError as unknown:
        raise ValueError("encoding") from unknown
    return name


Name = Annotated[str, Field(min_length=1)]
Columns = Annotated[tuple[Name, ...], BeforeValidator(_as_list)]
"""One column name or several; the texts of several are joined with `` / ``."""


class _Section(BaseModel):
    # not strict: TOML has types of its own, and enums are written as their text
    model_config = ConfigDict(extra="forbid", frozen=True)


class CodedColumn(_Section):
    """A value read through a code table, or one fixed ``value`` for every row."""

    column: str = ""
    table: str = ""
    value: str = ""


class SelfHandled(_Section):
    """Rows whose ``column`` reads one of ``values`` were found and handled by a crew itself."""

    column: Name
    values: tuple[str, ...] = Field(min_length=1)


class TimeColumn(_Section):
    """A column of times: its written styles, tried in order, and what a clock reading there means.

    ``value`` in place of a column: one moment for every row, for lists that were taken down on a known day.
    """

    column: str = ""
    value: str = ""
    styles: Annotated[tuple[Name, ...], BeforeValidator(_as_list)] = ("iso",)
    reading: Reading = Reading.OFFSET
    only_status: tuple[ForeignStatus, ...] = ()
    """The column counts only for rows of these statuses (a last change that stands in for the closing)."""

    @field_validator("styles")
    @classmethod
    def _known_letters(cls, styles: tuple[str, ...]) -> tuple[str, ...]:
        for style in styles:
            style_parser(style)
        return styles

    @model_validator(mode="after")
    def _one_origin(self) -> TimeColumn:
        if bool(self.column) == bool(self.value):
            raise ValueError("column | value")
        return self


class Times(_Section):
    """The moments and the promised day of a report."""

    reported_at: TimeColumn
    updated_at: TimeColumn | None = None
    closed_at: TimeColumn | None = None
    target_at: TimeColumn | None = None
    promised_on: TimeColumn | None = None
    check_reported_at: TimeColumn | None = None
    """A second column that states the time of reporting as well: a difference is a finding."""


class Point(_Section):
    """Two columns of degrees, their system, and the box the city lies in.

    ``epsg``: the columns are metres (east, north) of that survey; they are turned into WGS-84 while reading.
    """

    lon: Name
    lat: Name
    system: CoordinateSystem = CoordinateSystem.WGS84
    epsg: int | None = None
    west: float | None = None
    south: float | None = None
    east: float | None = None
    north: float | None = None

    @field_validator("epsg")
    @classmethod
    def _a_plane(cls, code: int | None) -> int | None:
        if code is not None:
            try:
                plane_to_wgs84(code)
            except CoordinateError as unknown:
                raise ValueError("epsg") from unknown
        return code


class ComponentBinding(_Section):
    """Reports of a component class are bound to the nearest component of that class, where one is so near."""

    within_metres: float = Field(gt=0, le=300)


class Plausible(_Section):
    """What no true row goes beyond."""

    reported_from: date | None = None
    reported_before: date | None = None
    promised_within_days: int | None = Field(default=None, gt=0)


class CodeTable(_Section):
    """A code table: written here (``codes``), or given with the command as a CSV file."""

    codes: dict[str, str] = {}
    fallback: str = ""
    given: bool = False
    key: str = ""
    value: str = ""
    optional: bool = False
    ignore_case: bool = False


class LimitColumn(_Section):
    """Working days by the value of a column, from a table."""

    column: Name
    table: Name


class Calendar(_Section):
    """The working clock of the other city, from which its deadlines are recomputed."""

    slots: Name
    day_minutes: int = Field(gt=0, le=1440)
    boundary: Literal["end", "next_opening"] = "end"
    holidays: Name
    """A given table: its keys are days, those with the value 1 are not worked."""


class Fields(_Section):
    """The columns of plain texts."""

    external_key: Columns
    description: Columns = ()
    address: Columns = ()
    outcome_note: Columns = ()
    owner: Columns = ()
    district: Columns = ()
    photo_url: Columns = ()


class Declaration(_Section):
    """A whole mapping file."""

    title: Name
    system: Name
    format: FileFormat
    zone: ZoneInfo
    edition: Name
    encoding: str = "utf-8-sig"
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    ignore_header_case: bool = False
    records: str = ""
    sheet: str = ""
    fields: Fields
    category: CodedColumn
    status: CodedColumn
    source: CodedColumn
    self_handled: SelfHandled | None = None
    times: Times
    point: Point | None = None
    component: ComponentBinding | None = None
    limit: LimitColumn | None = None
    calendar: Calendar | None = None
    plausible: Plausible = Plausible()
    kept: dict[str, Name] = {}
    tables: dict[str, CodeTable] = {}
    policies: dict[FindingKind, Policy] = {}

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    @field_validator("zone", mode="before")
    @classmethod
    def _known_zone(cls, name: object) -> ZoneInfo:
        return known_zone(name)

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, name: str) -> str:
        return known_encoding(name)

    @model_validator(mode="after")
    def _bound_by_a_point(self) -> Declaration:
        if self.component and not self.point:
            raise ValueError("component: point")
        return self

    def policy(self, kind: FindingKind) -> Policy:
        """What is decided about a kind of finding: the mapping's word, else the first allowed policy."""
        return self.policies.get(kind, ALLOWED_POLICIES[kind][0])

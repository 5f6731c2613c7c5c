"""Owns the shape of a history mapping: which file holds what, which column says what, and what each action is here.

docs/history-mappings.md explains every key to the people who write mappings.
"""

from __future__ import annotations

import re
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator

from wangge.domains.cases.told_history import Action
from wangge.surfaces.exchange.imports.declaration import (
    CodeTable,
    Columns,
    Name,
    Point,
    TimeColumn,
    known_encoding,
    known_zone,
)
from wangge.surfaces.exchange.imports.findings import ALLOWED_POLICIES, FindingKind, Policy

_ONE_ACTION = re.compile(r"(\??)([a-z_]+)((?: [a-z_]+=\S+)*)")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Files(_Section):
    """The files of an export, as patterns below the folder; or sheets of one workbook (``案卷.xlsx#流转``)."""

    cases: Name
    steps: Name
    photos: str = ""
    photo_folder: str = ""
    """Where the photos' paths begin; empty: the export's folder."""


class CodedColumns(_Section):
    """A code read from one column or several, joined with `` / ``, through a table; or one fixed ``value``."""

    column: Columns = ()
    table: str = ""
    value: str = ""


class CategoryColumns(CodedColumns):
    """A class; ``by_number``: a code no table has may be the edition's own, as kind and four digits (事件 / 0110)."""

    by_number: bool = False


class Cases(_Section):
    """The table of cases: one row a case."""

    key: Columns
    reported_at: TimeColumn
    source: CodedColumns
    category: CategoryColumns
    status: CodedColumns | None = None
    condition: str = ""
    description: Columns = ()
    address: Columns = ()
    reporter_name: str = ""
    reporter_phone: str = ""
    component: str = ""
    unit_grid: str = ""
    district: str = ""
    parent: str = ""
    lead: str = ""
    point: Point | None = None
    kept: dict[str, Name] = {}


class Steps(_Section):
    """The table of steps: one row a step."""

    key: Columns
    at: TimeColumn
    action: Columns
    table: Name
    order: str = ""
    person: str = ""
    post: str = ""
    unit: str = ""
    note: Columns = ()
    args: dict[str, Name] = {}
    """Argument of a move → the column that tells it."""
    arg_tables: dict[str, Name] = {}
    """Argument → the table its values are read through; a value not in it stays as it is."""
    amount_units: str = ""
    """The table of the words for units of time in lengths such as ``2 工作日``."""


class Photos(_Section):
    """The table of photos: one row a picture."""

    key: Columns
    path: Name
    kind: CodedColumns
    order: str = ""
    """The step's order the picture belongs to; empty: the first step of the case whose move asks for its kind."""


class People(_Section):
    """Persons by a given table; who is not in it is looked for by user name or by name, as ``match`` says."""

    table: str = ""
    match: Annotated[str, Field(pattern="^(username|name|none)$")] = "username"


class Units(_Section):
    """Units by a table; who is not in it is looked for by code or by name, else a receiving unit is made."""

    table: str = ""
    match: Annotated[str, Field(pattern="^(code|name|none)$")] = "name"


class HistoryDeclaration(_Section):
    """A whole history mapping."""

    title: Name
    system: Name
    zone: ZoneInfo
    edition: Name
    encoding: str = "auto"
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    archive_after_days: int | None = Field(default=None, ge=0)
    """Closed cases the other system never archived are archived here after so many days; not set: never."""
    files: Files
    cases: Cases
    steps: Steps
    photos: Photos | None = None
    people: People = People()
    units: Units = Units()
    posts: str = ""
    """Name of the table of posts."""
    tables: dict[str, CodeTable] = {}
    policies: dict[FindingKind, Policy] = {}

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    @field_validator("zone", mode="before")
    @classmethod
    def _zone(cls, name: object) -> ZoneInfo:
        return known_zone(name)

    @field_validator("encoding")
    @classmethod
    def _encoding(cls, name: str) -> str:
        return known_encoding(name)

    def policy(self, kind: FindingKind) -> Policy:
        """What is decided about a kind of finding."""
        return self.policies.get(kind, ALLOWED_POLICIES[kind][0])


def actions_of(text: str) -> tuple[Action, ...]:
    """``"?accept; file_case; reply_verification result=true"`` → the moves one foreign step is, in their order.

    ``?``: made only where the case stands before it. An empty text is a step that is nothing here: a remark.
    Raises ValueError.
    """
    actions = []
    for part in filter(None, (each.strip() for each in text.split(";"))):
        found = _ONE_ACTION.fullmatch(part)
        if found is None:
            raise ValueError(part)
        args = dict(item.split("=", 1) for item in found[3].split())
        actions.append(Action(found[2], bool(found[1]), args))
    return tuple(actions)

"""The row of a case as the writers and readers load it, and the draft that goes on from it.

One statement, plain values, no model.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from wangge.domains.cases.drafting import Draft, standing_of
from wangge.domains.cases.logic.state import CaseState, from_plain
from wangge.domains.cases.operations.writing import NewCase
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.cases.surroundings import AroundCase
from wangge.groundwork.prepared import prepared_cursor

COLUMNS = (
    "id", "month", "number", "version", "stage", "source", "entry", "external_no", "category", "district_code",
    "grid_code", "department_code", "inner_department_code", "assignee_id", "reporter_id", "past_departments",
    "past_people", "reported_at", "filed_at", "closed_at", "handling_due_at", "burns_at", "rules_on", "parent_id",
    "lead_id", "state", "photos", "tail_hash",
)  # fmt: skip
MATTER_COLUMNS = (
    "description", "address", "lon", "lat", "given_system", "given_x", "given_y", "component", "unit_grid_code",
)  # fmt: skip
SELECT = (
    "SELECT "
    + ", ".join(f"c.{name}" for name in COLUMNS)
    + ", "
    + ", ".join(f"m.{name}" for name in MATTER_COLUMNS)
    + " FROM cases_case c JOIN cases_matter m ON m.case_id = c.id"
)


@dataclass(slots=True)
class CaseRow:
    """A case as its row has it; moments are aware, ``state`` is the logic's."""

    id: UUID
    month: date
    number: str
    version: int
    stage: str
    source: str
    entry: str
    external_no: str | None
    category: str
    district_code: str
    grid_code: str
    department_code: str
    inner_department_code: str
    assignee_id: int | None
    reporter_id: int | None
    past_departments: list[str]
    past_people: list[int]
    reported_at: datetime
    filed_at: datetime | None
    closed_at: datetime | None
    handling_due_at: datetime | None
    burns_at: datetime | None
    rules_on: date
    parent_id: UUID | None
    lead_id: UUID | None
    state: CaseState
    photos: list[list[Any]]
    tail_hash: bytes
    description: str
    address: str
    lon: float | None
    lat: float | None
    given_system: str
    given_x: float | None
    given_y: float | None
    component: str
    unit_grid_code: str


def row_of(values: tuple[Any, ...]) -> CaseRow:
    """A row of :data:`SELECT` as a value."""
    row = CaseRow(*values)
    row.state = from_plain(orjson.loads(values[25]))
    row.photos = orjson.loads(values[26])
    row.tail_hash = bytes(values[27])
    return row


def load(number: str, *, lock: bool = False) -> CaseRow | None:
    """The case of this number, locked for writing if asked; one statement."""
    if "\0" in number:  # the database takes no such text, not even to find nothing
        return None
    return _one(f"{SELECT} WHERE c.number = %s" + (" FOR NO KEY UPDATE OF c" if lock else ""), number)


def load_by_id(case_id: UUID, *, lock: bool = False) -> CaseRow | None:
    return _one(f"{SELECT} WHERE c.id = %s" + (" FOR NO KEY UPDATE OF c" if lock else ""), case_id)


def load_by_external_number(source: str, external_no: str) -> CaseRow | None:
    with prepared_cursor() as cursor:
        cursor.execute(f"{SELECT} WHERE c.source = %s AND c.external_no = %s", [source, external_no])
        values = cursor.fetchone()
    return None if values is None else row_of(values)


def new_row(draft: Draft, new: NewCase) -> CaseRow:
    """The row a drafted case will have, before its number is known."""
    standing = standing_of(draft.rules, draft.state)
    matter = new.matter
    return CaseRow(
        draft.case_id, draft.month, "", draft.version, standing.stage, new.source, new.entry, new.external_no,
        standing.category, new.district_code, new.grid_code, standing.department_code, standing.inner_department_code,
        standing.assignee_id, new.reporter_id, [], [], new.reported_at, draft.filed_at, draft.closed_at,
        standing.handling_due_at, standing.burns_at, draft.rules_on, None, None, draft.state, draft.photos, draft.tail,
        matter.description, matter.address, matter.lon, matter.lat, matter.given_system, matter.given_x,
        matter.given_y, matter.component, matter.unit_grid_code,
    )  # fmt: skip


def _one(statement: str, value: str | UUID) -> CaseRow | None:
    with prepared_cursor() as cursor:
        cursor.execute(statement, [value])
        values = cursor.fetchone()
    return None if values is None else row_of(values)


def draft_of(row: CaseRow, at: datetime) -> Draft:
    """A draft that goes on where the case's row stands."""
    around = AroundCase(row.number, row.grid_code, at, str(row.id))
    return Draft(
        row.id,
        row.month,
        rulebook_on(row.rules_on),
        row.rules_on,
        row.state,
        around,
        version=row.version,
        tail=row.tail_hash,
        photos=row.photos,
        filed_at=row.filed_at,
        closed_at=row.closed_at,
    )

"""Drafted cases as rows of a COPY: the tables, the columns with their types, and what stands in each.

Pure: nothing here writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter
from uuid import UUID

import orjson
from psycopg.types.json import Jsonb

from wangge.domains.cases.drafting import Draft, standing_of
from wangge.domains.cases.logic.pieces import stamped
from wangge.domains.cases.operations.writing import MATTER, NewCase
from wangge.groundwork.binary_copy import RAW, numbers_array

COPIES: dict[str, dict[str, str]] = {
    "cases_case": {
        "id": "uuid", "month": "date", "number": "varchar", "version": "int4", "stage": "varchar",
        "category": "varchar", "department_code": "varchar", "inner_department_code": "varchar",
        "assignee_id": "int8", "stage_due_at": "timestamptz", "handling_due_at": "timestamptz",
        "burns_at": "timestamptz", "timer_at": "timestamptz", "unknown_year": "int4", "state": "text",
        "source": "varchar", "entry": "varchar", "external_no": "varchar", "district_code": "varchar",
        "grid_code": "varchar", "reporter_id": "int8", "past_departments": "varchar[]", "past_people": "int8[]",
        "reported_at": "timestamptz", "filed_at": "timestamptz", "closed_at": "timestamptz", "rules_on": "date",
        "parent_id": "uuid", "lead_id": "uuid", "photos": RAW, "tail_hash": "bytea",
    },
    "cases_matter": {
        "case_id": "uuid", "description": "text", "address": "text", "lon": "float8", "lat": "float8",
        "given_system": "varchar", "given_x": "float8", "given_y": "float8", "component": "varchar",
        "unit_grid_code": "varchar", "street_code": "varchar", "community_code": "varchar", "grams": RAW,
    },
    "cases_step": {
        "month": "date", "case_id": "uuid", "seq": "int4", "verb": "text", "post": "text", "person_id": "int8",
        "at": "timestamptz", "recorded_at": "timestamptz", "from_stage": "text", "to_stage": "text",
        "payload": RAW, "hash": "bytea",
    },
    "cases_private_texts": {"case_id": "uuid", "seq": "int4", "texts": "jsonb", "erased_because": "text"},
}  # fmt: skip
"""Table → its columns in the order of the rows, with their types."""

_standing_values = attrgetter(*list(COPIES["cases_case"])[4:15])
_matter_values = attrgetter(*MATTER)

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class DraftedCase:
    """A case drafted from its first step to its last: ``new.number`` is given, ``draft`` holds every step.

    ``past_people`` and ``past_departments``: whoever held it or its tasks on the way; ``lead_id`` of a merged one.
    """

    draft: Draft
    new: NewCase
    past_people: tuple[int, ...] = ()
    past_departments: tuple[str, ...] = ()
    lead_id: UUID | None = None


class BatchRows:
    """The rows of a batch, by table."""

    __slots__ = ("cases", "rows", "steps")

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {table: [] for table in COPIES}
        self.cases = 0
        self.steps = 0

    def add(self, case: DraftedCase) -> None:
        """Add every row of one case."""
        draft, rows = case.draft, self.rows
        rows["cases_case"].append(_case_row(case))
        rows["cases_matter"].append(_matter_row(draft.case_id, case.new))
        head = draft.month, draft.case_id
        rows["cases_step"].extend([head + step for step in draft.steps])
        rows["cases_private_texts"].extend(_private_rows(draft))
        self.cases += 1
        self.steps += len(draft.steps)

    def take(self, table: str) -> list[Row]:
        """The rows of one table; they are forgotten here."""
        rows, self.rows[table] = self.rows[table], []
        return rows


def _case_row(case: DraftedCase) -> Row:
    draft, new = case.draft, case.new
    return (
        draft.case_id, draft.month, new.number, draft.version,
        *_standing_values(standing_of(draft.rules, draft.state)),
        new.source, new.entry, new.external_no, new.district_code, new.grid_code, new.reporter_id,
        list(case.past_departments), list(case.past_people), new.reported_at, draft.filed_at, draft.closed_at,
        draft.rules_on, new.parent_id, case.lead_id, orjson.dumps(draft.photos), draft.tail,
    )  # fmt: skip


def _matter_row(case_id: UUID, new: NewCase) -> Row:
    matter = new.matter
    pieces = stamped(matter.description, matter.address, reported_at=new.reported_at)
    return (case_id, *_matter_values(matter), numbers_array(pieces))


def _private_rows(draft: Draft) -> Iterator[Row]:
    for seq, texts in draft.texts:
        yield draft.case_id, seq, Jsonb(texts, dumps=orjson.dumps), ""

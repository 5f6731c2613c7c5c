"""Drafted cases as lines of PostgreSQL's text COPY: the tables, their columns, and each row as text.

Pure text: nothing here writes. The lines of a batch are joined and go to the server as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from wangge.domains.cases.drafting import Draft, standing_of
from wangge.domains.cases.logic.pieces import grams_of, stamped
from wangge.domains.cases.operations.writing import MATTER, STEP_COLUMNS, NewCase

CASE_COPY = (
    "id", "month", "number", "version", "stage", "source", "entry", "external_no", "category", "district_code",
    "grid_code", "department_code", "inner_department_code", "assignee_id", "reporter_id", "past_departments",
    "past_people", "reported_at", "filed_at", "closed_at", "stage_due_at", "handling_due_at", "burns_at", "timer_at",
    "unknown_year", "rules_on", "parent_id", "lead_id", "state", "photos", "tail_hash",
)  # fmt: skip
COPIES = {
    "cases_case": f"COPY cases_case ({', '.join(CASE_COPY)}) FROM STDIN",
    "cases_matter": f"COPY cases_matter (case_id, {', '.join(MATTER)}, grams) FROM STDIN",
    "cases_step": f"COPY cases_step ({STEP_COLUMNS}) FROM STDIN",
    "cases_private_texts": "COPY cases_private_texts (case_id, seq, texts, erased_because) FROM STDIN",
}
"""Table → its COPY statement."""

NULL = "\\N"


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


class CopyText:
    """The lines of a batch, by table."""

    __slots__ = ("cases", "lines", "steps")

    def __init__(self) -> None:
        self.lines: dict[str, list[str]] = {table: [] for table in COPIES}
        self.cases = 0
        self.steps = 0

    def add(self, case: DraftedCase) -> None:
        """Add every row of one case."""
        draft, lines = case.draft, self.lines
        case_id = draft.id_text
        lines["cases_case"].append(_case_line(case_id, case))
        lines["cases_matter"].append(_matter_line(case_id, case.new))
        lines["cases_step"].extend(_step_lines(case_id, draft))
        for seq, texts in draft.texts:
            lines["cases_private_texts"].append(f"{case_id}\t{seq}\t{escaped(orjson.dumps(texts).decode())}\t\n")
        self.cases += 1
        self.steps += len(draft.steps)

    def take(self, table: str) -> bytes:
        """The lines of one table as bytes; they are forgotten here."""
        lines, self.lines[table] = self.lines[table], []
        return "".join(lines).encode()


def escaped(text: str) -> str:
    """Text as COPY wants it."""
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if not text.isprintable():
        text = text.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return text


def array_of(texts: Sequence[str]) -> str:
    """A text[] as COPY wants it."""
    if not texts:
        return "{}"
    inner = '","'.join(texts)
    if inner.count('"') != 2 * (len(texts) - 1) or "\\" in inner:
        inner = '","'.join(text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return escaped(f'{{"{inner}"}}')


def moment_text(moment: datetime | None) -> str:
    return NULL if moment is None else moment.isoformat()


def _or_null(value: int | UUID | str | None) -> str:
    return NULL if value is None else str(value)


def _numbers(values: Iterable[int]) -> str:
    return f"{{{','.join(map(str, values))}}}"


def _case_line(case_id: str, case: DraftedCase) -> str:
    draft, new = case.draft, case.new
    standing = standing_of(draft.rules, draft.state)
    external = NULL if new.external_no is None else escaped(new.external_no)
    parent = NULL if new.parent_id is None else str(new.parent_id)
    return (
        f"{case_id}\t{draft.month}\t{new.number}\t{draft.version}\t{standing.stage}\t{new.source}\t{new.entry}\t"
        f"{external}\t{standing.category}\t{new.district_code}\t{new.grid_code}\t{standing.department_code}\t"
        f"{standing.inner_department_code}\t{_or_null(standing.assignee_id)}\t{_or_null(new.reporter_id)}\t"
        f"{array_of(case.past_departments)}\t{_numbers(case.past_people)}\t{moment_text(new.reported_at)}\t"
        f"{moment_text(draft.filed_at)}\t{moment_text(draft.closed_at)}\t{moment_text(standing.stage_due_at)}\t"
        f"{moment_text(standing.handling_due_at)}\t{moment_text(standing.burns_at)}\t"
        f"{moment_text(standing.timer_at)}\t{_or_null(standing.unknown_year)}\t{draft.rules_on}\t{parent}\t"
        f"{_or_null(case.lead_id)}\t{escaped(standing.state)}\t{orjson.dumps(draft.photos).decode()}\t"
        f"\\\\x{draft.tail.hex()}\n"
    )


def _matter_line(case_id: str, new: NewCase) -> str:
    matter = new.matter
    return (
        f"{case_id}\t{escaped(matter.description)}\t{escaped(matter.address)}\t{_float(matter.lon)}\t"
        f"{_float(matter.lat)}\t{matter.given_system}\t{_float(matter.given_x)}\t{_float(matter.given_y)}\t"
        f"{escaped(matter.component)}\t{matter.unit_grid_code}\t{matter.street_code}\t{matter.community_code}\t"
        f"{_numbers(stamped(grams_of(matter.description, matter.address), new.reported_at))}\n"
    )


def _float(value: float | None) -> str:
    return NULL if value is None else repr(value)


def _step_lines(case_id: str, draft: Draft) -> list[str]:
    head = f"{draft.month}\t{case_id}\t"
    lines = []
    for seq, verb, post, person, _at, _rec, from_stage, to_stage, payload, digest, at_text, recorded in draft.steps:
        text = payload.decode()
        if "\\" in text:
            text = text.replace("\\", "\\\\")
        lines.append(
            f"{head}{seq}\t{verb}\t{post}\t{NULL if person is None else person}\t{at_text}\t{recorded}\t"
            f"{from_stage}\t{to_stage}\t{text}\t\\\\x{digest.hex()}\n"
        )
    return lines

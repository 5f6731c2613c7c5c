"""The two statements that write a case: one data-modifying CTE each, with everything that belongs to the act.

Case row, steps, words kept apart, facts for the outbox, the audit line and the receipt of the request go in one
statement, so that a transaction holds the row of the case number's counter only for its last round trip.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import orjson

from wangge.domains.cases.drafting import Draft, standing_of
from wangge.domains.cases.logic.pieces import stamped
from wangge.domains.organizations.logic import Actor, month_of
from wangge.groundwork.prepared import prepared_cursor

NUMBER_MARK = "@NUMBER@"
OUTBOX_TOPIC = "case.step"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to keep under an Idempotency-Key; the body may hold the mark where the number will stand."""

    person_id: int
    key: str
    request_digest: bytes
    status: int
    body: str


@dataclass(frozen=True, slots=True)
class Matter:
    """What a new case is about."""

    description: str = ""
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    given_system: str = ""
    given_x: float | None = None
    given_y: float | None = None
    component: str = ""
    unit_grid_code: str = ""
    street_code: str = ""
    community_code: str = ""


@dataclass(frozen=True, slots=True)
class NewCase:
    """The columns of a new case that its steps do not give."""

    source: str
    entry: str
    district_code: str
    grid_code: str
    reporter_id: int | None
    reported_at: datetime
    day: date
    external_no: str | None = None
    parent_id: object = None
    number: str | None = None  # given for a child: its parent's with its order behind
    matter: Matter = field(default_factory=Matter)


STEP_COLUMNS = "month, case_id, seq, verb, post, person_id, at, recorded_at, from_stage, to_stage, payload, hash"


def insert_case(draft: Draft, new: NewCase, *, by: Actor, address: str, receipt: Receipt | None) -> str:
    """Write a new case with its steps; answers the number it got. Runs in the caller's transaction."""
    standing = standing_of(draft.rules, draft.state)
    matter = new.matter
    recorded_at = draft.steps[-1].recorded_at
    values: dict[str, Any] = {
        "district": new.district_code or "000000",
        "day": new.day,
        "number": new.number,
        "id": draft.case_id,
        "month": draft.month,
        "version": draft.version,
        "source": new.source,
        "entry": new.entry,
        "external_no": new.external_no,
        "district_code": new.district_code,
        "grid_code": new.grid_code,
        "reporter_id": new.reporter_id,
        "reported_at": new.reported_at,
        "filed_at": draft.filed_at,
        "closed_at": draft.closed_at,
        "rules_on": draft.rules_on,
        "parent_id": new.parent_id,
        "past_people": [],
        "past_departments": [],
        "lead_id": None,
        "photos": orjson.dumps(draft.photos).decode(),
        "tail": draft.tail,
        "grams": stamped(matter.description, matter.address, reported_at=new.reported_at).tolist(),
        **{name: getattr(standing, name) for name in STANDING},
        **{name: getattr(matter, name) for name in MATTER},
    }
    values |= _history(draft, by=by, address=address, recorded_at=recorded_at, kind="report")
    statement = insert_statement(len(draft.steps), len(draft.texts), receipt is not None, new.number is None)
    return _run(statement, values, receipt, recorded_at)


def update_case(
    draft: Draft,
    *,
    by: Actor,
    address: str,
    receipt: Receipt | None,
    past_people: Sequence[int],
    past_departments: Sequence[str],
    lead_id: object = None,
    kind: str = "move",
) -> str:
    """Write the drafted steps of an existing case, whose row the caller has locked; answers its number."""
    standing = standing_of(draft.rules, draft.state)
    recorded_at = draft.steps[-1].recorded_at
    values: dict[str, Any] = {
        "id": draft.case_id,
        "month": draft.month,
        "version": draft.version,
        "filed_at": draft.filed_at,
        "closed_at": draft.closed_at,
        "rules_on": draft.rules_on,
        "photos": orjson.dumps(draft.photos).decode(),
        "tail": draft.tail,
        "past_people": list(past_people),
        "past_departments": list(past_departments),
        "lead_id": lead_id,
        **{name: getattr(standing, name) for name in STANDING},
    }
    values |= _history(draft, by=by, address=address, recorded_at=recorded_at, kind=kind)
    return _run(
        update_statement(len(draft.steps), len(draft.texts), receipt is not None),
        values,
        receipt,
        recorded_at,
    )


STANDING = (
    "stage", "category", "department_code", "inner_department_code", "assignee_id", "stage_due_at",
    "handling_due_at", "burns_at", "timer_at", "unknown_year", "state",
)  # fmt: skip
MATTER = (
    "description", "address", "lon", "lat", "given_system", "given_x", "given_y", "component", "unit_grid_code",
    "street_code", "community_code",
)  # fmt: skip


def _history(draft: Draft, *, by: Actor, address: str, recorded_at: datetime, kind: str) -> dict[str, Any]:
    values: dict[str, Any] = {
        "record_month": month_of(recorded_at),
        "recorded_at": recorded_at,
        "topic": OUTBOX_TOPIC,
        "key": str(draft.case_id),
        "person_id": by.person_id,
        "person_name": by.display_name,
        "token_id": by.token_id,
        "kind": kind,
        "client_address": address,
        "detail": orjson.dumps(
            {"verbs": [step.verb for step in draft.steps], "seq": draft.version, "post": draft.steps[-1].post}
        ).decode(),
    }
    for index, (step, made) in enumerate(zip(draft.steps, draft.made, strict=True)):
        values |= {
            f"seq{index}": step.seq,
            f"verb{index}": step.verb,
            f"post{index}": step.post,
            f"by{index}": step.person_id,
            f"at{index}": step.at,
            f"rec{index}": step.recorded_at,
            f"from{index}": step.from_stage,
            f"to{index}": step.to_stage,
            f"payload{index}": step.payload.decode(),
            f"hash{index}": step.hash,
            f"fact{index}": orjson.dumps(
                {"seq": step.seq, "verb": step.verb, "stage": step.to_stage, "to": made.row.message_to}
            ).decode(),
        }
    for index, (seq, texts) in enumerate(draft.texts):
        values |= {f"tseq{index}": seq, f"texts{index}": orjson.dumps(texts).decode()}
    return values


def _run(statement: str, values: dict[str, Any], receipt: Receipt | None, at: datetime) -> str:
    if receipt is not None:
        values |= {
            "receipt_person": receipt.person_id,
            "receipt_key": receipt.key,
            "receipt_digest": receipt.request_digest,
            "receipt_status": receipt.status,
            "receipt_body": receipt.body,
            "receipt_at": at,
        }
    with prepared_cursor() as cursor:
        cursor.execute(statement, values)
        return str(cursor.fetchone()[0])


def keep_receipt(receipt: Receipt, *, at: datetime) -> bool:
    """Keep an answer that wrote nothing else (a case that was there already); False when the key was taken first."""
    with prepared_cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_write_receipt (person_id, key, request_digest, status, body, created_at)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [receipt.person_id, receipt.key, receipt.request_digest, receipt.status, receipt.body, at],
        )
        return bool(cursor.rowcount == 1)


@lru_cache(maxsize=64)
def insert_statement(steps: int, texts: int, receipt: bool, numbered: bool) -> str:
    """The statement that writes a new case; ``numbered``: the next number of its district and day is taken."""
    case_columns = (
        "id", "month", "number", "version", *STANDING, "source", "entry", "external_no", "district_code",
        "grid_code", "reporter_id", "past_departments", "past_people", "reported_at", "filed_at", "closed_at",
        "rules_on", "parent_id", "lead_id", "photos", "tail_hash",
    )  # fmt: skip
    number = "%(number)s"
    counter = ""
    if numbered:
        counter = (
            "n AS (INSERT INTO cases_number_counter (district_code, day, last) VALUES (%(district)s::text, %(day)s, 1)"
            " ON CONFLICT (district_code, day) DO UPDATE SET last = cases_number_counter.last + 1"
            " RETURNING %(district)s::text || '-' || to_char(%(day)s::date, 'YYYYMMDD') || '-'"
            " || lpad(last::text, greatest(5, length(last::text)), '0') AS number), "
        )
        number = "n.number"
    chosen = ", ".join(
        number if name == "number" else "%(tail)s" if name == "tail_hash" else f"%({name})s{CASTS.get(name, '')}"
        for name in case_columns
    )
    source = " FROM n" if numbered else ""
    matter = ", ".join(f"%({name})s" for name in MATTER)
    return (
        f"WITH {counter}"
        f"c AS (INSERT INTO cases_case ({', '.join(case_columns)}) SELECT {chosen}{source} RETURNING number), "
        f"m AS (INSERT INTO cases_matter (case_id, {', '.join(MATTER)}, grams) VALUES (%(id)s, {matter}, %(grams)s)), "
        f"{_history_parts(steps, texts, receipt)} SELECT number FROM c"
    )


CASTS = {
    "external_no": "::text", "assignee_id": "::bigint", "reporter_id": "::bigint", "stage_due_at": "::timestamptz",
    "handling_due_at": "::timestamptz", "burns_at": "::timestamptz", "timer_at": "::timestamptz",
    "unknown_year": "::int", "filed_at": "::timestamptz", "closed_at": "::timestamptz", "parent_id": "::uuid",
    "lead_id": "::uuid", "past_people": "::bigint[]", "past_departments": "::varchar[]", "month": "::date",
    "rules_on": "::date", "reported_at": "::timestamptz", "id": "::uuid",
}  # fmt: skip


@lru_cache(maxsize=64)
def update_statement(steps: int, texts: int, receipt: bool) -> str:
    """The statement that writes further steps of a case."""
    columns = (
        "version", *STANDING, "filed_at", "closed_at", "rules_on", "photos", "past_people", "past_departments",
    )  # fmt: skip
    sets = ", ".join(f"{name} = %({name})s{CASTS.get(name, '')}" for name in columns)
    return (
        f"WITH c AS (UPDATE cases_case SET {sets}, tail_hash = %(tail)s,"
        " lead_id = %(lead_id)s::uuid WHERE id = %(id)s RETURNING number), "
        f"{_history_parts(steps, texts, receipt)} SELECT number FROM c"
    )


def _history_parts(steps: int, texts: int, receipt: bool) -> str:
    step_rows = ", ".join(
        f"(%(month)s, %(id)s, %(seq{i})s, %(verb{i})s, %(post{i})s, %(by{i})s::bigint, %(at{i})s, %(rec{i})s,"
        f" %(from{i})s, %(to{i})s, %(payload{i})s, %(hash{i})s)"
        for i in range(steps)
    )
    fact_rows = ", ".join(f"(%(record_month)s, %(topic)s, %(key)s, %(fact{i})s, %(recorded_at)s)" for i in range(steps))
    parts = [
        f"s AS (INSERT INTO cases_step ({STEP_COLUMNS}) VALUES {step_rows})",
        f"o AS (INSERT INTO outbox (month, topic, key, payload, recorded_at) VALUES {fact_rows})",
        "a AS (INSERT INTO organizations_audit_record (month, at, person_id, person_name, token_id, kind,"
        " object_kind, object_key, detail, address) SELECT %(record_month)s::date, %(recorded_at)s::timestamptz,"
        " %(person_id)s::bigint, %(person_name)s::text, %(token_id)s::bigint, %(kind)s::text, 'case', c.number,"
        " %(detail)s::jsonb, %(client_address)s::text FROM c)",
    ]
    if texts:
        rows = ", ".join(f"(%(id)s, %(tseq{i})s, %(texts{i})s::jsonb, '')" for i in range(texts))
        parts.append(f"t AS (INSERT INTO cases_private_texts (case_id, seq, texts, erased_because) VALUES {rows})")
    if receipt:
        parts.append(
            "r AS (INSERT INTO cases_write_receipt (person_id, key, request_digest, status, body, created_at)"
            " SELECT %(receipt_person)s::bigint, %(receipt_key)s::text, %(receipt_digest)s,"
            " %(receipt_status)s::smallint,"
            f" replace(%(receipt_body)s::text, '{NUMBER_MARK}', c.number), %(receipt_at)s::timestamptz FROM c)"
        )
    return ", ".join(parts)

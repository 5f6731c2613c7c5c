"""Loads districts, units, people, posts and turns by COPY: a demo city, or the first day of a real one.

All or nothing, in one transaction; the database's constraints hold as for single writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from wangge.domains.organizations.logic import Actor, AuditKind, Holding
from wangge.domains.organizations.operations.audit import record
from wangge.domains.organizations.policies import Task, check_administrators_apart, check_may_administer
from wangge.groundwork.clock import CITY_ZONE


@dataclass(frozen=True, slots=True)
class NewDistrict:
    """A district to be loaded."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class NewDepartment:
    """A responsible unit to be loaded; parents come before their children."""

    code: str
    name: str
    kind: str
    parent_code: str | None = None
    district_code: str | None = None


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to be loaded; ``password_hash`` None: nobody signs in as him."""

    username: str
    display_name: str
    posts: tuple[Holding, ...]
    phone: str | None = None
    password_hash: str | None = None
    must_change_password: bool = False


@dataclass(frozen=True, slots=True)
class NewTurn:
    """A turn on duty to be loaded, of the person with this user name."""

    username: str
    shift: str
    starts_at: datetime
    ends_at: datetime
    grid_code: str | None = None


def shared_password_hash(password: str) -> str:
    """One Argon2 hash for many people of a demo: hashing each by itself would take longer than the city."""
    return make_password(password)


@transaction.atomic
def load_units(
    *,
    by: Actor,
    at: datetime,
    districts: Sequence[NewDistrict],
    departments: Sequence[NewDepartment],
    valid_from: date,
) -> None:
    """Load districts and responsible units that exist from ``valid_from`` on."""
    check_may_administer(by, Task.UNITS)
    _copy(
        "organizations_district",
        ("code", "name", "valid_from"),
        ((district.code, district.name, valid_from) for district in districts),
    )
    _copy(
        "organizations_department",
        ("code", "name", "kind", "parent_code", "district_code", "valid_from"),
        ((d.code, d.name, d.kind, d.parent_code, d.district_code, valid_from) for d in departments),
    )
    record(
        by=by,
        at=at,
        kind=AuditKind.SETTING,
        object_kind="units",
        detail={"districts": len(districts), "departments": len(departments)},
    )


@transaction.atomic
def load_people(*, by: Actor, at: datetime, people: Sequence[NewPerson], valid_from: datetime) -> dict[str, int]:
    """Load people with their posts, held from ``valid_from`` on; user name → id.

    Raises ``AdministratorsApart``, and ``django.db.IntegrityError`` where a name is taken or a unit missing.
    """
    check_may_administer(by, Task.PEOPLE)
    check_may_administer(by, Task.POSTS)
    for person in people:
        check_administrators_apart(frozenset(holding.post for holding in person.posts))
    ids = _reserve_ids("organizations_person", len(people))
    _copy(
        "organizations_person",
        ("id", "username", "display_name", "phone", "password", "password_set_at", "is_active",
         "must_change_password", "created_at"),
        (
            (number, p.username, p.display_name, p.phone, p.password_hash or make_password(None),
             at if p.password_hash else None, True, p.must_change_password, at)
            for number, p in zip(ids, people, strict=True)
        ),
    )  # fmt: skip
    _copy(
        "organizations_post_holding",
        ("person_id", "post", "department_code", "district_code", "valid_from"),
        (
            (number, holding.post, holding.department_code, holding.district_code, valid_from)
            for number, person in zip(ids, people, strict=True)
            for holding in person.posts
        ),
    )
    record(by=by, at=at, kind=AuditKind.ACCESS, object_kind="people", detail={"people": len(people)})
    return {person.username: number for number, person in zip(ids, people, strict=True)}


@transaction.atomic
def load_turns(*, by: Actor, at: datetime, turns: Sequence[NewTurn]) -> None:
    """Load turns on duty; every user name must be known."""
    check_may_administer(by, Task.UNITS)
    _write_turns(turns)
    record(by=by, at=at, kind=AuditKind.SETTING, object_kind="turns", detail={"turns": len(turns)})


def _write_turns(turns: Sequence[NewTurn]) -> None:
    with connection.cursor() as cursor:
        names = sorted({turn.username for turn in turns})
        cursor.execute("SELECT username, id FROM organizations_person WHERE username = ANY(%s)", [names])
        ids = dict(cursor.fetchall())
    _copy(
        "organizations_shift_turn",
        ("person_id", "grid_code", "shift", "starts_at", "ends_at"),
        ((ids[turn.username], turn.grid_code, turn.shift, turn.starts_at, turn.ends_at) for turn in turns),
    )


@transaction.atomic
def plan_turns(*, turns: Sequence[NewTurn], at: datetime) -> int:
    """Put turns in the place of those planned before, for the same people and days; answers how many were replaced.

    Only turns that have not begun at ``at`` give way. Who may plan, and the line in the audit log, are the caller's.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM organizations_shift_turn t USING organizations_person p"
            " WHERE p.id = t.person_id AND t.starts_at > %s AND (p.username,"
            " (t.starts_at AT TIME ZONE 'Asia/Shanghai')::date) IN (SELECT * FROM unnest(%s::text[], %s::date[]))",
            [
                at,
                [turn.username for turn in turns],
                [turn.starts_at.astimezone(CITY_ZONE).date() for turn in turns],
            ],
        )
        replaced = int(cursor.rowcount)
    _write_turns(turns)
    return replaced


def _reserve_ids(table: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return [row[0] for row in cursor.fetchall()]


def _copy(table: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)
    with connection.cursor() as cursor:
        # Keys to other tables are checked at commit; a load says at once what is missing.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")

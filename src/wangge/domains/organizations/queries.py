"""Questions to organizations: who acts, who holds a post, who is on duty, what the audit log says.

``actor_of_token`` and ``actor_of_person`` lie on the way of every request: one plain SQL statement each.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from wangge.domains.organizations.logic import (
    AUDIT_COLUMNS,
    Actor,
    AuditKind,
    Holding,
    Sight,
    TokenScope,
    actor_of,
    month_of,
    sight_of,
)
from wangge.domains.organizations.models import AccessToken, Department, District, Person
from wangge.groundwork.prepared import prepared_cursor
from wangge.standards import watching
from wangge.standards.access import SightWindow, sight_by_post
from wangge.standards.library import load_tables
from wangge.standards.tables import Tables

# Of the person ``p``, as JSON: [post, department code, district code] of each post he holds at ``at``.
HOLDINGS_AT = """
COALESCE((SELECT json_agg(json_build_array(h.post, h.department_code, h.district_code) ORDER BY h.id)
            FROM organizations_post_holding h
           WHERE h.person_id = p.id AND h.valid_from <= %(at)s
             AND (h.valid_to IS NULL OR h.valid_to > %(at)s)), '[]')
"""
_BY_TOKEN = f"""
SELECT p.id, p.username, p.display_name, {HOLDINGS_AT}, t.scope, t.id
  FROM organizations_access_token t JOIN organizations_person p ON p.id = t.person_id
 WHERE t.digest = %(digest)s AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > %(at)s)
   AND p.is_active
"""
_BY_PERSON = f"""
SELECT p.id, p.username, p.display_name, {HOLDINGS_AT}, 'full', NULL::bigint
  FROM organizations_person p WHERE p.id = %(person_id)s AND p.is_active
"""


def actor_of_token(digest: bytes, at: datetime) -> Actor | None:
    """Who comes with the token of this SHA-256 digest, with the posts he holds at ``at``; one statement.

    None when there is no such token, or it is expired or revoked, or its person is no longer active.
    """
    return _actor(_BY_TOKEN, {"digest": digest, "at": at})


def actor_of_person(person_id: int, at: datetime) -> Actor | None:
    """The active person with the posts he holds at ``at``; one statement."""
    return _actor(_BY_PERSON, {"person_id": person_id, "at": at})


def _actor(statement: str, values: Mapping[str, Any]) -> Actor | None:
    with prepared_cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
    if row is None:
        return None
    person_id, username, display_name, holdings, scope, token_id = row
    return actor_of(
        person_id=person_id,
        username=username,
        display_name=display_name,
        holdings=holdings,
        scope=scope,
        token_id=token_id,
    )


def city_tables(on: date | None = None) -> Tables:
    """The standards' tables of this city as they hold ``on`` a day; some seconds after they changed, the new ones."""
    overlay: Path | None = settings.CITY_OVERLAY
    return _city_tables(overlay, on, watching.version(overlay))


@lru_cache(maxsize=16)
def _city_tables(overlay: Path | None, on: date | None, _version: int) -> Tables:
    return load_tables(overlay, on=on)


def sight_windows(on: date | None = None) -> Mapping[str, tuple[SightWindow, ...]]:
    """What each post may see in this city."""
    return sight_by_post(city_tables(on))


def sight_in_city(actor: Actor, on: date | None = None) -> frozenset[Sight]:
    """``logic.sight_of`` with this city's table."""
    return sight_of(actor, sight_windows(on))


def person_named(username: str) -> Person | None:
    """The person of this user name, letter case aside."""
    try:
        return Person.objects.get_by_natural_key(username)
    except Person.DoesNotExist:
        return None


def names_of(person_ids: Iterable[int]) -> dict[int, str]:
    """Person id → display name; one statement."""
    return dict(Person.objects.filter(id__in=list(person_ids)).values_list("id", "display_name"))


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person as lists show him, with the posts he holds now."""

    person_id: int
    username: str
    display_name: str
    is_active: bool
    holdings: tuple[Holding, ...]


def people_with_posts(*, at: datetime) -> tuple[PersonLine, ...]:
    """Every person by user name with the posts held at ``at``; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT p.id, p.username, p.display_name, p.is_active, {HOLDINGS_AT}"
            " FROM organizations_person p ORDER BY p.username",
            {"at": at},
        )
        return tuple(
            PersonLine(number, username, name, active, tuple(Holding(*each) for each in holdings))
            for number, username, name, active, holdings in cursor.fetchall()
        )


def own_trackers(*, by: Actor, at: datetime) -> tuple[AccessToken, ...]:
    """One's own trackers that may send positions now, the newest first; one statement."""
    return tuple(
        AccessToken.objects.filter(
            person_id=by.person_id or 0, scope=TokenScope.POSITIONS.value, revoked_at__isnull=True, expires_at__gt=at
        ).order_by("-id")
    )


def tokens_of(*, username: str) -> tuple[AccessToken, ...]:
    """A person's tokens, oldest first."""
    return tuple(AccessToken.objects.filter(person__username__iexact=username).order_by("id"))


_HOLDERS = """
SELECT DISTINCT h.person_id FROM organizations_post_holding h
  JOIN organizations_person p ON p.id = h.person_id AND p.is_active
 WHERE h.post = ANY(%(posts)s) AND h.valid_from <= %(at)s AND (h.valid_to IS NULL OR h.valid_to > %(at)s)
   AND (%(department)s::text IS NULL OR h.department_code = %(department)s)
   AND (%(district)s::text IS NULL OR h.district_code IS NULL OR h.district_code = %(district)s)
 ORDER BY h.person_id
"""


def holders_of(
    *,
    posts: Iterable[str],
    at: datetime,
    department_code: str | None = None,
    district_code: str | None = None,
) -> tuple[int, ...]:
    """Ids of the active people who hold one of ``posts`` at ``at``, in order.

    With ``department_code`` only those of the unit; with ``district_code`` those of the whole city and of
    that district.
    """
    values: dict[str, Any] = {
        "posts": list(posts),
        "at": at,
        "department": department_code,
        "district": district_code,
    }
    with connection.cursor() as cursor:
        cursor.execute(_HOLDERS, values)
        return tuple(row[0] for row in cursor.fetchall())


def on_duty(*, grid_code: str, at: datetime) -> int | None:
    """The person on duty in the responsibility grid at ``at``; of several the one who came last.

    A turn lasts a day at most (a constraint), which bounds the search.
    """
    with prepared_cursor() as cursor:
        cursor.execute(
            "SELECT person_id FROM organizations_shift_turn"
            " WHERE grid_code = %(grid)s AND starts_at <= %(at)s AND ends_at > %(at)s"
            " AND starts_at > %(at)s - interval '24 hours'"
            " ORDER BY starts_at DESC, id DESC LIMIT 1",
            {"grid": grid_code, "at": at},
        )
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def districts_on(day: date) -> tuple[District, ...]:
    """The districts that exist on a day, by code."""
    return tuple(_valid_on(District, day))


def departments_on(day: date) -> tuple[Department, ...]:
    """The responsible units that exist on a day, by code."""
    return tuple(_valid_on(Department, day))


def _valid_on(model: Any, day: date) -> Any:
    started = model.objects.filter(valid_from__lte=day)
    return started.exclude(valid_to__lte=day).order_by("code")


def platform_of(district_code: str) -> str | None:
    """The code of the district's platform 区级平台, the unit the city dispatches to; None without one."""
    return (
        Department.objects.filter(kind="district_platform", district_id=district_code, valid_to__isnull=True)
        .values_list("code", flat=True)
        .first()
    )


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line of the audit log as it is shown and exported; ``detail`` is a JSON object."""

    id: int
    at: datetime
    person_id: int | None
    person_name: str
    token_id: int | None
    kind: AuditKind
    object_kind: str
    object_key: str
    detail: Mapping[str, Any]
    address: str


AUDIT_LINE = "id, " + ", ".join(column for column in AUDIT_COLUMNS if column != "month")
_AUDIT = f"""
SELECT {AUDIT_LINE} FROM organizations_audit_record
 WHERE month BETWEEN %(first)s AND %(last)s AND at >= %(start)s AND at < %(end)s
   AND (%(person_id)s::bigint IS NULL OR person_id = %(person_id)s)
   AND (%(kind)s::text IS NULL OR kind = %(kind)s)
   AND (%(object_key)s::text IS NULL OR object_key = %(object_key)s)
 ORDER BY month, at, id
"""


def audit_lines(
    *,
    start: datetime,
    end: datetime,
    person_id: int | None = None,
    kind: AuditKind | None = None,
    object_key: str | None = None,
    at_once: int = 2000,
) -> Iterator[AuditLine]:
    """The audit log of [start, end) in the order of time, streamed: memory stays the same for any length."""
    values = {
        "first": month_of(start),
        "last": month_of(end),
        "start": start,
        "end": end,
        "person_id": person_id,
        "kind": kind,
        "object_key": object_key,
    }
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(_AUDIT, values)
        while rows := cursor.fetchmany(at_once):
            yield from map(audit_line, rows)


def cases_loaded_since(since: datetime) -> bool:
    """Whether the audit log tells of cases taken in or written in bulk since then."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM organizations_audit_record WHERE month >= %s AND at >= %s AND kind = %s"
            " AND object_kind = 'cases')",
            [month_of(since), since, AuditKind.IMPORT],
        )
        return bool(cursor.fetchone()[0])


def audit_line(row: tuple[Any, ...]) -> AuditLine:
    """A line from a row of the columns ``AUDIT_LINE``."""
    number, at, person_id, person_name, token_id, kind, object_kind, object_key, detail, address = row
    return AuditLine(
        number,
        at,
        person_id,
        person_name,
        token_id,
        AuditKind(kind),
        object_kind,
        object_key,
        json.loads(detail) if isinstance(detail, str) else detail,
        address,
    )

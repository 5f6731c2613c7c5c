"""Questions of administration: one person with every post he ever held, and the audit log from its newest line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django_otp.plugins.otp_totp.models import TOTPDevice

from wangge.domains.organizations.logic import AuditKind, month_of
from wangge.domains.organizations.models import AccessToken, Person, PostHolding
from wangge.domains.organizations.queries import AUDIT_LINE, AuditLine, audit_line


@dataclass(frozen=True, slots=True)
class Personnel:
    """A person as his file has him: posts with their days, newest first; tokens, oldest first."""

    person: Person
    holdings: tuple[PostHolding, ...]
    tokens: tuple[AccessToken, ...]
    has_second_factor: bool


def personnel(*, person_id: int) -> Personnel | None:
    """One person's file; None where there is no such person. Four statements."""
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        return None
    return Personnel(
        person,
        tuple(PostHolding.objects.filter(person=person).order_by("-valid_from", "-id")),
        tuple(AccessToken.objects.filter(person=person).order_by("id")),
        TOTPDevice.objects.filter(user=person, confirmed=True).exists(),
    )


_NEWEST = f"""
SELECT {AUDIT_LINE} FROM organizations_audit_record
 WHERE month BETWEEN %(first)s AND %(last)s AND at >= %(start)s AND at < %(end)s
   AND (%(kind)s::text IS NULL OR kind = %(kind)s)
   AND (%(object_key)s::text IS NULL OR object_key = %(object_key)s)
   AND (%(person)s::text IS NULL OR strpos(lower(person_name), lower(%(person)s)) > 0)
   AND (%(before_at)s::timestamptz IS NULL OR (at, id) < (%(before_at)s, %(before_id)s))
 ORDER BY at DESC, id DESC LIMIT %(limit)s
"""


def newest_audit_lines(
    *,
    start: datetime,
    end: datetime,
    limit: int,
    kind: AuditKind | None = None,
    object_key: str = "",
    person_name: str = "",
    before: tuple[datetime, int] | None = None,
) -> tuple[AuditLine, ...]:
    """Lines of the audit log in [start, end), newest first, those behind ``before`` (moment, id). One statement."""
    values: Mapping[str, Any] = {
        "first": month_of(start), "last": month_of(end), "start": start, "end": end,
        "kind": kind.value if kind is not None else None, "object_key": object_key or None,
        "person": person_name or None, "before_at": before[0] if before else None,
        "before_id": before[1] if before else None, "limit": limit,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, values)
        return tuple(audit_line(row) for row in cursor.fetchall())

"""The audit log: who saw and did what is written here, in the transaction of what was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from django.db import connection
from django.utils.translation import gettext as _

from wangge.domains.organizations.logic import AUDIT_COLUMNS, AUDIT_TABLE, Actor, AuditKind, month_of
from wangge.domains.organizations.policies import Refused
from wangge.groundwork.prepared import prepared_cursor

LEAST_MONTHS_KEPT = 6
LEAST_REASON = 2

_INSERT = f"INSERT INTO {AUDIT_TABLE} ({', '.join(AUDIT_COLUMNS)}) VALUES ({', '.join(['%s'] * len(AUDIT_COLUMNS))})"


class ReasonMissing(Refused):
    """Personal data are shown only with a reason."""


def audit_row(
    *,
    by: Actor,
    at: datetime,
    kind: AuditKind,
    object_kind: str = "",
    object_key: str = "",
    detail: Mapping[str, Any] | None = None,
    address: str = "",
) -> tuple[Any, ...]:
    """One row in the order of ``AUDIT_COLUMNS``, for a write path that adds it to its own statement."""
    utc = at.astimezone(UTC)
    return (
        month_of(utc),
        utc,
        by.person_id,
        by.display_name,
        by.token_id,
        kind.value,
        object_kind,
        object_key,
        orjson.dumps(detail or {}).decode(),
        address,
    )


def record(
    *,
    by: Actor,
    at: datetime,
    kind: AuditKind,
    object_kind: str = "",
    object_key: str = "",
    detail: Mapping[str, Any] | None = None,
    address: str = "",
) -> None:
    """Append one line to the audit log; one statement."""
    row = audit_row(
        by=by,
        at=at,
        kind=kind,
        object_kind=object_kind,
        object_key=object_key,
        detail=detail,
        address=address,
    )
    with prepared_cursor() as cursor:
        cursor.execute(_INSERT, row)


def record_on_person(*, by: Actor, at: datetime, kind: AuditKind, username: str, **detail: object) -> None:
    """Append a line about a person; details that are None are left out."""
    told = {key: value for key, value in detail.items() if value is not None}
    record(by=by, at=at, kind=kind, object_kind="person", object_key=username, detail=told)


def record_rows(rows: Sequence[tuple[Any, ...]]) -> None:
    """Append rows made by ``audit_row``."""
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT, rows)


def record_reveal(
    *,
    by: Actor,
    at: datetime,
    object_kind: str,
    object_key: str,
    fields: Sequence[str],
    reason: str,
    address: str = "",
) -> None:
    """Record that personal data (``fields``, as ``name phone``) are shown in full, before they are shown.

    Raises ``ReasonMissing`` without a reason. Whether the actor may see them is the policy of the domain that
    keeps them.
    """
    reason = reason.strip()
    if len(reason) < LEAST_REASON:
        raise ReasonMissing(_("请写明查看个人信息的事由。"))
    record(
        by=by,
        at=at,
        kind=AuditKind.REVEAL,
        object_kind=object_kind,
        object_key=object_key,
        detail={"reason": reason, "fields": list(fields)},
        address=address,
    )


def drop_months_before(*, before: datetime, at: datetime) -> tuple[str, ...]:
    """Drop the log's partitions of months wholly before ``before``; the names of those dropped.

    To be run by the owner role, after an export. Raises ``Refused`` when less than six months would be kept.
    """
    if before > at - timedelta(days=31 * LEAST_MONTHS_KEPT):
        raise Refused(_("审计记录至少保存六个月，请改用更早的日期。"))
    last = f"{AUDIT_TABLE}_{before.astimezone(UTC):%Y_%m}"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = %s::regclass AND c.relname < %s ORDER BY c.relname",
            [AUDIT_TABLE, last],
        )
        names = tuple(row[0] for row in cursor.fetchall())
        for name in names:
            cursor.execute(f'DROP TABLE "{name}"')
    return names

"""Drops receipts of writes that are too old to be asked for: an Idempotency-Key holds for 30 days."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

KEPT_DAYS = 30
_DROPPED_AT_ONCE = 5000


def drop_old_receipts(*, at: datetime) -> int:
    """Delete the receipts older than ``KEPT_DAYS``, in pieces; the number deleted."""
    deleted = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM cases_write_receipt WHERE (person_id, key) IN (SELECT person_id, key"
                " FROM cases_write_receipt WHERE created_at < %s ORDER BY created_at LIMIT %s)",
                [at - timedelta(days=KEPT_DAYS), _DROPPED_AT_ONCE],
            )
            gone = int(cursor.rowcount)
        deleted += gone
        if gone < _DROPPED_AT_ONCE:
            return deleted

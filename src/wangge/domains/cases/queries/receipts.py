"""What a person's key brought before: the receipts of writes, for replays."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

RECEIPT_CONSTRAINT = "cases_write_receipt_pkey"


@dataclass(frozen=True, slots=True)
class KeptReceipt:
    """The answer a write got: the digest of its request, status and body."""

    digest: bytes
    status: int
    body: str


def receipt_of(*, person_id: int | None, key: str) -> KeptReceipt | None:
    """The receipt of this person's key, if there is one; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT request_digest, status, body FROM cases_write_receipt WHERE person_id = %s AND key = %s",
            [person_id, key],
        )
        row = cursor.fetchone()
    return None if row is None else KeptReceipt(bytes(row[0]), row[1], row[2])

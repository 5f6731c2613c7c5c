"""Erasure of personal words: the words go, what the steps committed to stays, and the chain still verifies.

Blanked are the words kept apart (reporter's name and telephone, description, address, answers) and their copies for
display and search. Place, class, moments and counts are no personal words and stay: statistics do not change.
"""

from __future__ import annotations

from datetime import datetime

import orjson
from django.db import connection, transaction
from django.utils.translation import gettext as _

from wangge.domains.cases.failures import BadInput, NoSuchCase
from wangge.domains.organizations.logic import Actor, AuditKind, month_of

ERASE = """
WITH wiped AS (
    UPDATE cases_private_texts SET texts = '{}'::jsonb, erased_at = %(at)s, erased_because = %(because)s
     WHERE case_id = %(id)s AND erased_at IS NULL RETURNING seq
), matter AS (
    UPDATE cases_matter SET description = '', address = '', grams = '{}' WHERE case_id = %(id)s
), line AS (
    INSERT INTO organizations_audit_record (month, at, person_id, person_name, token_id, kind, object_kind,
                                            object_key, detail, address)
    SELECT %(month)s::date, %(at)s, %(person)s::bigint, %(name)s, %(token)s::bigint, %(kind)s, 'case',
           %(number)s, %(detail)s::jsonb, ''
)
SELECT count(*) FROM wiped
"""


def erase_personal_words(*, number: str, because: str, by: Actor, at: datetime) -> int:
    """Erase the personal words of a case; answers how many steps lost words. Who may order it is the surface's."""
    if not because.strip():
        raise BadInput("because", _("请写明清除个人信息的理由。"))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM cases_case WHERE number = %s FOR NO KEY UPDATE", [number])
        row = cursor.fetchone()
        if row is None:
            raise NoSuchCase(number)
        cursor.execute(
            ERASE,
            {
                "id": row[0],
                "at": at,
                "because": because,
                "month": month_of(at),
                "person": by.person_id,
                "name": by.display_name,
                "token": by.token_id,
                "kind": AuditKind.ERASURE.value,
                "number": number,
                "detail": orjson.dumps({"because": because}).decode(),
            },
        )
        return int(cursor.fetchone()[0])

"""Takes a case in hand for some minutes: a soft claim, which tells the other seats and bars nobody."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from wangge.domains.desks.queries import InHand
from wangge.domains.organizations.logic import Actor
from wangge.groundwork.prepared import prepared_cursor

HELD_FOR = timedelta(minutes=3)

_TAKE = """
INSERT INTO desks_in_hand AS held (case_id, person_id, since, until) VALUES (%(case)s, %(person)s, %(at)s, %(until)s)
ON CONFLICT (case_id) DO UPDATE
   SET person_id = CASE WHEN held.until > %(at)s THEN held.person_id ELSE %(person)s END,
       since = CASE WHEN held.until > %(at)s THEN held.since ELSE %(at)s END,
       until = CASE WHEN held.until > %(at)s AND held.person_id <> %(person)s THEN held.until ELSE %(until)s END
RETURNING case_id, person_id, since
"""
_LET_GO = "DELETE FROM desks_in_hand WHERE case_id = %s AND person_id = %s"


def take_in_hand(*, case_id: UUID, by: Actor, at: datetime) -> InHand:
    """Take the case in hand, or go on having it; answers who has it. One statement.

    Whoever came first keeps it until he lets go or three minutes pass without a sign of him.
    """
    values = {"case": case_id, "person": by.person_id, "at": at, "until": at + HELD_FOR}
    with prepared_cursor() as cursor:
        cursor.execute(_TAKE, values)
        return InHand(*cursor.fetchone())


def let_go(*, case_id: UUID, by: Actor) -> None:
    """Let the case go, where it is his. One statement."""
    with prepared_cursor() as cursor:
        cursor.execute(_LET_GO, (case_id, by.person_id))


def clear_passed(*, at: datetime) -> int:
    """Remove what has passed; how many."""
    with prepared_cursor() as cursor:
        cursor.execute("DELETE FROM desks_in_hand WHERE until <= %s", (at,))
        return int(cursor.rowcount)

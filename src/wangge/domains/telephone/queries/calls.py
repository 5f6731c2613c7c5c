"""Questions to calls: one, those of a case, the missed ones, those before a seat; who sits where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from wangge.domains.telephone.logic.calls import Moments, is_before_its_seat, state_of

MOST = 100
_COLUMNS = (
    "id, call_id, caller, extension, person_id, first_at, rang_at, answered_at, ended_at, missed_at, settled,"
    " settled_at, settled_by_name, reason, case_number, recording, recording_seconds, recording_format, recorded_at,"
    " cleared_at"
)
MISSED = "answered_at IS NULL AND settled = '' AND COALESCE(missed_at, ended_at) IS NOT NULL"
_LOOKED_BACK = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it stands."""

    id: int
    call_id: str
    caller: str
    extension: str
    person_id: int | None
    first_at: datetime
    rang_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    missed_at: datetime | None
    settled: str
    settled_at: datetime | None
    settled_by_name: str
    reason: str
    case_number: str | None
    recording: str
    recording_seconds: int | None
    recording_format: str
    recorded_at: datetime | None
    cleared_at: datetime | None

    @property
    def moments(self) -> Moments:
        """What the state follows from."""
        return Moments(self.rang_at, self.answered_at, self.ended_at, self.missed_at, self.settled)

    @property
    def state(self) -> str:
        """How it stands."""
        return state_of(self.moments).value

    @property
    def is_playable(self) -> bool:
        """Whether the recording itself is here."""
        return self.recorded_at is not None and self.cleared_at is None


def call(number: int) -> Call | None:
    """One call; one statement."""
    found = _calls("id = %s", number)
    return found[0] if found else None


def call_of_exchange(call_id: str) -> Call | None:
    """The same by the number the exchange gave it."""
    found = _calls("call_id = %s", call_id)
    return found[0] if found else None


def missed_calls(*, before: int = 0) -> list[Call]:
    """Missed calls nobody settled, the newest first; one statement."""
    return _calls(
        f"{MISSED}{' AND id < %s' if before else ''} ORDER BY id DESC LIMIT {MOST + 1}", *([before] * bool(before))
    )


def recent_calls(*, before: int = 0) -> list[Call]:
    """All calls, the newest first; one statement."""
    return _calls(f"{'id < %s' if before else 'TRUE'} ORDER BY id DESC LIMIT {MOST + 1}", *([before] * bool(before)))


def calls_of_case(number: str) -> list[Call]:
    """The calls bound to a case; one statement."""
    return _calls("case_number = %s ORDER BY id", number)


def calls_before(*, person_id: int, at: datetime) -> list[Call]:
    """What rings or is spoken at a person's seat now, the newest first; one statement."""
    found = _calls(
        "person_id = %s AND first_at > %s ORDER BY id DESC LIMIT 20", person_id, at - _LOOKED_BACK
    )  # fmt: skip
    return [each for each in found if is_before_its_seat(each.moments, at=at, has_case=each.case_number is not None)]


def reached_since(calls: list[Call]) -> frozenset[int]:
    """Of these calls, those whose number was spoken with later; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id FROM telephone_call c WHERE c.id = ANY(%s) AND c.caller <> '' AND EXISTS (SELECT FROM"
            " telephone_call l WHERE l.caller = c.caller AND l.id > c.id AND l.answered_at IS NOT NULL)",
            [[each.id for each in calls]],
        )
        return frozenset(row[0] for row in cursor.fetchall())


def cases_of_number(caller: str, *, but: int = 0) -> tuple[list[str], int]:
    """The cases that calls of this number, but one, are bound to, and how many calls there were; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE(array_agg(DISTINCT case_number) FILTER (WHERE case_number IS NOT NULL), '{}'), count(*)"
            " FROM telephone_call WHERE caller = %s AND caller <> '' AND id <> %s",
            [caller, but],
        )
        numbers, count = cursor.fetchone()
        return list(numbers), int(count)


def extension_of(person_id: int) -> str:
    """Where a person sits; empty for nowhere."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extension FROM telephone_seat WHERE person_id = %s", [person_id])
        row = cursor.fetchone()
    return "" if row is None else str(row[0])


def _calls(condition: str, *values: Any) -> list[Call]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_COLUMNS} FROM telephone_call WHERE {condition}", values)
        return [Call(*row) for row in cursor.fetchall()]

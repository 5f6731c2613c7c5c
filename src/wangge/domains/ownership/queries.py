"""Owns the questions to ownership: the rules in force, kept in each process; sets, and how often rules were right.

The rules of a day are read once and again when a set has been released; that is looked at every two seconds at most.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import connection

from wangge.domains.ownership.logic.choosing import Choice, Matter, PlaceKind, Role, Rule, RuleIndex, Source
from wangge.groundwork import clock

RECHECK_SECONDS = 2.0
_COLUMNS = (
    "r.id, r.category, r.place_kind, r.place, r.department_code, r.role, r.source, r.source_text, r.valid_from,"
    " r.valid_to, r.condition_seq"
)


@dataclass(slots=True)
class _Held:
    """The released sets (effective day, id), newest first, and the rules of those asked for."""

    sets: tuple[tuple[date, int], ...] = ()
    indexes: dict[int, RuleIndex] = field(default_factory=dict)
    read_at: float = -1e9


_held = _Held()
_lock = threading.Lock()


def propose(*, matter: Matter, on: date) -> Choice | None:
    """The unit that the rules in force on a day name for a matter, with the rule; no statement once they are read."""
    chosen = set_in_force(on=on)
    if chosen is None:
        return None
    index = _held.indexes.get(chosen)
    if index is None:
        index = _held.indexes[chosen] = RuleIndex(rules_of_set(chosen))
    return index.choose(matter, on=on)


def set_in_force(*, on: date) -> int | None:
    """The id of the set that holds on a day."""
    now = clock.monotonic()
    if now - _held.read_at > RECHECK_SECONDS:
        with _lock:
            if now - _held.read_at > RECHECK_SECONDS:
                _read_sets(now)
    return next((key for day, key in _held.sets if day <= on), None)


def _read_sets(now: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT effective_on, id FROM ownership_rule_set WHERE released_at IS NOT NULL ORDER BY effective_on DESC"
        )
        _held.sets = tuple(cursor.fetchall())
    _held.indexes = {key: index for key, index in _held.indexes.items() if key in {each[1] for each in _held.sets}}
    _held.read_at = now


def forget_rules() -> None:
    """Read anew at the next question."""
    with _lock:
        _held.sets, _held.indexes, _held.read_at = (), {}, -1e9


def rules_of_set(rule_set_id: int) -> list[Rule]:
    """The rules of a set, draft or released."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_COLUMNS} FROM ownership_rule r WHERE r.rule_set_id = %s ORDER BY r.id", [rule_set_id])
        return [
            Rule(
                key, category, PlaceKind(kind), place, unit, Role(role) if role else None, Source(source), text, first,
                last, condition,
            )
            for key, category, kind, place, unit, role, source, text, first, last, condition in cursor.fetchall()
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """How a rule fared: how often it was proposed, how often taken, and what was chosen most in its place."""

    rule: Rule
    proposed: int
    taken: int
    instead: str
    instead_count: int

    @property
    def taken_percent(self) -> int:
        return self.taken * 100 // self.proposed


_FARED = f"""
WITH chosen AS (
    SELECT rule_id, chosen = proposed AS taken, chosen, count(*) AS n FROM ownership_proposal
     WHERE made_at >= %s AND made_at < %s GROUP BY 1, 2, 3
), fared AS (
    SELECT rule_id, sum(n)::bigint AS proposed, COALESCE(sum(n) FILTER (WHERE taken), 0)::bigint AS taken,
           (array_agg(chosen ORDER BY n DESC, chosen) FILTER (WHERE NOT taken))[1] AS instead,
           COALESCE(max(n) FILTER (WHERE NOT taken), 0)::bigint AS instead_count
      FROM chosen GROUP BY rule_id
)
SELECT {_COLUMNS}, f.proposed, f.taken, COALESCE(f.instead, ''), f.instead_count
  FROM fared f JOIN ownership_rule r ON r.id = f.rule_id ORDER BY f.proposed - f.taken DESC, r.id LIMIT %s
"""


def wrong_rules(*, since: datetime, before: datetime, most: int = 100) -> list[RuleRecord]:
    """How the rules proposed in a time fared, those most often not taken first. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_FARED, [since, before, most])
        return [
            RuleRecord(
                Rule(
                    row[0], row[1], PlaceKind(row[2]), row[3], row[4], Role(row[5]) if row[5] else None,
                    Source(row[6]), row[7], row[8], row[9], row[10],
                ),
                *row[11:],
            )
            for row in cursor.fetchall()
        ]  # fmt: skip


def share_taken(*, since: datetime, before: datetime) -> tuple[int, int]:
    """(proposals made, proposals taken) in a time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE chosen = proposed) FROM ownership_proposal"
            " WHERE made_at >= %s AND made_at < %s",
            [since, before],
        )
        made, taken = cursor.fetchone()
    return made, taken

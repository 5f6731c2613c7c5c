"""The recorded steps of a case with the personal words beside them, as the case page needs them: one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.logic.attempt import Attempt
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.stretches import Recorded
from wangge.domains.cases.queries.away import with_steps_away
from wangge.domains.cases.rows import CaseRow
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.cases.surroundings import as_recorded_in
from wangge.groundwork.clock import city_day

_STATEMENT = """
SELECT s.seq, s.verb, s.post, s.person_id, s.at, s.recorded_at, s.from_stage, s.to_stage, s.payload, s.hash,
       t.texts, t.erased_at
  FROM cases_step s LEFT JOIN cases_private_texts t ON t.case_id = s.case_id AND t.seq = s.seq
 WHERE s.month = %s AND s.case_id = %s ORDER BY s.seq
"""


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """One step: what its payload says, and the personal words (who may read them is the page's question)."""

    seq: int
    verb: str
    post: str
    person_id: int | None
    at: datetime
    recorded_at: datetime
    from_stage: str
    to_stage: str
    payload: Mapping[str, Any]
    hash: bytes
    words: Mapping[str, str]
    erased_at: datetime | None
    payload_text: str = ""

    @property
    def args(self) -> Mapping[str, str]:
        """The arguments of the move, as text."""
        found: Mapping[str, str] = self.payload.get("args") or {}
        return found

    @property
    def photos(self) -> list[tuple[str, str]]:
        """(kind, photo id) of the evidence."""
        evidence = self.payload.get("evidence") or {}
        return [(kind, piece[0]) for kind, pieces in evidence.items() if isinstance(pieces, list) for piece in pieces]


def history_of(row: CaseRow) -> tuple[HistoryStep, ...]:
    """Every step of the case, oldest first; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, [row.month, row.id])
        found = cursor.fetchall()
        if len(found) < row.version:
            found = _with_words(row, found)
        return tuple(_step(values) for values in found)


def _with_words(row: CaseRow, found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """The steps of a month that was moved away, beside the words that stayed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, texts, erased_at FROM cases_private_texts WHERE case_id = %s", [row.id])
        words = {seq: (texts, erased_at) for seq, texts, erased_at in cursor.fetchall()}
    return [(*step[:10], *words.get(step[0], (None, None))) for step in with_steps_away(row, found)]


def _step(values: tuple[Any, ...]) -> HistoryStep:
    payload, digest, texts, erased_at = values[8:]
    kept = orjson.loads(texts) if isinstance(texts, str) else (texts or {})
    words = {name: str(pair[1]) for name, pair in kept.items()}
    step: tuple[Any, ...] = (*values[:8], orjson.loads(payload), bytes(digest), words, erased_at, payload)
    return HistoryStep(*step)


def payload_bytes_of(step: HistoryStep) -> bytes:
    """The very bytes that were hashed."""
    return step.payload_text.encode()


def as_recorded(steps: Sequence[HistoryStep]) -> list[Recorded]:
    """The steps as the logic takes them, each under the rules of its cycle."""
    told: list[Recorded] = []
    rules: Rulebook | None = None
    for step in steps:
        day = step.payload.get("rules_on")
        if day or rules is None:
            rules = rulebook_on(datetime.fromisoformat(str(day)).date() if day else city_day(step.at))
        around = as_recorded_in(step.payload)
        attempt = Attempt(
            step.verb,
            str(step.payload.get("by", "")),
            step.post,
            civil(step.at),
            step.args,
            frozenset(step.payload.get("evidence") or ()),
            str(step.payload.get("unit", "")),
        )
        told.append(Recorded(attempt, step.from_stage, rules, around, int(step.payload.get("tier") or 0)))
    return told

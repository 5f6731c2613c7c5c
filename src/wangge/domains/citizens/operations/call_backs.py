"""Owns the list of call-backs: hears of closings and ratings, chooses by rule and lot, strikes out who was called.

Nobody is called who left no telephone, nor a denouncer, whose identity a seat may not see. The lot follows from the
case's number, the rule and the cycle, so that anyone can draw it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import connection

from wangge.domains.cases.draws import drawn_number, seed_of
from wangge.domains.cases.logic import conditions
from wangge.domains.cases.logic.state import CaseState, from_plain
from wangge.domains.cases.operations.writing import OUTBOX_TOPIC
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.citizens.logic.call_backs import Chosen, Closed, chosen_by
from wangge.domains.organizations.queries import city_tables
from wangge.groundwork.outbox.operations import OutboxFact

NEWS = timedelta(days=30)  # a history taken over from elsewhere is called back about no more
ENDED = frozenset({"closed", "archived"})
_CASES = """
SELECT c.id, c.number, c.source, c.stage, c.state, c.rules_on,
       (SELECT count(*) FROM citizens_follower f WHERE f.case_id = c.id),
       EXISTS (SELECT FROM cases_private_texts t WHERE t.case_id = c.id AND t.seq = 1
                AND jsonb_exists(t.texts, 'reporter_phone') AND NOT jsonb_exists(t.texts, 'denounces'))
  FROM cases_case c WHERE c.id = ANY(%s::uuid[]) AND c.source = ANY(%s) AND c.parent_id IS NULL
   AND (c.closed_at IS NULL OR c.closed_at > %s)
"""
_CHOOSE = """
INSERT INTO citizens_call_back (case_id, cycle, rule, lot, percent, chosen_at) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT ON CONSTRAINT call_back_once_a_cycle DO NOTHING
"""
_STRIKE = """
UPDATE citizens_call_back SET done_at = %s
 WHERE done_at IS NULL AND (case_id, cycle) IN (SELECT * FROM unnest(%s::uuid[], %s::int[]))
"""


def hear_closings(facts: Sequence[OutboxFact], at: datetime) -> None:
    """What cases as they stand now mean for the list; three statements a batch, however often it is told."""
    moved = {fact.key for fact in facts if fact.topic == OUTBOX_TOPIC and _matters(fact)}
    if not moved:
        return
    sources = sorted({source for row in city_tables().call_backs for source in row.sources})
    with connection.cursor() as cursor:
        cursor.execute(_CASES, [sorted(moved), sources, at - NEWS])
        cases = cursor.fetchall()
    chosen, over = _sorted(cases)
    with connection.cursor() as cursor:
        if chosen:
            cursor.executemany(_CHOOSE, [(*each, at) for each in chosen])
        if over:
            cursor.execute(_STRIKE, [at, [each for each, _cycle in over], [cycle for _each, cycle in over]])


def _matters(fact: OutboxFact) -> bool:
    told = orjson.loads(fact.payload)
    return told["stage"] in ENDED or told["verb"] == "reopen"


def _sorted(cases: Sequence[Any]) -> tuple[list[tuple[Any, ...]], list[tuple[Any, int]]]:
    chosen: list[tuple[Any, ...]] = []
    over: list[tuple[Any, int]] = []
    for case_id, number, source, stage, state_text, rules_on, followers, can_be_called in cases:
        state = from_plain(orjson.loads(state_text))
        if stage not in ENDED:
            over.append((case_id, state.cycle - 1))
        elif state.call_back:
            over.append((case_id, state.cycle))
        elif can_be_called and (found := _chosen(number, source, state, rules_on, followers)) is not None:
            chosen.append((case_id, state.cycle, found.rule, found.lot, found.percent))
    return chosen, over


def _chosen(number: str, source: str, state: CaseState, rules_on: Any, followers: int) -> Chosen | None:
    satisfied = rulebook_on(rules_on).settings["rating_satisfied"].split()
    closed = Closed(
        source=source,
        rated_down=bool(state.grade) and state.grade not in satisfied,
        reworked=state.rework > 0,
        late=bool(state.readings) and not conditions.on_time(state),
        followers=followers,
    )

    def lot_of(rule: str) -> int:
        return drawn_number(seed_of(number=number, rule=f"call_back:{rule}", cycle=state.cycle))

    return chosen_by(city_tables().call_backs, closed, lot_of=lot_of)

"""Owns the way from facts of the outbox to messages: a batch of facts, what this partner hears of them, one row each.

The messages and how far the partner has come are one transaction. A partner that does not take its messages gets no
further ones made: its facts stay in the outbox.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import orjson
from django.db import connection

from wangge.domains.cases.operations.writing import OUTBOX_TOPIC
from wangge.domains.cases.situations import Situation, situations_at
from wangge.domains.partners.logic.messages import Event, Hearing, Wall, body_of, id_of
from wangge.domains.partners.models import Message, Partner
from wangge.domains.partners.queries import TO_GO, consumer_of
from wangge.groundwork.outbox.operations import OutboxFact, next_facts

FACTS_AT_ONCE = 500
MOST_TO_GO = 20


def make_messages(*, partner: Partner, at: datetime) -> int:
    """Make messages of the next facts where there are not enough already; the number of facts read."""
    if Message.objects.filter(TO_GO, partner=partner).count() >= MOST_TO_GO:
        return 0
    with next_facts(consumer=consumer_of(partner.pk), most=FACTS_AT_ONCE, at=at) as facts:
        events = [event for event in _events(facts) if _hearing(partner).hears(event)]
        _write(partner, events, at)
    return len(facts)


def _hearing(partner: Partner) -> Hearing:
    return Hearing(Wall(partner.wall), partner.code, frozenset(partner.stages))


def _events(facts: Sequence[OutboxFact]) -> Iterator[Event]:
    """The steps among the facts in their order; a step without a case was never told of."""
    pairs = [(fact.key, int(orjson.loads(fact.payload)["seq"])) for fact in facts if fact.topic == OUTBOX_TOPIC]
    found = situations_at(pairs)
    return (_event(found[pair]) for pair in pairs if pair in found)


def _event(case: Situation) -> Event:
    return Event(
        case.case_id, case.seq, case.number, case.verb, case.to_stage, case.district_code, case.unit, case.inner_unit,
        case.at,
    )  # fmt: skip


def _write(partner: Partner, events: Sequence[Event], at: datetime) -> None:
    """One statement for all messages; a content made before, as in a replay, is to go once more."""
    pieces = [events[start : start + partner.batch] for start in range(0, len(events), partner.batch)]
    if not pieces:
        return
    bodies = [body_of(piece) for piece in pieces]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO partners_message (partner_id, webhook_id, body, events, made_at, attempts, last_error)"
            " SELECT %s, made.webhook_id, made.body, made.events, %s, 0, ''"
            " FROM unnest(%s::text[], %s::bytea[], %s::int[]) WITH ORDINALITY"
            "  AS made (webhook_id, body, events, place) ORDER BY made.place"
            " ON CONFLICT (webhook_id) DO UPDATE SET made_at = excluded.made_at, sent_at = NULL, dropped_at = NULL,"
            "  attempts = 0, last_error = ''",
            [partner.pk, at, [id_of(partner.pk, body) for body in bodies], bodies, [len(piece) for piece in pieces]],
        )

"""Who hears what: every consumer of the outbox, and for each word of ``message_to`` the person or inbox it means.

The table of moves says whom a step is told to; this file says who that is in a given case. A further reader of facts
(a channel to citizens' telephones, another system) is one more ``Consumer``: it has a position of its own, hears each
fact once, and never holds up another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson

from wangge.domains.cases.operations.writing import OUTBOX_TOPIC
from wangge.domains.cases.situations import Situation, situations_at
from wangge.domains.citizens.operations.call_backs import hear_closings
from wangge.domains.hotline.operations.sending import hear_outgoing
from wangge.domains.notices import inboxes
from wangge.domains.notices.operations import InboxTelling, Telling, tell, tell_inboxes
from wangge.domains.organizations.queries import city_tables
from wangge.domains.replies.operations.queueing import hear_replies
from wangge.groundwork.outbox.operations import OutboxFact
from wangge.standards.wording import words_of

NEWS = timedelta(days=30)
"""A step older than this is no news: a history taken over from elsewhere fills nobody's inbox."""


@dataclass(frozen=True, slots=True)
class Consumer:
    """One reader of the outbox; what ``hear`` writes to this database happens once for each fact."""

    name: str
    hear: Callable[[Sequence[OutboxFact], datetime], None]


@dataclass(frozen=True, slots=True)
class Addressee:
    """A person (his id), or the shared inbox of a post, a unit or a case."""

    person_id: int | None = None
    inbox: str = ""
    is_desk: bool = False


def _unit(case: Situation) -> Addressee:
    """The unit the case lies with; in a step between a district and its units, the inner one."""
    code = case.inner_unit if case.verb in ("district_dispatch", "district_order_rework") else case.unit
    return Addressee(inbox=inboxes.of_unit(code) if code else "")


def _platform(case: Situation) -> Addressee:
    """The district's platform: towards the city it is the unit of the case."""
    return Addressee(inbox=inboxes.of_unit(case.unit) if case.unit else "")


def _reporter(case: Situation) -> Addressee:
    """Who reported: himself where he has an account, else the inbox of his case (he asks by its number)."""
    if case.entry_post in ("reporter", "collector"):
        return Addressee(person_id=case.entry_person_id)
    return Addressee(inbox=inboxes.of_case(case.number))


# Word of message_to → whom it means. Every other word is a post: the message lies in its inbox, where the desk of one
# district sees its own district's.
WHO: Mapping[str, Callable[[Situation], Addressee]] = {
    "department": _unit,
    "district_dispatcher": _platform,
    "verifier": lambda case: Addressee(person_id=case.assignee_id),
    "handler": lambda case: Addressee(person_id=case.handler_id),
    "collector": _reporter,
    "reporter": _reporter,
}


def hear_steps(facts: Sequence[OutboxFact], at: datetime) -> None:
    """Tell each step's addressees; at most one statement each for reading, people and inboxes.

    Of the steps written in one act only the last one is told to desks: the others' work is done already.
    """
    steps = {(fact.key, int(orjson.loads(fact.payload)["seq"])): fact for fact in facts if fact.topic == OUTBOX_TOPIC}
    last = {(fact.transaction, case_id): seq for (case_id, seq), fact in steps.items()}
    people: list[Telling] = []
    shared: list[InboxTelling] = []
    for pair, case in situations_at(steps).items():
        fact = steps[pair]
        if at - case.at > NEWS:
            continue
        is_last = last[fact.transaction, case.case_id] == case.seq
        for who in _addressees(fact, case):
            if who.person_id is not None and who.person_id != case.by_person_id:
                people.append(Telling(who.person_id, case.verb, _text(case), _source(case), case.number))
            elif who.inbox and (is_last or not who.is_desk):
                shared.append(
                    InboxTelling(
                        who.inbox, case.verb, _text(case), _source(case), case.number, case.district_code,
                        case.by_person_id,
                    )
                )  # fmt: skip
    if people:
        tell(people, at=at)
    if shared:
        tell_inboxes(shared, at=at)


def _addressees(fact: OutboxFact, case: Situation) -> Iterator[Addressee]:
    words = orjson.loads(fact.payload)["to"]
    for word in words.split() if isinstance(words, str) else words:
        who = WHO.get(word)
        yield who(case) if who is not None else Addressee(inbox=inboxes.of_post(word), is_desk=True)


def _text(case: Situation) -> str:
    tables = city_tables()
    verb = words_of(tables, "verb").get(case.verb, case.verb)
    stage = words_of(tables, "stage").get(case.to_stage, case.to_stage)
    return f"{case.number} {verb}，现为“{stage}”"


def _source(case: Situation) -> str:
    return f"step:{case.case_id}/{case.seq}"


CONSUMERS: tuple[Consumer, ...] = (
    Consumer("notices", hear_steps),
    Consumer("hotline", hear_outgoing),
    Consumer("call_backs", hear_closings),
    Consumer("replies", hear_replies),
)

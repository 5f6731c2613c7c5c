"""What happens to cases without a click: ends that pass write their step, rules act on cases that wait.

Every case is its own transaction and is locked alone; a case another writer holds is passed over. So any number of
workers may do this at once, and each effect happens once. Nothing here reads a clock: jobs say when it is.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.logic.automation import next_act
from wangge.domains.cases.logic.conditions import in_span, parsed
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.operations import families
from wangge.domains.cases.operations.moving import let_rules_act, settle, write
from wangge.domains.cases.operations.reporting import Reported
from wangge.domains.cases.rows import SELECT, CaseRow, draft_of, row_of
from wangge.domains.cases.rules import eras
from wangge.domains.organizations.logic import SYSTEM as SYSTEM_ACTOR
from wangge.standards.tables import Automation

log = logging.getLogger(__name__)
_LOCK = " FOR NO KEY UPDATE OF c SKIP LOCKED"
_FIRST_ID = UUID(int=0)
# Terms that may come to hold though nobody touched the case: all others stay as they were judged once.
_TERMS_OF_THE_MOMENT = frozenset({"hours", "assignee", "closed_for"})


# ---- ends that pass --------------------------------------------------------------------------------------------


def fire_due_timers(*, at: datetime, most: int = 200) -> int:
    """Write the steps of up to ``most`` cases whose suspension, postponement or question ended by ``at``.

    Each step carries the moment it was due; the number of cases written. A case that fails is logged and left for the
    next call.
    """
    written = 0
    passed_over: list[UUID] = []
    while written + len(passed_over) < most:
        done = _fire_next(at, passed_over)
        if done is None:
            break
        written += done
    return written


def _fire_next(at: datetime, passed_over: list[UUID]) -> int | None:
    """One due case: 1 written, 0 passed over, None when there is none left."""
    case_id = None
    try:
        with transaction.atomic():
            row = _one(
                f"{SELECT} WHERE c.timer_at <= %s AND c.id <> ALL(%s::uuid[]) ORDER BY c.timer_at LIMIT 1{_LOCK}",
                [at, passed_over],
            )
            if row is None:
                return None
            case_id = row.id
            if _act(row, at):
                return 1
    except Exception:
        if case_id is None:
            raise
        log.exception("the due step of case %s could not be written", case_id)
    passed_over.append(case_id)
    return 0


# ---- rules -----------------------------------------------------------------------------------------------------


def let_rules_act_on(*, number: str, at: datetime) -> bool:
    """Let the rules act on one case now, in a transaction of its own; whether anything was written.

    To be called after a report stands (a rule draws by the case's number, which only then exists).
    """
    with transaction.atomic():
        row = _one(f"{SELECT} WHERE c.number = %s{_LOCK}", [number])
        return row is not None and _act(row, at)


def after_report(*, reported: Reported, at: datetime) -> bool:
    """``let_rules_act_on`` for a case just reported; costs nothing where no rule stands at its stage.

    A door calls it once its report is committed. The report stands whatever happens here: what fails is logged, and
    the next pass over the waiting cases tries again.
    """
    if not reported.draft.rules.rules_by_stage.get(reported.draft.state.stage):
        return False
    try:
        return let_rules_act_on(number=reported.number, at=at)
    except Exception:
        log.exception("the rules could not act on case %s", reported.number)
        return False


@dataclass(frozen=True, slots=True)
class Queue:
    """Cases at one stage under one era of rules, any of which a rule might move now.

    ``closed_by``: of closed cases only those closed until then. ``of_the_moment``: a rule that refused may allow later
    though nobody touched the case.
    """

    stage: str
    first: date
    end: date | None
    closed_by: datetime | None = None
    of_the_moment: bool = False

    @property
    def key(self) -> tuple[str, date]:
        return self.stage, self.first


@dataclass(slots=True)
class Place:
    """How far a queue was walked, and which cases were refused at which version: what is not asked again."""

    moment: datetime | None = None
    case_id: UUID = _FIRST_ID
    refused: dict[UUID, int] = field(default_factory=dict)
    still: dict[UUID, int] = field(default_factory=dict)  # those of them met again on this walk

    def begin_again(self) -> None:
        """Walk from the beginning; cases that left the queue meanwhile are forgotten."""
        self.moment, self.case_id = None, _FIRST_ID
        self.refused, self.still = self.still, {}


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look at a queue came to; ``at_end``: the next look begins again."""

    looked: int
    acted: int
    at_end: bool


def waiting_queues(*, at: datetime) -> list[Queue]:
    """The queues in which a rule might act at ``at``: none under a set without rules; no statement is made.

    Of the stages that end a case only ``closed`` is walked: it alone has an index to find the old ones by.
    """
    queues = []
    for era in eras():
        for stage, rules in era.rules.rules_by_stage.items():
            ending = era.rules.stages[stage].is_ending
            possible = [rule for rule in rules if _may_hold(rule, at)]
            if not possible or (ending and stage != "closed"):
                continue
            of_the_moment = any(name in _TERMS_OF_THE_MOMENT for rule in possible for name, _op, _v in _terms(rule))
            closed_by = at - timedelta(minutes=_least_wait(era.rules, possible)) if ending else None
            queues.append(Queue(stage, era.first, era.end, closed_by, of_the_moment))
    return queues


def look_at_queue(queue: Queue, place: Place, *, at: datetime, most: int = 200) -> Looked:
    """Let the rules act on the next ``most`` cases of a queue, each in its own transaction; ``place`` moves on.

    A case no rule moves is only read, and where nothing but a further step could change the answer it is not judged
    again before it has one.
    """
    rows = _next_rows(queue, place, most)
    acted = 0
    for row in rows:
        place.moment, place.case_id = row.closed_at, row.id
        if place.refused.get(row.id) == row.version:
            place.still[row.id] = row.version
            continue
        would_act = _would_act(row, at)
        if would_act:
            acted += _act_alone(row.id, at)
        elif would_act is False and not queue.of_the_moment:
            place.refused[row.id] = place.still[row.id] = row.version
    at_end = len(rows) < most
    if at_end:
        place.begin_again()
    return Looked(len(rows), acted, at_end)


def _would_act(row: CaseRow, at: datetime) -> bool | None:
    """Whether a rule would move the case as it was read (judged again under its lock); None when judging failed."""
    try:
        draft = draft_of(row, at)
        settle(draft, at)
        return next_act(draft.rules, draft.state, civil(at), draft.around) is not None
    except Exception:
        log.exception("the rules could not be judged on case %s", row.number)
        return None


def _act_alone(case_id: UUID, at: datetime) -> bool:
    try:
        with transaction.atomic():
            row = _one(f"{SELECT} WHERE c.id = %s{_LOCK}", [case_id])
            return row is not None and _act(row, at)
    except Exception:
        log.exception("a rule's step on case %s could not be written", case_id)
        return False


def _act(row: CaseRow, at: datetime) -> bool:
    """On a locked row: the steps of passed ends, then those of rules; written when there are any."""
    draft = draft_of(row, at)
    settle(draft, at)
    let_rules_act(draft, at)
    if not draft.steps:
        return False
    write(draft, row, by=SYSTEM_ACTOR)
    families.follow(draft, row, by=SYSTEM_ACTOR, at=at)
    return True


def _terms(rule: Automation) -> Sequence[tuple[str, str, str]]:
    return parsed(rule.condition)


def _may_hold(rule: Automation, at: datetime) -> bool:
    """Whether the terms that ask the time of day alone let the rule act now."""
    return all(in_span(civil(at), value) for name, _op, value in _terms(rule) if name == "hours")


def _least_wait(rules: Rulebook, possible: Sequence[Automation]) -> int:
    """Minutes that must have passed since the closing before any of the rules can hold.

    Counted minutes are never more than those of the wall clock, so this holds for working units as well.
    """
    waits = [
        max((rules.length(value).minutes for name, _op, value in _terms(rule) if name == "closed_for"), default=0)
        for rule in possible
    ]
    return min(waits, default=0)


# The queue of an open stage is small and walked by id; the list of its ids is made first, as the primary key of all
# cases would otherwise tempt the planner.
_OPEN = f"""
WITH waiting AS MATERIALIZED (
    SELECT id FROM cases_case WHERE stage = %(stage)s AND rules_on >= %(first)s AND rules_on < %(end)s
), next AS MATERIALIZED (SELECT id FROM waiting WHERE id > %(case_id)s ORDER BY id LIMIT %(most)s)
{SELECT} WHERE c.id IN (SELECT id FROM next) ORDER BY c.id
"""
# No case closes before the day whose rules it keeps: the era bounds the walk along the moments of closing.
_CLOSED = f"""
{SELECT} WHERE c.stage = 'closed' AND c.closed_at <= %(closed_by)s AND c.closed_at >= %(from)s
   AND (c.closed_at, c.id) > (%(from)s, %(case_id)s) AND c.rules_on >= %(first)s AND c.rules_on < %(end)s
 ORDER BY c.closed_at, c.id LIMIT %(most)s
"""


def _next_rows(queue: Queue, place: Place, most: int) -> list[CaseRow]:
    first = max(queue.first, date(1, 1, 2))
    values: dict[str, Any] = {
        "stage": queue.stage,
        "first": first,
        "end": queue.end or date.max,
        "case_id": place.case_id,
        "closed_by": queue.closed_by,
        "from": place.moment or datetime.fromisoformat(f"{first.isoformat()}T00:00:00+08:00"),
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(_OPEN if queue.closed_by is None else _CLOSED, values)
        return [row_of(found) for found in cursor.fetchall()]


def _one(statement: str, values: list[Any]) -> CaseRow | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = cursor.fetchone()
    return None if found is None else row_of(found)

"""A ruling on a hard case: kept with its step, made a rule of the newest draft by minutes, or left to its case."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.cases.conftest import START, actor, small_city
from tests.jobs.conftest import GRID, Hands, fresh_rules, hands
from wangge.domains.organizations.logic import TERMINAL
from wangge.domains.ownership import queries
from wangge.domains.ownership.logic.choosing import Matter, PlaceKind, Source
from wangge.domains.ownership.models import MeetingDecision, RuleRow, RuleSet, Ruling
from wangge.domains.ownership.operations.rule_sets import NewRule, RuleSetRefused, add_rules, release, start_draft
from wangge.domains.ownership.operations.rulings import Minutes, leave_ruling_alone, make_rule_of_ruling

__all__ = ["actor", "fresh_rules", "hands", "small_city"]
pytestmark = pytest.mark.django_db
DAY = date(2024, 3, 13)


@pytest.fixture
def ruling(hands: Hands) -> Ruling:
    """Two units sent it back; the duty leader ruled that it is dept-b's."""
    queries.forget_rules()
    number = hands.report()
    hands.to_handling(number)
    for turn, unit in enumerate(("dept-a", "dept-b")):
        at = START + timedelta(minutes=30 + 10 * turn)
        hands.step(number, unit, "send_back", at, reason="不归我单位")
        other = "dept-b" if unit == "dept-a" else "dept-a"
        hands.step(number, "dispatcher-1", "redispatch", at + timedelta(minutes=5), department=other)
    hands.step(number, "dept-a", "request_ruling", START + timedelta(minutes=60), reason="请协调")
    ruled = START + timedelta(minutes=90)
    hands.step(number, "duty_leader-1", "rule_department", ruled, department="dept-b", reason="协调会确认")
    return Ruling.objects.get(case_number=number)


def minutes(**changed: Any) -> Minutes:
    return Minutes(**{"minutes_no": "纪要 3 号", "held_on": DAY, "decision": "井盖归乙", **changed})


def make(ruling: Ruling, **changed: Any) -> int:
    return make_rule_of_ruling(ruling_id=ruling.id, minutes=minutes(**changed), by=TERMINAL, at=START, on=DAY)


def test_a_ruling_is_kept_with_what_it_says(ruling: Ruling) -> None:
    assert (ruling.category, ruling.department_code, ruling.grid_code) == ("component:0101", "dept-b", GRID)
    assert ruling.ruled_by is not None
    assert ruling.ruled_by.username == "duty_leader-1"
    assert (ruling.decision, ruling.left_alone) == (None, "")


def test_minutes_make_it_a_rule_in_place_of_the_one_that_said_otherwise(ruling: Ruling) -> None:
    old = NewRule("component:0101", Source.AGREEMENT, "旧分工", DAY, "dept-a")
    draft = start_draft(title="草案", by=TERMINAL, at=START, on=DAY)
    add_rules(rule_set_id=draft, rules=[old], by=TERMINAL, at=START)
    assert make(ruling, reach=PlaceKind.CITY) == draft, "the newest draft takes it"
    (rule,) = RuleRow.objects.all()
    assert (rule.department_code, rule.source, rule.decision) == ("dept-b", "meeting", MeetingDecision.objects.get())
    release(rule_set_id=draft, effective_on=DAY, past={}, by=TERMINAL, at=START)
    proposed = queries.propose(matter=Matter("component:0101"), on=DAY)
    assert proposed is not None
    assert proposed.department == "dept-b"
    with pytest.raises(RuleSetRefused, match="已经处理过"):
        make(ruling, reach=PlaceKind.CITY)


def test_without_a_draft_one_is_begun_and_the_rule_reaches_as_far_as_was_chosen(ruling: Ruling) -> None:
    draft = make(ruling, reach=PlaceKind.RESPONSIBILITY_GRID)
    assert RuleSet.objects.get(id=draft).title == "纪要 3 号 后的职责分工"
    rule = RuleRow.objects.get()
    assert (rule.place_kind, rule.place) == ("responsibility_grid", GRID)


def test_what_cannot_be_is_refused_and_nothing_is_written(ruling: Ruling) -> None:
    for wrong in ({"reach": PlaceKind.ROAD}, {"minutes_no": " "}, {"held_on": DAY + timedelta(days=9)}):
        with pytest.raises(RuleSetRefused):
            make(ruling, **wrong)
    with pytest.raises(RuleSetRefused, match="没有这项"):
        make_rule_of_ruling(ruling_id=ruling.id + 1, minutes=minutes(), by=TERMINAL, at=START, on=DAY)
    assert not MeetingDecision.objects.exists()
    assert not RuleSet.objects.exists()


def test_a_ruling_left_alone_says_why_and_is_settled(ruling: Ruling) -> None:
    with pytest.raises(RuleSetRefused, match="为何"):
        leave_ruling_alone(ruling_id=ruling.id, why=" ", by=TERMINAL, at=START)
    leave_ruling_alone(ruling_id=ruling.id, why="临时工程，仅此一件", by=TERMINAL, at=START)
    with pytest.raises(RuleSetRefused, match="已经处理过"):
        make(ruling)
    ruling.refresh_from_db()
    assert ruling.left_alone == "临时工程，仅此一件"


def test_a_ruling_is_settled_one_way_only(ruling: Ruling) -> None:
    make(ruling, reach=PlaceKind.CITY)
    with pytest.raises(IntegrityError, match="ruling_settled_one_way"), transaction.atomic():
        Ruling.objects.update(left_alone="也不成规则")

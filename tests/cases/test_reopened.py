"""What the living city brought to light: reopened without a class, an appeal before its appellant, a day off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cases.conftest import BEGAN, START
from tests.cases.photographs import photo_of
from tests.cases.test_loop import PLACE, Find, minutes, step, walk_to_handling
from wangge.domains.cases.failures import MoveRefused
from wangge.domains.cases.operations.refilling import Refilled, refill_deadlines
from wangge.domains.cases.operations.reporting import Report, report_case
from wangge.domains.cases.rows import CaseRow, load
from wangge.domains.cases.rules import forget_rules
from wangge.domains.cases.verifying import verification
from wangge.domains.organizations.models import Person, PostHolding

pytestmark = pytest.mark.django_db
CLASS = {"category": "event:0201", "condition_seq": 1}


def row_of(number: str) -> CaseRow:
    row = load(number)
    assert row is not None
    return row


def reported(actor: Find, *, entry: str = "", **more: Any) -> str:
    who = actor("collector-1")
    kinds = ("photo_before", "photo_after") if entry else ("photo_before",)
    report = Report(
        source="collector", category="event:0201", description="店外经营", location=PLACE,
        photos={kind: [photo_of(who, START)] for kind in kinds}, stated_entry=entry, **more,
    )  # fmt: skip
    return report_case(report=report, by=who, at=START).number


def sound() -> bool:
    with verification() as verified:
        return not any(answer.breaks for answer in verified.answers)


def test_a_self_handled_case_that_is_reopened_is_filed_before_it_is_dispatched_or_split(actor: Find) -> None:
    number = reported(actor, entry="report_self_handled")
    step(actor, number, "acceptor-1", "confirm_self_handled", minutes(5))
    step(actor, number, "duty_leader-1", "reopen", minutes(60), reason="反弹")
    for verb, args in (("dispatch", {"department": "dept-a"}), ("split", {"departments": "dept-a dept-b"})):
        with pytest.raises(MoveRefused) as refused:
            step(actor, number, "dispatcher-1", verb, minutes(65), **args, reason="")
        assert refused.value.reason == "no_condition"
    step(actor, number, "dispatcher-1", "return_to_filing", minutes(66), reason="未定立案条件")
    step(actor, number, "duty_leader-1", "file_case", minutes(70), **CLASS)
    step(actor, number, "dispatcher-1", "dispatch", minutes(75), department="dept-a")
    row = row_of(number)
    assert (row.stage, row.state.handling.allowance) == ("handling", 480)
    assert row.handling_due_at is not None
    assert sound()


@pytest.mark.parametrize("verb", ["endorse_appeal", "dismiss_appeal"])
def test_nobody_judges_the_appeal_he_filed_whatever_posts_he_holds(actor: Find, verb: str) -> None:
    both = Person.objects.get(username="dept-a")
    PostHolding.objects.create(person=both, post="dispatcher", valid_from=BEGAN)
    number = reported(actor)
    walk_to_handling(actor, number)
    step(actor, number, "dept-a", "file_appeal", minutes(20), kind="wrong_owner", reason="非本单位")
    with pytest.raises(MoveRefused) as refused:
        step(actor, number, "dept-a", verb, minutes(21), reason="同意")
    assert refused.value.reason == "same_person"
    step(actor, number, "dispatcher-1", "endorse_appeal", minutes(22))
    assert sound()


@pytest.fixture
def closed_on(settings: Any, tmp_path: Path) -> Callable[[str], None]:
    """The city closes a day, by a row of its own calendar."""

    def close(day: str) -> None:
        (tmp_path / "calendars").mkdir()
        (tmp_path / "calendars" / "cn_days.csv").write_text(
            "year,from,to,kind,name_zh,notice_number,source,confidence,note\n"
            f"2024,{day},{day},holiday,台风停工,市府〔2024〕1号,市政府通知,A,\n",
            encoding="utf-8",
        )
        settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"overlay": tmp_path})
        settings.CITY_OVERLAY = tmp_path
        forget_rules()

    return close


def test_a_day_off_declared_ahead_moves_the_deadline_and_leaves_what_was_told_to_people(
    actor: Find, closed_on: Callable[[str], None]
) -> None:
    number, other = reported(actor), reported(actor)
    for each in (number, other):
        step(actor, each, "acceptor-1", "accept", minutes(5), category="event:0201")
        step(actor, each, "duty_leader-1", "file_case", minutes(10), **CLASS)
        step(actor, each, "dispatcher-1", "dispatch", minutes(300), department="dept-a")
    step(actor, other, "supervisor-1", "supervise", minutes(310), text="请尽快", level=1)
    before = row_of(number).handling_due_at
    replied_by = row_of(other).state.supervision
    closed_on("2024-03-14")
    assert refill_deadlines() == Refilled(2, 0)
    assert row_of(number).handling_due_at == row_of(number).burns_at == before + timedelta(days=1)  # type: ignore[operator]
    assert row_of(other).state.supervision == replied_by
    assert sound()
    assert refill_deadlines() == Refilled(0, 0)
    forget_rules()

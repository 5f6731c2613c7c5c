"""The clocks told again as stretches: rounds, pauses, rework, as a person disputes them."""

from __future__ import annotations

from datetime import date

from wangge.domains.cases.logic.attempt import Attempt
from wangge.domains.cases.logic.moments import moment
from wangge.domains.cases.logic.stretches import Recorded, Story, tell
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.cases.surroundings import AsRecorded

DAY = "2024-03-13"
PLACE = frozenset({"photo_before", "location"})


def told(*moves: tuple[str, str, str, str, dict[str, str]]) -> Story:
    """A case of (time, verb, post, stage before, arguments)."""
    rules = rulebook_on(date(2024, 3, 13))
    start = [
        ("08:10", "report", "collector", "new", {"source": "collector", "category": "component:0101"}),
        ("08:15", "accept", "acceptor", "reported", {"category": "component:0101"}),
        ("08:20", "file_case", "duty_leader", "accepted", {"category": "component:0101", "condition_seq": "2"}),
        ("08:25", "dispatch", "dispatcher", "filed", {"department": "dept-a"}),
    ]
    return tell(
        Recorded(Attempt(verb, "7", post, moment(f"{DAY} {at}"), args, PLACE), stage, rules, AsRecorded())
        for at, verb, post, stage, args in (*start, *moves)
    )


def at(text: str) -> int:
    return moment(f"{DAY} {text}")


def test_a_round_begins_with_dispatch_and_carries_its_deadline() -> None:
    (only,) = told().rounds
    assert (only.number, only.start, only.due, only.ended) == (1, at("08:25"), at("14:25"), 0)
    assert [(each.status, each.start) for each in only.stretches] == [("running", at("08:25"))]


def test_a_return_pauses_and_the_same_unit_goes_on_in_the_same_round() -> None:
    story = told(
        ("09:00", "send_back", "department", "handling", {"reason": "x"}),
        ("09:30", "redispatch", "dispatcher", "returned", {"department": "dept-a"}),
    )
    (only,) = story.rounds
    assert [(each.status, each.start, each.end) for each in only.stretches] == [
        ("running", at("08:25"), at("09:00")),
        ("paused", at("09:00"), at("09:30")),
        ("running", at("09:30"), 0),
    ]
    assert only.due == at("14:55")


def test_another_unit_begins_a_round_of_its_own() -> None:
    story = told(
        ("09:00", "send_back", "department", "handling", {"reason": "x"}),
        ("09:30", "redispatch", "dispatcher", "returned", {"department": "dept-b"}),
    )
    first, second = story.rounds
    assert (first.unit, first.ended, second.unit, second.start) == ("dept-a", at("09:30"), "dept-b", at("09:30"))


def test_rework_begins_the_second_round_and_the_first_keeps_its_reading() -> None:
    story = told(
        ("10:25", "report_handled", "department", "handling", {}),
        ("10:40", "order_rework", "dispatcher", "feedback", {"reason": "x"}),
    )
    first, second = story.rounds
    assert (first.ended, first.used, first.allowance, first.in_time) == (at("10:25"), 120, 240, True)
    assert (second.number, second.start, second.ended) == (2, at("10:40"), 0)

"""The closed loop through its operations on the database: report, moves, refusals, chain and receipts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from tests.cases.conftest import START
from tests.cases.photographs import photo_of
from wangge.domains.cases.answers import answer_of_row
from wangge.domains.cases.failures import MoveRefused, NoSuchCase, StaleVersion
from wangge.domains.cases.operations.moving import Moved, Order, move_case
from wangge.domains.cases.operations.reporting import Report, report_case
from wangge.domains.cases.rows import draft_of, load
from wangge.domains.organizations.logic import Actor

PLACE = {"lon": 113.134, "lat": 27.827, "address": "建设路 1 号"}
Find = Callable[[str], Actor]


def minutes(number: int) -> datetime:
    return START + timedelta(minutes=number)


def filed_report(actor: Find, at: datetime = START) -> str:
    who = actor("collector-1")
    report = Report(
        source="collector", category="component:0101", description="井盖缺失", location=PLACE,
        photos={"photo_before": [photo_of(who, at)]},
    )  # fmt: skip
    return report_case(report=report, by=who, at=at).number


def step(actor: Find, number: str, username: str, verb: str, at: datetime, **given: object) -> Moved:
    photos = {kind: [photo_of(actor(username), at)] for kind in given.pop("photos", ())}  # type: ignore[attr-defined]
    location = given.pop("location", None)
    order = Order(number, verb, given, photos, location)  # type: ignore[arg-type]
    return move_case(order=order, by=actor(username), at=at)


def walk_to_handling(actor: Find, number: str) -> None:
    step(actor, number, "acceptor-1", "accept", minutes(5), category="component:0101")
    step(actor, number, "duty_leader-1", "file_case", minutes(10), category="component:0101", condition_seq=2)
    step(actor, number, "dispatcher-1", "dispatch", minutes(15), department="dept-a")


@pytest.mark.django_db
def test_a_report_is_filed_dispatched_handled_inspected_and_closed(actor: Find) -> None:
    number = filed_report(actor)
    walk_to_handling(actor, number)
    step(actor, number, "dept-a", "report_handled", minutes(210), photos=["photo_after"])
    step(actor, number, "dispatcher-1", "forward_result", minutes(215))
    step(actor, number, "acceptor-1", "send_inspection", minutes(220), assignee="collector-2")
    step(actor, number, "collector-2", "pass_inspection", minutes(240), photos=["photo_site"], location=PLACE)
    step(actor, number, "duty_leader-1", "close_case", minutes(250))
    row = load(number)
    assert row is not None
    assert (row.stage, row.version) == ("closed", 9)
    answer = answer_of_row(row, draft_of(row, minutes(250)), by=actor("duty_leader-1"), at=minutes(250))
    assert [line["used_minutes"] for line in answer["deadlines"] if line["clock"] == "handling"] == [195]
    assert "reopen" in answer["open_verbs"]


@pytest.mark.django_db
def test_photos_are_kept_in_the_order_a_replay_gives_them(actor: Find) -> None:
    who = actor("collector-1")
    given = {kind: [photo_of(who, START)] for kind in ("photo_before", "photo_after")}
    report = Report(
        source="collector", category="component:0101", description="井盖缺失", location=PLACE, photos=given,
        stated_entry="report_self_handled",
    )  # fmt: skip
    row = load(report_case(report=report, by=who, at=START).number)
    assert row is not None
    assert [kind for kind, *_rest in row.photos] == ["photo_after", "photo_before"]


@pytest.mark.django_db
def test_a_number_is_district_day_and_the_next_of_that_day(actor: Find) -> None:
    first, second = filed_report(actor), filed_report(actor, minutes(1))
    assert first == "000000-20240313-00001"
    assert second == "000000-20240313-00002"


@pytest.mark.django_db
def test_a_stale_version_is_refused_and_nothing_is_written(actor: Find) -> None:
    number = filed_report(actor)
    step(actor, number, "acceptor-1", "accept", minutes(5), category="component:0101")
    order = Order(number, "return_to_acceptor", {"reason": "x"}, {}, version=1)
    with pytest.raises(StaleVersion) as refused:
        move_case(order=order, by=actor("duty_leader-1"), at=minutes(6))
    assert refused.value.current == 2


@pytest.mark.django_db
def test_a_unit_behind_the_wall_finds_no_such_case(actor: Find) -> None:
    number = filed_report(actor)
    walk_to_handling(actor, number)
    with pytest.raises(NoSuchCase):
        step(actor, number, "dept-b", "acknowledge", minutes(20))


@pytest.mark.django_db
def test_a_refusal_names_its_reason_and_the_posts_that_may(actor: Find) -> None:
    number = filed_report(actor)
    with pytest.raises(MoveRefused) as refused:
        step(actor, number, "duty_leader-1", "accept", minutes(5), category="component:0101")
    assert refused.value.reason == "wrong_post"
    assert refused.value.posts == ("acceptor",)


@pytest.mark.django_db
def test_a_split_opens_children_and_their_ends_are_told_to_the_parent(actor: Find) -> None:
    number = filed_report(actor)
    step(actor, number, "acceptor-1", "accept", minutes(5), category="component:0101")
    step(actor, number, "duty_leader-1", "file_case", minutes(10), category="component:0101", condition_seq=2)
    step(actor, number, "dispatcher-1", "split", minutes(15), departments="dept-a dept-b", reason="两家")
    child = f"{number}-1"
    row = load(child)
    assert row is not None
    assert row.stage == "filed"
    step(actor, child, "dispatcher-1", "request_void", minutes(20), reason="并入")
    step(actor, child, "duty_leader-1", "approve_void", minutes(25))
    parent = load(number)
    assert parent is not None
    assert parent.state.children_ended == ["child-1"]
    assert parent.stage == "awaiting_children"


@pytest.mark.django_db
def test_a_move_takes_a_constant_small_number_of_statements(
    actor: Find, django_assert_max_num_queries: Callable[..., object]
) -> None:
    number = filed_report(actor)
    by = actor("acceptor-1")
    with django_assert_max_num_queries(5):  # type: ignore[attr-defined]
        move_case(order=Order(number, "accept", {"category": "component:0101"}, {}), by=by, at=minutes(5))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "attack", ["UPDATE cases_step SET verb = 'x'", "DELETE FROM cases_step", "DELETE FROM cases_case"]
)
def test_steps_and_cases_cannot_be_changed_or_removed(actor: Find, attack: str) -> None:
    filed_report(actor)
    with pytest.raises(DatabaseError, match=r"append-only|permission denied|never_removed"), transaction.atomic():
        connection.cursor().execute(attack)

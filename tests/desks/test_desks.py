"""Seats side by side: who has a case in hand, views kept, a shift handed over and signed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from tests.cases.conftest import START, actor, small_city
from wangge.domains.desks.operations.handovers import hand_over, take_over
from wangge.domains.desks.operations.in_hand import HELD_FOR, clear_passed, let_go, take_in_hand
from wangge.domains.desks.operations.views import MOST_VIEWS, keep_view, remove_view
from wangge.domains.desks.queries import in_hand, latest_handovers, views_of
from wangge.domains.desks.refusals import DeskRefused
from wangge.domains.organizations.logic import Actor

__all__ = ["actor", "small_city"]
pytestmark = pytest.mark.django_db
Find = Callable[[str], Actor]
CASE = UUID(int=1)


def test_who_comes_first_keeps_a_case_until_he_is_silent_for_three_minutes(actor: Find) -> None:
    one, two = actor("acceptor-1"), actor("acceptor-2")
    assert take_in_hand(case_id=CASE, by=one, at=START).person_id == one.person_id
    assert take_in_hand(case_id=CASE, by=two, at=START + timedelta(minutes=1)).person_id == one.person_id
    again = take_in_hand(case_id=CASE, by=one, at=START + timedelta(minutes=2))
    assert again.since == START, "going on is no new beginning"
    last = START + timedelta(minutes=2) + HELD_FOR
    assert take_in_hand(case_id=CASE, by=two, at=last - timedelta(seconds=1)).person_id == one.person_id
    assert take_in_hand(case_id=CASE, by=two, at=last).person_id == two.person_id


def test_letting_go_frees_ones_own_case_and_no_other(actor: Find) -> None:
    one, two = actor("acceptor-1"), actor("acceptor-2")
    take_in_hand(case_id=CASE, by=one, at=START)
    let_go(case_id=CASE, by=two)
    assert in_hand(case_ids=[CASE], at=START).keys() == {CASE}
    let_go(case_id=CASE, by=one)
    assert in_hand(case_ids=[CASE], at=START) == {}
    take_in_hand(case_id=CASE, by=two, at=START)
    assert in_hand(case_ids=[CASE, UUID(int=2)], at=START + HELD_FOR) == {}
    assert clear_passed(at=START + HELD_FOR) == 1


def test_a_view_is_ones_own_written_over_by_its_name_and_not_without_end(actor: Find) -> None:
    one, two = actor("acceptor-1"), actor("acceptor-2")
    keep_view(by=one, page="work_list", name="  东区   夜间 ", query="district=430202")
    keep_view(by=one, page="work_list", name="东区 夜间", query="district=430203")
    (view,) = views_of(person_id=one.person_id, page="work_list")
    assert (view.name, view.query) == ("东区 夜间", "district=430203")
    assert views_of(person_id=two.person_id, page="work_list") == ()
    assert views_of(person_id=one.person_id, page="case_search") == ()
    remove_view(by=two, view_id=view.view_id)
    assert len(views_of(person_id=one.person_id, page="work_list")) == 1
    for name in ("", " ", "长" * 41):
        with pytest.raises(DeskRefused):
            keep_view(by=one, page="work_list", name=name, query="")
    for number in range(MOST_VIEWS - 1):
        keep_view(by=one, page="case_search", name=str(number), query="")
    with pytest.raises(DeskRefused):
        keep_view(by=one, page="case_search", name="eine mehr", query="")
    remove_view(by=one, view_id=view.view_id)
    keep_view(by=one, page="case_search", name="eine mehr", query="")


def handed_over(by: Actor) -> int:
    return hand_over(by=by, at=START, shift="day", standing={"reported": 3, "late": 1}, promised=" 回电 ", unusual="")


def test_a_shift_is_signed_once_by_another_than_who_wrote_it(actor: Find) -> None:
    one, two, three = actor("acceptor-1"), actor("acceptor-2"), actor("duty_leader-1")
    number = handed_over(one)
    with pytest.raises(DeskRefused, match="不能签收自己写的"):
        take_over(by=one, at=START, handover_id=number, remark="")
    take_over(by=two, at=START, handover_id=number, remark="已核对")
    with pytest.raises(DeskRefused, match="已有人签收"):
        take_over(by=three, at=START, handover_id=number, remark="")
    with pytest.raises(DeskRefused, match="没有这次交接"):
        take_over(by=three, at=START, handover_id=number + 1, remark="")
    (told,) = latest_handovers(limit=5)
    assert (told.signed_by, told.remark, told.promised, told.standing["late"]) == (two.person_id, "已核对", "回电", 1)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE desks_handover SET promised = 'x'",
        "DELETE FROM desks_handover",
        "UPDATE desks_taken_over SET remark = 'x'",
        "DELETE FROM desks_taken_over",
        "INSERT INTO desks_taken_over SELECT id, written_at, written_by, '' FROM desks_handover",
        "INSERT INTO desks_handover (shift, written_at, written_by, standing, promised, unusual)"
        " SELECT ' ', written_at, written_by, standing, '', '' FROM desks_handover",
        "INSERT INTO desks_view (person_id, page, name, query)"
        " SELECT written_by, 'elsewhere', 'x', '' FROM desks_handover",
        "INSERT INTO desks_view (person_id, page, name, query)"
        " SELECT written_by, 'work_list', ' ', '' FROM desks_handover",
        "INSERT INTO desks_in_hand SELECT gen_random_uuid(), written_by, written_at, written_at FROM desks_handover",
    ],
)
def test_the_database_refuses_what_must_not_be(actor: Find, statement: str) -> None:
    first = handed_over(actor("acceptor-1"))
    take_over(by=actor("acceptor-2"), at=START, handover_id=first, remark="")
    handed_over(actor("acceptor-1"))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_ones_own_handover_is_refused_by_name_and_so_is_one_from_before_it_was_written(actor: Find) -> None:
    one, two = actor("acceptor-1"), actor("acceptor-2")
    number = handed_over(one)
    for by, at in ((one, START), (two, START - timedelta(seconds=1))):
        with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO desks_taken_over (handover_id, signed_at, signed_by, remark) VALUES (%s, %s, %s, '')",
                (number, at, by.person_id),
            )
        assert refused.value.__cause__ is not None
        assert refused.value.__cause__.diag.constraint_name == "taken_over_by_another"  # type: ignore[attr-defined]

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
from wangge.domains.desks.operations.standard_texts import MOST_TEXTS, keep_text, remove_text
from wangge.domains.desks.operations.views import MOST_VIEWS, keep_view, remove_view
from wangge.domains.desks.queries import in_hand, kept_of, latest_handovers, texts_of_city, texts_offered_to
from wangge.domains.desks.refusals import DeskRefused
from wangge.domains.organizations.logic import Actor
from wangge.domains.organizations.models import AuditRecord

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
    (view,) = kept_of(person_id=one.person_id, page="work_list").views
    assert (view.name, view.query) == ("东区 夜间", "district=430203")
    assert kept_of(person_id=two.person_id, page="work_list").views == ()
    assert kept_of(person_id=one.person_id, page="case_search").views == ()
    remove_view(by=two, view_id=view.view_id)
    assert len(kept_of(person_id=one.person_id, page="work_list").views) == 1
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
        "INSERT INTO desks_standard_text (keeper_id, is_of_city, post, stage, words, kept_at)"
        " SELECT written_by, false, '', '', ' ', written_at FROM desks_handover",
        "INSERT INTO desks_standard_text (keeper_id, is_of_city, post, stage, words, kept_at)"
        " SELECT written_by, false, 'acceptor', '', 'x', written_at FROM desks_handover",
        "INSERT INTO desks_columns SELECT written_by, 'elsewhere', 'number' FROM desks_handover LIMIT 1",
        "INSERT INTO desks_columns SELECT written_by, 'work_list', 'number; x' FROM desks_handover LIMIT 1",
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


def words_for(person: Actor, stage: str | None = None) -> list[str]:
    return [each.words for each in texts_offered_to(person_id=person.person_id, posts=person.posts, stage=stage)]


def test_ones_own_texts_are_offered_before_the_citys_and_to_nobody_else(actor: Find) -> None:
    seat, other, leader = actor("acceptor-1"), actor("acceptor-2"), actor("duty_leader-1")
    keep_text(by=leader, at=START, words="请核对位置", stage="reported", of_city=True)
    keep_text(by=leader, at=START, words="派遣员专用", stage="reported", post="dispatcher", of_city=True)
    keep_text(by=seat, at=START, words="  已电话联系  ", stage="reported")
    keep_text(by=seat, at=START, words="已电话联系", stage="reported")
    keep_text(by=seat, at=START, words="处处可用")
    keep_text(by=seat, at=START, words="别处用的", stage="handling")
    assert words_for(seat, "reported") == ["已电话联系", "处处可用", "请核对位置"]
    assert words_for(other, "reported") == ["请核对位置"]
    assert words_for(actor("dispatcher-1"), "reported") == ["派遣员专用", "请核对位置"]
    assert len(words_for(seat)) == 4


def test_the_citys_texts_are_worded_by_a_leader_alone_and_every_change_is_in_the_audit_log(actor: Find) -> None:
    seat, leader = actor("acceptor-1"), actor("duty_leader-1")
    with pytest.raises(DeskRefused, match="由值班长"):
        keep_text(by=seat, at=START, words="请核对位置", of_city=True)
    keep_text(by=leader, at=START, words="请核对位置", of_city=True)
    keep_text(by=seat, at=START, words="自己的")
    (own,) = [each for each in texts_offered_to(person_id=seat.person_id, posts=seat.posts) if not each.is_of_city]
    (city,) = texts_of_city()
    assert not remove_text(by=seat, at=START, text_id=city.text_id)
    assert not remove_text(by=leader, at=START, text_id=own.text_id)
    assert words_for(seat) == ["自己的", "请核对位置"], "neither takes away what is the other's"
    assert remove_text(by=actor("section_head-1"), at=START, text_id=city.text_id)
    assert remove_text(by=seat, at=START, text_id=own.text_id)
    assert words_for(seat) == []
    noted = AuditRecord.objects.filter(object_kind="standard_text").order_by("id")
    assert [each.detail for each in noted] == [
        {"kept": "请核对位置", "stage": "", "post": ""}, {"removed": "请核对位置"}
    ]  # fmt: skip


@pytest.mark.parametrize(
    "given",
    [{"words": " "}, {"words": "长" * 301}, {"words": "x", "stage": "nowhere"}, {"words": "x", "post": "acceptor"}],
)
def test_a_text_without_words_or_for_no_place_is_refused(actor: Find, given: dict[str, str]) -> None:
    with pytest.raises(DeskRefused):
        keep_text(by=actor("acceptor-1"), at=START, **given)


def test_nobody_keeps_texts_without_end(actor: Find) -> None:
    seat = actor("acceptor-1")
    for number in range(MOST_TEXTS):
        keep_text(by=seat, at=START, words=str(number))
    with pytest.raises(DeskRefused, match="最多保存"):
        keep_text(by=seat, at=START, words="一条太多")

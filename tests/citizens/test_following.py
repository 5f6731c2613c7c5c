"""Following by code: the letter says what a citizen needs and nothing of the house; his rating is his own."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cases.conftest import START
from tests.cases.photographs import jpeg
from tests.citizens.conftest import Citizen, picture
from wangge.domains.cases.operations.moving import Order, move_case
from wangge.domains.cases.queries.history import history_of
from wangge.domains.cases.rows import CaseRow
from wangge.domains.citizens.logic.codes import typed_code
from wangge.domains.citizens.queries.followers import followed_by
from wangge.domains.organizations.directory import forget_people
from wangge.domains.organizations.logic import Actor
from wangge.domains.organizations.models import Person
from wangge.domains.organizations.operations.signing_in import PASSWORD_BACKEND
from wangge.groundwork import clock
from wangge.groundwork.attachments.operations import receive_photo

pytestmark = pytest.mark.django_db
Come = Callable[..., Citizen]
Find = Callable[[str], Actor]
GRADE = "不满意"


def behind(code: str) -> CaseRow:
    found = followed_by(typed_code(code))
    assert found is not None
    return found.row


def move(by: Actor, number: str, verb: str, **args: str) -> None:
    photos = {}
    for kind in ("photo_after", "photo_site", "answer_letter"):
        if args.pop(kind, ""):
            photos[kind] = [receive_photo(data=jpeg(), by=by.person_id or 0, at=clock.now()).id]
    location = {"lon": 113.134, "lat": 27.827} if photos else None
    move_case(order=Order(number, verb, args, photos, location), by=by, at=clock.now())


def to_handling(actor: Find, number: str) -> None:
    move(actor("acceptor-1"), number, "send_verification", assignee="collector-1")
    move(actor("collector-1"), number, "reply_verification", result="true", photo_site="yes")
    move(actor("acceptor-1"), number, "accept", category="component:0101")
    move(actor("duty_leader-1"), number, "file_case", category="component:0101", condition_seq="2")
    move(actor("dispatcher-1"), number, "dispatch", department="dept-a")


def to_closed(actor: Find, number: str) -> None:
    to_handling(actor, number)
    move(actor("dept-a"), number, "report_handled", photo_after="yes")
    move(actor("dispatcher-1"), number, "forward_result")
    move(actor("acceptor-1"), number, "send_inspection", assignee="collector-2")
    move(actor("collector-2"), number, "pass_inspection", photo_site="yes")
    move(actor("duty_leader-1"), number, "close_case")


def reported_with_photo(citizen: Come) -> tuple[Citizen, str]:
    person = citizen()
    person.to_contact(photo_before=picture())
    person.press(wish="sms", reporter_phone="13800001111")
    return person, person.code


@pytest.mark.parametrize(
    ("result", "told"), [("done", "供电公司已答复：已办结。"), ("refused", "供电公司已答复：不予办理。")]
)
def test_who_waits_reads_what_the_office_outside_answered(citizen: Come, actor: Find, result: str, told: str) -> None:
    person, code = reported_with_photo(citizen)
    number = behind(code).number
    move(actor("acceptor-1"), number, "send_verification", assignee="collector-1")
    move(actor("collector-1"), number, "reply_verification", result="true", photo_site="yes")
    move(actor("acceptor-1"), number, "accept", category="component:0101")
    move(actor("duty_leader-1"), number, "file_case", category="component:0101", condition_seq="2")
    move(actor("dispatcher-1"), number, "forward_outside", body="供电公司", reason="产权属供电公司")
    person.follows(code)
    assert "已转交：供电公司" in person.text()
    move(actor("dispatcher-1"), number, "outside_answered", result=result, answer_letter="yes")
    person.follows(code)
    assert person.heading == "其他部门已答复，正在核对"
    assert told in person.text()
    assert person.text().count("正在安排处理单位") == 1
    if result == "done":
        move(actor("duty_leader-1"), number, "close_outside", photo_site="yes")
        person.follows(code)
        assert (person.heading, told in person.text()) == ("已办结", True)
    else:
        move(actor("dispatcher-1"), number, "dispatch", department="dept-a")
        person.follows(code)
        assert told not in person.text()


def test_the_letter_tells_stage_body_and_time_in_plain_words(citizen: Come, actor: Find) -> None:
    person, code = reported_with_photo(citizen)
    person.follows(code)
    assert person.heading == "已收到，工作人员正在查看"
    to_handling(actor, behind(code).number)
    text = (person.follows(code), person.text())[1]
    assert person.heading == "处理单位正在处理"
    for said in ("dept-a", "剩", "收到您反映的问题", "正在到现场核实"):
        assert said in text
    for inside in ("acceptor-1", "collector-1", "duty_leader-1", "dispatcher-1", "13800001111", "待派遣"):
        assert inside not in text


def test_the_result_is_shown_once_it_was_inspected(citizen: Come, actor: Find) -> None:
    person, code = reported_with_photo(citizen)
    number = behind(code).number
    to_handling(actor, number)
    move(actor("dept-a"), number, "report_handled", photo_after="yes")
    assert "处理后" not in (person.follows(code), person.text())[1]
    move(actor("dispatcher-1"), number, "forward_result")
    move(actor("acceptor-1"), number, "send_inspection", assignee="collector-2")
    move(actor("collector-2"), number, "pass_inspection", photo_site="yes")
    assert "处理后" in (person.follows(code), person.text())[1]
    assert len(re.findall(r"<img src", person.page.split("before-after")[1])) == 2  # the inspector's stays inside


def test_pictures_are_copies_by_an_address_that_ends(citizen: Come) -> None:
    person, code = reported_with_photo(citizen)
    found = re.search(r'<img src="(/public/[^"]+)"', person.follows(code))
    assert found is not None
    answer = person.client.get(found[1])
    assert answer.status_code == 200
    assert b"Exif" not in b"".join(answer)  # type: ignore[arg-type]
    forged = found[1].replace("photos/", "photos/x")
    assert person.client.get(forged).status_code == 404
    with clock.held_at(START + timedelta(hours=1)):
        assert person.client.get(found[1]).status_code == 200


def test_who_joined_sees_anothers_picture_only_after_staff_looked(citizen: Come, actor: Find) -> None:
    _first, code = reported_with_photo(citizen)
    number = behind(code).number
    other = citizen("203.0.113.8")
    other.to_contact()
    other.press(join=number)
    joined = other.code
    assert '<img src="/public' not in other.follows(joined)
    to_handling(actor, number)
    assert '<img src="/public' in other.follows(joined)


def test_one_tap_rates_and_stays_apart_from_the_call_back(citizen: Come, actor: Find) -> None:
    person, code = reported_with_photo(citizen)
    number = behind(code).number
    to_closed(actor, number)
    person.follows(code)
    assert person.page.count('name="grade"') == 5
    person.press(form="rate", grade=GRADE)
    assert "已记录，谢谢" in person.text()
    move(actor("acceptor-1"), number, "call_back", answer="satisfied")
    state = behind(code).state
    assert (state.grade, state.call_back) == (GRADE, "satisfied")
    step = history_of(behind(code))[-2]
    assert (step.verb, step.post, step.person_id) == ("rate", "reporter", None)


def test_a_second_tap_changes_nothing(citizen: Come, actor: Find) -> None:
    person, code = reported_with_photo(citizen)
    to_closed(actor, behind(code).number)
    page = person.follows(code)
    for grade in (GRADE, GRADE, "非常满意"):
        person.page = page
        person.press(form="rate", grade=grade)
        assert person.status == 200
    assert behind(code).state.grade == GRADE
    assert behind(code).state.ratings == 1


def test_an_unhappy_citizen_asks_to_have_it_taken_up_again(citizen: Come, actor: Find) -> None:
    person, code = reported_with_photo(citizen)
    to_closed(actor, behind(code).number)
    person.follows(code)
    assert 'id="reopen"' not in person.page
    person.press(form="rate", grade=GRADE)
    person.press(form="reopen", text="井盖又松了")
    request = behind(code).state.request
    assert request is not None
    assert request.kind == "reopen"
    person.follows(code)
    assert "已申请重新办理，正在审核。" in person.text()


@pytest.mark.parametrize(
    ("verb", "reason", "heading", "told"),
    [
        ("refuse_reopen", "井盖完好，请致电13812345678", "已办结", "没有同意重新办理的原因：井盖完好"),
        ("reopen", "确有松动", "已立案，正在安排处理单位", ""),
    ],
)
def test_who_asked_to_have_it_taken_up_again_reads_what_became_of_it(
    citizen: Come, actor: Find, verb: str, reason: str, heading: str, told: str
) -> None:
    person, code = reported_with_photo(citizen)
    number = behind(code).number
    to_closed(actor, number)
    person.follows(code)
    person.press(form="rate", grade=GRADE)
    person.press(form="reopen", text="井盖又松了")
    move(actor("duty_leader-1"), number, verb, reason=reason)
    person.follows(code)
    assert person.heading == heading
    assert told in person.text()
    assert "正在审核。" not in person.text()
    assert "13812345678" not in person.text()


def test_a_question_is_answered_on_the_letter(citizen: Come, actor: Find) -> None:
    person, code = reported_with_photo(citizen)
    number = behind(code).number
    move(actor("acceptor-1"), number, "ask_reporter", why="place_unclear", question="哪个路口？")
    person.follows(code)
    assert "哪个路口" in person.text()
    person.press(form="answer", text="建设路口<script>")
    assert behind(code).state.question is None
    assert "哪个路口" not in person.text()


def test_a_code_opens_its_own_case_and_no_other(citizen: Come, actor: Find) -> None:
    _person, code = reported_with_photo(citizen)
    stranger = citizen("203.0.113.50")
    other = stranger.reports()
    to_closed(actor, behind(code).number)
    stranger.follows(other)
    stranger.client.post(
        "/public/status/acts", {"code": other, "act": "rate", "grade": GRADE, "number": behind(code).number}
    )
    assert behind(code).state.grade == ""
    assert behind(other).state.grade == ""


def test_wrong_codes_are_counted_and_then_not_looked_up(citizen: Come) -> None:
    code = citizen().reports()
    stranger = citizen("203.0.113.50")
    stranger.get("/public/status")
    for turn in range(20):
        stranger.press(form="status", code=f"AAAA-AAAA-AAAA-{turn:04d}")
        assert stranger.status == 422
    stranger.press(form="status", code=code)
    assert stranger.status == 429
    assert stranger.heading == "查询进度"


@pytest.mark.parametrize("code", ["", "x", "\x00", "'; --", "井" * 500, "A" * 16, "<script>"])
def test_whatever_is_typed_as_a_code_gets_a_clear_answer(citizen: Come, code: str) -> None:
    person = citizen()
    person.get("/public/status")
    person.press(form="status", code=code)
    assert person.status == 422
    assert "没有这个查询码" in person.text()
    assert "<script>" not in person.page.split("<main")[1]


@pytest.mark.parametrize(
    "act",
    [
        {},
        {"act": "rate"},
        {"act": "rate", "grade": "上佳"},
        {"act": "close_case", "text": "x"},
        {"act": "answer", "text": "\x00"},
    ],
)
def test_an_act_made_by_hand_moves_nothing(citizen: Come, actor: Find, act: dict[str, str]) -> None:
    person, code = reported_with_photo(citizen)
    to_closed(actor, behind(code).number)
    version = behind(code).version
    assert person.client.post("/public/status/acts", {"code": code, **act}).status_code == 200
    assert behind(code).version == version


def test_a_merged_report_follows_the_lead(citizen: Come, actor: Find) -> None:
    _person, code = reported_with_photo(citizen)
    other = citizen("203.0.113.50")
    second = other.reports()
    move(actor("acceptor-1"), behind(second).number, "merge", lead_case=behind(code).number)
    other.follows(second)
    assert behind(second).number == behind(code).number
    assert "2 位市民关注" in other.text()


def test_the_letter_needs_a_constant_number_of_statements(citizen: Come, actor: Find) -> None:
    person, code = reported_with_photo(citizen)
    person.get("/public/status")
    with CaptureQueriesContext(
        connection,
    ) as short:
        person.press(form="status", code=code)
    to_closed(actor, behind(code).number)
    person.get("/public/status")
    with CaptureQueriesContext(connection) as long:
        person.press(form="status", code=code)
    assert len(long) == len(short) <= 9


def test_a_file_name_says_nothing(citizen: Come) -> None:
    person = citizen()
    person.get("/public/report")
    person.press(photo_before=SimpleUploadedFile("<img src=x>.jpg", b"x", "image/jpeg"))
    assert "<img src=x>" not in person.page


def test_the_seat_sees_that_nothing_of_it_may_be_public(citizen: Come, actor: Find) -> None:
    forget_people()
    client = Client()
    client.force_login(Person.objects.get(username="acceptor-1"), backend=PASSWORD_BACKEND)
    open_page = client.get(f"/cases/{behind(citizen().reports()).number}").content.decode()
    private = client.get(f"/cases/{behind(citizen().reports(openness='private')).number}").content.decode()
    assert "不公开" in private
    assert "不公开" not in open_page
    assert "web:" not in open_page

"""The loop by pages alone, without script: what each person sees, what he sends, and what comes back."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.web.conftest import REPORT, Browser, Open, photo, reported
from wangge.domains.cases.rows import load
from wangge.domains.organizations.models import AuditRecord
from wangge.groundwork import clock

pytestmark = pytest.mark.django_db
MOST_STATEMENTS = 8


def stage_of(number: str) -> str:
    row = load(number)
    assert row is not None
    return row.stage


def to_handling(browser: Open, number: str) -> None:
    moves: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("acceptor-1", "accept", {}),
        ("duty_leader-1", "file_case", {"condition_seq": "2"}),
        ("dispatcher-1", "dispatch", {"department": "dept-a"}),
    )
    for username, form, values in moves:
        person = browser(username)
        person.get(f"/cases/{number}")
        person.send(form, **values)


def test_a_report_is_filed_dispatched_handled_inspected_and_closed_by_pages(browser: Open) -> None:
    number = reported(browser)
    to_handling(browser, number)
    unit = browser("dept-a")
    assert number in unit.get("/unit")
    unit.get(f"/cases/{number}")
    unit.send("report_handled", photo_after=photo(), note="已换新井盖")
    dispatcher = browser("dispatcher-1")
    dispatcher.get(f"/cases/{number}")
    dispatcher.send("forward_result")
    acceptor = browser("acceptor-1")
    acceptor.get(f"/cases/{number}")
    acceptor.send("send_inspection", assignee="collector-2")
    collector = browser("collector-2")
    assert number in collector.get("/field")
    collector.get(f"/cases/{number}")
    collector.send("pass_inspection", photo_site=photo())
    leader = browser("duty_leader-1")
    leader.get(f"/cases/{number}")
    leader.send("close_case")
    assert stage_of(number) == "closed"
    text = leader.text()
    for said in ("已结案", "按期完成", "已换新井盖", "处置反馈", "核查通过", "dept-a"):
        assert said in text
    file = browser("duty_leader-1")
    assert "共 9 步，核对一致" in file.get(f"/cases/{number}/file")


def test_the_same_sending_twice_has_one_effect(browser: Open) -> None:
    number = reported(browser)
    acceptor = browser("acceptor-1")
    page = acceptor.get(f"/cases/{number}")
    acceptor.send("accept")
    acceptor.page = page
    assert "已受理" not in acceptor.send("accept")
    row = load(number)
    assert row is not None
    assert (row.stage, row.version) == ("accepted", 2)


def test_a_report_sent_twice_is_one_case_and_with_other_words_another(browser: Open) -> None:
    collector = browser("collector-1")
    page = collector.get("/cases/new")
    picture = photo()
    first = picture.read()
    numbers = []
    for words in ("井盖缺失", "井盖缺失", "旁边还有一处"):
        collector.page = page
        again = type(picture)("a.jpg", first, "image/jpeg")
        collector.send("report", **{**REPORT, "description": words}, photo_before=again)
        numbers.append(collector.url.rpartition("/")[2])
    assert numbers[0] == numbers[1] != numbers[2]


def test_two_people_on_one_case_get_a_conflict_that_shows_both(browser: Open) -> None:
    number = reported(browser)
    to_handling_up_to_filed(browser, number)
    slow, quick = browser("dispatcher-1"), browser("dispatcher-2")
    slow.get(f"/cases/{number}")
    quick.get(f"/cases/{number}")
    quick.send("dispatch", department="dept-b")
    slow.send("dispatch", department="dept-a", note="先围挡", status=409)
    text = slow.text()
    conflict = text[text.index("您填写期间") : text.index("按最新情况重新查看")]
    for said in ("dispatcher-2已办理此案卷", "dept-a", "先围挡", "dept-b", "3 → 4"):
        assert said in conflict
    assert stage_of(number) == "handling"


def to_handling_up_to_filed(browser: Open, number: str) -> None:
    moves: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("acceptor-1", "accept", {}),
        ("duty_leader-1", "file_case", {"condition_seq": "2"}),
    )
    for username, form, values in moves:
        person = browser(username)
        person.get(f"/cases/{number}")
        person.send(form, **values)


def test_a_conflict_keeps_the_text_in_its_form_where_the_verb_is_still_open(browser: Open) -> None:
    number = reported(browser)
    to_handling(browser, number)
    unit, leader = browser("dept-a"), browser("dispatcher-1")
    unit.get(f"/cases/{number}")
    leader.get(f"/cases/{number}")
    leader.send("urge", text="请抓紧")
    unit.send("report_handled", note="已换新井盖", photo_after=photo(), status=409)
    assert "已换新井盖</textarea>" in unit.page
    assert re.search(r'name="kept_photo_after" value="[a-z2-7]{26}"', unit.page)
    unit.send("report_handled")
    assert stage_of(number) == "feedback"


def test_a_refused_form_says_why_and_keeps_what_was_typed(browser: Open) -> None:
    number = reported(browser)
    to_handling(browser, number)
    unit = browser("dept-a")
    unit.get(f"/cases/{number}")
    unit.send("report_handled", note="处置完了", status=422)
    text = unit.text()
    assert "没有办理“处置反馈”：缺少凭证" in text
    assert "请附上凭证：处置后照片。" in text
    assert "案卷没有改动" in text
    assert "处置完了</textarea>" in unit.page
    assert stage_of(number) == "handling"


def test_a_class_changed_without_script_asks_for_its_own_condition(browser: Open) -> None:
    number = reported(browser)
    acceptor = browser("acceptor-1")
    acceptor.get(f"/cases/{number}")
    acceptor.send("accept")
    leader = browser("duty_leader-1")
    leader.get(f"/cases/{number}")
    leader.send("file_case", category="component:0301", condition_seq="2", status=422)
    assert "换了小类，请重新选择立案条件。" in leader.text()
    assert 'name="condition_seq_of" value="component:0301"' in leader.page
    assert stage_of(number) == "accepted"
    leader.send("file_case", condition_seq="1")
    assert stage_of(number) == "filed"


def test_a_broken_picture_is_refused_beside_its_field_and_nothing_is_written(browser: Open) -> None:
    collector = browser("collector-1")
    collector.get("/cases/new")
    from django.core.files.uploadedfile import SimpleUploadedFile

    broken = SimpleUploadedFile("notes.jpg", b"%PDF-1.7 not a picture", "image/jpeg")
    page = collector.send("report", **REPORT, photo_before=broken, status=422)
    assert "notes.jpg：不是照片" in page
    assert "井盖缺失</textarea>" in page


def test_an_ending_of_a_session_between_opening_and_sending_leads_to_the_door(browser: Open) -> None:
    number = reported(browser)
    acceptor = browser("acceptor-1")
    acceptor.get(f"/cases/{number}")
    with clock.held_at(clock.now() + timedelta(minutes=61)):
        answer = acceptor.client.post(f"/cases/{number}/moves/accept", {"version": "1", "category": "component:0101"})
    assert answer["Location"].startswith("/sign-in")
    assert stage_of(number) == "reported"


def test_another_units_case_and_a_case_that_is_not_there_look_the_same(browser: Open) -> None:
    number = reported(browser)
    to_handling(browser, number)
    other = browser("dept-b")
    behind, missing = other.get(f"/cases/{number}", 404), other.get("/cases/000000-20240313-99999", 404)
    token = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')
    assert token.sub("", behind) == token.sub("", missing)
    assert other.client.post(f"/cases/{number}/moves/acknowledge", {"version": "4"}).status_code == 404


def test_only_the_verbs_open_to_this_person_are_on_the_page(browser: Open) -> None:
    number = reported(browser)
    assert "accept" in Browser_forms(browser("acceptor-1"), number)
    assert "accept" not in Browser_forms(browser("duty_leader-1"), number)
    assert "supervise" not in Browser_forms(browser("collector-1"), number)


def Browser_forms(person: Browser, number: str) -> list[str]:
    person.get(f"/cases/{number}")
    return person.forms()


def test_a_citizens_report_is_verified_before_it_is_accepted(browser: Open) -> None:
    acceptor = browser("acceptor-1")
    acceptor.get("/cases/new")
    given = {**REPORT, "source": "hotline", "reporter_name": "周晓雨", "reporter_phone": "13912345678"}
    page = acceptor.send("report", **given)
    number = acceptor.url.rpartition("/")[2]
    assert "accept" not in acceptor.forms()
    assert "须先核实" in acceptor.text()
    assert page.index('data-verb="send_verification"') < page.index('data-verb="decline_report"')
    assert stage_of(number) == "reported"


def test_a_reporter_is_masked_until_a_recorded_reveal_with_a_reason(browser: Open) -> None:
    acceptor = browser("acceptor-1")
    acceptor.get("/cases/new")
    acceptor.send("report", **REPORT, source="public", reporter_name="周晓雨", reporter_phone="13912345678")
    number = acceptor.url.rpartition("/")[2]
    assert "周** 139****5678" in acceptor.text()
    assert "13912345678" not in acceptor.page
    acceptor.send("reveal", reason="", status=422)
    assert "13912345678" not in acceptor.page
    acceptor.send("reveal", reason="核对地点", status=200)
    assert "周晓雨 13912345678" in acceptor.text()
    record = AuditRecord.objects.get(kind="reveal")
    assert (record.object_key, record.detail["reason"]) == (number, "核对地点")
    dispatcher = browser("dispatcher-1")
    dispatcher.get(f"/cases/{number}", 404)


def test_photos_are_shown_to_those_who_see_the_case_and_to_nobody_else(browser: Open) -> None:
    number = reported(browser)
    acceptor = browser("acceptor-1")
    page = acceptor.get(f"/cases/{number}")
    found = re.search(rf'"(/cases/{number}/photos/[a-z2-7]{{26}}/shown.jpg)"', acceptor.get(photo_page(page)))
    assert found is not None
    answer = acceptor.client.get(found[1])
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/jpeg"
    assert "private" in answer["Cache-Control"]
    assert browser("dept-a").client.get(found[1]).status_code == 404
    assert browser("acceptor-1").client.get(found[1].replace("shown", "small")).status_code == 200


def photo_page(page: str) -> str:
    found = re.search(r'href="(/cases/[^"]+/photos/[a-z2-7]{26})"', page)
    assert found is not None
    return found[1]


def test_pages_take_a_constant_small_number_of_statements(browser: Open) -> None:
    numbers = [reported(browser) for _turn in range(3)]
    to_handling_up_to_filed(browser, numbers[0])
    counted: dict[str, int] = {}
    for username, path in (
        ("acceptor-1", "/work"),
        ("acceptor-1", "/cases?q=建设路"),
        ("acceptor-1", f"/cases/{numbers[1]}"),
        ("duty_leader-1", f"/cases/{numbers[0]}"),
        ("dispatcher-1", f"/cases/{numbers[0]}"),
        ("dept-a", "/unit"),
        ("collector-1", "/field"),
        ("collector-1", "/cases/new"),
        ("acceptor-1", "/notices"),
        ("acceptor-1", f"/cases/{numbers[1]}/file"),
    ):
        person = browser(username)
        person.get(path)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            person.get(path)
        counted[f"{username} {path}"] = len(captured)
    assert max(counted.values()) <= MOST_STATEMENTS, counted


def test_a_list_costs_the_same_for_many_rows(browser: Open) -> None:
    def statements() -> int:
        acceptor = browser("acceptor-1")
        acceptor.get("/work")
        with CaptureQueriesContext(connection) as captured:
            acceptor.get("/work")
        return len(captured)

    reported(browser)
    one = statements()
    for _turn in range(4):
        reported(browser)
    assert statements() == one


def test_the_work_list_burns_from_the_top_and_counts_each_queue(browser: Open, at_nine: datetime) -> None:
    numbers = [reported(browser)]
    with clock.held_at(at_nine + timedelta(minutes=3)):
        numbers.append(reported(browser))
        acceptor = browser("acceptor-1")
        page = acceptor.get("/work")
    assert page.index(numbers[0]) < page.index(numbers[1])
    assert "待受理 2" in acceptor.text()
    assert "剩余 12 分钟" in acceptor.text()
    assert "截止 2024-03-13 09:25" in acceptor.text()


def test_an_empty_list_says_why_and_what_to_do(browser: Open) -> None:
    acceptor = browser("acceptor-1")
    acceptor.get("/cases?q=没有这个地方&stage=closed")
    assert "没有符合条件的案卷" in acceptor.text()
    assert "清除条件" in acceptor.text()


def test_an_address_that_leads_nowhere_leads_who_is_signed_in_back_to_his_work(browser: Open) -> None:
    page = browser("acceptor-1").get("/nowhere", status=404)
    assert "回到工作台" in page
    assert "去登录" not in page
    assert "去登录" in Client().get("/nowhere").content.decode()

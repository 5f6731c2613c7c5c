"""Letters: complaints about the centre's own people go round them; what is another authority's goes there at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.citizens.conftest import Citizen, open_up, picture
from wangge.domains.citizens.logic.codes import typed_code
from wangge.domains.citizens.operations.letters import erase_letter
from wangge.domains.citizens.queries.letters import Letter, letter_for, letter_of_code, letters_for
from wangge.domains.citizens.refusals import LetterRefused, NoSuchLetter
from wangge.domains.organizations.directory import forget_people
from wangge.domains.organizations.logic import TERMINAL, Actor
from wangge.domains.organizations.models import AuditRecord, Person, PublicDoor
from wangge.domains.organizations.operations.public_doors import close_door
from wangge.domains.organizations.operations.signing_in import PASSWORD_BACKEND
from wangge.domains.organizations.queries import city_tables
from wangge.groundwork import clock

pytestmark = pytest.mark.django_db
Come = Callable[..., Citizen]
Find = Callable[[str], Actor]
POSTS = (
    "collector-1", "acceptor-1", "duty_leader-1", "dispatcher-1", "archivist-1", "supervisor-1", "evaluator-1",
    "section_head-1", "centre_leader-1", "chief-1", "dept-a", "platform-1",
)  # fmt: skip


@pytest.fixture
def letters(citizen: Come, city: datetime) -> Come:
    open_up(PublicDoor.LETTERS, at=city)
    forget_people()
    return citizen


def written(come: Come, kind: str, **more: object) -> str:
    person = come()
    person.get("/public/letters")
    person.press(form="letter", kind=kind, description="张某收钱不办事", **more)
    return person.code


def letter_of(code: str) -> Letter:
    found = letter_of_code(typed_code(code))
    assert found is not None
    return found


def seat(username: str) -> Client:
    client = Client()
    client.force_login(Person.objects.get(username=username), backend=PASSWORD_BACKEND)
    return client


def test_a_complaint_about_the_centres_people_is_read_by_nobody_of_the_centre(letters: Come, actor: Find) -> None:
    found = letter_of(written(letters, "own_people", reporter_phone="13800001111"))
    readers = {name for name in POSTS if letter_for(by=actor(name), number=found.id) is not None}
    assert readers == {"supervisor-1", "chief-1"}
    assert {name for name in POSTS if letters_for(by=actor(name))} == readers
    for name in POSTS:
        status = seat(name).get(f"/letters/{found.id}").status_code
        assert (status == 200) == (name in readers), name
        assert status in (200, 403, 404)


def test_a_letter_to_a_hotline_elsewhere_says_how_to_dial_it_and_leads_to_another_letter(letters: Come) -> None:
    person = letters()
    person.get("/public/letters")
    person.press(form="letter", kind="out_of_area", description="外地的路灯坏了")
    assert "从本市拨打须先加事发地的区号。" in person.text()
    assert re.findall(r'href="([^"]+)">再写一封<', person.page) == ["/public/letters"]
    assert "键盘操作" not in person.text()
    person.get("/public/letters")
    person.press(form="letter", kind="market", description="过期牛奶")
    assert "区号" not in person.text()


@pytest.mark.parametrize("kind", [row.kind for row in city_tables().letter_kinds])
def test_the_wall_is_the_table(letters: Come, actor: Find, kind: str) -> None:
    found = letter_of(written(letters, kind))
    allowed = {
        name
        for name in POSTS
        if actor(name).holds(*next(r for r in city_tables().letter_kinds if r.kind == kind).readers)
    }
    for name in POSTS:
        client = seat(name)
        for url in (f"/letters/{found.id}/acts/answer", f"/letters/{found.id}/reveal"):
            assert (client.post(url).status_code == 422) == (name in allowed), (name, url)


def test_it_makes_no_case_and_stands_in_no_outbox(letters: Come) -> None:
    written(letters, "own_people")
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM cases_case), (SELECT count(*) FROM outbox)")
        assert cursor.fetchone() == (0, 0)


def test_a_matter_of_market_supervision_goes_there_at_once_with_two_clocks(letters: Come) -> None:
    found = letter_of(written(letters, "market"))
    assert (found.state, found.authority) == ("forwarded", "market_supervision")
    assert found.due_at is not None
    assert found.receipt_due_at is not None
    assert found.at < found.receipt_due_at < found.due_at


def test_receipt_and_answer_come_in_and_the_citizen_reads_them(letters: Come, actor: Find) -> None:
    code = written(letters, "market")
    found = letter_of(code)
    client = seat("acceptor-1")
    assert client.post(f"/letters/{found.id}/acts/receipt", {"text": " "}).status_code == 422
    assert client.post(f"/letters/{found.id}/acts/receipt", {"text": "市监 2024-18"}).status_code == 302
    assert client.post(f"/letters/{found.id}/acts/receipt", {"text": "again"}).status_code == 422
    person = letters()
    person.follows(code)
    assert "市监 2024-18" in person.text()
    assert "张某" not in person.text()
    client.post(f"/letters/{found.id}/acts/answer", {"text": "已立案调查"})
    assert "已立案调查" in (person.follows(code), person.text())[1]
    assert client.post(f"/letters/{found.id}/acts/answer", {"text": "再答"}).status_code == 422


def test_a_report_from_beyond_the_border_gets_the_authority_and_a_clock(letters: Come) -> None:
    person = letters()
    person.get("/public/report")
    person.press(photo_before=picture())
    person.press(location_lon="114.3", location_lat="30.6")
    assert "12345" in person.text()
    person.press("outside")
    person.press(description="邻市路灯不亮")
    assert person.heading == "要不要答复您"
    person.press(wish="sms", reporter_phone="13800001111")
    found = letter_of(person.code)
    assert (found.kind, found.state, found.authority) == ("out_of_area", "forwarded", "hotline_there")
    assert len(found.photos) == 1
    assert found.due_at is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_case")
        assert cursor.fetchone() == (0,)


def test_sending_a_letter_twice_brings_one(letters: Come) -> None:
    person = letters()
    page = person.get("/public/letters")
    person.press(form="letter", kind="market", description="肉不新鲜")
    code = person.code
    person.page = page
    person.press(form="letter", kind="market", description="肉不新鲜")
    assert person.code == code
    person.page = page
    person.press(form="letter", kind="market", description="另一家")
    assert person.code != code


def test_a_letter_refused_keeps_its_words(letters: Come) -> None:
    person = letters()
    person.get("/public/letters")
    person.press(form="letter", description="<b>写了很多</b>", wish="email")
    assert person.status == 422
    assert "&lt;b&gt;写了很多&lt;/b&gt;" in person.page
    for said in ("请选择来信的类别", "请留邮箱"):
        assert said in person.text()


def test_who_wrote_is_shown_masked_and_in_full_only_on_record(letters: Come) -> None:
    found = letter_of(written(letters, "own_people", reporter_name="王小明", reporter_phone="13800001111"))
    client = seat("supervisor-1")
    assert "13800001111" not in client.get(f"/letters/{found.id}").content.decode()
    assert client.post(f"/letters/{found.id}/reveal", {"reason": ""}).status_code == 422
    shown = client.post(f"/letters/{found.id}/reveal", {"reason": "核实投诉内容"}).content.decode()
    assert "13800001111" in shown
    line = AuditRecord.objects.filter(kind="reveal").get()
    assert (line.object_kind, line.object_key) == ("letter", str(found.id))


def test_erasure_leaves_that_there_was_a_letter(letters: Come) -> None:
    code = written(letters, "own_people", reporter_name="王小明")
    number = letter_of(code).id
    erase_letter(number=number, because="本人申请", by=TERMINAL, at=clock.now())
    found = letter_of(code)
    assert (found.words, found.name, found.kind) == ("", "", "own_people")
    line = AuditRecord.objects.filter(kind="erasure").get()
    assert (line.object_kind, line.object_key, line.detail) == ("letter", str(number), {"because": "本人申请"})
    assert seat("supervisor-1").get(f"/letters/{number}").status_code == 200


def test_an_erasure_needs_a_reason_and_happens_once(letters: Come) -> None:
    number = letter_of(written(letters, "market")).id
    with pytest.raises(LetterRefused):
        erase_letter(number=number, because=" ", by=TERMINAL, at=clock.now())
    erase_letter(number=number, because="本人申请", by=TERMINAL, at=clock.now())
    with pytest.raises(NoSuchLetter):
        erase_letter(number=number, because="本人申请", by=TERMINAL, at=clock.now())


def test_a_late_answer_stands_first_and_is_marked(letters: Come, city: datetime) -> None:
    written(letters, "market")
    with clock.held_at(city + timedelta(days=60)):
        page = seat("acceptor-1").get("/letters").content.decode()
    assert "▲" in page


def test_the_letters_door_is_closed_until_opened(letters: Come) -> None:
    close_door(by=TERMINAL, at=clock.now(), door=PublicDoor.LETTERS, decided_by="局", decision="关")
    person = letters()
    person.get("/public/letters")
    assert person.status == 404
    person.get("/public/report")
    person.press()
    person.press(location_lon="114.3", location_lat="30.6")
    assert 'value="outside"' not in person.page


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("letter_answered_has_answer", "state = 'answered'"), ("letter_receipted_has_number", "state = 'receipted'"),
        ("letter_says_something", "words = ''"), ("letter_place_whole", "lon = 1"),
        ("letter_state_known", "state = 'lost'"), ("letter_forwarded_to_somebody", "authority = ''"),
    ],
)  # fmt: skip
def test_a_letter_says_nothing_impossible(letters: Come, constraint: str, change: str) -> None:
    written(letters, "market")
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE citizens_letter SET {change}")


def test_the_list_and_a_letter_need_a_constant_number_of_statements(letters: Come) -> None:
    client = seat("acceptor-1")
    client.get("/account")
    found = letter_of(written(letters, "market"))
    for url in ("/letters", f"/letters/{found.id}"):
        client.get(url)
        with CaptureQueriesContext(connection) as few:
            client.get(url)
        for _turn in range(3):
            written(letters, "market")
        with CaptureQueriesContext(connection) as many:
            client.get(url)
        assert len(many) == len(few) <= 8

"""One act on many cases: each is judged by itself, what cannot be done stays as it is and says why."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.web.conftest import Browser, Open, reported
from wangge.domains.cases.rows import load

pytestmark = pytest.mark.django_db


def stages(numbers: list[str]) -> list[str]:
    found = [load(number) for number in numbers]
    return [row.stage for row in found if row is not None]


def chosen(page: str) -> list[str]:
    """What the boxes of the page hold, as the browser would send them."""
    return re.findall(r'<input type="checkbox" name="case" value="([^"]+)" checked', page)


def send(person: Browser, page: str, cases: list[str], **values: str) -> str:
    form = re.search(r'<form method="post" action="([^"]+)" id="together"', page)
    verb = re.search(r'<input type="hidden" name="verb" value="([^"]+)"', page)
    assert form is not None
    assert verb is not None
    answer = person.client.post(unescape(form[1]), {"verb": verb[1], "case": cases, **values})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def three(browser: Open) -> list[str]:
    return [reported(browser) for _turn in range(3)]


def test_a_seat_accepts_files_and_dispatches_all_in_three_sendings(browser: Open, three: list[str]) -> None:
    for username, queue, verb, values in (
        ("acceptor-1", "reported", "accept", {}),
        ("duty_leader-1", "accepted", "file_case", {"condition_seq": "2"}),
        ("dispatcher-1", "filed", "dispatch", {"department": "dept-a"}),
    ):
        person = browser(username)
        page = person.get(f"/cases/together?queue={queue}&act={verb}")
        assert len(chosen(page)) == 3, (queue, verb)
        assert "已办理 3 件，未办理 0 件" in send(person, page, chosen(page), **values)
    assert stages(three) == ["handling"] * 3


def test_the_work_list_leads_there_with_its_queue(browser: Open, three: list[str]) -> None:
    assert "/cases/together?queue=reported" in browser("acceptor-1").get("/work?queue=reported")
    page = browser("acceptor-1").get("/cases/together?queue=reported")
    assert 'aria-current="page"' in page
    assert "受理" in page


def test_a_case_moved_meanwhile_is_left_alone_and_named(browser: Open, three: list[str]) -> None:
    person = browser("acceptor-1")
    page = person.get("/cases/together?queue=reported&act=accept")
    other = browser("acceptor-1")
    other.get(f"/cases/{three[1]}")
    other.send("decline_report", reason="重复")
    told = send(person, page, chosen(page))
    assert "已办理 2 件，未办理 1 件" in told
    assert sorted(stages(three)) == ["accepted", "accepted", "declined"]


def test_a_page_sent_twice_moves_nothing_twice(browser: Open, three: list[str]) -> None:
    person = browser("acceptor-1")
    page = person.get("/cases/together?queue=reported&act=accept")
    send(person, page, chosen(page))
    assert "已办理 0 件，未办理 3 件" in send(person, page, chosen(page))
    rows = [load(number) for number in three]
    assert [row.version for row in rows if row is not None] == [2, 2, 2]


def test_a_missing_answer_moves_no_case(browser: Open, three: list[str]) -> None:
    person = browser("acceptor-1")
    page = person.get("/cases/together?queue=reported&act=send_verification")
    told = send(person, page, chosen(page))
    assert "已办理 0 件" in told
    assert stages(three) == ["reported"] * 3


def test_what_one_answer_cannot_say_for_all_is_not_offered(browser: Open, three: list[str]) -> None:
    page = browser("acceptor-1").get("/cases/together?queue=reported")
    offered = set(re.findall(r"act=([a-z_]+)", page))
    assert "accept" in offered
    assert not offered & {"merge", "decline_report", "report_handled", "split"}


def test_a_case_behind_the_wall_is_not_even_named(browser: Open, three: list[str]) -> None:
    person = browser("dispatcher-1")
    answer = person.client.post("/cases/together", {"verb": "accept", "case": [f"{three[0]}:1", "nonsense", "x:y"]})
    assert answer.status_code == 200
    assert three[0] not in answer.content.decode()
    assert stages(three) == ["reported"] * 3


def test_an_empty_list_says_so(browser: Open) -> None:
    assert "没有可以批量办理的事项" in browser("acceptor-1").get("/cases/together?queue=reported")


def test_photos_are_not_asked_for_many(browser: Open, three: list[str]) -> None:
    page = browser("acceptor-1").get("/cases/together?queue=reported&act=accept")
    assert 'type="file"' not in page

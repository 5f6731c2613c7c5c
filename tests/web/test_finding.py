"""What helps a person to find: initials of names, cases near by, the unit that usually has the matter."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.conftest import REPORT, Open, reported
from tests.web.test_pages import to_handling
from wangge.groundwork.pinyin_initials import initials


@pytest.mark.parametrize(
    ("text", "letters"),
    [("供排水公司", "gpsgs"), ("上水井盖", "ssjg"), ("A区12号", "aq12h"), ("（东）路", "dl"), ("", "")],
)
def test_a_name_is_found_by_the_initials_of_its_pinyin(text: str, letters: str) -> None:
    assert initials(text) == letters


def test_a_rare_character_is_left_out_rather_than_guessed() -> None:
    assert initials("鼍河") == "h"


@pytest.mark.django_db
def test_a_likely_duplicate_near_by_is_shown_while_reporting(browser: Open) -> None:
    number = reported(browser)
    acceptor = browser("acceptor-1")
    asked = "/cases/new/similar?category=component:0101&location_lon=113.1342&location_lat=27.827"
    assert number in acceptor.get(asked)
    assert number not in acceptor.get(asked.replace("113.1342", "113.1362"))  # 200 metres on
    assert number not in acceptor.get(asked.replace("0101", "0301"))
    assert number not in browser("collector-2").get(asked)  # not his to see


@pytest.mark.django_db
def test_a_case_shows_its_likely_duplicate_and_fills_it_in_as_lead(browser: Open) -> None:
    first, second = reported(browser), reported(browser)
    acceptor = browser("acceptor-1")
    page = acceptor.get(f"/cases/{second}")
    assert f'name="lead_case" type="text" value="{first}"' in page
    acceptor.send("merge")
    assert "已并案" in acceptor.text()


@pytest.mark.django_db
def test_dispatch_proposes_the_unit_that_has_such_cases_near_by_and_says_why(browser: Open) -> None:
    to_handling(browser, reported(browser))
    number = reported(browser)
    moves: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("acceptor-1", "accept", {}),
        ("duty_leader-1", "file_case", {"condition_seq": "2"}),
    )
    for username, form, values in moves:
        person = browser(username)
        person.get(f"/cases/{number}")
        person.send(form, **values)
    dispatcher = browser("dispatcher-1")
    page = dispatcher.get(f"/cases/{number}")
    assert '<option value="dept-a" selected' in page
    assert "建议：dept-a。附近同类案卷近半年有 1 件由其办理。" in dispatcher.text()


@pytest.mark.django_db
def test_a_report_without_point_or_address_says_what_is_missing_and_keeps_the_words(browser: Open) -> None:
    acceptor = browser("acceptor-1")
    acceptor.get("/cases/new")
    words = {"source": "media", "description": REPORT["description"]}
    page = acceptor.send("report", **words, status=422)
    assert "请附上凭证：位置。" in page
    assert "井盖缺失</textarea>" in page

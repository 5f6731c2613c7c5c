"""What helps a person to find: initials of names, cases near by, the unit that usually has the matter."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

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


AROUND = "113.130,27.820;113.140,27.820;113.135,27.835"
BESIDE = "113.130,27.820;113.140,27.820;113.140,27.826"


@pytest.mark.django_db
def test_cases_are_found_within_what_was_drawn_on_the_map(browser: Open) -> None:
    number = reported(browser)
    acceptor = browser("acceptor-1")
    found = acceptor.get(f"/cases?within={AROUND}&source=collector")
    assert number in found
    assert "限于图上 3 个顶点的范围" in found
    assert 'name="within" value="113.13000,27.82000;' in found
    assert "within=113.13000%2C27.82000%3B" in found  # the files hold what the list holds
    assert number in b"".join(acceptor.client.get(f"/cases/export.csv?within={AROUND}").streaming_content).decode()
    assert number not in b"".join(acceptor.client.get(f"/cases/export.csv?within={BESIDE}").streaming_content).decode()
    assert number not in acceptor.get(f"/cases?within={BESIDE}")
    assert "没有符合条件的案卷" in acceptor.text()
    assert number in acceptor.get(f"/cases?within={AROUND}&q=井盖")
    assert number not in acceptor.get(f"/cases?within={BESIDE}&q=井盖")
    assert number in acceptor.get("/cases?within=nonsense")


@pytest.mark.django_db
def test_a_ring_costs_no_further_statement_and_uses_the_index_of_places(browser: Open) -> None:
    reported(browser)
    acceptor = browser("acceptor-1")
    with CaptureQueriesContext(connection) as plain:
        acceptor.get("/cases")
    with CaptureQueriesContext(connection) as drawn:
        acceptor.get(f"/cases?within={AROUND}")
    assert len(drawn.captured_queries) == len(plain.captured_queries)
    asked = next(each["sql"] for each in drawn.captured_queries if "poly_contain_pt" in str(each["sql"]))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {asked}")
        assert "matter_point" in "\n".join(row[0] for row in cursor.fetchall())


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

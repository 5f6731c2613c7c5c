"""Lines of lists are said once a minute for everybody: each is what it would be if it were said anew."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import translation

from tests.web.conftest import Open, reported
from tests.web.test_pages import to_handling
from wangge.domains.cases.rows import load
from wangge.domains.cases.surroundings import forget_units
from wangge.surfaces.web.command import rows
from wangge.surfaces.web.elements.pieces import CaseRow

pytestmark = pytest.mark.django_db


def said(number: str, *, at: datetime, queue: str = "", current: str = "", named: bool = True) -> CaseRow:
    """The line a list shows; the same as a line made anew, whatever was shown before."""
    row = load(number)
    assert row is not None
    shown = rows.lines([row], at=at, queue=queue, current=current, named=named)
    assert shown == (rows.line(row, at=at, queue=queue, current=current, named=named),)
    return shown[0]


def test_a_line_is_made_once_while_nothing_moves(browser: Open, at_nine: datetime) -> None:
    number = reported(browser)
    assert said(number, at=at_nine) is said(number, at=at_nine + timedelta(seconds=20))


def test_a_line_follows_the_steps_of_its_case(browser: Open, at_nine: datetime) -> None:
    number = reported(browser)
    assert said(number, at=at_nine).stage.stage == "reported"
    to_handling(browser, number)
    assert said(number, at=at_nine).stage.stage == "handling"


def test_a_line_follows_the_minute(browser: Open, at_nine: datetime) -> None:
    number = reported(browser)
    first = said(number, at=at_nine).time_left
    assert said(number, at=at_nine + timedelta(minutes=1)).time_left != first
    assert said(number, at=at_nine).time_left == first


def test_a_line_is_one_readers_own_in_language_queue_and_place(browser: Open, at_nine: datetime) -> None:
    number = reported(browser)
    chinese = said(number, at=at_nine)
    with translation.override("en"):
        assert said(number, at=at_nine).category_zh != chinese.category_zh
    assert said(number, at=at_nine, queue="reported").url.endswith("?queue=reported")
    assert said(number, at=at_nine, current=number).is_current
    assert said(number, at=at_nine) == chinese


def test_a_task_of_the_field_names_nobody_to_who_may_not_know(browser: Open, at_nine: datetime) -> None:
    number = reported(browser)
    acceptor = browser("acceptor-1")
    acceptor.get(f"/cases/{number}")
    acceptor.send("send_verification", assignee="collector-2")
    assert said(number, at=at_nine).stage.turn != said(number, at=at_nine, named=False).stage.turn


def test_a_line_follows_the_name_of_its_unit(browser: Open, at_nine: datetime) -> None:
    number = reported(browser)
    to_handling(browser, number)
    before = said(number, at=at_nine).stage
    with connection.cursor() as cursor:
        cursor.execute("UPDATE organizations_department SET name = name || '（新）' WHERE code = 'dept-a'")
    forget_units()
    assert said(number, at=at_nine).stage.turn == f"{before.turn}（新）"


def test_lines_are_kept_for_some_thousand_cases_at_most(
    browser: Open, at_nine: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = reported(browser)
    monkeypatch.setattr(rows, "MOST_SAID", 2)
    for queue in ("one", "two", "three", "four"):
        said(number, at=at_nine, queue=queue)
        assert len(rows._said[0].lines) <= 2

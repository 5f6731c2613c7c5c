"""The wall of the command hall: its figures are those of the lists at the same moment, and it costs the same always."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cases.conftest import START
from tests.jobs.conftest import Hands, hands
from tests.web.conftest import Open
from wangge.domains.cases.queries.counts import forget_counts, open_by_stage, open_by_unit
from wangge.domains.cases.queries.day_figures import SpanFigures, figures_of_spans
from wangge.groundwork import clock
from wangge.surfaces.web.hall.views import unit_lines

__all__ = ["hands"]
pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def figure(page: str, label: str) -> str:
    """The figure of this name, as it stands on the wall."""
    found = re.search(rf'{label}</span>\s*<(?:a|span) class="value"[^>]*>([^<]+)<', page)
    assert found is not None, label
    return unescape(found[1])


@pytest.fixture
def a_day(hands: Hands) -> list[str]:
    """Three reports of today, one of them with a unit, and two of the same weekday before, one of them later in the
    day than it is now."""
    with clock.held_at(START - 7 * DAY):
        hands.report(START - 7 * DAY)
        hands.report(START - 7 * DAY + 9 * HOUR)
    numbers = [hands.report(START + minute * timedelta(minutes=1)) for minute in range(3)]
    hands.to_handling(numbers[0])
    return numbers


def test_the_wall_shows_today_beside_the_same_weekday_up_to_the_same_minute(browser: Open, a_day: list[str]) -> None:
    page = browser("duty_leader-1").get("/hall")
    assert figure(page, "今日上报") == "3"
    assert figure(page, "今日立案") == "1"
    assert figure(page, "今日结案") == "0"
    assert "上周同期 1" in page
    assert "+200%" in page
    assert figure(page, "在办案卷") == "5"


def test_each_figure_is_the_one_of_the_list_it_leads_to(browser: Open, a_day: list[str]) -> None:
    person = browser("duty_leader-1")
    wall = person.get("/hall")
    links = re.findall(r'<a class="value" href="([^"]+)">([^<]+)</a>', wall)
    assert len(links) == 3
    for url, value in links:
        text = re.search(r"共 ([\d,]+) 件", person.get(unescape(url)))
        assert (text[1] if text else "0") == value, url


def test_a_case_that_comes_in_stands_on_the_wall_when_it_is_asked_again(
    browser: Open, a_day: list[str], hands: Hands
) -> None:
    person = browser("duty_leader-1")
    before = person.get("/hall")
    number = hands.report(START + timedelta(minutes=30))
    after = person.get("/hall")
    assert figure(after, "今日上报") == "4"
    assert number not in before
    assert number in after


def test_units_stand_by_what_they_are_late_with(browser: Open, a_day: list[str], hands: Hands) -> None:
    leader = hands.actor("duty_leader-1")
    held, later = open_by_unit(by=leader, at=START + HOUR), open_by_unit(by=leader, at=START + 60 * DAY)
    assert (held["dept-a"], later["dept-a"]) == ((1, 0), (1, 1))
    everything = open_by_stage(by=leader, at=START + HOUR).values()
    assert sum(number for number, _late in held.values()) == sum(number for number, _late in everything)
    lines = unit_lines({"dept-b": (3, 1), "": (9, 9), "dept-a": (5, 1), "dept-c": (2, 2)})
    assert [(line.open, line.late, line.late_share) for line in lines] == [
        ("2", "2", 100),
        ("5", "1", 20),
        ("3", "1", 33),
    ]


def test_figures_of_a_span_are_half_open_and_within_sight(a_day: list[str], hands: Hands) -> None:
    leader, unit = hands.actor("duty_leader-1"), hands.actor("dept-b")
    spans = [(START, START), (START, START + timedelta(minutes=2)), (START - 30 * DAY, START + DAY)]
    assert figures_of_spans(by=leader, spans=spans) == [
        SpanFigures(0, 0, 0),
        SpanFigures(2, 0, 0),
        SpanFigures(5, 1, 0),
    ]
    assert figures_of_spans(by=unit, spans=spans)[2] == SpanFigures(0, 0, 0), "behind the wall nothing is counted"


def test_the_wall_asks_the_database_the_same_number_of_questions_always(
    browser: Open, a_day: list[str], hands: Hands
) -> None:
    person = browser("duty_leader-1")
    person.get("/hall")
    asked = []
    for _turn in range(2):
        forget_counts()
        with CaptureQueriesContext(connection) as questions:
            person.get("/hall")
        asked.append(len(questions))
        for minute in range(4):
            hands.report(START + timedelta(minutes=20 + minute))
    assert asked[0] == asked[1]


def test_a_unit_and_a_collector_do_not_open_the_wall(browser: Open, a_day: list[str]) -> None:
    browser("dept-a").get("/hall", status=403)
    browser("collector-1").get("/hall", status=403)

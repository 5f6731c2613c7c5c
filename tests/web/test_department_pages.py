"""A unit's own figures: what it closed in the running month, late ones first, its months; nothing of another unit."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection

from tests.jobs.conftest import Hands, fresh_rules, hands
from tests.web.conftest import START, Open
from wangge.domains.cases.logic.state import CaseState, to_plain
from wangge.domains.cases.logic.views import counts_on_time
from wangge.domains.cases.queries.unit_closed import LATE, cases_closed_by_units, closed_by_units
from wangge.groundwork import clock

__all__ = ["fresh_rules", "hands"]
pytestmark = pytest.mark.django_db
AT = START + timedelta(days=5)
MONTH = {"since": START - timedelta(days=13), "before": AT}


def closed(hands: Hands, handled_after: timedelta) -> str:
    number = hands.report()
    hands.to_handling(number)
    handled = START + handled_after
    hands.step(number, "dept-a", "report_handled", handled, photos=["photo_after"])
    hands.step(number, "dispatcher-1", "forward_result", handled + timedelta(minutes=1))
    hands.step(number, "acceptor-1", "send_inspection", handled + timedelta(minutes=2), assignee="collector-2")
    hands.step(
        number, "collector-2", "pass_inspection", handled + timedelta(minutes=3), photos=["photo_site"],
        location={"lon": 113.134, "lat": 27.827},
    )  # fmt: skip
    hands.step(number, "duty_leader-1", "close_case", handled + timedelta(minutes=4))
    return number


def test_what_a_unit_closed_is_counted_late_or_in_time_and_each_case_stands_behind_its_figure(hands: Hands) -> None:
    in_time, late = closed(hands, timedelta(hours=1)), closed(hands, timedelta(days=3))
    told = closed_by_units(units={"dept-a"}, **MONTH)
    assert (told.cases, told.on_time, told.late) == (2, 1, 1)
    behind = [
        [row.number for row in cases_closed_by_units(units={"dept-a"}, **MONTH, late=which, limit=10)]
        for which in (False, True)
    ]
    assert behind == [[in_time], [late]]
    assert closed_by_units(units={"dept-b"}, **MONTH).cases == 0
    assert closed_by_units(units={"dept-a"}, since=AT, before=AT + timedelta(days=1)).cases == 0
    assert closed_by_units(units=(), **MONTH).cases == 0


def test_a_case_is_late_for_its_unit_exactly_where_the_rules_say_that_it_was_not_on_time() -> None:
    within, over = [100, 240], [300, 240]
    states = [
        CaseState(readings=[tuple(each) for each in readings], granted=list(granted))
        for readings in ([], [within], [over], [within, over], [over, within], [over, over])
        for granted in ([], ["late"], ["wrong_rework"], ["wrong_class"], ["wrong_rework", "late"])
    ]
    texts = [json.dumps(to_plain(state)) for state in states]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {LATE} FROM unnest(%s::text[]) WITH ORDINALITY AS c (state, n) ORDER BY n", [texts])
        found = [late for (late,) in cursor.fetchall()]
    assert found == [not counts_on_time(state) for state in states]
    assert True in found
    assert False in found


def test_the_figure_in_the_corner_opens_to_the_cases_of_this_unit_alone(browser: Open, hands: Hands) -> None:
    in_time, late = closed(hands, timedelta(hours=1)), closed(hands, timedelta(days=3))
    with clock.held_at(AT):
        unit = browser("dept-a")
        corner = unit.get("/unit")
        assert '<a href="/unit/figures"><span>时限内结案率</span> <b>50%</b></a>' in corner
        page = unit.get("/unit/figures")
        assert page.index(late) < page.index(in_time)
        other = browser("dept-b")
        assert "时限内结案率</span> <b>—" in other.get("/unit")
        assert late not in other.get("/unit/figures")
        assert browser("acceptor-1").get("/unit/figures", status=403)

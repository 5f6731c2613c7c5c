"""The server's clock is set back an hour in the middle: work goes on, and nothing is counted that was not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.api.conftest import Speak, speak
from tests.cases.conftest import START, small_city
from tests.volume.conftest import breaks_found
from wangge.domains.cases.rows import load
from wangge.groundwork import clock

__all__ = ["small_city", "speak"]
pytestmark = pytest.mark.django_db
CLASS = {"category": "event:0201", "condition_seq": 1}


def test_work_goes_on_under_a_clock_that_was_set_back_and_after_it_was_put_right(speak: Speak) -> None:
    leader, desk, dispatcher = speak("duty_leader-1"), speak("acceptor-1"), speak("dispatcher-1")
    unit = speak("dept-a")
    with clock.held_at(START + timedelta(hours=1)):
        case = speak("collector-1").report(category="event:0201")
        case = desk.move(case, "accept", {"category": "event:0201"})
        case = leader.move(case, "file_case", CLASS)
        case = dispatcher.move(case, "dispatch", {"department": "dept-a"})
    with clock.held_at(START + timedelta(minutes=5)):  # an hour back
        again = dispatcher.post(f"/cases/{case['number']}/moves/dispatch", {"department": "dept-a"}, version=3)
        assert again.status_code == 412
        case = unit.move(case, "assign_handler", {"handler": "dept-a"})
        case = unit.move(case, "report_handled", {"evidence": {"photo_after": [unit.photo()]}})
        assert [each["used_minutes"] for each in case["deadlines"] if each["clock"] == "handling"] == [0]
    with clock.held_at(START + timedelta(hours=2)):  # put right
        case = dispatcher.move(case, "order_rework", {"reason": "未到位"})
    with clock.held_at(START + timedelta(hours=3)):
        case = unit.move(case, "report_handled", {"evidence": {"photo_after": [unit.photo()]}})
        assert [each["used_minutes"] for each in case["deadlines"] if each["clock"] == "handling"] == [60]
    row = load(case["number"])
    assert row is not None
    assert row.version == 8
    assert breaks_found() == []

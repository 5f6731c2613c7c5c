"""The hall's wall as cases arrive: its figures are those of the lists, and it keeps nothing of what it showed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import NOW, SignIn
from wangge.domains.cases.operations.reporting import Report, report_case
from wangge.domains.organizations.logic import SYSTEM
from wangge.groundwork import clock

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WARMING, WATCHED = 12, 24
MIB = 1024 * 1024


def arrive(number: int) -> None:
    place = {"lon": 113.12 + number % 7 / 100, "lat": 27.82 + number % 5 / 100, "system": "wgs84"}
    words = f"井盖缺失 {number}"
    report_case(report=Report("public", "component:0101", words, place, external_no=f"P-{number}"), by=SYSTEM, at=NOW)


@pytest.fixture
def a_minute_later(served_city: str) -> Iterator[None]:
    """The wall counts what lies before its moment."""
    with clock.held_at(NOW + timedelta(minutes=1)):
        yield


def ask_again(page: Page) -> None:
    """What the page does every five seconds, now."""
    with page.expect_response(lambda answer: answer.url.endswith("/hall")):
        page.evaluate("document.querySelector('#hall').dispatchEvent(new Event('wangge:refresh'))")


def kept(session: CDPSession) -> dict[str, Any]:
    """What the page keeps once the browser has cleared up: what was shown goes in several rounds."""
    nodes, found = -1, _metrics(session)
    while found["Nodes"] != nodes:
        nodes, found = found["Nodes"], _metrics(session)
    return found


def _metrics(session: CDPSession) -> dict[str, Any]:
    session.send("HeapProfiler.collectGarbage")
    return {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}


def test_the_wall_counts_as_the_lists_do_and_does_not_grow_with_what_it_shows(
    enter: SignIn, a_minute_later: None
) -> None:
    wall = enter("duty_leader-1", width=1920, height=1080)
    wall.goto("/hall")
    wall.locator("wangge-map canvas").wait_for()
    session = wall.context.new_cdp_session(wall)
    session.send("Performance.enable")
    reported = wall.locator("#hall-figures li", has_text="今日上报").locator(".value")
    for number in range(WARMING):
        arrive(number)
        ask_again(wall)
    expect(reported).to_have_text(str(WARMING))
    before = kept(session)
    for number in range(WARMING, WARMING + WATCHED):
        arrive(number)
        ask_again(wall)
    expect(reported).to_have_text(str(WARMING + WATCHED))
    after = kept(session)
    assert after["JSHeapUsedSize"] - before["JSHeapUsedSize"] < MIB
    assert after["Nodes"] - before["Nodes"] < 60  # the list of arrivals was full before; a pulse may be on its way
    assert after["JSEventListeners"] - before["JSEventListeners"] < WATCHED  # what each showing left would be more
    wall.locator("#hall-figures li", has_text="今日上报").get_by_role("link").click()
    expect(wall.locator("table.cases tbody tr")).to_have_count(WARMING + WATCHED)

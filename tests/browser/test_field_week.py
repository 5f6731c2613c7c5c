"""A week without a network: the telephone's days pass, the session ends, and nothing is lost or sent twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from playwright.sync_api import expect

from tests.browser.conftest import NOW
from tests.browser.line import Line
from tests.browser.test_field_app import (
    Picture,
    Telephone,
    enter,
    file_one,
    kept_for_later,
    line,
    ready,
    sign_in,
    telephone,
)
from wangge.groundwork import clock

__all__ = ["line", "telephone"]
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
WEEK = timedelta(days=7, hours=1)


def test_seven_days_without_a_network_keep_the_queue_and_every_report_arrives_once(
    telephone: Telephone, line: Line, picture: Picture
) -> None:
    telephone.context.clock.set_fixed_time(NOW)
    page = enter(telephone, "collector-1")
    kept_for_later(page)
    line.cut()
    telephone.context.set_offline(True)
    days = (0, 2, 5, 7)
    for number, day in enumerate(days, start=1):
        if day == 5:  # the battery was empty: everything is begun again
            telephone.restart()
            telephone.context.set_offline(True)
            page = telephone.page()
        telephone.context.clock.set_fixed_time(NOW + timedelta(days=day))
        file_one(page, picture, f"第 {day} 天的井盖")
        expect(page.locator("[data-counts]")).to_have_text(f"已存 {number} · 已送 0")

    # A week later there is a network again; meanwhile the city has forgotten who asks.
    with clock.held_at(NOW + WEEK):
        telephone.context.clock.set_fixed_time(NOW + WEEK)
        telephone.context.set_offline(False)
        line.mend()
        page.reload()
        ready(page)
        expect(page.locator("[data-line]")).to_contain_text("登录已结束")
        expect(page.locator("[data-counts]")).to_have_text("已存 4 · 已送 0")
        page.get_by_role("link", name="去登录").click()
        line.lose_answer_to(b"POST /field/reports")
        sign_in(page, "collector-1")
        ready(page)
        page.evaluate("window.dispatchEvent(new Event('online'))")
        expect(page.locator("[data-counts]")).to_have_text("已存 0 · 已送 4")
        assert line.lost == 1
        with connection.cursor() as cursor:
            cursor.execute("SELECT m.description FROM cases_case c JOIN cases_matter m ON m.case_id = c.id ORDER BY 1")
            assert [row[0] for row in cursor.fetchall()] == [f"第 {day} 天的井盖" for day in days]
        page.goto("/field/app#queue")
        expect(page.locator(".queue [data-state=sent]")).to_have_count(4)

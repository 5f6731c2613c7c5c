"""A city with every channel, the other sides of SMS and WeChat, and citizens who wish to be answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from tests.cases.conftest import START, actor, small_city
from tests.citizens.conftest import city
from tests.outbox.neighbours import wait_for_neighbours
from wangge.domains.cases.operations.reporting import Report
from wangge.domains.citizens.operations.following import Contact, Sent, report_publicly
from wangge.groundwork import clock
from wangge.project import subscriptions
from wangge.surfaces.exchange.replies import channels as set_up
from wangge.surfaces.exchange.replies.simulator import OtherSides, listening
from wangge.surfaces.jobs import delivery

__all__ = ["START", "actor", "city", "small_city"]
SMS_SECRET = "0123456789abcdef0123456789abcdef"
APP = "wx0000000000000000:app-secret"
TOKEN = "callback-token"
REPLIES = next(each for each in subscriptions.CONSUMERS if each.name == "replies")


@pytest.fixture
def sides(settings: Any) -> Iterator[OtherSides]:
    """SMS gateway and WeChat on this machine; e-mail lands in memory."""
    other = OtherSides(sms_secret=SMS_SECRET, app=APP)
    with listening(other) as port:
        at = f"http://127.0.0.1:{port}"
        settings.REPLIES = settings.ENVIRONMENT.model_copy(
            update={
                "email_from": "服务 <city@example.org>", "sms_address": f"{at}/sms", "sms_secret": SMS_SECRET,
                "wechat_app": APP, "wechat_template": "template-1", "wechat_address": at, "wechat_token": TOKEN,
                "public_address": "https://city.example.org",
            }
        )  # fmt: skip
        set_up._one.clear()
        yield other
    set_up._one.clear()


Reported = Callable[..., tuple[str, str]]


@pytest.fixture
def reported(city: datetime) -> Reported:
    """A citizen's report with a wish: (number of the case, his code)."""
    delivery.register_all()
    made: list[int] = []

    def report(**contact: str) -> tuple[str, str]:
        made.append(1)
        sent = Sent(f"key-{len(made)}", b"d" * 32, b"secret", f"203.0.113.{len(made)}")
        report = Report(
            source="public", description="路灯不亮", location={"lon": 113.134, "lat": 27.827, "address": "建设路 1 号"}
        )
        found = report_publicly(report=report, contact=Contact(**contact), sent=sent, at=clock.now())
        with connection.cursor() as cursor:
            cursor.execute("SELECT number FROM cases_case WHERE id = %s", [found.case_id])
            return str(cursor.fetchone()[0]), found.code

    return report


def hear() -> None:
    """Hand the facts to the consumer of answers."""
    wait_for_neighbours()
    while delivery.deliver_next(REPLIES):
        pass

"""Killed between database and partner: each report is there exactly once, each answer arrives and bears one id."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.citizens.conftest import city
from tests.city_database import CityDatabase
from tests.doors import killing
from tests.exchange.test_spool import SECRET as SPOOL_SECRET
from tests.exchange.test_spool import behind, cases, lay, report
from tests.hotline.conftest import CHANNEL, SECRET, Partner, actor, order_body, partner, small_city
from tests.hotline.test_answers_out import answer, row
from tests.outbox.neighbours import wait_for_neighbours
from tests.replies.conftest import SMS_SECRET, Reported, hear, reported, sides
from wangge.domains.hotline.operations import sending as to_hotline
from wangge.domains.organizations.logic import Actor
from wangge.domains.replies.operations import sending as to_citizens
from wangge.groundwork import clock
from wangge.surfaces.exchange.hotline.posting import post
from wangge.surfaces.exchange.replies import by_sms
from wangge.surfaces.exchange.replies.simulator import OtherSides, listening
from wangge.surfaces.exchange.spool.packages import waiting
from wangge.surfaces.exchange.spool.receiving import Outcome, take_in
from wangge.surfaces.exchange.spool.telling import tell_back
from wangge.surfaces.jobs import delivery
from wangge.surfaces.outer.store import Store

__all__ = ["actor", "city", "partner", "reported", "sides", "small_city"]
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
Actors = Callable[[str], Actor]
AROUND = pytest.mark.parametrize("posts", [False, True], ids=["before the sending", "after the sending"])


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


@AROUND
def test_an_answer_to_the_hotline_arrives_when_its_worker_is_killed(
    city_database: CityDatabase, partner: Callable[..., Partner], actor: Actors, settings: Any, posts: bool
) -> None:
    got: list[dict[str, Any]] = []
    partner().order(kind="suggestion")
    answer(actor)
    at = clock.now()
    with listening(OtherSides(sms_secret=SECRET, told=got.append)) as port:  # signed alike
        address = f"http://127.0.0.1:{port}/sms"
        told = {"at": at, "address": address, "secret": SECRET, "channel": CHANNEL}
        killing.killed(city_database, killing.answer_to_hotline, **told, posts=posts)
        settings.HOTLINE_ADDRESSES = {CHANNEL: address}
        assert to_hotline.send_due(channel=CHANNEL, send=post, at=at) == (0, 0)  # the dead one's lease still runs
        assert to_hotline.send_due(channel=CHANNEL, send=post, at=at + to_hotline.LEASE) == (1, 0)
    assert got == [got[0]] * (1 + posts)
    assert row().state == "sent"


@AROUND
def test_an_answer_to_a_citizen_arrives_when_its_worker_is_killed(
    city_database: CityDatabase, city: datetime, sides: OtherSides, reported: Reported, settings: Any, posts: bool
) -> None:
    reported(wish="sms", phone="13812345678")
    wait_for_neighbours()
    killing.killed(city_database, killing.hearing_of_answers, at=city)
    assert count("replies_outgoing") == 0
    hear()
    assert count("replies_outgoing") == 1
    address = settings.REPLIES.sms_address
    told = {"at": city, "address": address, "secret": SMS_SECRET}
    killing.killed(city_database, killing.answer_by_sms, **told, posts=posts)
    assert to_citizens.send_due(channel="sms", send=by_sms.send, at=city) == (0, 0)
    assert to_citizens.send_due(channel="sms", send=by_sms.send, at=city + to_citizens.LEASE) == (1, 0)
    assert (len(sides.sms), sides.doubled) == (1, int(posts))


@pytest.mark.parametrize("commits", [False, True], ids=["before the commit", "after the commit"])
def test_a_report_from_outside_is_taken_once_when_the_taking_in_is_killed(
    city_database: CityDatabase, city: datetime, tmp_path: Path, commits: bool
) -> None:
    lay(tmp_path, report(city, 1))
    told = {"folder": str(tmp_path), "secret": SPOOL_SECRET, "at": city}
    killing.killed(city_database, killing.taking_in_of_spool, **told, commits=commits)
    assert cases() == int(commits)
    assert len(waiting(tmp_path)) == 1
    expected = Outcome.BEFORE if commits else Outcome.TAKEN
    assert take_in(tmp_path, secret=SPOOL_SECRET, at=city) == {expected: 1}
    assert (cases(), waiting(tmp_path)) == (1, [])
    assert behind(1).description == "井盖缺失"


def test_a_status_reaches_the_outside_when_the_telling_is_killed(
    city_database: CityDatabase, city: datetime, tmp_path: Path
) -> None:
    house, outside = tmp_path / "to-house", tmp_path / "to-public"
    lay(house, report(city, 1))
    take_in(house, secret=SPOOL_SECRET, at=city)
    told = {"folder": str(outside), "secret": SPOOL_SECRET, "at": city}
    killing.killed(city_database, killing.telling_back_of_spool, **told)
    assert tell_back(outside, secret=SPOOL_SECRET, at=city) == 1  # once more: it was never noted
    assert tell_back(outside, secret=SPOOL_SECRET, at=city) == 0
    store = Store(tmp_path, SPOOL_SECRET)
    assert store.take_statuses() == 2


def test_an_order_is_one_case_when_the_web_process_is_killed_before_it_answers(
    city_database: CityDatabase, city: datetime, partner: Callable[..., Partner]
) -> None:
    delivery.register_all()
    told = {"body": order_body(), "secret": SECRET, "channel": CHANNEL, "at": clock.now()}
    killing.killed(city_database, killing.order_taken, **told)
    assert (count("hotline_order"), cases()) == (1, 1)
    again = partner().order()
    assert (again.status_code, again.json()["case"]) == (200, row().case_number)
    assert (count("hotline_order"), cases()) == (1, 1)

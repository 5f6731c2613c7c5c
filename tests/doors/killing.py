"""Workers of their own that are killed by SIGKILL at a place named before, on the database of the test.

One server process loads the city once and forks for each of them: a kill costs a moment, not a start.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import tests.settings  # noqa: F401 - makes the environment of the tests before Django reads it

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
import django
from django.apps import apps

if not apps.ready:
    django.setup()

from django.conf import settings
from django.db import connections

from tests.city_database import CityDatabase
from wangge.groundwork.embedded_postgres import APPLICATION, Cluster

_PATIENCE_SECONDS = 120
Stop = Callable[..., None]


def killed(city: CityDatabase, scenario: Callable[..., None], **told: Any) -> None:
    """Let ``scenario(stop, **told)`` run in a process until it calls ``stop``, and kill it there."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    here, there = context.Pipe()
    child = context.Process(target=_work, args=(there, scenario, city.name, told))
    child.start()
    there.close()
    try:
        assert here.poll(_PATIENCE_SECONDS), "it never came to where it should die"
        assert here.recv() == "here"
    finally:
        child.kill()
        child.join()
    assert child.exitcode == -signal.SIGKILL


def _work(told_by: Connection, scenario: Callable[..., None], database: str, told: dict[str, Any]) -> None:
    found = Cluster(Path(settings.ENVIRONMENT.var), durable=False).connection(APPLICATION, database)
    connections["default"].settings_dict.update(
        NAME=database, USER=APPLICATION, PASSWORD=found["password"], HOST=found["host"], PORT=str(found["port"])
    )

    def stop(*_given: Any, **_named: Any) -> None:
        told_by.send("here")
        time.sleep(_PATIENCE_SECONDS)

    scenario(stop, **told)


# ---- what dies -------------------------------------------------------------------------------------------------


def answer_to_hotline(stop: Stop, *, at: datetime, address: str, secret: str, channel: str, posts: bool) -> None:
    """Between taking a message and its receipt: before it was posted, or after."""
    from wangge.domains.hotline.operations.sending import send_due
    from wangge.surfaces.exchange.hotline.posting import post

    settings.HOTLINE_ADDRESSES, settings.HOTLINE_SECRETS = {channel: address}, {channel: secret}

    def send(*told: Any) -> None:
        if posts:
            post(*told)
        stop()

    send_due(channel=channel, send=send, at=at)


def answer_by_sms(stop: Stop, *, at: datetime, address: str, secret: str, posts: bool) -> None:
    """The same of an answer to a citizen."""
    from wangge.domains.replies.operations.sending import send_due
    from wangge.surfaces.exchange.replies import by_sms

    settings.REPLIES = settings.ENVIRONMENT.model_copy(update={"sms_address": address, "sms_secret": secret})

    def send(*told: Any) -> None:
        if posts:
            by_sms.send(*told)
        stop()

    send_due(channel="sms", send=send, at=at)


def hearing_of_answers(stop: Stop, *, at: datetime) -> None:
    """With the answers queued and the place in the outbox not yet noted."""
    from wangge.groundwork.outbox.operations import next_facts
    from wangge.project.subscriptions import CONSUMERS

    replies = next(each for each in CONSUMERS if each.name == "replies")
    with next_facts(consumer=replies.name, most=500, at=at) as facts:
        assert facts
        replies.hear(facts, at)
        stop()


def taking_in_of_spool(stop: Stop, *, folder: str, secret: bytes, at: datetime, commits: bool) -> None:
    """With the case written and not committed, or committed and the file still there."""
    from wangge.domains.citizens.operations import following
    from wangge.surfaces.exchange.spool.receiving import take_in

    unlink = Path.unlink

    def unlinked(path: Path, missing_ok: bool = False) -> None:
        if path.suffix == ".wgs":
            stop()
        unlink(path, missing_ok=missing_ok)

    if commits:
        Path.unlink = unlinked  # type: ignore[method-assign]
    else:
        following._follow = stop
    take_in(Path(folder), secret=secret, at=at)


def telling_back_of_spool(stop: Stop, *, folder: str, secret: bytes, at: datetime) -> None:
    """With the file written and not noted as told."""
    from wangge.surfaces.exchange.spool import telling

    telling.note_told = stop  # type: ignore[assignment]
    telling.tell_back(Path(folder), secret=secret, at=at)


def order_taken(stop: Stop, *, body: dict[str, Any], secret: str, channel: str, at: datetime) -> None:
    """With the order's case committed and nothing answered."""
    import json

    from django.test import Client

    from wangge.groundwork import clock
    from wangge.surfaces.api import hotline
    from wangge.surfaces.exchange.hotline.signing import signature_of

    settings.HOTLINE_SECRETS = {channel: secret}
    hotline.json_answer = stop  # type: ignore[assignment]
    data = json.dumps(body).encode()
    with clock.held_at(at):
        timestamp = str(int(at.timestamp()))
        headers = {"X-Wangge-Timestamp": timestamp, "X-Wangge-Signature": signature_of(secret, timestamp, data)}
        Client().post(f"/api/v1/hotline/{channel}/messages", data, content_type="application/json", headers=headers)

"""A burst replayed at its pace through Open311: each report exactly once, whatever the way does to it."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.exchange.foreign_city import imported
from tests.shared_material import DATA
from tests.volume.conftest import Ask, breaks_found
from wangge.domains.organizations.logic import TERMINAL, token_digest
from wangge.domains.organizations.models import AccessToken, Person, PublicDoor
from wangge.domains.organizations.operations.public_doors import open_door
from wangge.groundwork import clock
from wangge.groundwork.coordinates import CoordinateSystem
from wangge.surfaces.exchange.imports.foreign import ForeignReport, ForeignStatus
from wangge.surfaces.exchange.imports.mapping import load_mapping
from wangge.surfaces.exchange.imports.replaying import (
    NotTaken,
    Replayed,
    Unreached,
    number_in,
    open311_form,
    replay,
)

READ_AT = datetime(2025, 6, 1, tzinfo=UTC)
KEY = "key-of-the-replay"


@cache
def reports_of(folder: str, name: str) -> tuple[ForeignReport, ...]:
    path = DATA / folder / "dev" / name
    if not path.is_file():
        pytest.skip(f"../shared/data/{folder}/dev/{name} is not here")
    return tuple(imported(path, load_mapping(folder), at=READ_AT)[0])


@pytest.fixture
def door(months: None) -> Iterator[None]:
    """Open311 of a bare city, opened, with a key; months of today."""
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT ensure_month_partitions(%s, %s)", [now.date(), now.date()])
    open_door(by=TERMINAL, at=now, door=PublicDoor.OPEN311, decided_by="局", decision="开", secrecy_review="通过")
    person = Person.objects.create(username="partner", display_name="partner", created_at=now)
    AccessToken.objects.create(person=person, digest=token_digest(KEY), scope="open311", created_at=now)
    yield
    connection.close()


class LocalSender:
    """Sends through the whole request path of this process; ``faults``: what the way does to some of them."""

    def __init__(self, faults: random.Random | None = None) -> None:
        self.client, self.faults = Client(raise_request_exception=False), faults

    def send(self, report: ForeignReport) -> str:
        chance = self.faults.random() if self.faults else 1.0
        if chance < 0.1:
            raise Unreached("dropped on the way there")
        answer = self.client.post(
            "/open311/v2/requests.json", open311_form(report, KEY), headers={"Idempotency-Key": report.external_key}
        )
        if chance < 0.3:
            raise Unreached("the answer was lost on the way back")
        return number_in(answer.status_code, answer.content)

    def close(self) -> None:
        connection.close()


def check_nothing_lost(replayed: Replayed, count: int, ask: Ask) -> dict[str, Any]:
    told = replayed.as_json()
    assert told["due"] == count
    assert (told["lost"], told["taken"] + told["refused"]) == (0, count)
    assert told["distinct_numbers"] == told["taken"]
    assert ask("SELECT count(*) FROM cases_case") == [(told["taken"],)]
    assert ask("SELECT count(DISTINCT external_no) FROM cases_case") == [(told["taken"],)]
    assert breaks_found() == []
    return told


def test_a_day_of_boston_goes_through_open311_many_times_faster_than_it_was(
    door: None, ask: Ask, tmp_path: Path
) -> None:
    path = DATA / "boston_open311" / "dev" / "requests.jsonl.gz"
    if not path.is_file():
        pytest.skip("../shared/data/boston_open311/dev/requests.jsonl.gz is not here")
    with gzip.open(path, "rb") as stream:
        lines = [line for line in stream if b'"requested_datetime":"2014-05-10' in line]
    (tmp_path / "day.jsonl").write_bytes(b"".join(lines))
    day = imported(tmp_path / "day.jsonl", load_mapping("boston_open311"), at=READ_AT)[0]
    assert len(day) > 50
    replayed = replay(day, LocalSender, pace=20_000, workers=2)
    told = check_nothing_lost(replayed, len(day), ask)
    assert told["refused"] == 0
    assert told["lag_seconds"]["max"] < 60


def test_the_worst_minute_of_los_angeles_enters_twenty_times_faster_with_nothing_lost(door: None, ask: Ask) -> None:
    reports = reports_of("la311", "requests_2017.csv.gz")
    minutes: dict[datetime, list[ForeignReport]] = {}
    for report in reports:
        minutes.setdefault(report.reported_at.replace(second=0), []).append(report)
    worst = max(minutes.values(), key=len)
    replayed = replay(worst, LocalSender, pace=20, workers=2)
    told = check_nothing_lost(replayed, len(worst), ask)
    assert told["refused"] == sum(r.lon is None and not r.address for r in worst)


REPORT = ForeignReport(
    line=1, system="t", external_key="k0", source="public", source_text="", category="event:0110", category_text="",
    category_is_fallback=False, description="垃圾", address="东风路", lon=None, lat=None,
    coordinate_system=CoordinateSystem.WGS84, reported_at=READ_AT, updated_at=None, closed_at=None,
    stated_closed_at=None, status=ForeignStatus.OPEN, status_text="", outcome_note="", owner_text="", district_text="",
    self_handled=False, target_at=None, promised_on=None, limit_working_days=None, due_at=None, photo_url="", kept=(),
    findings=(),
)  # fmt: skip


def some(count: int, *, apart_seconds: float = 0) -> list[ForeignReport]:
    return [
        replace(REPORT, external_key=f"k{n}", reported_at=READ_AT + timedelta(seconds=n * apart_seconds))
        for n in range(count)
    ]


def test_what_is_dropped_or_whose_answer_is_lost_becomes_one_report_still(door: None, ask: Ask) -> None:
    chance = random.Random(7)
    replayed = replay(some(60), lambda: LocalSender(chance), pace=0, workers=3)
    told = check_nothing_lost(replayed, 60, ask)
    assert (told["taken"], told["sent_again"] > 5) == (60, True)


class Remembering:
    """Takes everything and remembers when."""

    def __init__(self) -> None:
        self.moments: list[float] = []

    def send(self, report: ForeignReport) -> str:
        self.moments.append(clock.monotonic())
        return report.external_key

    def close(self) -> None: ...


def test_reports_go_when_they_are_due_by_the_pace() -> None:
    sender = Remembering()
    replayed = replay(reversed(some(5, apart_seconds=2)), lambda: sender, pace=20, workers=1)
    gaps = [late - early for early, late in zip(sender.moments, sender.moments[1:], strict=False)]
    assert all(gap > 0.05 for gap in gaps)
    assert sum(gaps) >= 0.39
    assert list(replayed.taken) == ["k0", "k1", "k2", "k3", "k4"]


class Dead:
    """Answers nothing."""

    def send(self, report: ForeignReport) -> str:
        raise Unreached("away")

    def close(self) -> None: ...


def test_a_door_that_never_answers_loses_loudly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wangge.surfaces.exchange.imports.replaying.FIRST_REST_SECONDS", 0.001)
    replayed = replay(some(3), Dead, pace=0, workers=2)
    assert sorted(replayed.lost) == ["k0", "k1", "k2"]
    assert replayed.as_json()["lost"] == 3


def test_answers_are_read_for_what_they_say() -> None:
    assert number_in(200, b'[{"service_request_id": "n1"}]') == "n1"
    with pytest.raises(NotTaken, match="400: no place"):
        number_in(400, json.dumps([{"code": "400", "description": "no place"}]).encode())
    for status, text in ((503, b"[]"), (200, b"<html>"), (200, b"[]")):
        with pytest.raises(Unreached):
            number_in(status, text)

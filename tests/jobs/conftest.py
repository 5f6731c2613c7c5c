"""The small city of the cases' tests, plain and under the lean rules, with hands to walk a case through it."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from PIL import Image

from tests.cases.conftest import START, actor, small_city
from tests.cases.photographs import photo_of
from wangge.domains.cases.operations.moving import Moved, Order, move_case
from wangge.domains.cases.operations.reporting import Report, Reported, report_case
from wangge.domains.cases.rows import CaseRow, load
from wangge.domains.cases.rules import forget_rules
from wangge.domains.organizations.logic import Actor
from wangge.groundwork.attachments.operations import receive_photo
from wangge.surfaces.jobs import rounds

__all__ = ["actor", "small_city"]
LEAN = Path(__file__).resolve().parents[2] / "demo" / "overlays" / "lean"
PLACE: dict[str, Any] = {"lon": 113.134, "lat": 27.827, "address": "建设路 1 号"}
GRID = "43020200100101"


def after(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def use_overlay(settings: Any, directory: Path | None) -> None:
    """Let the city's own rows come from this directory."""
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"overlay": directory})
    settings.CITY_OVERLAY = directory
    forget_rules()


@pytest.fixture(autouse=True)
def fresh_rules() -> Iterator[None]:
    rounds.forget_walk()
    yield
    forget_rules()


@pytest.fixture
def lean(settings: Any) -> None:
    """The rules of the lean demo city."""
    use_overlay(settings, LEAN)


@pytest.fixture
def on_duty(small_city: None) -> Callable[..., None]:
    """Put a collector on duty in the grid of every case."""

    def put(username: str, start: datetime, end: datetime, grid: str = GRID) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO organizations_shift_turn (person_id, grid_code, starts_at, ends_at, shift)"
                " SELECT id, %s, %s, %s, 'day' FROM organizations_person WHERE username = %s",
                [grid, start, end, username],
            )

    return put


@dataclass
class Hands:
    """Walks cases by the user names of the small city."""

    actor: Callable[[str], Actor]

    def report(self, at: datetime = START, *, source: str = "collector", by: str = "collector-1") -> str:
        who = self.actor(by)
        report = Report(
            source=source, category="component:0101", description="井盖缺失", location=PLACE,
            photos={"photo_before": [photo_of(who, at)]},
        )  # fmt: skip
        number = report_case(report=report, by=who, at=at).number
        into_grid(number)
        return number

    def step(self, number: str, username: str, verb: str, at: datetime, **given: Any) -> Moved:
        photos = {kind: [photo_of(self.actor(username), at)] for kind in given.pop("photos", ())}
        location = given.pop("location", None)
        return move_case(order=Order(number, verb, given, photos, location), by=self.actor(username), at=at)

    def to_handling(self, number: str, start: datetime = START) -> None:
        minute = timedelta(minutes=1)
        self.step(number, "acceptor-1", "accept", start + 5 * minute, category="component:0101")
        self.step(number, "duty_leader-1", "file_case", start + 10 * minute, category="component:0101", condition_seq=2)
        self.step(number, "dispatcher-1", "dispatch", start + 15 * minute, department="dept-a")

    def suspend(self, number: str, at: datetime, until: datetime) -> None:
        self.step(
            number, "dept-a", "request_suspension", at, until=until.isoformat(), reason="等待材料",
            photos=["photo_site"],
        )  # fmt: skip
        self.step(number, "dispatcher-1", "approve_suspension", at + timedelta(minutes=1))

    def self_handled(self, at: datetime, *, minutes_ago: int = 10, metres: float = 0.0) -> Reported:
        who = self.actor("collector-1")
        ids = {
            kind: [shot(who, at, at - timedelta(minutes=minutes_ago - later), metres=metres)]
            for kind, later in (("photo_before", 0), ("photo_after", 5))
        }
        report = Report(
            source="collector", category="event:0201", description="店外经营", location=PLACE, photos=ids,
            stated_entry="report_self_handled",
        )  # fmt: skip
        return report_case(report=report, by=who, at=at)


@pytest.fixture
def hands(actor: Callable[[str], Actor]) -> Hands:
    return Hands(actor)


def into_grid(number: str, grid: str = GRID) -> None:
    """The small city has no polygons: the case is put into the grid by hand."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET grid_code = %s WHERE number = %s", [grid, number])


def found(number: str) -> CaseRow:
    row = load(number)
    assert row is not None
    return row


def steps_of(number: str) -> list[dict[str, Any]]:
    """The steps as the table has them, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.* FROM cases_step s JOIN cases_case c ON c.id = s.case_id WHERE c.number = %s ORDER BY s.seq",
            [number],
        )
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def shot(by: Actor, at: datetime, taken_at: datetime, *, metres: float = 0.0, seed: int | None = None) -> str:
    """The id of a new photo of noise with its time and, ``metres`` north of the place, its position."""
    chance = random.Random(seed)
    picture = Image.new("L", (9, 8))
    picture.putdata([chance.randrange(256) for _ in range(72)])
    picture = picture.resize((288, 256), Image.Resampling.NEAREST).convert("RGB")
    exif = Image.Exif()
    local = taken_at + timedelta(hours=8)
    exif.get_ifd(0x8769)[0x9003] = local.strftime("%Y:%m:%d %H:%M:%S")
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", _degrees(PLACE["lat"] + metres / 111_195)
    gps[3], gps[4] = "E", _degrees(PLACE["lon"])
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", exif=exif, quality=95, comment=str(random.random()).encode())
    assert by.person_id is not None
    return receive_photo(data=buffer.getvalue(), by=by.person_id, at=at).id


def _degrees(value: Any) -> tuple[float, float, float]:
    degrees = int(value)
    minutes = int((value - degrees) * 60)
    return float(degrees), float(minutes), (value - degrees - minutes / 60) * 3600

"""A border moved from next month on changes exactly the cases it should; who stands for grids; other processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.db import connection

from tests.cases.conftest import actor, small_city
from tests.cases.photographs import jpeg
from tests.city_database import CityDatabase
from tests.geography.ground_files import (
    NEXT_MONTH,
    OPENED,
    TODAY,
    as_geojson,
    bring_city,
    brought,
    communities,
    row,
)
from wangge.domains.cases.operations.reporting import Report, report_case
from wangge.domains.cases.queries.coming_borders import ComingBorders, coming_borders
from wangge.domains.geography import queries
from wangge.domains.geography.areas import AreaKind, GridDuty
from wangge.domains.geography.logic.moving import index_after
from wangge.domains.geography.logic.planning import ChangeKind
from wangge.domains.geography.operations.duties import load_grid_duties
from wangge.domains.geography.operations.responsible import Appointment, appoint
from wangge.domains.geography.operations.versions import GroundRefused
from wangge.domains.geography.people_queries import coming_days, responsible_history, responsible_on
from wangge.domains.organizations.logic import TERMINAL
from wangge.domains.organizations.models import Person
from wangge.domains.organizations.policies import NotYours
from wangge.groundwork import clock
from wangge.groundwork.attachments.operations import receive_photo

__all__ = ["actor", "small_city"]
BEFORE = datetime(2024, 4, 12, 2, tzinfo=clock.CITY_ZONE)
AFTER = datetime(2024, 5, 2, 2, tzinfo=clock.CITY_ZONE)
GRID = AreaKind.RESPONSIBILITY_GRID


@pytest.fixture
def city(small_city: None, tmp_path: Path) -> Iterator[Path]:
    queries.forget()
    bring_city(tmp_path)
    rows = [row(f"G{n:02d}", each["figure"]) for n, each in enumerate(communities(), start=1)]
    assert brought(as_geojson(tmp_path / "grids.geojson", rows), GRID).written
    queries.forget()
    yield tmp_path
    queries.forget()


def move_border(directory: Path) -> None:
    """From next month on the western district gives a strip of half a square to the eastern one."""
    moved = [
        row("430202", shapely.box(113.0, 27.0, 113.015, 27.02)),
        row("430203", shapely.box(113.015, 27.0, 113.04, 27.02)),
    ]
    assert brought(as_geojson(directory / "moved.geojson", moved), AreaKind.DISTRICT, from_on=NEXT_MONTH).written
    queries.forget()


@pytest.fixture
def reported(actor: Callable[[str], Any]) -> Callable[[float, float, datetime], str]:
    def make(lon: float, lat: float, at: datetime) -> str:
        by = actor("collector-1")
        photo = receive_photo(data=jpeg(), by=by.person_id, at=at)
        report = Report(
            source="collector", category="component:0101", description="井盖缺失", location={"lon": lon, "lat": lat},
            photos={"photo_before": [photo.id]}, stated_entry="report",
        )  # fmt: skip
        with clock.held_at(at):
            return report_case(report=report, by=by, at=at).number

    return make


def area_codes(number: str) -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT c.district_code, c.grid_code FROM cases_case c WHERE c.number = %s", [number])
        found = cursor.fetchone()
    assert found is not None
    return found[0], found[1]


@pytest.mark.django_db
def test_a_border_moved_from_next_month_on_changes_exactly_the_cases_it_should(
    city: Path, reported: Callable[[float, float, datetime], str]
) -> None:
    inside = [reported(113.016 + n * 0.001, 27.004, BEFORE) for n in range(3)]
    outside = [reported(113.004, 27.004, BEFORE), reported(113.025, 27.004, BEFORE)]
    move_border(city)
    found = coming_borders(queries.ground(), day=NEXT_MONTH)
    assert [case.number for case in found.cases] == sorted(inside)
    assert {case.change_of(AreaKind.DISTRICT) for case in found.cases} == {("430202", "430203")}
    assert {case.change_of(AreaKind.STREET) for case in found.cases} == {None}
    assert {(move.code, move.change) for move in found.areas} == {
        ("430202", ChangeKind.MOVED), ("430203", ChangeKind.MOVED),
    }  # fmt: skip
    # what was reported before keeps its day's border, what comes after has the new one
    assert {area_codes(number)[0] for number in inside} == {"430202"}
    later = reported(113.0165, 27.004, AFTER)
    assert area_codes(later)[0] == "430203"
    assert area_codes(reported(113.004, 27.004, AFTER))[0] == "430202"
    assert {area_codes(number)[0] for number in outside} == {"430202", "430203"}
    assert coming_days(TODAY) == [(NEXT_MONTH, 2)]
    assert coming_days(NEXT_MONTH) == []
    assert set(found.as_json()["cases"][0]) == {"number", "stage", "district"}


@pytest.mark.django_db
def test_a_dry_run_says_what_would_move_before_anything_is_written(
    city: Path, reported: Callable[[float, float, datetime], str]
) -> None:
    number = reported(113.016, 27.004, BEFORE)
    first, second = Person.objects.order_by("id")[:2]
    load_grid_duties(duties=[GridDuty("G02", first.pk, 1, OPENED), GridDuty("G01", second.pk, 1, OPENED)])
    appoint(by=TERMINAL, at=BEFORE, appointment=Appointment("G02", "王某", "松台街道办事处", OPENED))
    grids = [
        row("G02", shapely.box(113.01, 27.0, 113.015, 27.01)),
        row("G09", shapely.box(113.015, 27.0, 113.02, 27.01)),
    ]
    report = brought(as_geojson(city / "g.geojson", grids), GRID, from_on=NEXT_MONTH, dry_run=True)
    queries.forget()
    index = index_after(queries.ground().areas, report.changes, GRID, NEXT_MONTH)
    found: ComingBorders = coming_borders(index, day=NEXT_MONTH)
    assert [(case.number, case.change_of(GRID)) for case in found.cases] == [(number, ("G02", "G09"))]
    assert [(each.grid_code, each.name) for each in found.collectors] == [("G02", first.display_name)]
    assert [(each.grid_code, each.name) for each in found.responsible] == [("G02", "王某")]
    assert {(move.code, move.change) for move in found.areas} == {("G02", ChangeKind.MOVED), ("G09", ChangeKind.NEW)}
    assert coming_days(TODAY) == []


@pytest.mark.django_db
def test_a_grid_has_one_responsible_person_on_every_day(city: Path, actor: Callable[[str], Any]) -> None:
    def appointed(name: str, day: date) -> None:
        appoint(by=TERMINAL, at=BEFORE, appointment=Appointment("G01", name, "松台街道办事处", day))

    appointed("王某", OPENED)
    appointed("李某", NEXT_MONTH)
    appointed("赵某", TODAY)
    history = responsible_history("G01")
    assert [(each.name, each.valid_from, each.valid_to) for each in history] == [
        ("李某", NEXT_MONTH, None), ("赵某", TODAY, NEXT_MONTH), ("王某", OPENED, TODAY),
    ]  # fmt: skip
    assert responsible_on(TODAY)["G01"].name == "赵某"
    assert responsible_on(TODAY - timedelta(days=1))["G01"].name == "王某"
    with pytest.raises(GroundRefused, match="已任命"):
        appointed("孙某", TODAY)
    with pytest.raises(GroundRefused, match="没有责任网格"):
        appoint(by=TERMINAL, at=BEFORE, appointment=Appointment("G99", "孙某", "", TODAY))
    with pytest.raises(GroundRefused, match="姓名"):
        appointed(" ", date(2024, 6, 1))
    with pytest.raises(NotYours):
        appoint(by=actor("dispatcher-1"), at=BEFORE, appointment=Appointment("G01", "孙某", "", date(2024, 7, 1)))


_WATCHER = """
import sys, time
import django
from django.conf import settings
django.setup()
settings.DATABASES["default"].update(eval(sys.stdin.readline()))
from datetime import date
from django.db import connections
connections["default"].settings_dict.update(settings.DATABASES["default"])
from wangge.domains.geography import queries
day = date(2024, 5, 2)
assert queries.locate(lon=113.016, lat=27.004, on=day).district == "430202"
print("ready", flush=True)
began = time.monotonic()
while queries.locate(lon=113.016, lat=27.004, on=day).district != "430203":
    if time.monotonic() - began > 20:
        sys.exit("not seen")
    time.sleep(0.05)
print("seen", flush=True)
"""


@pytest.mark.django_db(transaction=True)
def test_a_change_is_in_force_in_another_process_within_five_seconds(
    tmp_path: Path, city_database: CityDatabase
) -> None:
    queries.forget()
    bring_city(tmp_path)
    told = {name: connection.settings_dict[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    other = subprocess.Popen(
        [sys.executable, "-c", _WATCHER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert other.stdin is not None
    assert other.stdout is not None
    try:
        other.stdin.write(f"{told!r}\n")
        other.stdin.flush()
        assert other.stdout.readline() == "ready\n"
        moved = [
            row("430202", shapely.box(113.0, 27.0, 113.015, 27.02)),
            row("430203", shapely.box(113.015, 27.0, 113.04, 27.02)),
        ]
        assert brought(as_geojson(tmp_path / "m.geojson", moved), AreaKind.DISTRICT, from_on=NEXT_MONTH).written
        written = time.monotonic()
        assert other.stdout.readline() == "seen\n"
        assert time.monotonic() - written < 5
    finally:
        other.kill()
        other.wait()

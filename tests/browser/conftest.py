"""A small city with ground and a duty roster, served to a real Chromium; people sign in by the form."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.contrib.auth.hashers import make_password
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.chromium import found_chromium
from tests.cases.conftest import _person
from tests.cases.photographs import jpeg
from tests.city_database import CityDatabase
from wangge.domains.cases.answers import forget_usernames
from wangge.domains.cases.surroundings import forget_units
from wangge.domains.geography import queries as geography
from wangge.domains.geography.areas import Area, AreaKind
from wangge.domains.geography.operations.areas import load_areas
from wangge.domains.organizations.directory import forget_people
from wangge.domains.organizations.models import Department, DepartmentKind, District, Person, ShiftTurn
from wangge.groundwork import clock
from wangge.surfaces.web.command import pulse
from wangge.surfaces.web.elements import built

PASSWORD = "Sesame-open-9"
NOW = datetime(2024, 3, 13, 1, 10, tzinfo=UTC)  # 09:10 in the city, a working Wednesday
BIRTH = date(2020, 1, 1)
PATIENCE_MS = 10_000
expect.set_options(timeout=PATIENCE_MS)
# Playwright keeps an event loop in this thread, which Django takes for an asynchronous caller.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of this worker; without one the journeys are skipped, and the reason is said aloud."""
    path, why = found_chromium()
    if not path:
        warnings.warn(f"BROWSER JOURNEYS SKIPPED: {why}", stacklevel=1)
        pytest.skip(why)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-dev-shm-usage", "--use-gl=angle", "--use-angle=swiftshader"],
        )
        yield browser
        browser.close()


@pytest.fixture
def served_city(city_database: CityDatabase, live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a small city whose clock stands at 09:10."""
    try:
        built.entry()
    except built.NotBuilt as missing:
        pytest.fail(str(missing))
    forget_units()
    forget_usernames()
    forget_people()
    geography.forget()
    # Pages that were closed are noticed soon, so that nothing asks the database when it is dropped.
    monkeypatch.setattr(pulse, "BEAT_SECONDS", 0.5)
    with clock.held_at(NOW):
        _people()
        _ground()
        yield live_server.url
        looking = pulse.WATCH._looking
        if looking is not None:
            looking.join(PATIENCE_MS / 1000)
    geography.forget()
    forget_units()
    forget_people()


def _people() -> None:
    District.objects.create(code="990101", name="东区", valid_from=BIRTH)
    for code, name, kind in (
        ("dept-a", "供排水公司", DepartmentKind.COMPANY),
        ("dept-b", "市政维护所", DepartmentKind.DEPARTMENT),
    ):
        Department.objects.create(code=code, name=name, kind=kind, valid_from=BIRTH)
    for post in ("collector", "acceptor", "duty_leader", "dispatcher"):
        for number in (1, 2):
            _person(f"{post}-{number}", post)
    _person("unit-a", "department", "dept-a")
    Person.objects.update(password=make_password(PASSWORD), password_set_at=NOW)
    ShiftTurn.objects.create(
        person=Person.objects.get(username="collector-2"), grid_code="G1", shift="day",
        starts_at=NOW - timedelta(hours=2), ends_at=NOW + timedelta(hours=8),
    )  # fmt: skip


def _ground() -> None:
    box = shapely.box(113.1, 27.8, 113.2, 27.9)
    load_areas(
        areas=[
            Area(AreaKind.DISTRICT, "990101", "东区", "", "990101", box, BIRTH),
            Area(AreaKind.RESPONSIBILITY_GRID, "G1", "东区一号网格", "990101", "990101", box, BIRTH),
        ]
    )


SignIn = Callable[..., Page]


@pytest.fixture
def enter(chromium: Browser, served_city: str) -> Iterator[SignIn]:
    """Sign somebody in, in a browser window of his own; `script` False turns scripts off."""
    contexts = []

    def sign_in(username: str, *, script: bool = True, width: int = 1280, height: int = 900) -> Page:
        context = chromium.new_context(
            base_url=served_city,
            java_script_enabled=script,
            viewport={"width": width, "height": height},
            locale="zh-CN",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto("/sign-in")
        page.fill("[name=username]", username)
        page.fill("[name=password]", PASSWORD)
        page.click("button.primary")
        page.wait_for_url(lambda address: "/sign-in" not in address)
        return page

    problems: list[str] = []
    yield sign_in
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def picture(tmp_path: Path) -> Callable[[], str]:
    """The path of a new small photograph."""

    def make() -> str:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.jpg"
        path.write_bytes(jpeg())
        return str(path)

    return make

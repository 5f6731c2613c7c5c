"""The register of components and its census on pages: narrowing, units and pictures, a census to the second person."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.api.conftest import PLACE, Speak, speak
from tests.api.test_writes import statements
from tests.cases.conftest import BEGAN, actor, small_city
from tests.cases.photographs import jpeg
from wangge.domains.components.logic.incoming import Incoming, Units
from wangge.domains.components.models import CensusFinding, CensusTask, Component
from wangge.domains.components.operations.importing import import_components
from wangge.domains.geography import queries as geography
from wangge.domains.geography.areas import Area, AreaKind
from wangge.domains.geography.operations.areas import load_areas
from wangge.domains.organizations.logic import TERMINAL
from wangge.domains.organizations.models import Person
from wangge.domains.organizations.operations.signing_in import PASSWORD_BACKEND
from wangge.groundwork import clock

__all__ = ["actor", "small_city", "speak"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_city")]
DAY = date(2020, 1, 1)
HERE = shapely.box(113, 27, 114, 28)
CODES = [f"430202010100000{number}" for number in (1, 2, 3)]


def _row(number: int, **changed: Any) -> Incoming:
    values: dict[str, Any] = {
        "line": number + 1, "code": CODES[number - 1], "name": "上水井盖", "state": "intact",
        "lon": PLACE["lon"], "lat": PLACE["lat"], "initial_on": DAY,
        "units": Units(owner_code="dept-a", owner_name="甲公司"),
    }  # fmt: skip
    return Incoming(**{**values, **changed})


@pytest.fixture(autouse=True)
def register(small_city: None) -> Iterator[None]:
    """A district of one grid with two covers and a lost one."""
    geography.forget()
    load_areas(
        areas=[
            Area(AreaKind.DISTRICT, "430202", "东区", "", "430202", HERE, DAY),
            Area(AreaKind.UNIT_GRID, "430202001001001", "一号网格", "430202001001", "430202", HERE, DAY),
            Area(AreaKind.RESPONSIBILITY_GRID, "GRID-1", "一号责任网格", "430202001", "430202", HERE, DAY),
        ]
    )
    geography.forget()
    rows = [_row(1), _row(2, name="雨水箅子盖"), _row(3, state="lost")]
    import_components(rows=rows, by=TERMINAL, at=clock.now(), from_on=DAY, dry_run=False)
    later = Units(owner_code="dept-b", owner_name="乙公司")
    import_components(rows=[_row(1, units=later)], by=TERMINAL, at=clock.now(), from_on=date(2024, 1, 1), dry_run=False)
    yield
    geography.forget()


@pytest.fixture
def sign_in(settings: Any) -> Callable[[str], Client]:
    settings.TOTP_COMPULSORY = False
    settings.PASSWORD_AGE_DAYS = 0

    def as_person(username: str) -> Client:
        client = Client()
        client.force_login(Person.objects.get(username=username), backend=PASSWORD_BACKEND)
        client.get("/account")
        return client

    return as_person


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_register_is_narrowed_and_asks_twice(sign_in: Callable[[str], Client]) -> None:
    seat = sign_in("acceptor-1")
    shown = text(seat.get("/components"))
    assert all(code in shown for code in CODES)
    assert CODES[2] in text(seat.get("/components?state=lost"))
    assert CODES[0] not in text(seat.get("/components?state=lost"))
    assert CODES[1] in text(seat.get("/components?q=雨水"))
    assert CODES[0] in text(seat.get("/components?unit=dept-b"))
    assert CODES[1] not in text(seat.get("/components?unit=dept-b"))
    assert "没有这样的部件" in text(seat.get("/components?q=99"))
    before = statements(lambda: seat.get("/components"))
    assert statements(lambda: seat.get("/components?district=430202&state=lost")) == before


def test_a_component_shows_whose_it_was_and_the_cases_one_may_see(
    sign_in: Callable[[str], Client], speak: Speak
) -> None:
    case = speak("collector-1").report(location={**PLACE, "component": CODES[0]})
    shown = text(sign_in("acceptor-1").get(f"/components/{CODES[0]}"))
    assert shown.index("乙公司") < shown.index("甲公司")
    assert "2024-01-01" in shown
    assert case["number"] in shown
    assert case["number"] not in text(sign_in("dept-a").get(f"/components/{CODES[0]}"))
    assert sign_in("acceptor-1").get("/components/4302020101000009").status_code == 404


def test_a_picture_is_kept_with_its_component_alone(sign_in: Callable[[str], Client]) -> None:
    collector = sign_in("collector-1")
    assert collector.post(f"/components/{CODES[0]}/photos").status_code == 422
    file = SimpleUploadedFile("a.jpg", jpeg(), "image/jpeg")
    assert collector.post(f"/components/{CODES[0]}/photos", {"photo": file}).status_code == 302
    photo = Component.objects.get(code=CODES[0]).photos.get().photo_id
    seat = sign_in("acceptor-1")
    assert seat.get(f"/components/{CODES[0]}/photos/{photo}/small.jpg")["Content-Type"] == "image/jpeg"
    assert seat.get(f"/components/{CODES[1]}/photos/{photo}/small.jpg").status_code == 404
    assert f"/components/{CODES[0]}/photos/{photo}/shown.jpg" in text(seat.get(f"/components/{CODES[0]}"))


def test_a_census_changes_the_register_by_a_second_person(sign_in: Callable[[str], Client]) -> None:
    head, collector = sign_in("section_head-1"), sign_in("collector-1")
    assert head.post("/components/census/open", {"title": "井盖普查"}).status_code == 422
    given = {"title": "井盖普查", "begins_on": "2024-03-01", "ends_on": "2024-05-01", "categories": "component:0101"}
    page = head.post("/components/census/open", given)["Location"]
    task = CensusTask.objects.get()
    address = f"/components/census/tasks/{task.id}"
    assert "一号责任网格" in text(head.get(page))
    assert "还有 3 个部件没有记录" in text(collector.get(address))
    wrong = collector.post(f"{address}/notes", {"component": "1", "result": "found"})
    assert wrong.status_code == 422
    for code, result, state in zip(CODES, ("found", "missing", "changed"), ("", "", "damaged"), strict=True):
        collector.post(f"{address}/notes", {"component": code, "result": result, "new_state": state})
    assert head.post(f"{address}/notes", {"component": CODES[0], "result": "found"}).status_code == 404
    assert "全部部件都有记录" in text(collector.get(address))
    collector.post(f"{address}/finish")
    shown = text(head.get(page))
    assert CODES[0] not in shown
    assert CODES[1] in shown
    missing, changed = CensusFinding.objects.exclude(result="found").order_by("id")
    head.post(f"/components/census/findings/{missing.id}", {"accepted": "1"})
    head.post(f"/components/census/findings/{changed.id}", {"accepted": "0"})
    states = dict(Component.objects.values_list("code", "state"))
    assert (states[CODES[1]], states[CODES[2]]) == ("lost", "lost")
    assert "没有待确认的变化" in text(head.get(page))
    assert CensusTask.objects.get().done_at is not None
    assert BEGAN is not None


_WORDS_OF_THE_CITY = (
    "上水井盖",
    "雨水箅子盖",
    "井盖普查",
    "一号责任网格",
    "一号网格",
    "东区",
    "甲公司",
    "乙公司",
    "铰链断裂",
    "西区",
)


def _chinese_left(page: str) -> list[str]:
    """Chinese words that are read on a page, the city's own and the languages' names aside."""
    body = page[page.index("<main") : page.index("</main>")]
    shown = re.sub(r"<[^>]+>", " ", re.sub(r"<(script|template).*?</\1>", " ", body, flags=re.DOTALL))
    told = " ".join(re.findall(r'(?:aria-label|placeholder|title|alt)="([^"]*)"', body))
    words = f"{shown} {told}"
    for known in _WORDS_OF_THE_CITY:
        words = words.replace(known, "")
    return re.findall(r"[\u4e00-\u9fff]+", words)


def test_register_and_census_are_read_in_english_to_the_last_word(sign_in: Callable[[str], Client]) -> None:
    head, collector = sign_in("section_head-1"), sign_in("collector-1")
    for each in (head, collector):
        each.post("/language", {"language": "en", "next": "/work"})
    given = {"title": "井盖普查", "begins_on": "2024-03-01", "ends_on": "2024-05-01", "categories": "component:0101"}
    census = head.post("/components/census/open", given)["Location"]
    task = f"/components/census/tasks/{CensusTask.objects.get().id}"
    wrong = collector.post(f"{task}/notes", {"component": "1", "result": "found"})
    component = Component.objects.get(code=CODES[0])
    noted = {"component": component.code, "result": "changed", "new_state": "damaged", "note": "铰链断裂"}
    assert collector.post(f"{task}/notes", noted).status_code == 302
    unfinished = collector.post(f"{task}/finish")
    pages = [
        *(head.get(page) for page in ("/components", "/components?q=99", "/components/census", census)),
        head.get(f"/components/{CODES[0]}"), head.post("/components/census/open", {"title": ""}),
        collector.get(task), wrong, unfinished,
    ]  # fmt: skip
    assert {answer.wsgi_request.path: left for answer in pages if (left := _chinese_left(text(answer)))} == {}

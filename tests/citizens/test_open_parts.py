"""What is open to read: nothing until decided, places coarse, pictures small copies, no words and no numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.citizens.conftest import Citizen, open_up, picture
from tests.citizens.test_following import behind, to_closed, to_handling
from wangge.domains.citizens.logic.coarse import coarse
from wangge.domains.citizens.queries.recent import recent_cases
from wangge.domains.organizations.logic import TERMINAL, Actor
from wangge.domains.organizations.models import PublicDoor
from wangge.domains.organizations.operations.public_doors import close_door
from wangge.groundwork import clock

pytestmark = pytest.mark.django_db
Come = Callable[..., Citizen]
Find = Callable[[str], Actor]


def reported(come: Come, address: str = "203.0.113.7", **contact: str) -> str:
    person = come(address)
    person.to_contact(photo_before=picture())
    person.press(**contact)
    return person.code


def test_the_map_tells_kind_and_square_and_nothing_of_who(citizen: Come, city: datetime, actor: Find) -> None:
    open_up(PublicDoor.MAP, at=city)
    code = reported(citizen, reporter_phone="13800001111")
    person = citizen()
    person.get("/public/map")
    assert "近期没有可公开的案卷" in person.text()  # staff has not looked yet
    number = behind(code).number
    to_handling(actor, number)
    page = person.get("/public/map")
    assert "上水井盖" in person.text()
    for inside in (number, "旁边是小学", "建设路", "13800001111", "113.134"):
        assert inside not in page
    points = person.get("/public/map/recent.geojson")
    assert "113.135" in points
    assert "113.134" not in points


def test_pictures_on_the_map_are_small_copies(citizen: Come, city: datetime, actor: Find) -> None:
    open_up(PublicDoor.MAP, at=city)
    to_closed(actor, behind(reported(citizen)).number)
    person = citizen()
    found = re.search(r'<img src="(/public/map/photos/[^"]+)"', person.get("/public/map"))
    assert found is not None
    assert person.client.get(found[1]).status_code == 200
    large = found[1].replace("/map/photos/", "/photos/").replace("small.jpg", "shown.jpg")
    assert person.client.get(large).status_code == 404
    close_door(by=TERMINAL, at=clock.now(), door=PublicDoor.MAP, decided_by="局", decision="关")
    assert person.client.get(found[1]).status_code == 404


@pytest.mark.parametrize("openness", ["private", "denounces"])
def test_what_is_private_is_not_on_the_map(citizen: Come, city: datetime, actor: Find, openness: str) -> None:
    to_handling(actor, behind(reported(citizen, openness=openness)).number)
    assert recent_cases(at=city) == []


def test_old_cases_leave_the_map(citizen: Come, city: datetime, actor: Find) -> None:
    to_handling(actor, behind(reported(citizen)).number)
    assert len(recent_cases(at=city)) == 1
    assert recent_cases(at=city + timedelta(days=31)) == []


def test_a_square_does_not_give_the_point() -> None:
    points = {coarse(113.1340 + step / 10_000, 27.8270) for step in range(19)}
    assert points == {(113.135, 27.827)}


@pytest.mark.parametrize(
    "url", ["/public/map", "/public/map/recent.geojson", "/public/bulletins", "/public/bulletins/2024-02"]
)
def test_each_part_is_off_until_opened(citizen: Come, url: str) -> None:
    person = citizen()
    person.get(url)
    assert person.status == 404


def test_bulletins_are_listed_once_opened(citizen: Come, city: datetime) -> None:
    open_up(PublicDoor.BULLETINS, at=city)
    person = citizen()
    person.get("/public/bulletins")
    assert "还没有公布的通报" in person.text()
    person.get("/public/bulletins/2024-02")
    assert person.status == 404


def test_the_first_page_names_what_is_open(citizen: Come, city: datetime) -> None:
    person = citizen()
    person.get("/public")
    assert "近期案卷" not in person.text()
    open_up(PublicDoor.MAP, PublicDoor.BULLETINS, PublicDoor.LETTERS, at=city)
    text = (person.get("/public"), person.text())[1]
    for said in ("我要上报", "查询进度", "写信", "近期案卷", "考评通报"):
        assert said in text

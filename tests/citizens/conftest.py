"""A citizen without account, script or session: he fills screen after screen and presses their buttons."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.cases.conftest import START, actor, small_city
from tests.cases.photographs import jpeg
from wangge.domains.geography import queries as geography
from wangge.domains.geography.areas import Area, AreaKind
from wangge.domains.geography.operations.areas import load_areas
from wangge.domains.organizations.logic import TERMINAL
from wangge.domains.organizations.models import PublicDoor
from wangge.domains.organizations.operations.public_doors import open_door
from wangge.groundwork import clock

__all__ = ["actor", "small_city"]
BIRTH = date(2020, 1, 1)
POINT = ("113.134000", "27.827000")


def open_up(*doors: PublicDoor, at: datetime = START) -> None:
    for door in doors:
        open_door(by=TERMINAL, at=at, door=door, decided_by="局务会", decision="开放", secrecy_review="通过")


@pytest.fixture
def city(small_city: None) -> Iterator[datetime]:
    """The small city with a border, its clock standing at 09:10, its doors for reports and status open."""
    box = shapely.box(113.1, 27.8, 113.2, 27.9)
    load_areas(areas=[Area(AreaKind.DISTRICT, "430202", "东区", "", "430202", box, BIRTH)])
    geography.forget()
    open_up(PublicDoor.REPORT, PublicDoor.STATUS)
    moment = START + timedelta(hours=1)
    with clock.held_at(moment):
        yield moment
    geography.forget()


class Citizen:
    """Somebody on the street with a telephone."""

    def __init__(self, address: str = "203.0.113.7") -> None:
        self.client = Client(REMOTE_ADDR=address)
        self.page = ""
        self.status = 0

    def get(self, url: str) -> str:
        answer = self.client.get(url)
        self.page, self.status = answer.content.decode(), answer.status_code
        return self.page

    def press(self, go: str = "next", form: str = "report", **values: Any) -> str:
        """Press a button of the form with what it holds and these values."""
        found = re.search(rf'<form method="post" action="([^"]+)"[^>]* id="{form}".*?</form>', self.page, re.DOTALL)
        assert found is not None, self.page[:600]
        held: dict[str, list[str]] = {}
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', found[0]):
            held.setdefault(name, []).append(unescape(value))
        for name, value in re.findall(
            r'<input [^>]*name="([^"]+)" type="(?:text|number)"[^>]*value="([^"]*)"', found[0]
        ):
            held[name] = [unescape(value)]
        for name, value in re.findall(r'<input type="radio" name="([^"]+)" value="([^"]*)" checked', found[0]):
            held[name] = [unescape(value)]
        for name, value in re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>([^<]*)</textarea>', found[0]):
            held[name] = [unescape(value)]
        held.pop("csrfmiddlewaretoken", None)
        answer = self.client.post(found[1], {**held, "go": go, **values})
        self.page, self.status = answer.content.decode(), answer.status_code
        return self.page

    def text(self) -> str:
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", self.page)))

    @property
    def heading(self) -> str:
        found = re.search(r"<h1>([^<]*)</h1>", self.page)
        return unescape(found[1]) if found else ""

    @property
    def code(self) -> str:
        found = re.search(r'id="code">([^<]+)<', self.page)
        assert found is not None, self.text()
        return found[1]

    def to_contact(
        self, *, words: str = "井盖缺失，旁边是小学", category: str = "component:0101", **photo: Any
    ) -> None:
        """Through the first three screens, past what lies near."""
        self.get("/public/report")
        self.press(**photo)
        self.press(location_lon=POINT[0], location_lat=POINT[1], address="建设路 1 号")
        self.press(description=words, category=category)
        if self.heading == "附近有人报过":
            self.press()

    def reports(self, **contact: Any) -> str:
        """A whole report; the code it brought."""
        self.to_contact()
        self.press(**contact)
        return self.code

    def follows(self, code: str) -> str:
        self.get("/public/status")
        return self.press(form="status", code=code)


@pytest.fixture
def citizen(city: datetime) -> Callable[..., Citizen]:
    return Citizen


def picture() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.jpg", jpeg(), "image/jpeg")

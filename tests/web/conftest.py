"""People of the small city in a browser that knows no script."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.cases.conftest import START, actor, small_city
from tests.cases.photographs import jpeg
from wangge.domains.organizations.directory import forget_people
from wangge.domains.organizations.models import Person
from wangge.domains.organizations.operations.signing_in import PASSWORD_BACKEND
from wangge.groundwork import clock

__all__ = ["actor", "small_city"]


class Browser:
    """One signed-in person: opens pages, fills the forms they show, and presses their buttons."""

    def __init__(self, username: str) -> None:
        self.client = Client()
        self.client.force_login(Person.objects.get(username=username), backend=PASSWORD_BACKEND)
        self.client.get("/account")  # the first request opens the session
        self.page = ""
        self.url = ""

    def get(self, url: str, status: int = 200) -> str:
        answer = self.client.get(url)
        assert answer.status_code == status, (answer.status_code, answer.content.decode()[:400])
        return self._keep(answer)

    def send(self, form_id: str, status: int = 302, **values: Any) -> str:
        """Send the form of this id with what it holds and these values; follows the redirect of a success."""
        form = re.search(rf'<form method="post" action="([^"]+)"[^>]* id="{form_id}".*?</form>', self.page, re.DOTALL)
        assert form is not None, f"no form {form_id} on {self.url}: {self.forms()}"
        data = {**self._filled(form[0]), **values}
        answer = self.client.post(form[1], {name: value for name, value in data.items() if value is not None})
        assert answer.status_code == status, (answer.status_code, self._said(answer))
        if status == 302:
            return self.get(answer["Location"])
        return self._keep(answer)

    def forms(self) -> list[str]:
        return re.findall(r'<form [^>]*id="([^"]+)"', self.page)

    def text(self) -> str:
        """The page as it is read."""
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", self.page)))

    def _filled(self, form: str) -> dict[str, Any]:
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
        typed = re.findall(
            r'<input [^>]*name="([^"]+)" type="(?:text|number|datetime-local)"[^>]*value="([^"]*)"', form
        )
        checked = re.findall(r'<input type="radio" name="([^"]+)" value="([^"]*)" checked', form)
        chosen = re.findall(
            r'<select [^>]*name="([^"]+)"(?:(?!</select>).)*?<option value="([^"]*)" selected', form, re.DOTALL
        )
        texts = re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>([^<]*)</textarea>', form)
        found = [*typed, *checked, *chosen, *texts, *hidden]
        return {name: unescape(value) for name, value in found if name != "csrfmiddlewaretoken" and value}

    def _keep(self, answer: Any) -> str:
        self.page, self.url = answer.content.decode(), str(answer.request["PATH_INFO"])
        return self.page

    def _said(self, answer: Any) -> str:
        return " ".join(
            re.findall(r'data-kind="refused".*?</div>|class="error">[^<]*', answer.content.decode(), re.DOTALL)
        )


def photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.jpg", jpeg(), "image/jpeg")


Open = Callable[[str], Browser]


@pytest.fixture
def at_nine(small_city: None) -> Iterator[datetime]:
    """The city at 09:10 on a working day, its clock standing still."""
    forget_people()
    moment = START + timedelta(hours=1)
    with clock.held_at(moment):
        yield moment


@pytest.fixture
def browser(at_nine: datetime) -> Open:
    return Browser


REPORT: dict[str, Any] = {
    "category": "component:0101", "description": "井盖缺失", "location_lon": "113.134", "location_lat": "27.827",
    "address": "建设路 1 号",
}  # fmt: skip


def reported(browser: Open) -> str:
    """A collector's report; its number."""
    collector = browser("collector-1")
    collector.get("/cases/new")
    collector.send("report", **REPORT, photo_before=photo())
    return collector.url.rpartition("/")[2]

"""The collectors' app at the server: a shell of nobody, the same operations by session, and whose work it is."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import shapely
from django.test import Client

from tests.api.conftest import Speak, speak
from tests.cases.conftest import START
from tests.cases.photographs import jpeg
from tests.web.conftest import Browser, Open
from wangge.domains.components.models import Component
from wangge.domains.geography import queries as geography
from wangge.domains.geography.areas import Area, AreaKind
from wangge.domains.geography.operations.areas import load_areas
from wangge.domains.organizations.directory import forget_people
from wangge.domains.organizations.models import Person, ShiftTurn
from wangge.groundwork import clock
from wangge.surfaces.web.elements import built

__all__ = ["speak"]
pytestmark = pytest.mark.django_db
PLACE = {"lon": 113.134, "lat": 27.827, "system": "wgs84", "accuracy_m": 12.5, "fix": "device"}


class Phone:
    """The app's requests as its script makes them."""

    def __init__(self, browser: Browser) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.client.cookies = browser.client.cookies
        state = self.client.get("/field/state")
        assert state.status_code == 200
        self.state: dict[str, Any] = state.json()
        self.headers = {"X-CSRFToken": self.state["csrf"], "Sent-For": self.state["scope"]}

    def post(self, path: str, body: Any, **headers: str) -> Any:
        told = {**self.headers, **headers}
        return self.client.post(path, json.dumps(body), content_type="application/json", headers=told)

    def photo(self) -> str:
        data = jpeg()
        told = {"byte_count": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        upload = self.post("/field/photos", told).json()
        answer = self.client.patch(
            f"/field/photos/{upload['id']}", data, content_type="application/octet-stream",
            headers={**self.headers, "Upload-Offset": "0"},
        )  # fmt: skip
        assert answer.json()["state"] == "sent", answer.content
        return str(answer.json()["photo"]["id"])

    def report(self) -> dict[str, Any]:
        return {
            "source": "collector", "entry": "report", "category": "component:0101", "description": "井盖缺失",
            "location": PLACE, "evidence": {"photo_before": [self.photo()]},
        }  # fmt: skip


@pytest.fixture
def phone(browser: Open) -> Phone:
    return Phone(browser("collector-1"))


def test_the_shell_is_the_same_for_everyone_and_names_nobody(browser: Open) -> None:
    def shell(client: Client) -> str:
        page = client.get("/field/app").content.decode()
        return page.partition("<body")[0] + page.partition("<wangge-field")[2]

    assert shell(Client()) == shell(browser("collector-1").client)
    assert "collector-1" not in browser("collector-1").client.get("/field/app").content.decode()


def test_a_collector_on_duty_gets_what_stands_in_his_grids_and_once(browser: Open) -> None:
    square = shapely.box(113.13, 27.82, 113.14, 27.83)
    load_areas(
        areas=[Area(AreaKind.RESPONSIBILITY_GRID, "G7", "七号网格", "990101", "990101", square, date(2020, 1, 1))]
    )
    geography.forget()
    for number, lon in ((1, 113.135), (2, 113.145)):
        Component.objects.create(
            code=f"9901010101{number:06d}", name="上水井盖", category="component:0101", district_code="990101",
            state="damaged", lon=lon, lat=27.825, initial_on=date(2020, 1, 1),
        )  # fmt: skip
    walker = browser("collector-1").client
    assert walker.get("/field/components").json()["items"] == []
    hours = timedelta(hours=2)
    ShiftTurn.objects.create(
        person=Person.objects.get(username="collector-1"), grid_code="G7", shift="day", starts_at=START - hours,
        ends_at=START + hours,
    )  # fmt: skip
    forget_people()
    told = walker.get("/field/components").json()
    assert told["grids"] == ["G7"]
    assert told["items"] == [["9901010101000001", "上水井盖", "component:0101", "破损", False, 113.135, 27.825, ""]]
    assert "items" not in walker.get(f"/field/components?mark={told['mark']}").json()
    assert browser("acceptor-1").client.get("/field/components").status_code == 403


def test_the_worker_may_stand_above_its_own_folder_and_changes_with_the_build(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer = Client().get("/field/worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Service-Worker-Allowed"] == "/"
    assert "no-cache" in answer["Cache-Control"]
    script = answer.content.decode()
    assert built.entry().script in script
    files = built.files_of("src/main.ts", "src/field/app.ts")
    monkeypatch.setattr(built, "files_of", lambda *_sources, **_named: (*files, "main-of-another-build.js"))
    assert Client().get("/field/worker.js").content.decode() != script


def test_the_manifest_opens_the_app_with_pictures_that_are_there() -> None:
    told = Client().get("/field/app.webmanifest").json()
    assert told["start_url"] == "/field/app"
    assert all(Client().get(icon["src"]).status_code == 200 for icon in told["icons"])


def test_a_report_by_session_is_the_report_by_token_and_its_key_means_the_same(phone: Phone, speak: Speak) -> None:
    body = {"items": [{"key": "k-1", "report": phone.report()}]}
    first = phone.post("/field/reports", body).json()["items"][0]
    assert (first["status"], first["replayed"]) == (201, False)
    again = phone.post("/field/reports", body).json()["items"][0]
    by_token = json.loads(speak("collector-1").post("/reports", body, key=None).content)["items"][0]
    assert again["replayed"]
    assert by_token["replayed"]
    assert first["case"]["number"] == again["case"]["number"] == by_token["case"]["number"]
    steps = json.loads(speak("collector-1").get(f"/cases/{first['case']['number']}/steps").content)["items"]
    assert steps[0]["evidence"]["location"] == PLACE


def test_what_one_person_kept_is_not_taken_from_another(phone: Phone, browser: Open) -> None:
    body = {"items": [{"key": "k-1", "report": phone.report()}]}
    other = Phone(browser("collector-2"))
    refused = other.post("/field/reports", body, **{"Sent-For": phone.state["scope"]})
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:wangge:problem:other_person")
    assert phone.post("/field/reports", body).json()["items"][0]["replayed"] is False


def test_without_session_or_token_nothing_is_taken(phone: Phone) -> None:
    assert phone.post("/field/reports", {"items": []}, **{"X-CSRFToken": ""}).status_code == 403
    assert Client().post("/field/reports", {"items": []}, content_type="application/json").status_code == 302
    # The session opens none of the API's own addresses.
    assert phone.client.get("/api/v1/cases").status_code == 401


def test_the_app_is_for_those_who_walk(browser: Open) -> None:
    assert browser("acceptor-1").client.get("/field/state").status_code == 403


@pytest.fixture
def held() -> Iterator[None]:
    with clock.held_at(START):
        yield


def test_a_task_brings_the_questions_of_its_row(held: None, browser: Open, speak: Speak) -> None:
    number = speak("collector-1").report()["number"]
    sent = speak("acceptor-1").post(
        f"/cases/{number}/moves/send_verification", {"assignee": "collector-2"}, version=1
    )  # fmt: skip
    assert sent.status_code == 200, sent.content
    walker = Phone(browser("collector-2"))
    [task] = walker.state["tasks"]
    assert (task["number"], task["stage"], task["lon"], task["lat"]) == (number, "verifying", 113.134, 27.827)
    [verb] = task["verbs"]
    assert verb["verb"] == "reply_verification"
    assert [(each["name"], each["kind"]) for each in verb["questions"]] == [
        ("result", "choice"), ("photo_site", "photos"), ("location", "place"),
    ]  # fmt: skip
    move = {"result": "true", "evidence": {"photo_site": [walker.photo()], "location": PLACE}}
    item = {"key": "m-1", "number": number, "verb": "reply_verification", "version": task["version"], "move": move}
    made = walker.post("/field/moves", {"items": [item]}).json()["items"][0]
    assert (made["status"], made["case"]["stage"]) == (200, "reported")


def test_the_classes_come_only_where_the_telephone_has_others(phone: Phone) -> None:
    version = phone.state["catalogue"]["version"]
    assert len(phone.state["catalogue"]["items"]) > 100
    assert phone.client.get(f"/field/state?catalogue={version}").json()["catalogue"] == {"version": version}


def test_a_tracker_is_set_up_by_a_code_sends_positions_alone_and_is_ended(held: None, browser: Open) -> None:
    walker = browser("collector-1")
    walker.get("/field/tracker")
    page = walker.client.post("/field/tracker", {"name": "旧手机"})
    token = re.search(r"wg_[A-Za-z0-9_-]{40,}", page.content.decode())
    assert token is not None
    assert "no-store" in page["Cache-Control"]
    assert 'src="data:image/svg+xml' in page.content.decode()
    assert "wg_" not in walker.get("/field/tracker")  # shown once
    sent = f"/api/v1/positions/osmand?id={token[0]}&lat=27.8&lon=113.1"
    assert Client().get(sent).status_code == 200
    assert Client().get("/api/v1/cases", headers={"Authorization": f"Bearer {token[0]}"}).status_code == 403
    revoke = re.findall(r'action="(/field/tracker/\d+/revoke)"', walker.get("/field/tracker"))[0]
    assert browser("collector-2").client.post(revoke).status_code == 302  # another's: as if it were not there
    assert Client().get(sent).status_code == 200
    assert walker.client.post(revoke).status_code == 302
    assert Client().get(sent).status_code == 401
    for _number in range(3):
        assert walker.client.post("/field/tracker").status_code == 200
    assert walker.client.post("/field/tracker").status_code == 422


def test_own_work_counts_own_reports_and_calls_an_unseen_turn_unknown(held: None, browser: Open, speak: Speak) -> None:
    for _number in range(2):
        speak("collector-1").report()
    speak("collector-2").report()
    hours = timedelta(hours=1)
    ShiftTurn.objects.create(
        person=Person.objects.get(username="collector-1"), grid_code="G1", shift="day", starts_at=START - hours,
        ends_at=START + hours,
    )  # fmt: skip
    walker = browser("collector-1")
    walker.get("/field/mine")
    text = walker.text()
    assert "本期 上报 2 其中自行处置 0" in text
    assert "没有定位，情况不明" in text
    other = browser("collector-2")
    other.get("/field/mine")
    assert "本期 上报 1" in other.text()
    assert "近两周没有排班" in other.text()

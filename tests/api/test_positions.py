"""Where people on duty are: batches of the app, OsmAnd's form, JSON of newer trackers; nothing jams a tracker."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client

from tests.api.conftest import Speak
from tests.cases.conftest import BEGAN
from wangge.domains.organizations.logic import token_digest
from wangge.domains.organizations.models import AccessToken, Person, ShiftTurn
from wangge.groundwork import clock
from wangge.groundwork.coordinates import from_wgs84
from wangge.surfaces.api.field.trackers import UnreadableTrack, of_form, of_json

pytestmark = pytest.mark.django_db
HERE = (113.105, 27.805)
MINUTE = timedelta(minutes=1)
OSMAND = "/api/v1/positions/osmand"
NOTHING = {"no_place": 0, "ahead": 0, "too_old": 0, "off_duty": 0}


@pytest.fixture
def on_turn(small_city: None) -> Person:
    """collector-1, on turn since two hours."""
    person = Person.objects.get(username="collector-1")
    now = clock.now()
    ShiftTurn.objects.create(
        person=person, grid_code=None, shift="day", starts_at=now - 120 * MINUTE, ends_at=now + 120 * MINUTE
    )
    return person


@pytest.fixture
def tracker(on_turn: Person) -> str:
    """A token that only tells where collector-1 is."""
    AccessToken.objects.create(person=on_turn, digest=token_digest("t"), scope="positions", created_at=BEGAN)
    return "t"


def batch(count: int, **changed: Any) -> dict[str, Any]:
    start = clock.now() - 60 * MINUTE
    return {
        "positions": [
            {"at": (start + MINUTE * step).isoformat(), "lon": HERE[0], "lat": HERE[1], **changed}
            for step in range(count)
        ]
    }


def kept() -> list[tuple[float, float, float | None, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT lon, lat, accuracy_m, source FROM patrol_position ORDER BY at")
        return list(cursor.fetchall())


def read(answer: Any) -> tuple[int, dict[str, Any]]:
    return answer.status_code, json.loads(answer.content)


def reason(answer: Any) -> tuple[int, str]:
    return answer.status_code, json.loads(answer.content)["type"].rpartition(":")[2]


def test_a_batch_that_comes_twice_is_kept_once(speak: Speak, on_turn: Person) -> None:
    body = batch(50)
    first = speak("collector-1").post("/positions", body, key=None)
    again = speak("collector-1").post("/positions", body, key=None)
    assert read(first) == (200, {"kept": 50, "known": 0, "not_kept": NOTHING})
    assert read(again) == (200, {"kept": 0, "known": 50, "not_kept": NOTHING})
    assert len(kept()) == 50


def test_a_batch_costs_three_statements_whatever_its_size(
    speak: Speak, on_turn: Person, django_assert_num_queries: Any
) -> None:
    speaker = speak("collector-1")
    speaker.post("/positions", batch(1), key=None)
    for size in (1, 500):
        body = batch(size)
        with django_assert_num_queries(3):
            assert speaker.post("/positions", body, key=None).status_code == 200


def test_what_cannot_be_kept_is_told_and_holds_up_nothing(speak: Speak, on_turn: Person) -> None:
    now = clock.now()
    body = batch(1)
    for moment, lon in ((now, 999.0), (now + 60 * MINUTE, 113.1), (now - timedelta(days=8), 113.1),
                        (now - 180 * MINUTE, 113.1)):  # fmt: skip
        body["positions"].append({"at": moment.isoformat(), "lon": lon, "lat": 27.8})
    told = {"kept": 1, "known": 0, "not_kept": {"no_place": 1, "ahead": 1, "too_old": 1, "off_duty": 1}}
    assert read(speak("collector-1").post("/positions", body, key=None)) == (200, told)


def test_positions_of_a_shifted_map_are_kept_where_they_are(speak: Speak, on_turn: Person) -> None:
    lon, lat = from_wgs84(*HERE, system="gcj02")
    speak("collector-1").post("/positions", {**batch(1, lon=lon, lat=lat), "system": "gcj02"}, key=None)
    assert kept()[0][:2] == pytest.approx(HERE, abs=1e-6)


@pytest.mark.parametrize("accuracy", [-1.0, 1e300, None])
def test_an_accuracy_that_says_nothing_is_none(speak: Speak, on_turn: Person, accuracy: float | None) -> None:
    assert speak("collector-1").post("/positions", batch(1, accuracy_m=accuracy), key=None).status_code == 200
    assert kept()[0][2] is None


@pytest.mark.parametrize(
    "body",
    [
        {"positions": [{"at": "2024-03-13T08:00:00", "lon": 1, "lat": 1}]},
        {"positions": [{"lon": 1, "lat": 1}]},
        {"positions": [{"at": "2024-03-13T08:00:00Z", "lon": 1, "lat": 1}] * 1001},
        {},
    ],
)
def test_a_batch_that_cannot_be_read_is_refused_whole(speak: Speak, on_turn: Person, body: Any) -> None:
    assert reason(speak("collector-1").post("/positions", body, key=None)) == (422, "bad_input")


# ---- trackers --------------------------------------------------------------------------------------------------


def osmand(**changed: Any) -> dict[str, Any]:
    moment = int((clock.now() - 5 * MINUTE).timestamp())
    return {"id": "t", "lat": HERE[1], "lon": HERE[0], "timestamp": moment, "accuracy": 12.5, "batt": 80, **changed}


def test_a_tracker_reports_in_the_address_in_a_form_and_in_json(tracker: str) -> None:
    client, now = Client(), clock.now()
    by_address = client.get(f"{OSMAND}?{urlencode(osmand())}")
    posted = client.post(f"{OSMAND}?{urlencode(osmand(timestamp=int(now.timestamp()) - 200))}")
    by_form = client.post(OSMAND, osmand(timestamp=(now - 3 * MINUTE).strftime("%Y-%m-%dT%H:%M:%SZ")))
    encoded = client.post(
        OSMAND, urlencode(osmand(timestamp=int(now.timestamp() * 1000) - 60_000)),
        content_type="application/x-www-form-urlencoded",
    )  # fmt: skip
    place = {"coords": {"latitude": HERE[1], "longitude": HERE[0], "accuracy": 5}}
    body = {"device_id": "t", "location": {**place, "timestamp": (now - 2 * MINUTE).isoformat()}}
    by_json = client.post(OSMAND, json.dumps(body), content_type="application/json")
    for answer in (by_address, posted, by_form, encoded, by_json):
        assert read(answer) == (200, {"kept": 1, "known": 0, "not_kept": NOTHING}), answer.content
    assert {row[3] for row in kept()} == {"osmand"}


def test_the_token_may_stand_in_the_header_and_then_be_a_fuller_one(speak: Speak, tracker: str) -> None:
    answer = Client().get(f"{OSMAND}?{urlencode(osmand(id='telephone-7'))}", headers=speak("collector-1").headers)
    assert answer.status_code == 200


def test_a_fuller_token_in_an_address_is_refused_and_opens_nothing(speak: Speak, tracker: str) -> None:
    speak("collector-1")
    assert reason(Client().get(f"{OSMAND}?{urlencode(osmand(id='token-of-collector-1'))}")) == (403, "scope")
    assert reason(Client().get(f"{OSMAND}?{urlencode(osmand(id='unknown'))}")) == (401, "unauthorized")
    assert reason(Client().get(OSMAND)) == (401, "unauthorized")
    assert "设备标识符" in Client().get(OSMAND).json()["detail"]
    assert kept() == []


def test_a_token_for_positions_reads_and_writes_nothing_else(tracker: str) -> None:
    headers = {"Authorization": f"Bearer {tracker}"}
    assert reason(Client().get("/api/v1/cases", headers=headers)) == (403, "scope")
    refused = Client().post("/api/v1/cases", "{}", content_type="application/json", headers=headers)
    assert reason(refused) == (403, "scope")
    taken = Client().post("/api/v1/positions", json.dumps(batch(1)), content_type="application/json", headers=headers)
    assert read(taken)[1]["kept"] == 1


def test_a_tracker_off_duty_is_answered_so_that_it_goes_on(tracker: str) -> None:
    ShiftTurn.objects.all().delete()
    answer = Client().get(f"{OSMAND}?{urlencode(osmand())}")
    assert read(answer) == (200, {"kept": 0, "known": 0, "not_kept": {**NOTHING, "off_duty": 1}})
    assert kept() == []


@pytest.mark.parametrize(
    "changed",
    [{"lat": "x"}, {"lon": ""}, {"lat": "nan"}, {"timestamp": "昨天"}, {"timestamp": "9" * 19}, {"lat": "\0"}],
)
def test_a_tracker_that_is_set_wrongly_is_told(tracker: str, changed: dict[str, str]) -> None:
    assert reason(Client().get(f"{OSMAND}?{urlencode(osmand(**changed))}")) == (422, "bad_input")


NOON = datetime.fromisoformat("2024-03-13T04:00:00+00:00")


@pytest.mark.parametrize(
    "text", ["1710302400", "1710302400000", "2024-03-13T12:00:00+08:00", "2024-03-13 04:00:00", ""]
)
def test_a_moment_is_read_in_each_form_that_trackers_write(text: str) -> None:
    assert of_form({"lat": "1", "lon": "2", "timestamp": text}, at=NOON).at == NOON


def test_a_list_of_kept_positions_and_a_pair_are_read() -> None:
    items = [{"coords": {"latitude": 1, "longitude": 2}, "timestamp": 1710302400}] * 3
    assert [each.lon for each in of_json({"location": items}, at=NOON)] == [2, 2, 2]
    assert of_form({"location": "27.8,113.1"}, at=NOON).lat == 27.8
    with pytest.raises(UnreadableTrack):
        of_json({"location": [None]}, at=NOON)

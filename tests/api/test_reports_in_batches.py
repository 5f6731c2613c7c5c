"""Reports in a batch: one key and one result for each, exactly one case whatever the network does."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from django.db import OperationalError, connection

from tests.api.conftest import Speak, Speaker
from wangge.surfaces.api.field import reports
from wangge.surfaces.api.operations import report_once

pytestmark = pytest.mark.django_db


def cases() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_case")
        return int(cursor.fetchone()[0])


def send(speaker: Speaker, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    answer = speaker.post("/reports", {"items": items}, key=None)
    assert answer.status_code == 200, answer.content
    return list(json.loads(answer.content)["items"])


def made(speaker: Speaker, count: int) -> list[dict[str, Any]]:
    return [{"key": f"item-{number}", "report": speaker.report_body()} for number in range(count)]


def test_each_report_of_a_batch_is_a_case_with_a_result_of_its_own(speak: Speak) -> None:
    results = send(speak("collector-1"), made(speak("collector-1"), 3))
    assert [(each["key"], each["status"], each["replayed"]) for each in results] == [
        (f"item-{number}", 201, False) for number in range(3)
    ]
    assert len({each["case"]["number"] for each in results}) == 3 == cases()


def test_a_wrong_item_is_told_and_holds_up_no_other(speak: Speak) -> None:
    collector = speak("collector-1")
    items = made(collector, 6)
    items[0]["report"]["category"] = "component:9999"
    items[1]["report"] = {"source": 5}
    items[2]["report"]["evidence"] = {"photo_before": ["a" * 26]}
    items[3]["key"] = ""
    items[4]["report"]["extra"] = 1
    results = send(collector, items)
    reasons = [each["problem"] and each["problem"]["type"].rpartition(":")[2] for each in results]
    assert reasons[1:] == ["bad_input", "photo_unknown", "key_missing", "bad_input", None]
    assert results[0]["status"] in (409, 422)
    assert [each["status"] for each in results[1:]] == [422, 422, 400, 422, 201]
    assert cases() == 1


def test_a_key_is_one_case_whether_it_comes_alone_or_in_a_batch(speak: Speak) -> None:
    collector = speak("collector-1")
    items = made(collector, 2)
    alone = collector.post("/cases", items[0]["report"], key="item-0")
    assert alone.status_code == 201
    results = send(collector, items)
    assert [each["replayed"] for each in results] == [True, False]
    assert results[0]["case"] == json.loads(alone.content)
    again = collector.post("/cases", items[1]["report"], key="item-1")
    assert json.loads(again.content) == results[1]["case"]
    other = send(collector, [{"key": "item-1", "report": items[0]["report"]}])
    assert (other[0]["status"], other[0]["problem"]["type"]) == (422, "urn:wangge:problem:key_reused")
    assert cases() == 2


def test_a_network_that_drops_doubles_and_reorders_leaves_each_report_once(speak: Speak) -> None:
    """Answers are lost with the batches: the telephone sends whatever it has no result of."""
    collector, seed = speak("collector-1"), 20240313
    dice = random.Random(seed)
    waiting = made(collector, 20)
    told: dict[str, str] = {}
    while waiting:
        chosen = dice.sample(waiting, min(len(waiting), dice.randint(1, 8)))
        results = send(collector, [*chosen, *dice.sample(chosen, 1)])
        if dice.random() < 0.4:
            continue  # the answer never arrives
        told |= {each["key"]: each["case"]["number"] for each in results}
        waiting = [item for item in waiting if item["key"] not in told]
    assert len(set(told.values())) == 20 == cases(), f"seed {seed}"


def test_an_item_that_breaks_us_holds_up_no_other_and_a_database_away_comes_again(
    speak: Speak, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector = speak("collector-1")
    items = made(collector, 2)
    failing: list[Exception] = [ValueError("broken")]

    def sometimes(caller: Any, body: Any, key: str, digest: bytes) -> Any:
        if key == "item-0" and failing:
            raise failing[0]
        return report_once(caller, body, key, digest)

    monkeypatch.setattr(reports, "report_once", sometimes)
    assert [each["status"] for each in send(collector, items)] == [500, 201]
    failing[0] = OperationalError("away")
    assert collector.post("/reports", {"items": items}, key=None).status_code == 503
    failing.clear()
    assert [(each["status"], each["replayed"]) for each in send(collector, items)] == [(201, False), (201, True)]


def test_who_may_not_report_is_told_for_each_item(speak: Speak) -> None:
    items = made(speak("collector-1"), 1)
    (result,) = send(speak("dept-a"), items)
    assert result["status"] in (403, 422)
    assert cases() == 0


@pytest.mark.parametrize(
    "body", [{}, {"items": [1]}, {"items": [{"key": "k"}]}, {"items": [{"key": "k", "report": {}}] * 51}]
)
def test_a_batch_that_cannot_be_read_is_refused_whole(speak: Speak, body: Any) -> None:
    assert speak("collector-1").post("/reports", body, key=None).status_code == 422

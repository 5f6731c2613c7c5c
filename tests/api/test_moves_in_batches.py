"""Results of field tasks in a batch: one key and one result for each, each move once whatever the network does."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from tests.api.conftest import PLACE, Speak, Speaker

pytestmark = pytest.mark.django_db


def task(speak: Speak) -> dict[str, Any]:
    """A case whose verification waits with a collector."""
    case = speak("collector-1").report()
    return speak("acceptor-1").move(case, "send_verification", {"assignee": "collector-2"})


def item_of(speaker: Speaker, case: dict[str, Any], key: str) -> dict[str, Any]:
    move = {"result": "true", "evidence": {"photo_site": [speaker.photo()], "location": PLACE}}
    return {
        "key": key, "number": case["number"], "verb": "reply_verification", "version": case["version"], "move": move
    }  # fmt: skip


def send(speaker: Speaker, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    answer = speaker.post("/moves", {"items": items}, key=None)
    assert answer.status_code == 200, answer.content
    return list(json.loads(answer.content)["items"])


def test_several_tasks_are_answered_in_one_request(speak: Speak) -> None:
    collector = speak("collector-2")
    cases = [task(speak) for _time in range(3)]
    results = send(collector, [item_of(collector, case, f"m-{number}") for number, case in enumerate(cases)])
    assert [(each["key"], each["status"], each["replayed"]) for each in results] == [
        (f"m-{number}", 200, False) for number in range(3)
    ]
    assert [each["case"]["version"] for each in results] == [case["version"] + 1 for case in cases]


def test_a_wrong_item_is_told_and_holds_up_no_other(speak: Speak) -> None:
    collector = speak("collector-2")
    right = item_of(collector, task(speak), "right")
    stale = {**item_of(collector, task(speak), "stale"), "version": 1}
    without = {**item_of(collector, task(speak), "without"), "version": None}
    items = [
        {**right, "key": ""}, {**right, "key": "n", "number": "../x"}, {**right, "key": "v", "verb": "no_such"},
        stale, without, {**right, "key": "e", "move": {"evidence": 5}}, right,
    ]  # fmt: skip
    results = send(collector, items)
    assert [each["status"] for each in results][:2] == [400, 404]
    assert results[2]["status"] in (404, 409, 422)
    assert [each["status"] for each in results[3:]] == [412, 428, 422, 200]
    assert all(each["problem"] for each in results[:-1])


def test_a_key_is_one_move_whether_it_comes_alone_or_in_a_batch(speak: Speak) -> None:
    collector = speak("collector-2")
    case = task(speak)
    item = item_of(collector, case, "once")
    alone = collector.post(
        f"/cases/{case['number']}/moves/reply_verification", item["move"], key="once", version=case["version"]
    )
    assert alone.status_code == 200
    (again,) = send(collector, [item])
    assert (again["status"], again["replayed"]) == (200, True)
    assert again["case"] == json.loads(alone.content)
    (other,) = send(collector, [{**item, "move": {**item["move"], "result": "false"}}])
    assert (other["status"], other["problem"]["type"]) == (422, "urn:wangge:problem:key_reused")


def test_a_network_that_drops_doubles_and_reorders_makes_each_move_once(speak: Speak) -> None:
    collector, seed = speak("collector-2"), 20240313
    dice = random.Random(seed)
    cases = [task(speak) for _time in range(10)]
    waiting = [item_of(collector, case, f"m-{number}") for number, case in enumerate(cases)]
    told: set[str] = set()
    while waiting:
        chosen = dice.sample(waiting, min(len(waiting), dice.randint(1, 5)))
        results = send(collector, [*chosen, *dice.sample(chosen, 1)])
        assert {each["status"] for each in results} == {200}
        if dice.random() < 0.4:
            continue  # the answer never arrives
        told |= {each["key"] for each in results}
        waiting = [item for item in waiting if item["key"] not in told]
    for case in cases:
        now = json.loads(collector.get(f"/cases/{case['number']}").content)
        assert now["version"] == case["version"] + 1, f"seed {seed}"


def test_who_does_not_hold_the_task_is_told_for_each_item(speak: Speak) -> None:
    other = speak("collector-1")
    (result,) = send(other, [item_of(other, task(speak), "x")])
    assert result["status"] in (403, 404, 409)


@pytest.mark.parametrize("body", [{}, {"items": [1]}, {"items": [{"key": "k"}]}])
def test_a_batch_that_cannot_be_read_is_refused_whole(speak: Speak, body: Any) -> None:
    assert speak("collector-2").post("/moves", body, key=None).status_code == 422

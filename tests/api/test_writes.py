"""Writes over the API: the whole loop, keys sent twice, versions, composite acts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from tests.api.conftest import PLACE, Speak

pytestmark = pytest.mark.django_db


def test_the_loop_from_report_to_closing(speak: Speak) -> None:
    case = speak("collector-1").report()
    assert (case["stage"], case["version"], case["holder"]) == ("reported", 1, "acceptor")
    case = speak("acceptor-1").move(case, "accept", {"category": "component:0101"})
    case = speak("duty_leader-1").move(case, "file_case", {"category": "component:0101", "condition_seq": 2})
    case = speak("dispatcher-1").move(case, "dispatch", {"department": "dept-a"})
    assert (case["holder"], case["department"]) == ("dept-a", "dept-a")
    unit = speak("dept-a")
    case = json.loads(unit.get(f"/cases/{case['number']}").content)
    assert "report_handled" in case["open_verbs"]
    case = unit.move(case, "report_handled", {"evidence": {"photo_after": [unit.photo()]}, "note": "已修复"})
    case = speak("dispatcher-1").move(case, "forward_result")
    case = speak("acceptor-1").move(case, "send_inspection", {"assignee": "collector-2"})
    assert case["holder"] == "collector-2"
    field = speak("collector-2")
    evidence = {"photo_site": [field.photo()], "location": PLACE}
    case = field.move(case, "pass_inspection", {"evidence": evidence})
    case = speak("duty_leader-1").move(case, "close_case")
    assert (case["stage"], case["version"]) == ("closed", 9)
    steps = json.loads(speak("acceptor-1").get(f"/cases/{case['number']}/steps").content)["items"]
    assert [step["seq"] for step in steps] == list(range(1, 10))
    assert steps[6]["args"]["assignee"] == "collector-2"
    assert steps[4]["evidence"]["photo_after"]


def test_the_same_key_brings_the_same_answer_once(speak: Speak) -> None:
    collector = speak("collector-1")
    body = collector.report_body()
    first = collector.post("/cases", body, key="k1")
    again = collector.post("/cases", body, key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again["Idempotency-Replayed"] == "true"
    assert len(json.loads(speak("acceptor-1").get("/cases").content)["items"]) == 1


def test_the_same_key_with_another_body_is_refused(speak: Speak) -> None:
    collector = speak("collector-1")
    collector.post("/cases", collector.report_body(), key="k1")
    answer = collector.post("/cases", collector.report_body(), key="k1")
    assert answer.status_code == 422
    assert json.loads(answer.content)["type"].endswith("key_reused")


def test_a_replayed_move_ignores_the_version_it_carries(speak: Speak) -> None:
    case = speak("collector-1").report()
    body = {"category": "component:0101"}
    path = f"/cases/{case['number']}/moves/accept"
    first = speak("acceptor-1").post(path, body, key="k2", version=1)
    again = speak("acceptor-1").post(path, body, key="k2", version=99)
    assert first.status_code == again.status_code == 200
    assert first.content == again.content


def test_refusals_are_not_kept_under_their_key(speak: Speak) -> None:
    case = speak("collector-1").report()
    path = f"/cases/{case['number']}/moves/accept"
    assert speak("acceptor-1").post(path, {}, key="k3", version=1).status_code == 422
    assert speak("acceptor-1").post(path, {"category": "component:0101"}, key="k3", version=1).status_code == 200


def test_an_external_number_twice_is_the_same_case(speak: Speak) -> None:
    partner = speak("system-1")
    body = {"source": "hotline", "external_no": "X1", "description": "路灯不亮", "location": PLACE}
    first, second = partner.post("/cases", body), partner.post("/cases", body)
    assert (first.status_code, second.status_code) == (201, 200)
    assert json.loads(first.content)["number"] == json.loads(second.content)["number"]


def test_lists_page_by_cursor_and_search_two_characters(speak: Speak) -> None:
    numbers = [speak("collector-1").report()["number"] for _turn in range(5)]
    desk = speak("acceptor-1")
    page = json.loads(desk.get("/cases?limit=2").content)
    assert [item["number"] for item in page["items"]] == numbers[:2:-1]
    rest = json.loads(desk.get(f"/cases?limit=50&cursor={page['next']}").content)
    assert [item["number"] for item in rest["items"]] == numbers[2::-1]
    assert rest["next"] is None
    for words in ("井盖", "建设路", numbers[0], numbers[0][:15]):
        assert json.loads(desk.get(f"/cases?q={words}").content)["items"], words
    assert not json.loads(desk.get("/cases?q=树木").content)["items"]


def statements(order: Callable[[], object]) -> int:
    """How many statements an order takes, those that only frame a transaction left out."""
    asked: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        order()
    return sum(not sql.startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")) for sql in asked)


def test_a_report_takes_four_statements_and_a_move_four(speak: Speak) -> None:
    collector, desk = speak("collector-1"), speak("acceptor-1")
    desk.move(collector.report(), "accept", {"category": "component:0101"})  # names and units are known from now on
    body, case = collector.report_body(), collector.report()
    assert statements(lambda: collector.post("/cases", body)) == 4  # token, receipt, photo, everything
    assert statements(lambda: desk.move(case, "accept", {"category": "component:0101"})) == 4  # the case in its place


def test_a_case_and_a_list_take_few_statements_however_many_cases_there_are(speak: Speak) -> None:
    desk = speak("acceptor-1")
    number = speak("collector-1").report()["number"]
    counts = []
    for _turn in range(2):
        counts.append([statements(lambda: desk.get("/cases")), statements(lambda: desk.get(f"/cases/{number}"))])
        for _case in range(5):
            speak("collector-1").report()
    assert counts == [[2, 3], [2, 3]]  # token and cases; token, case and reporter


def test_the_document_is_open_and_names_every_problem(speak: Speak, client) -> None:  # type: ignore[no-untyped-def]
    document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    move = document["paths"]["/api/v1/cases/{number}/moves/{verb}"]["post"]["responses"]
    assert {"200", "400", "401", "403", "404", "409", "412", "413", "422", "428", "429", "503"} <= set(move)

"""What the API refuses, in the order of the contract of the edges, and what it says."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from tests.api.conftest import Speak

pytestmark = pytest.mark.django_db


def reason(answer) -> tuple[int, str]:  # type: ignore[no-untyped-def]
    body = json.loads(answer.content)
    assert answer["Content-Type"] == "application/problem+json"
    assert set(body) >= {"type", "title", "status", "detail"}
    return answer.status_code, body["type"].rpartition(":")[2]


def test_without_a_token_everything_is_401(speak: Speak) -> None:
    for method, path in (("get", "/cases"), ("post", "/cases"), ("get", "/cases/x"), ("post", "/cases/x/moves/y")):
        answer = getattr(Client(), method)(f"/api/v1{path}")
        assert reason(answer) == (401, "unauthorized")
        assert answer["WWW-Authenticate"] == "Bearer"


def test_a_body_that_is_no_json_comes_before_the_missing_key(speak: Speak) -> None:
    assert reason(speak("collector-1").post("/cases", "{", key=None)) == (400, "bad_json")
    assert reason(speak("collector-1").post("/cases", "[]", key=None)) == (400, "bad_json")
    assert reason(speak("collector-1").post("/cases", {}, key=None)) == (400, "key_missing")


def test_a_body_too_large_is_413(speak: Speak) -> None:
    assert reason(speak("collector-1").post("/cases", {"description": "x" * 3_000_000})) == (413, "too_large")


def test_a_case_behind_a_wall_looks_like_none(speak: Speak) -> None:
    case = speak("collector-1").report()
    there = speak("dept-a").get(f"/cases/{case['number']}")
    nowhere = speak("dept-a").get("/cases/000000-20240313-99999")
    assert reason(there) == reason(nowhere) == (404, "not_found")


def test_unknown_verb_then_version_then_stale_then_table(speak: Speak) -> None:
    case = speak("collector-1").report()
    path = f"/cases/{case['number']}/moves"
    desk = speak("acceptor-1")
    assert reason(desk.post(f"{path}/jump", {})) == (404, "unknown_verb")
    assert reason(desk.post(f"{path}/accept", {})) == (428, "version_missing")
    assert reason(desk.post(f"{path}/accept", {}, version=7)) == (412, "stale_version")
    assert reason(desk.post(f"{path}/close_case", {}, version=1)) == (409, "no_such_move")
    assert reason(desk.post(f"{path}/accept", {}, version=1)) == (422, "missing_argument")
    wrong_post = speak("duty_leader-1").post(f"{path}/accept", {"category": "component:0101"}, version=1)
    assert reason(wrong_post) == (403, "wrong_post")
    assert json.loads(wrong_post.content)["posts"] == ["acceptor"]


def test_a_guard_comes_before_a_value_that_cannot_be_read(speak: Speak) -> None:
    case = speak("collector-1").report()
    case = speak("acceptor-1").move(case, "accept", {"category": "component:0101"})
    case = speak("duty_leader-1").move(case, "file_case", {"category": "component:0101", "condition_seq": 2})
    path = f"/cases/{case['number']}/moves/dispatch"
    assert reason(speak("dispatcher-1").post(path, {"department": "nobody"}, version=3)) == (422, "bad_input")
    assert reason(speak("acceptor-1").post(path, {"department": "nobody"}, version=3)) == (403, "wrong_post")


def test_a_stale_version_tells_what_changed(speak: Speak) -> None:
    case = speak("collector-1").report()
    speak("acceptor-1").move(case, "accept", {"category": "component:0101"})
    answer = speak("acceptor-2").post(
        f"/cases/{case['number']}/moves/accept", {"category": "component:0101"}, version=1
    )
    body = json.loads(answer.content)
    assert (answer.status_code, body["version"]) == (412, 2)
    assert [step["verb"] for step in body["changed"]] == ["accept"]
    assert body["changed"][0]["by"] == "acceptor-1"


def test_evidence_is_asked_for_as_on_the_pages(speak: Speak) -> None:
    body = speak("collector-1").report_body(evidence={})
    answer = speak("collector-1").post("/cases", body)
    assert reason(answer) == (422, "missing_evidence")
    assert json.loads(answer.content)["missing"] == ["photo_before"]


def test_a_photo_of_somebody_else_is_unknown(speak: Speak) -> None:
    photo = speak("collector-2").photo()
    body = speak("collector-1").report_body(evidence={"photo_before": [photo]})
    assert reason(speak("collector-1").post("/cases", body)) == (422, "photo_unknown")


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "cursor=zzz", "from=yesterday", "bbox=1,2", "overdue=perhaps"]
)
def test_a_question_that_cannot_be_read_is_422(speak: Speak, query: str) -> None:
    assert reason(speak("acceptor-1").get(f"/cases?{query}")) == (422, "bad_input")

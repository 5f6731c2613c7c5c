"""What no well-meaning client sends: odd methods, paths, bytes, numbers and bodies end in a problem that says why."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest

from tests.api.conftest import PLACE, Speak, Speaker
from tests.cases.photographs import jpeg

pytestmark = pytest.mark.django_db
ADDRESSES = {
    "/cases": {"GET", "POST"},
    "/cases/x": {"GET"},
    "/cases/x/steps": {"GET"},
    "/cases/x/moves/y": {"POST"},
    "/cases/x/reveal": {"POST"},
    "/photos": {"POST"},
}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PURGE", "PROPFIND")


def told(answer: Any) -> tuple[int, str]:
    assert answer["Content-Type"] == "application/problem+json", answer.content
    return answer.status_code, json.loads(answer.content)["type"].rpartition(":")[2]


def send(speaker: Speaker, text: bytes | str, path: str = "/cases") -> Any:
    headers = {**speaker.headers, "Idempotency-Key": "k", "If-Match": '"1"'}
    return speaker.client.post(f"/api/v1{path}", text, content_type="application/json", headers=headers)


@pytest.mark.parametrize("path", ADDRESSES)
def test_other_methods_are_refused_with_those_there_are(speak: Speak, path: str) -> None:
    speaker = speak("acceptor-1")
    for method in METHODS:
        answer = speaker.client.generic(method, f"/api/v1{path}", headers=speaker.headers)
        assert (answer.status_code == 405) == (method not in ADDRESSES[path]), method
        if answer.status_code == 405:
            assert told(answer) == (405, "method")
            assert ADDRESSES[path] <= set(answer["Allow"].split(", "))


def test_options_names_the_methods_and_head_answers_as_get_without_its_body(speak: Speak) -> None:
    speaker = speak("acceptor-1")
    speak("collector-1").report()
    answer = speaker.client.options("/api/v1/cases", headers=speaker.headers)
    assert (answer.status_code, answer["Allow"]) == (204, "GET, HEAD, OPTIONS, POST")
    got = speaker.get("/cases")
    head = speaker.client.head("/api/v1/cases", headers=speaker.headers)
    assert (head.status_code, head.content) == (200, b"")
    assert head["Content-Length"] == str(len(got.content))
    assert speaker.client.head("/api/v1/photos", headers=speaker.headers).status_code == 405


@pytest.mark.parametrize(
    "path", ["", "x", "cases/", "cases/x/y", "cases/x/moves/", "cases//steps", "../cases", "x" * 5000, "%00", "%ff%fe"]
)
def test_unknown_paths_are_a_problem_for_everybody(speak: Speak, path: str) -> None:
    speaker = speak("acceptor-1")
    assert told(speaker.get(f"/{path}")) == (404, "not_found")
    assert told(speaker.client.post(f"/api/v1/{path}")) == (404, "not_found")


@pytest.mark.parametrize("number", ["%00", "%ed%a0%80", "x" * 3000, "'", "000000-20240313-00001%00"])
def test_odd_numbers_of_cases_are_no_case(speak: Speak, number: str) -> None:
    speaker = speak("acceptor-1")
    assert told(speaker.get(f"/cases/{number}")) == (404, "not_found")
    assert told(speaker.get(f"/cases/{number}/steps")) == (404, "not_found")
    assert told(speaker.post(f"/cases/{number}/moves/accept", {}, version=1)) == (404, "not_found")
    assert told(speaker.post(f"/cases/{number}/reveal", {"reason": "回访核对"})) == (404, "not_found")


def test_odd_verbs_are_no_verb(speak: Speak) -> None:
    case = speak("collector-1").report()
    for verb in ("%00", "x" * 3000, "ACCEPT"):
        answer = speak("acceptor-1").post(f"/cases/{case['number']}/moves/{verb}", {}, version=1)
        assert told(answer) == (404, "unknown_verb")


@pytest.mark.parametrize(
    "text",
    [b"\xff\xfe", b'{"source": "\xed\xa0\x80"}', '{"source": "\\ud800"}', '{"source": NaN}', '{"x": Infinity}', "",
     "null", '"x"', "[" * 100_000, '{"a":' * 500 + "1" + "}" * 500, '{"source": "collector\\u0000"}', '{"x\\u0000": 1}',
     '{"reporter": {"name": "\\u0000"}}', "\ufeff{}", '{"a": 1,}', "{'a': 1}"],
    ids=lambda text: repr(text)[:24],
)  # fmt: skip
def test_a_body_that_cannot_be_kept_is_no_json(speak: Speak, text: bytes | str) -> None:
    assert told(send(speak("collector-1"), text)) == (400, "bad_json")


def chunked(speaker: Speaker, path: str, data: bytes, content_type: str) -> Any:
    """A body in pieces as the server hands it on: its bytes, and no length."""
    headers = {**speaker.headers, "Idempotency-Key": "k", "Transfer-Encoding": "chunked"}
    given: dict[str, Any] = {"wsgi.input": BytesIO(data), "CONTENT_TYPE": content_type}
    return speaker.client.generic("POST", f"/api/v1{path}", headers=headers, **given)


def test_a_body_in_pieces_is_read_whole(speak: Speak) -> None:
    collector = speak("collector-1")
    form = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n' + jpeg() + b"\r\n--b--\r\n"
    photo = chunked(collector, "/photos", form, "multipart/form-data; boundary=b")
    assert photo.status_code == 201, photo.content
    body = collector.report_body(evidence={"photo_before": [photo.json()["id"]]})
    assert chunked(collector, "/cases", json.dumps(body).encode(), "application/json").status_code == 201
    assert told(chunked(collector, "/cases", b" " * 3_000_000, "application/json")) == (413, "too_large")
    assert told(chunked(collector, "/photos", b" " * 22_000_000, "multipart/form-data; boundary=b"))[0] == 413


def test_an_escaped_backslash_before_u0000_is_text(speak: Speak) -> None:
    collector = speak("collector-1")
    assert send(collector, json.dumps(collector.report_body(description="\\u0000"))).status_code == 201


@pytest.mark.parametrize(
    "place",
    [{"lon": "nan", "lat": 1}, {"lon": 1, "lat": "inf"}, {"lon": 181, "lat": 0}, {"lon": 0, "lat": -91},
     {"lon": 10**30, "lat": 1}, {"system": "city", "x": "nan", "y": 1}, {"system": "city", "x": 1e300, "y": 1e300},
     {"system": "city", "x": "-inf", "y": 0}, {"lon": True, "lat": [1]}, {"lon": 1, "lat": 1, "z": 1},
     {"lon": 1, "lat": 1, "system": "mars"}, "here", 5],
    ids=repr,
)  # fmt: skip
def test_a_place_off_the_earth_is_refused(speak: Speak, place: Any) -> None:
    collector = speak("collector-1")
    assert told(collector.post("/cases", collector.report_body(location=place)))[0] == 422


@pytest.mark.parametrize(
    "changed",
    [{"source": 10**40}, {"category": "x" * 30}, {"description": "字" * 4001}, {"external_no": ""},
     {"observed_at": 10**18}, {"observed_at": "0001-01-01T00:00:00+23:59"}, {"evidence": []},
     {"evidence": {"photo_before": "x"}},
     {"evidence": {"photo_before": [1]}}, {"reporter": {"name": 5}}, {"post": {}}, {"entry": "archive_case"},
     {"unknown": 1}],
    ids=lambda changed: repr(changed)[:30],
)  # fmt: skip
def test_a_report_out_of_form_names_its_field(speak: Speak, changed: dict[str, Any]) -> None:
    collector = speak("collector-1")
    answer = collector.post("/cases", json.dumps(collector.report_body(**changed)))
    assert told(answer) in {(422, "bad_input"), (400, "bad_json")}


@pytest.mark.parametrize(
    ("verb", "given"),
    [("accept", {"category": "component:0101", "condition_seq": "²"}),
     ("accept", {"category": "component:0101", "condition_seq": "9" * 1999}),
     ("accept", {"category": "component:0101", "condition_seq": -1}),
     ("accept", {"category": "component:0101", "condition_seq": {}}),
     ("accept", {"category": "component:0101", "condition_seq": 10**30}),
     ("accept", {"category": "component:0101", "reason": "字" * 2001}),
     ("accept", {"category": "component:0101", "act": ["desk_act"]}),
     ("merge", {"lead_case": "%"}), ("merge", {"lead_case": 5}),
     ("send_verification", {"assignee": "nobody"}), ("send_verification", {"assignee": 10**20}),
     ("send_verification", {"assignee": ["collector-1"]})],
    ids=repr,
)  # fmt: skip
def test_arguments_out_of_form_are_refused_with_a_reason(speak: Speak, verb: str, given: dict[str, Any]) -> None:
    case = speak("collector-1").report()
    answer = speak("acceptor-1").post(f"/cases/{case['number']}/moves/{verb}", given, version=1)
    assert told(answer)[0] in (400, 409, 422)


@pytest.mark.parametrize(
    ("verb", "given"),
    [("split", {"departments": 5, "reason": "x"}), ("split", {"departments": {"a": 1}, "reason": "x"}),
     ("split", {"departments": [["dept-a"]], "reason": "x"}), ("dispatch", {"department": ["dept-a"]}),
     ("dispatch", {"department": "dept-a", "rule": "lean_forward", "assignee": ""})],
    ids=repr,
)  # fmt: skip
def test_units_out_of_form_are_refused_or_left_out(speak: Speak, verb: str, given: dict[str, Any]) -> None:
    case = _filed(speak)
    answer = speak("dispatcher-1").post(f"/cases/{case['number']}/moves/{verb}", given, version=3)
    assert answer.status_code == (200 if "rule" in given else 422), answer.content


@pytest.mark.parametrize(
    "given",
    [{"amount": "² work_hour"}, {"amount": "--5 work_hour"}, {"amount": "9" * 1000 + " work_hour"},
     {"amount": "1 moon"}, {"amount": 4}, {"amount": "-1 work_hour"}],
    ids=lambda given: repr(given)[:30],
)  # fmt: skip
def test_an_amount_out_of_form_is_a_bad_argument(speak: Speak, given: dict[str, Any]) -> None:
    case = speak("dispatcher-1").move(_filed(speak), "dispatch", {"department": "dept-a"})
    answer = speak("dept-a").post(
        f"/cases/{case['number']}/moves/request_extension", {**given, "reason": "材料未到"}, version=4
    )
    assert told(answer) == (409, "bad_argument")


@pytest.mark.parametrize("until", ["x", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", 5, [], "2024-02-30"])
def test_an_end_that_is_no_moment_is_refused(speak: Speak, until: Any) -> None:
    case = speak("dispatcher-1").move(_filed(speak), "dispatch", {"department": "dept-a"})
    answer = speak("dept-a").post(
        f"/cases/{case['number']}/moves/request_suspension", {"until": until, "reason": "雨季"}, version=4
    )
    assert told(answer)[0] == 422


def _filed(speak: Speak) -> dict[str, Any]:
    case = speak("acceptor-1").move(speak("collector-1").report(), "accept", {"category": "component:0101"})
    return speak("duty_leader-1").move(case, "file_case", {"category": "component:0101", "condition_seq": 2})


@pytest.mark.parametrize(
    ("content_type", "data"),
    [("multipart/form-data", b"x"), ("multipart/form-data; boundary=", b"x"),
     ("multipart/form-data; boundary=" + "b" * 300, b"x"), ("multipart/form-data; boundary=b", b"--b\r\nbroken"),
     ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nx\r\n--b--\r\n'),
     ("application/json", b"{}"), ("", b""), ("multipart/form-data; boundary=\xff", b"")],
    ids=repr,
)  # fmt: skip
def test_a_form_that_is_none_is_refused(speak: Speak, content_type: str, data: bytes) -> None:
    collector = speak("collector-1")
    answer = collector.client.generic(
        "POST", "/api/v1/photos", data, content_type=content_type, headers=collector.headers
    )
    assert told(answer)[0] in (400, 422)


def test_a_photo_too_large_is_413_and_an_empty_one_none(speak: Speak) -> None:
    collector = speak("collector-1")
    for data, status in (
        (b"\xff\xd8" + bytes(21 * 1024 * 1024), 413),
        (b"", 422),
        (jpeg()[:200], 422),
        (b"GIF89a", 422),
    ):
        file = BytesIO(data)
        file.name = "a.jpg"
        answer = collector.client.post("/api/v1/photos", {"file": file}, headers=collector.headers)
        assert told(answer)[0] == status


@pytest.mark.parametrize("token", ["", "x", "é", "token-of-acceptor-1 x", "\x00", "x" * 10_000])
def test_a_token_that_is_none_is_401(speak: Speak, token: str) -> None:
    speaker = speak("acceptor-1")
    answer = speaker.client.get("/api/v1/cases", headers={"Authorization": f"Bearer {token}"})
    assert told(answer) == (401, "unauthorized")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_failure_of_our_own_is_a_problem_and_tells_nothing(speak: Speak, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_given: Any) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("wangge.surfaces.api.operations.report_case", broken)
    collector = speak("collector-1")
    answer = collector.post("/cases", collector.report_body(location=PLACE))
    assert told(answer) == (500, "failure")
    assert b"secret" not in answer.content

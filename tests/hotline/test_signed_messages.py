"""The door of the hotline: what is signed enters once, everything else is told why."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from tests.hotline.conftest import PLACE, Partner, order_body
from wangge.domains.cases.rows import load, load_by_external_number
from wangge.domains.hotline.queries.orders import events_of, order_numbered

pytestmark = pytest.mark.django_db
Partners = Callable[..., Partner]


def reason(answer: Any) -> tuple[int, str]:
    assert answer["Content-Type"] == "application/problem+json", answer.content
    return answer.status_code, json.loads(answer.content)["type"].rpartition(":")[2]


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def test_a_complaint_with_a_place_becomes_a_case_at_once(partner: Partners) -> None:
    answer = partner().order()
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert told["state"] == "with_case"
    case = load(told["case"])
    assert case is not None
    assert (case.source, case.external_no) == ("hotline", "hotline_12345:DH-00001")
    row = order_numbered("hotline_12345", "DH-00001")
    assert row is not None
    assert [event.act for event in events_of(row.id)] == ["receive", "make_case"]
    assert None not in (row.due_at, row.contact_by, row.return_by)


def test_a_question_and_a_denunciation_wait_for_a_person(partner: Partners) -> None:
    for number, kind in enumerate(("consultation", "denunciation", "suggestion"), 1):
        told = partner().order(number, kind=kind).json()
        assert (told["state"], told["case"]) == ("received", None)
    assert count("cases_case") == 0


def test_two_channels_have_numbers_of_their_own(partner: Partners) -> None:
    first, second = partner().order().json(), partner("act_now").order().json()
    assert first["case"] != second["case"]
    assert load_by_external_number("hotline", "act_now:DH-00001") is not None


def test_the_same_message_twice_gives_the_same_answer_and_one_case(partner: Partners) -> None:
    first, second = partner().order(), partner().order()
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert (count("hotline_order"), count("cases_case"), count("hotline_message")) == (1, 1, 1)


def test_the_same_order_in_another_message_is_the_same_order(partner: Partners) -> None:
    first = partner().order()
    again = partner().order(message_id="m-other")
    assert again.status_code == 200
    assert again.json() == {**first.json(), "created": False}
    assert count("hotline_order") == 1


def test_a_message_id_stands_for_one_message(partner: Partners) -> None:
    partner().order()
    assert reason(partner().order(title="另一件事")) == (409, "message_id_taken")


def test_a_wrong_signature_a_closed_channel_and_no_signature_are_told_alike(partner: Partners, settings: Any) -> None:
    body = order_body()
    tries = [
        partner(secret="f" * 32).send(body), partner().send(body, signature=""), partner().send(body, signature="签名"),
        partner("nowhere").send(body),
    ]  # fmt: skip
    settings.HOTLINE_SECRETS = {}
    tries.append(partner().send(body))
    tries.append(partner(secret="").send(body))
    assert {reason(each) for each in tries} == {(401, "unauthorized")}
    assert len({each.content for each in tries}) == 1
    assert count("hotline_order") == 0


@pytest.mark.parametrize("age", [301, -301, 10**9])
def test_an_old_or_early_message_is_refused(partner: Partners, age: int) -> None:
    assert reason(partner().send(order_body(), age=age)) == (401, "stale_timestamp")


def test_a_message_within_the_window_is_taken(partner: Partners) -> None:
    assert partner().send(order_body(), age=290).status_code == 201


@pytest.mark.parametrize(
    "words",
    [
        "😀🛠️ 路面 𠮷野家",
        "'; DROP TABLE hotline_order; --",
        "<script>alert(1)</script>",
        "%s %(name)s {0}",
        "\u202e反向",
    ],
)
def test_any_words_are_kept_as_they_are(partner: Partners, words: str) -> None:
    answer = partner().order(title=words, content=words * 3, citizen={"name": words[:60], "phone": words[:40]})
    assert answer.status_code == 201, answer.content
    row = order_numbered("hotline_12345", "DH-00001")
    assert row is not None
    assert (row.title, row.content) == (words.strip(), (words * 3).strip())


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"{", (400, "bad_json")),
        (b"[]", (400, "bad_json")),
        (b'{"message_id": "\\u0000"}', (400, "bad_json")),
        (b'"\xff"', (400, "bad_json")),
        (order_body(kind="riot"), (422, "bad_input")),
        (order_body(order_no="1; DROP"), (422, "bad_input")),
        (order_body(message_id="空"), (422, "bad_input")),
        (order_body(type="unknown"), (422, "bad_input")),
        (order_body(title="", content="  "), (422, "bad_input")),
        (order_body(title="长" * 201), (422, "bad_input")),
        (order_body(location={"lon": 113.1}), (422, "bad_input")),
        (order_body(location={"lon": 513.1, "lat": 0}), (422, "bad_input")),
        (order_body(due_at="2024-03-13T08:00:00"), (422, "bad_input")),
        (order_body(extra=1), (422, "bad_input")),
    ],
)
def test_what_cannot_be_read_gets_a_clear_answer(partner: Partners, body: Any, told: tuple[int, str]) -> None:
    assert reason(partner().send(body)) == told
    assert count("hotline_order") == count("hotline_message") == 0


def test_a_body_too_large_is_refused(partner: Partners) -> None:
    assert reason(partner().send(b"x" * (2 * 1024 * 1024 + 1))) == (413, "too_large")


def test_a_place_on_the_other_side_of_the_world_still_enters(partner: Partners) -> None:
    answer = partner().order(location={**PLACE, "lon": -70.0, "lat": -30.0, "system": "gcj02"})
    assert answer.status_code == 201, answer.content


def test_an_order_to_a_case_takes_a_set_number_of_statements(partner: Partners, django_assert_num_queries: Any) -> None:
    partner().order()
    with django_assert_num_queries(14):
        partner().order(2)

"""Signs of a month over the API: what photos, places and steps show, for the evaluation section alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.api.conftest import PLACE, Speak
from tests.api.test_document import BY_ID, CHECKS, one_connection
from tests.cases.photographs import scene
from tests.evaluation.small_months import walked_city
from wangge.domains.evaluation.snapshots import Snapshot
from wangge.groundwork import clock

__all__ = ["one_connection"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def snapshot(small_city: None, tmp_path: Path, settings: Any) -> Snapshot:
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"warehouse": tmp_path})
    return walked_city(tmp_path)


def signs_of(speak: Speak, period: str = "") -> dict[str, Any]:
    answer = speak("evaluator-1").get(f"/evaluation/signs?period={period or this_month()}")
    assert answer.status_code == 200, answer.content
    return {each["sign"]: each for each in json.loads(answer.content)["items"]}


def this_month() -> str:
    return f"{clock.today():%Y-%m}"  # by the city's clock: for eight hours its month is another one than in UTC


def test_one_picture_in_two_cases_shows_with_both(speak: Speak, snapshot: Snapshot) -> None:
    collector = speak("collector-1")
    numbers = [
        collector.report(evidence={"photo_before": [collector.photo(scene(seed))]})["number"] for seed in (7, 7, 8)
    ]
    sign = signs_of(speak)["same_photo"]
    (shown,) = sign["showings"]
    assert (shown["cases"], shown["part"], shown["whole"]) == (sorted(numbers[:2]), 2, 2)
    assert (sign["confidence"], sign["source"]) == ("C", "own choice")


def test_cases_that_came_again_at_one_place_and_were_voided_show(speak: Speak, snapshot: Snapshot) -> None:
    collector = speak("collector-1")
    numbers = [collector.report()["number"] for _again in range(3)]
    assert signs_of(speak)["split_or_void"]["shows"] == 0
    set_stage(numbers[1], "voided")
    (shown,) = signs_of(speak)["split_or_void"]["showings"]
    assert (shown["cases"], shown["part"], shown["whole"], shown["measure"]) == (numbers, 1, 3, "1")
    elsewhere = collector.report(location={**PLACE, "lon": 113.15})["number"]
    set_stage(elsewhere, "voided")
    assert signs_of(speak)["split_or_void"]["shows"] == 1


def set_stage(number: str, stage: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_case SET stage = %s, burns_at = NULL WHERE number = %s", [stage, number])
        assert cursor.rowcount == 1


def test_signs_are_for_the_evaluation_section_and_a_month(speak: Speak, snapshot: Snapshot) -> None:
    for username in ("dept-a", "platform-1", "collector-1", "duty_leader-1"):
        assert speak(username).get("/evaluation/signs?period=2024-03").status_code == 403
    for period in ("", "2024", "2024-13", "2024-01-01..2024-03-01"):
        refused = speak("section_head-1").get(f"/evaluation/signs?period={period}")
        assert (refused.status_code, json.loads(refused.content)["field"]) == (422, "period")


def test_every_sign_is_answered_as_the_document_says(speak: Speak, snapshot: Snapshot) -> None:
    collector = speak("collector-1")
    for _again in range(2):
        collector.report()
    made = BY_ID["list_signs"].Case(query={"period": this_month()})
    made.call_and_validate(headers=speak("evaluator-1").headers, checks=CHECKS)


def test_without_a_warehouse_it_is_said_to_be_away(
    speak: Speak, small_city: None, tmp_path: Path, settings: Any
) -> None:
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"warehouse": tmp_path})
    assert speak("evaluator-1").get("/evaluation/signs?period=2024-03").status_code == 503

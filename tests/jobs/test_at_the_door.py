"""A report through the API meets the rules in the same request, once it stands."""

from __future__ import annotations

import json

import pytest

from tests.api.conftest import Speak, speak
from tests.cases.conftest import START
from tests.jobs.conftest import PLACE, Hands, after, found, shot, steps_of
from tests.jobs.test_rules import undrawn
from wangge.domains.cases.operations import timing
from wangge.groundwork import clock

__all__ = ["speak"]


def self_handled_through_the_door(hands: Hands, speak: Speak, turn: int) -> dict[str, object]:
    who, at = hands.actor("collector-1"), after(turn)
    evidence = {kind: [shot(who, at, at)] for kind in ("photo_before", "photo_after")}
    body = {
        "source": "collector", "entry": "report_self_handled", "category": "event:0201", "description": "店外经营",
        "location": {**PLACE, "system": "wgs84"}, "evidence": evidence,
    }  # fmt: skip
    with clock.held_at(at):
        answer = speak("collector-1").post("/cases", body)
    assert answer.status_code == 201, answer.content
    return dict(json.loads(answer.content))


@pytest.mark.django_db
def test_a_plausible_self_handled_report_is_closed_when_its_answer_comes(
    hands: Hands, lean: None, speak: Speak
) -> None:
    for turn in range(30):
        case = self_handled_through_the_door(hands, speak, turn)
        number = str(case["number"])
        if undrawn(number, "lean_self_handled", 20):
            break
    assert (case["stage"], case["version"]) == ("self_handled", 1)
    assert found(number).stage == "closed"
    assert [step["verb"] for step in steps_of(number)] == ["report_self_handled", "confirm_self_handled"]


@pytest.mark.django_db
def test_a_rule_that_breaks_does_not_break_the_report(
    hands: Hands, lean: None, speak: Speak, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**given: object) -> bool:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(timing, "let_rules_act_on", fail)
    case = self_handled_through_the_door(hands, speak, 0)
    assert found(str(case["number"])).stage == "self_handled"
    assert found(str(case["number"])).reported_at == START

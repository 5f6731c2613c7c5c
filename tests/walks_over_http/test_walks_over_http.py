"""Every worked walk comes out of the API as it comes out of the logic: same refusals, stages, deadlines, overlays."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cases.test_walks import WALKS
from tests.walks_over_http.walker import NOT_TO_BE_ASKED, Walker
from wangge.domains.cases.rules import forget_rules
from wangge.domains.organizations.queries import city_tables

pytestmark = pytest.mark.django_db

# Refused to people who do not see the case at all: to them there is none.
BEHIND_THE_WALL = {("W42", "9"), ("W57", "15"), ("W76", "8")}


@pytest.fixture(autouse=True)
def fresh_rules() -> Iterator[None]:
    yield
    forget_rules()


@pytest.mark.parametrize("name", sorted(WALKS))
def test_a_walk_goes_over_http(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    walker = Walker(list(WALKS[name]), monkeypatch)
    walker.walk()
    acts = [step for step in WALKS[name] if "act=" in step["args"] and step["verb"] != "accept"]
    left_out = [key for key in NOT_TO_BE_ASKED if key[0] == name]
    silent = {(name, step["step"]) for step in acts} | set(left_out)
    children = [step for step in WALKS[name] if step["verb"] == "open_child"]
    assert len(walker.told) == len(WALKS[name]) - len(silent) - len(children)
    assert {key for key in BEHIND_THE_WALL if key[0] == name} == {
        (name, told.step["step"]) for told in walker.told if told.behind_wall
    }


def test_the_walks_reach_every_reason_over_http_but_that_of_somebody_elses_task() -> None:
    asked = {
        step["reason"]
        for name, steps in WALKS.items()
        for step in steps
        if step["post"] != "system" and (name, step["step"]) not in NOT_TO_BE_ASKED | BEHIND_THE_WALL
    }
    # Who neither holds the task nor sees the case stands before the wall; see test_who_sees_a_case_but_not_his_task.
    # What the product adds to the reasons is in none of the walks; see tests/cases/test_reopened.py.
    assert {row.reason for row in city_tables().refusals} - asked == {"not_assignee", "no_condition"}

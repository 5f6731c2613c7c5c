"""No rank is visible to others before a month is published; units see their own draft alone."""

from __future__ import annotations

from wangge.domains.evaluation.logic.months import MonthState
from wangge.domains.evaluation.policies import may_see_object, open_steps, visible_scores
from wangge.domains.organizations.logic import Actor, Holding

EVALUATOR = Actor(1, "k", "考评员", (Holding("evaluator"),))
LEADER = Actor(2, "l", "领导", (Holding("centre_leader"),))
DISTRICT = Actor(
    3, "d", "区平台", (Holding("district_dispatcher", department_code="430202-P", district_code="430202"),)
)
DESK = Actor(4, "z", "值班长", (Holding("duty_leader"),))
SCORES = [{"code": "430202", "rank": 2, "total": "90.00"}, {"code": "430203", "rank": 1, "total": "95.00"}]
BEFORE = [MonthState.FROZEN, MonthState.REVIEWED, MonthState.SIGNED]


def test_before_publication_a_district_sees_itself_without_a_rank() -> None:
    for state in BEFORE:
        seen = visible_scores(SCORES, kind="district", state=state, by=DISTRICT)
        assert seen == [{"code": "430202", "rank": None, "total": "90.00"}]
        assert not may_see_object(kind="district", code="430203", state=state, by=DISTRICT)
        assert visible_scores(SCORES, kind="district", state=state, by=DESK) == []
        assert visible_scores(SCORES, kind="district", state=state, by=EVALUATOR) == SCORES


def test_after_publication_all_see_all() -> None:
    for by in (DISTRICT, DESK, EVALUATOR):
        assert visible_scores(SCORES, kind="district", state=MonthState.PUBLISHED, by=by) == SCORES
        assert may_see_object(kind="district", code="430203", state=MonthState.PUBLISHED, by=by)


def test_each_step_is_open_to_its_posts_alone() -> None:
    assert open_steps(state=MonthState.FROZEN, by=EVALUATOR) == ["review"]
    assert open_steps(state=MonthState.REVIEWED, by=EVALUATOR) == []
    assert open_steps(state=MonthState.REVIEWED, by=LEADER) == ["sign"]
    assert open_steps(state=MonthState.PUBLISHED, by=LEADER) == ["reissue"]
    assert open_steps(state=MonthState.FROZEN, by=DISTRICT) == []

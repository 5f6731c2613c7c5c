"""The month by itself: frozen once on its day, its draft opened to the units, people reminded; they alone sign."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError

from tests.cases.conftest import START
from tests.evaluation.small_months import LEADER, REVIEWER, walked_city
from tests.jobs.conftest import Hands, use_overlay
from wangge.domains.cases.rules import forget_rules
from wangge.domains.evaluation.logic.months import Errand, MonthState, errands, state_after
from wangge.domains.evaluation.logic.periods import last_ended
from wangge.domains.evaluation.models import MonthStep
from wangge.domains.evaluation.operations.by_itself import run_months
from wangge.domains.evaluation.operations.month import MonthRefused, step
from wangge.domains.evaluation.snapshots import Snapshot
from wangge.domains.notices.models import InboxNotice
from wangge.domains.organizations.logic import SYSTEM, Actor
from wangge.groundwork import clock
from wangge.groundwork.warehouse.manifest import WarehouseRefused
from wangge.surfaces.jobs import rounds

pytestmark = pytest.mark.django_db
APRIL_FIRST = date(2024, 4, 1)
Run = Callable[[date], list[str]]


def night(day: date) -> datetime:
    """Three o'clock in the city."""
    return datetime(day.year, day.month, day.day, 3, tzinfo=clock.CITY_ZONE)


@pytest.fixture
def case(hands: Hands) -> str:
    """A report of 13 March 2024."""
    return hands.report()


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    return walked_city(tmp_path)


@pytest.fixture
def run(case: str, snapshot: Snapshot) -> Run:
    """One night's round in a city with a report in March."""
    return lambda day: run_months(today=day, at=night(day), fresh=lambda: snapshot, overlay=None)


def told() -> list[tuple[str, str, str]]:
    return list(InboxNotice.objects.order_by("id").values_list("inbox", "district_code", "text"))


def verbs(period: str = "2024-03") -> list[str]:
    return list(MonthStep.objects.filter(period=period).order_by("seq").values_list("verb", flat=True))


def test_the_last_month_that_is_over_keeps_the_statistical_month() -> None:
    assert last_ended(APRIL_FIRST).name == "2024-03"
    assert last_ended(date(2024, 3, 31)).name == "2024-02"
    assert last_ended(date(2024, 3, 26), starts_on=26).name == "2024-03"
    assert last_ended(date(2024, 3, 25), starts_on=26).name == "2024-02"
    assert last_ended(date(2024, 1, 1)).name == "2023-12"


def test_what_a_month_wants_follows_from_where_it_stands() -> None:
    def wants(state: MonthState, hours_left: float | None = None, *, freeze_due: bool = False) -> tuple[Errand, ...]:
        return errands(state, freeze_due=freeze_due, hours_left=hours_left)

    assert wants(MonthState.OPEN) == ()
    assert wants(MonthState.OPEN, freeze_due=True) == (Errand.FREEZE,)
    assert wants(MonthState.FROZEN, 60) == wants(MonthState.FROZEN, None) == (Errand.CHECK,)
    assert wants(MonthState.FROZEN, 24) == (Errand.CHECK, Errand.LAST_DAY)
    assert wants(MonthState.FROZEN, 0) == (Errand.REVIEW,)
    assert wants(MonthState.REVIEWED) == (Errand.SIGN,)
    assert wants(MonthState.SIGNED) == (Errand.PUBLISH,)
    assert wants(MonthState.PUBLISHED) == ()


def test_a_month_is_frozen_once_and_its_units_are_told_once(run: Run) -> None:
    assert run(date(2024, 3, 31)) == []
    for _again in range(3):
        run(APRIL_FIRST)
    assert verbs() == ["freeze"]
    (frozen,) = MonthStep.objects.all()
    assert (frozen.person_id, frozen.person_name) == (None, "系统")
    messages = told()
    assert sorted(district for inbox, district, _text in messages if inbox == "post:district_dispatcher") == [
        "430201", "430202", "430203",
    ]  # fmt: skip
    units = [inbox for inbox, _district, _text in messages if inbox.startswith("unit:")]
    assert len(units) == len(set(units)) > 0
    # three working days from Monday 1 April 2024, 03:00; 4 April is a holiday
    assert all("申诉截至 2024-04-03 18:00" in text for _inbox, _district, text in messages)


def test_reminders_follow_the_course_and_people_make_the_steps(run: Run) -> None:
    run(APRIL_FIRST)
    before = len(told())
    run(date(2024, 4, 2))
    assert len(told()) == before
    run(date(2024, 4, 3))
    assert len([text for _i, _d, text in told() if "截止" in text]) == before
    run(date(2024, 4, 5))
    assert verbs() == ["freeze"]
    assert told()[-2:] == [
        ("post:evaluator", "", "2024-03 考评的核对与申诉期已满，请复核。"),
        ("post:section_head", "", "2024-03 考评的核对与申诉期已满，请复核。"),
    ]
    number = len(told())
    run(date(2024, 4, 6))
    assert len(told()) == number  # three days lie between two reminders of one step
    run(date(2024, 4, 8))
    assert len(told()) == number + 2
    for verb, by, says in (("review", REVIEWER, "请签发"), ("sign", LEADER, "请发布"), ("publish", REVIEWER, "")):
        step(period="2024-03", verb=verb, by=by, at=night(date(2024, 4, 9)))
        number = len(told())
        run(date(2024, 4, 9))
        assert [says in text for _i, _d, text in told()[number:]] == ([True, True] if says else [])
    assert state_after(verbs()) is MonthState.PUBLISHED


@pytest.mark.parametrize("verb", ["review", "sign", "publish", "reissue"])
def test_the_job_itself_makes_no_step_of_people(run: Run, snapshot: Snapshot, verb: str) -> None:
    run(APRIL_FIRST)
    with pytest.raises(MonthRefused, match="岗位"):
        step(period="2024-03", verb=verb, by=SYSTEM, at=START, snapshot=snapshot, note="x")
    partner = Actor(77, "partner", "合作系统", SYSTEM.holdings)
    with pytest.raises(MonthRefused, match="岗位"):
        step(period="2024-02", verb="freeze", by=partner, at=START, snapshot=snapshot)


def test_the_day_and_the_month_are_settings(run: Run, tmp_path: Path, settings: Any) -> None:
    def overlay(*rows: str) -> None:
        lines = ["key,value,valid_from,valid_to,scope,source,confidence", *(f"{row},,,city,own,C" for row in rows)]
        own = tmp_path / rows[0]
        own.mkdir()
        (own / "settings.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        use_overlay(settings, own)

    overlay("month_runs_by_itself,no")
    assert run(APRIL_FIRST) == []
    overlay("month_frozen_after,5")
    assert (run(date(2024, 4, 4)), verbs()) == ([], [])
    assert run(date(2024, 4, 5)) == ["2024-03 freeze"]
    forget_rules()


def test_an_empty_month_is_not_frozen(run: Run) -> None:
    assert run(date(2024, 6, 1)) == []
    assert not MonthStep.objects.exists()


def test_what_cannot_be_frozen_is_told_to_the_section_and_tried_again(case: str, snapshot: Snapshot) -> None:
    def broken() -> Snapshot:
        raise WarehouseRefused("文件被改动：a.parquet")

    for day in (APRIL_FIRST, APRIL_FIRST, APRIL_FIRST + timedelta(days=1)):
        run_months(today=day, at=night(day), fresh=broken, overlay=None)
    assert [text for inbox, _district, text in told() if inbox == "post:evaluator"] == [
        "2024-03 考评未能自动冻结：文件被改动：a.parquet"
    ] * 2
    run_months(today=APRIL_FIRST, at=night(APRIL_FIRST), fresh=lambda: snapshot, overlay=None)
    assert verbs() == ["freeze"]


def test_a_month_frozen_by_hand_is_left_and_its_units_are_told(run: Run, snapshot: Snapshot) -> None:
    step(period="2024-03", verb="freeze", by=REVIEWER, at=night(APRIL_FIRST), snapshot=snapshot)
    run(APRIL_FIRST)
    assert verbs() == ["freeze"]
    assert any("请核对" in text for _inbox, _district, text in told())


def test_two_jobs_at_once_freeze_a_month_once(run: Run, snapshot: Snapshot) -> None:
    def meanwhile() -> Snapshot:
        step(period="2024-03", verb="freeze", by=REVIEWER, at=night(APRIL_FIRST), snapshot=snapshot)
        return snapshot

    run_months(today=APRIL_FIRST, at=night(APRIL_FIRST), fresh=meanwhile, overlay=None)
    assert verbs() == ["freeze"]
    with pytest.raises(DatabaseError):
        MonthStep.objects.create(period="2024-03", seq=1, verb="freeze", result_id="x", person_name="", at=START)


def test_the_nights_round_refreshes_the_warehouse_and_freezes(case: str, tmp_path: Path, settings: Any) -> None:
    settings.ENVIRONMENT = settings.ENVIRONMENT.model_copy(update={"warehouse": tmp_path / "facts"})
    with clock.held_at(night(APRIL_FIRST)):
        assert rounds.run_evaluation() == ["2024-03 freeze"]
        assert verbs() == ["freeze"]
        assert rounds.run_evaluation() == ["2024-03 check"]

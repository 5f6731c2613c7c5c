"""A rule set's life in the database, what it refuses, and the record of what was proposed and chosen."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from tests.api.conftest import Speak, actor, small_city, speak
from wangge.domains.cases.operations.learning import draft_from_history
from wangge.domains.organizations.logic import TERMINAL
from wangge.domains.ownership import queries
from wangge.domains.ownership.logic.choosing import Matter, PlaceKind, Source
from wangge.domains.ownership.models import RuleRow, RuleSet
from wangge.domains.ownership.operations.rule_sets import (
    NewRule,
    RuleSetRefused,
    add_rules,
    record_decision,
    release,
    remove_rule,
    rule_from_decision,
    start_draft,
)
from wangge.groundwork import clock

__all__ = ["actor", "small_city", "speak"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small_city")]
AT, DAY = datetime(2024, 3, 1, tzinfo=UTC), date(2024, 3, 1)


@pytest.fixture(autouse=True)
def _fresh_rules() -> None:
    queries.forget_rules()


def rule(department: str = "dept-a", **changes: Any) -> NewRule:
    values: dict[str, Any] = {
        "category": "component:01", "source": Source.OWN, "source_text": "示例", "valid_from": DAY,
        "department": department,
    }  # fmt: skip
    return NewRule(**{**values, **changes})


def draft(*rules: NewRule, **options: Any) -> int:
    made = start_draft(title="草案", by=TERMINAL, at=AT, on=DAY, **options)
    if rules:
        add_rules(rule_set_id=made, rules=rules, by=TERMINAL, at=AT)
    return made


def let_go(rule_set_id: int, on: date = DAY, **options: Any) -> None:
    release(rule_set_id=rule_set_id, effective_on=on, past=options.pop("past", {}), by=TERMINAL, at=AT, **options)


def proposed(on: date, category: str = "component:0101") -> str:
    found = queries.propose(matter=Matter(category), on=on)
    return "" if found is None else found.department


def test_a_released_set_holds_from_its_day_until_the_next() -> None:
    let_go(draft(rule()))
    second = draft(rule("dept-b", category="component:0101"))
    let_go(second, date(2024, 4, 1))
    assert RuleRow.objects.filter(rule_set_id=second).count() == 2, "a draft begins with the rules in force"
    held = [proposed(day) for day in (date(2024, 2, 29), DAY, date(2024, 3, 31), date(2024, 4, 1))]
    assert held == ["", "dept-a", "dept-a", "dept-b"]


def test_a_draft_proposes_nothing() -> None:
    draft(rule())
    assert proposed(DAY) == ""


def test_conflicts_gaps_and_empty_drafts_are_not_released() -> None:
    with pytest.raises(RuleSetRefused, match="冲突"):
        let_go(draft(rule(), rule("dept-b")))
    with pytest.raises(RuleSetRefused, match="没有规则"):
        let_go(draft(empty=True))
    with_gap = draft(rule())
    past = {("event:0101", "430202"): 12}
    with pytest.raises(RuleSetRefused, match="12"):
        let_go(with_gap, past=past)
    let_go(with_gap, past=past, accepted_gaps="由值班长定")
    with pytest.raises(RuleSetRefused, match="另选日期"):
        let_go(draft(rule()))


def test_a_released_set_never_changes() -> None:
    made = draft(rule())
    let_go(made)
    with pytest.raises(RuleSetRefused, match="已经发布"):
        add_rules(rule_set_id=made, rules=[rule("dept-b")], by=TERMINAL, at=AT)
    kept = RuleRow.objects.get(rule_set_id=made)
    with pytest.raises(RuleSetRefused):
        remove_rule(rule_set_id=made, rule_id=kept.id, by=TERMINAL, at=AT)
    for order in (
        f"UPDATE ownership_rule SET department_code = 'dept-b' WHERE id = {kept.id}",
        f"DELETE FROM ownership_rule WHERE id = {kept.id}",
        "INSERT INTO ownership_rule (rule_set_id, category, place_kind, place, department_code, role, source,"
        f" source_text, confidence, valid_from) VALUES ({made}, '', 'city', '', 'dept-b', '', 'own', 'x', 'C',"
        " '2024-01-01')",
        f"UPDATE ownership_rule_set SET title = 'x' WHERE id = {made}",
        f"DELETE FROM ownership_rule_set WHERE id = {made}",
    ):
        with pytest.raises(DatabaseError, match="released_"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(order)
    assert RuleSet.objects.get(id=made).title == "草案"


def test_a_meetings_decision_becomes_a_rule_that_names_its_minutes() -> None:
    made = draft(rule())
    decision = record_decision(
        minutes_no="纪要〔2024〕8 号", held_on=DAY, decision="江南路井盖由乙单位负责", by=TERMINAL, at=AT
    )
    rule_from_decision(
        decision_id=decision, rule_set_id=made, by=TERMINAL, at=AT,
        rule=rule("dept-b", place_kind=PlaceKind.ROAD, place="江南路"),
    )  # fmt: skip
    let_go(made)
    found = queries.propose(matter=Matter("component:0101", {}, "江南路 3 号"), on=DAY)
    assert found is not None
    assert (found.department, found.rule.source) == ("dept-b", Source.MEETING)
    assert "纪要〔2024〕8 号" in found.rule.source_text
    with pytest.raises(RuleSetRefused, match="文号"):
        record_decision(minutes_no="", held_on=DAY, decision="x", by=TERMINAL, at=AT)


def test_a_meeting_is_of_today_by_the_citys_calendar_while_it_is_yesterday_in_utc() -> None:
    one_in_the_morning = datetime(2024, 3, 1, 17, tzinfo=UTC)  # 2 March, 01:00 in the city
    held = {"minutes_no": "纪要〔2024〕9 号", "decision": "x", "by": TERMINAL, "at": one_in_the_morning}
    assert record_decision(held_on=date(2024, 3, 2), **held)  # type: ignore[arg-type]
    with pytest.raises(RuleSetRefused, match="不能晚于今天"):
        record_decision(held_on=date(2024, 3, 3), **held)  # type: ignore[arg-type]


def test_a_rule_names_a_unit_and_a_place_that_fit() -> None:
    made = draft()
    for wrong in (rule("nobody"), rule(""), rule(place="江南路"), rule(place_kind=PlaceKind.ROAD)):
        with pytest.raises(RuleSetRefused):
            add_rules(rule_set_id=made, rules=[wrong], by=TERMINAL, at=AT)


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("rule_names_one_unit", "role = 'owner'"),
        ("rule_place_fits_kind", "place = 'x'"),
        ("rule_source_known", "source = 'hearsay'"),
        ("rule_of_a_meeting_names_it", "source = 'meeting'"),
        ("rule_runs_forward", "valid_to = valid_from"),
        ("rule_figures_fit", 'support = 1, "right" = 2'),
    ],
)
def test_the_database_refuses_what_is_no_rule(constraint: str, change: str) -> None:
    draft(rule())
    with pytest.raises(DatabaseError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE ownership_rule SET {change}")


def test_what_was_proposed_and_chosen_is_kept_and_counted(speak: Speak) -> None:
    let_go(draft(rule()))
    for department in ("dept-a", "dept-b", "dept-b"):
        case = speak("collector-1").report()
        case = speak("acceptor-1").move(case, "accept", {"category": "component:0101"})
        case = speak("duty_leader-1").move(case, "file_case", {"category": "component:0101", "condition_seq": 2})
        speak("dispatcher-1").move(case, "dispatch", {"department": department})
    now = clock.now()
    since, before = now.replace(year=now.year - 1), now.replace(year=now.year + 1)
    assert queries.share_taken(since=since, before=before) == (3, 1)
    (record,) = queries.wrong_rules(since=since, before=before)
    assert (record.proposed, record.taken, record.instead, record.instead_count) == (3, 1, "dept-b", 2)
    with (
        pytest.raises(DatabaseError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE ownership_proposal SET chosen = proposed")


def test_history_is_drafted_with_its_figures_and_never_released(speak: Speak) -> None:
    for department in ("dept-a", "dept-a", "dept-b"):
        case = speak("collector-1").report()
        case = speak("acceptor-1").move(case, "accept", {"category": "component:0101"})
        case = speak("duty_leader-1").move(case, "file_case", {"category": "component:0101", "condition_seq": 2})
        case = speak("dispatcher-1").move(case, "dispatch", {"department": department})
    now = clock.now()
    since, before = now.replace(year=now.year - 1), now.replace(year=now.year + 1)
    drafted = draft_from_history(title="学", since=since, before=before, least_support=1, by=TERMINAL, at=now)
    assert drafted.learnt == 3
    (made,) = RuleRow.objects.filter(rule_set_id=drafted.rule_set_id)
    assert (made.category, made.department_code, made.support, made.right) == ("component:0101", "dept-a", 3, 2)
    assert RuleSet.objects.get(id=drafted.rule_set_id).released_at is None
    assert proposed(DAY) == ""

"""The languages inside cells: conditions and conditional counters are read as the tables mean them."""

from __future__ import annotations

import pytest

from wangge.standards.conditions import (
    Condition,
    CountCondition,
    CountOn,
    CountRule,
    parse_conditions,
    parse_counters_if,
)
from wangge.standards.library import load_tables
from wangge.standards.wording import label


def test_conditions_are_comparisons_that_must_all_hold() -> None:
    assert parse_conditions("assignee=on_duty & hours=07:00-19:00") == (
        Condition("assignee", "=", "on_duty"),
        Condition("hours", "=", "07:00-19:00"),
    )
    assert parse_conditions("minutes>=4800") == (Condition("minutes", ">=", "4800"),)
    assert parse_conditions("days>90") == (Condition("days", ">", "90"),)
    assert parse_conditions("") == ()


def test_an_unreadable_condition_names_the_part() -> None:
    with pytest.raises(ValueError, match=r"^nonsense$"):
        parse_conditions("urgent=no & nonsense")


def test_conditional_counters_know_what_they_look_at_and_what_they_take_back() -> None:
    text = (
        "once=cycle & clock:file=in_time: n_file_intime; source=public|hotline: n_public_report; "
        "answer!=unreachable: n_reached; grade in setting:rating_satisfied: n_rated_satisfied; "
        "always: -n_excluded"
    )
    assert parse_counters_if(text) == (
        CountRule(
            (
                CountCondition(CountOn.ONCE, "", ("cycle",)),
                CountCondition(CountOn.CLOCK, "file", ("in_time",)),
            ),
            ("n_file_intime",),
            (),
        ),
        CountRule((CountCondition(CountOn.ARGUMENT, "source", ("public", "hotline")),), ("n_public_report",), ()),
        CountRule((CountCondition(CountOn.ARGUMENT, "answer", ("unreachable",), True),), ("n_reached",), ()),
        CountRule(
            (CountCondition(CountOn.ARGUMENT_IN_SETTING, "grade", ("rating_satisfied",)),),
            ("n_rated_satisfied",),
            (),
        ),
        CountRule((CountCondition(CountOn.ALWAYS),), (), ("n_excluded",)),
    )


def test_every_cell_of_the_shipped_tables_is_read() -> None:
    tables = load_tables()
    assert sum(len(parse_counters_if(move.counters_if)) for move in tables.moves) > 100
    for told in (
        *(tier.condition for tier in tables.approval_tiers),
        *(automation.condition for automation in tables.automations),
        *(composite.condition for composite in tables.composites),
    ):
        parse_conditions(told)


@pytest.mark.parametrize(
    ("of", "term", "text"),
    [
        ("verb", "send_back", "回退"),
        ("verb", "order_rework", "返工"),
        ("stage", "returned", "回退待改派"),
        ("post", "reporter", "诉求人(市民)"),
        ("reason", "same_person", "同一人回避"),
        ("source", "hotline", "12345 热线"),
        ("unit", "work_day", "工作日"),
        ("appeal", "late", "非本单位原因超时"),
        ("granted_appeal", "late", "申诉成立，不计超时"),
        ("addressee", "urge:3", "区政府、单位分管领导"),
        ("word", "word_late", "超期"),
    ],
)
def test_a_term_has_one_label(of: str, term: str, text: str) -> None:
    assert label(load_tables(), of, term) == text


def test_an_unknown_term_is_named() -> None:
    with pytest.raises(KeyError, match="verb fly"):
        label(load_tables(), "verb", "fly")

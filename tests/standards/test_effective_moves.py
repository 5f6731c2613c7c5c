"""The effective table: what each setting of a city makes of the table of moves."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from wangge.standards.city_settings import city_settings
from wangge.standards.effective import EffectiveMove, effective_moves
from wangge.standards.library import load_tables
from wangge.standards.tables import Tables

OVERLAYS = Path(__file__).parents[2] / "demo" / "overlays"
DAY = date(2024, 6, 1)


def effective(tables: Tables, **changes: str) -> dict[tuple[str, str], EffectiveMove]:
    settings = city_settings(tables, on=DAY) | changes
    return {(row.move.verb, row.move.from_stage): row for row in effective_moves(tables, settings)}


def posts(verb: str, stage: str, **changes: str) -> tuple[str, ...]:
    return effective(load_tables(), **changes)[verb, stage].posts


def test_every_row_of_the_table_is_there_in_its_order() -> None:
    tables = load_tables()
    rows = effective_moves(tables, city_settings(tables, on=DAY))
    assert tuple(row.move for row in rows) == tables.moves
    assert all(set(row.posts) <= set(row.move.posts) for row in rows)


@pytest.mark.parametrize(
    ("row", "setting", "default", "other", "then"),
    [
        ("file_case accepted", "file_post", "duty_leader", "acceptor", "acceptor"),
        ("dispatch filed", "dispatch_post", "dispatcher", "acceptor", "acceptor"),
        ("close_case awaiting_close", "close_post", "duty_leader", "acceptor", "acceptor"),
        ("endorse_appeal closed", "appeal_judges", "dispatcher", "evaluation", "evaluator"),
        ("grant_appeal archived", "appeal_judges", "acceptor", "evaluation", "centre_leader"),
        (
            "dismiss_appeal closed",
            "appeal_judges",
            "dispatcher acceptor",
            "evaluation",
            "evaluator centre_leader",
        ),
        ("forward_result feedback", "automation", "dispatcher", "lean", "dispatcher system"),
        ("send_inspection awaiting_inspection", "automation", "acceptor", "lean", "acceptor system"),
        ("close_case awaiting_close", "automation", "duty_leader", "lean", "duty_leader system"),
        ("archive_case closed", "automation", "archivist", "lean", "archivist system"),
    ],
)
def test_a_setting_narrows_the_posts(row: str, setting: str, default: str, other: str, then: str) -> None:
    verb, stage = row.split()
    assert " ".join(posts(verb, stage)) == default
    assert " ".join(posts(verb, stage, **{setting: other})) == then


def test_timers_stay_open_to_the_system_whatever_the_automation() -> None:
    for value in ("plain", "lean"):
        assert "system" in posts("resume_suspended", "handling", automation=value)
        assert "system" in posts("reporter_answered", "handling", automation=value)


def test_the_desk_act_opens_its_later_steps_to_the_acceptor_besides() -> None:
    rows = effective(load_tables(), automation="lean")
    assert rows["file_case", "accepted"].posts == ("duty_leader", "acceptor")
    assert rows["dispatch", "filed"].posts == ("dispatcher", "acceptor")
    assert [act.act for act in rows["dispatch", "filed"].acts] == ["desk_act"]
    assert effective(load_tables())["dispatch", "filed"].acts == ()


def test_tiers_resolve_into_posts_that_decide_and_sign() -> None:
    rows = effective(load_tables(), approval_tiers="notice_2014")
    assert posts("approve_extension", "handling") == ("dispatcher",)
    extension = rows["approve_extension", "handling"]
    assert extension.posts == ("duty_leader", "centre_leader", "chief")
    assert [tier.condition for tier in extension.tiers] == [
        "minutes>=4800",
        "kind=engineering",
        "count>=1",
        "",
    ]
    refusal = rows["refuse_extension", "handling"]
    assert refusal.posts == ("duty_leader", "section_head", "centre_leader", "chief")
    assert rows["endorse_request", "handling"].posts == ("duty_leader", "section_head", "centre_leader")
    assert rows["endorse_request", "filed"].posts == ("duty_leader",)


def test_with_no_endorsers_nobody_endorses() -> None:
    row = effective(load_tables())["endorse_request", "handling"]
    assert (row.posts, row.closed_by) == ((), "wrong_post")


def test_the_ladder_shows_who_may_urge_at_which_level() -> None:
    row = effective(load_tables())["urge", "handling"]
    assert row.posts == ("dispatcher", "duty_leader", "section_head")
    assert {rung.level: rung.from_posts for rung in row.rungs}["3"] == ("section_head",)


def test_district_moves_are_marked_while_the_level_is_off() -> None:
    off, on = effective(load_tables()), effective(load_tables(), district_level="on")
    inner = [key for key, row in off.items() if row.closed_by == "level_off"]
    assert len(inner) == 5
    assert all(on[key].is_open for key in inner)


def test_the_quick_way_is_marked_until_a_class_is_on_the_list() -> None:
    assert effective(load_tables())["quick_dispatch", "reported"].closed_by == "not_on_quick_list"
    assert effective(load_tables(), quick_list="event:0201")["quick_dispatch", "reported"].is_open


def test_the_lean_demo_city_confirms_self_handled_reports_by_its_own_rule() -> None:
    lean = load_tables(OVERLAYS / "lean")
    row = effective(lean)["confirm_self_handled", "self_handled"]
    assert row.posts == ("acceptor", "system")
    assert row.move.at.overlay
    (rule,) = row.rules
    assert (rule.name, rule.second_look, rule.second_look_percent) == ("lean_self_handled", "before", 20)
    assert {"rule_allows", "not_reporter"} <= set(row.move.guards)
    assert "rule?" in row.move.args
    # what the city did not write stays the nation's
    assert row.move.clock_ops == (("stop", "self_audit"),)
    assert effective(lean, automation="plain")["confirm_self_handled", "self_handled"].posts == ("acceptor",)


def test_the_shipped_tables_leave_self_handled_reports_to_people_under_lean_too() -> None:
    assert posts("confirm_self_handled", "self_handled", automation="lean") == ("acceptor",)


def test_the_first_demo_city_differs_only_in_its_appeals_and_its_districts() -> None:
    tables = load_tables(OVERLAYS / "evaluation")
    own = city_settings(tables, on=DAY)
    default = city_settings(load_tables(), on=DAY)
    assert {key: value for key, value in own.items() if value != default[key]} == {
        "appeal_judges": "evaluation",
        "appeal_window": "3 work_day",
        "district_level": "on",
    }
    assert tables.moves == load_tables().moves

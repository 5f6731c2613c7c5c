"""A city's directory replaces, adds and removes rows, for good or for some days; both rows stay in sight."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.standards.conftest import WriteOverlay
from wangge.standards.city_settings import city_settings, holding_value, is_allowed, late_words
from wangge.standards.editions import edition_on, time_limit, time_limit_on
from wangge.standards.library import load_tables
from wangge.standards.tables import AskReason, Entry, StageLimit, TimeLimit

EDITION = "gbt30428-2-2013-yuncheng"
OWN = "own choice of this city,C"
OVERLAYS = Path(__file__).parents[2] / "demo" / "overlays"


def test_a_row_of_the_city_replaces_the_national_one_and_keeps_the_columns_it_leaves_out(
    write_overlay: WriteOverlay,
) -> None:
    tables = load_tables(write_overlay({"stage_limits.csv": "stage_clock,limit_value\naccept,20"}))
    (limit,) = [row for row in tables.stage_limits if row.stage_clock == "accept"]
    assert (limit.value, limit.unit, limit.name_zh) == (20, "stage_minute", "受理")
    assert limit.at.overlay
    below = tables.replaced["stage_limits", ("accept",)]
    assert isinstance(below, StageLimit)
    assert (below.value, below.at.overlay) == (15, False)
    assert len(tables.stage_limits) == len(load_tables().stage_limits)


def test_a_new_key_adds_a_row(write_overlay: WriteOverlay) -> None:
    overlay = write_overlay(
        {"ask_reasons.csv": "why,why_zh,pauses_handling,note\nneighbour_away,邻居不在家,Y,nobody opens"}
    )
    tables = load_tables(overlay)
    assert tables.ask_reasons[-1].why == "neighbour_away"
    assert isinstance(tables.ask_reasons[-1], AskReason)
    assert tables.replaced["ask_reasons", ("neighbour_away",)] is None


def test_a_row_can_be_removed_and_stays_in_sight(write_overlay: WriteOverlay) -> None:
    tables = load_tables(write_overlay({"entries.csv": "source,remove\nsensor,yes"}))
    assert "sensor" not in {row.source for row in tables.entries}
    assert isinstance(tables.replaced["entries", ("sensor",)], Entry)


def test_the_shipped_tables_are_not_touched_by_an_overlay(write_overlay: WriteOverlay) -> None:
    load_tables(write_overlay({"entries.csv": "source,remove\nsensor,yes"}))
    assert "sensor" in {row.source for row in load_tables().entries}


def test_a_dated_row_holds_from_its_first_day_and_no_longer_on_its_last(write_overlay: WriteOverlay) -> None:
    overlay = write_overlay(
        {"stage_limits.csv": "stage_clock,limit_value,valid_from,valid_to\naccept,20,2024-06-01,2024-07-01"}
    )

    def minutes(day: date | None) -> int:
        tables = load_tables(overlay, on=day)
        return next(row.value for row in tables.stage_limits if row.stage_clock == "accept")

    assert minutes(date(2024, 5, 31)) == 15
    assert minutes(date(2024, 6, 1)) == 20
    assert minutes(date(2024, 6, 30)) == 20
    assert minutes(date(2024, 7, 1)) == 15
    assert minutes(None) == 15
    assert load_tables(overlay, on=date(2024, 6, 1)) is load_tables(overlay, on=date(2024, 6, 30))


def test_a_limit_of_the_city_holds_from_its_day_and_old_days_keep_theirs(write_overlay: WriteOverlay) -> None:
    overlay = write_overlay(
        {
            "time_limits.csv": "edition,category_type,code4,condition_seq,limit_value,limit_minutes,"
            f"source,confidence,valid_from\n{EDITION},component,0101,2,2,120,{OWN},2024-06-01"
        }
    )
    before = time_limit_on("component:0101", 2, on=date(2024, 5, 31), overlay=overlay)
    after = time_limit_on("component:0101", 2, on=date(2024, 6, 1), overlay=overlay)
    assert before is not None
    assert after is not None
    assert (before.minutes, before.at.overlay) == (240, False)
    assert (after.minutes, after.at.overlay) == (120, True)


def test_a_condition_that_does_not_exist_has_no_limit() -> None:
    tables = load_tables()
    assert time_limit(tables, "component:0101", 99) is None
    assert time_limit(tables, "component:9999", 1) is None
    assert isinstance(time_limit(tables, "component:0101", 1), TimeLimit)
    assert time_limit(tables, "component:0101", 1, edition="cjt214-2007") is None


def test_the_edition_in_force_changes_on_its_day(write_overlay: WriteOverlay) -> None:
    edition = "edition,title,has_time_limits,components,events\ncity-2025,本市标准,Y,1,0"
    cls = (
        "edition,category_type,code4,major_code,major_zh,major_en,minor_code,minor_zh,minor_en,is_extension,source,"
        f"confidence,note\ncity-2025,component,0101,01,公用设施,utilities,01,井盖,cover,N,{OWN},"
    )
    limit = (
        "scheme,edition,category_type,code4,minor_zh,condition_seq,filing_condition_keywords_zh,filing_condition_en,"
        "limit_value,limit_unit,limit_unit_zh,limit_minutes,closing_keywords_zh,closing_en,is_extension,source,"
        f"confidence,note\ncity,city-2025,component,0101,井盖,1,破损,broken,1,work_hour,工作时,60,修复,mended,N,{OWN},"
    )
    overlay = write_overlay(
        {
            "editions.csv": edition,
            "components.csv": cls,
            "time_limits.csv": limit,
            "editions_in_force.csv": f"edition,valid_from,source,confidence\ncity-2025,2025-01-01,{OWN}",
        }
    )
    assert edition_on(date(2024, 12, 31), overlay=overlay) == EDITION
    assert edition_on(date(2025, 1, 1), overlay=overlay) == "city-2025"
    new = time_limit_on("component:0101", 1, on=date(2025, 1, 1), overlay=overlay)
    assert new is not None
    assert new.minutes == 60
    # an old case reads the edition of its cycle
    old = time_limit(load_tables(overlay, on=date(2025, 1, 1)), "component:0101", 1, edition=EDITION)
    assert old is not None
    assert old.minutes == 120


SETTINGS = "\n".join(
    [
        "key,value,valid_from,valid_to,scope,source,confidence",
        f"work_slots,08:00-12:00 14:30-18:30,2024-06-01,2024-10-01,city,{OWN}",
        f"max_returns,1,,,city,{OWN}",
        f"max_returns,3,2024-01-01,,district:D1,{OWN}",
        f"max_returns,0,,,department:D1-03,{OWN}",
        f"label_late,超时 按时,,,,{OWN}",
    ]
)


def test_settings_hold_by_scope_and_day(write_overlay: WriteOverlay) -> None:
    tables = load_tables(write_overlay({"settings.csv": SETTINGS}))

    def value(key: str, day: date, *scopes: str) -> str:
        return city_settings(tables, on=day, scopes=("city", *scopes))[key]

    summer, winter = date(2024, 7, 1), date(2023, 12, 31)
    assert value("work_slots", summer) == "08:00-12:00 14:30-18:30"
    assert value("work_slots", date(2024, 10, 1)) == "08:00-12:00 14:00-18:00"
    assert value("max_returns", summer) == "1"
    assert value("max_returns", summer, "district:D1") == "3"
    assert value("max_returns", winter, "district:D1") == "1"
    assert value("max_returns", summer, "district:D1", "department:D1-03") == "0"
    assert value("max_returns", summer, "district:D2") == "1"
    assert value("file_post", summer) == "duty_leader"
    assert late_words(city_settings(tables, on=summer)) == ("超时", "按时")


def test_pages_can_tell_which_row_decides_a_setting(write_overlay: WriteOverlay) -> None:
    tables = load_tables(write_overlay({"settings.csv": SETTINGS}))
    day, scopes = date(2024, 7, 1), ("city", "district:D1")
    row = holding_value(tables, "max_returns", on=day, scopes=scopes)
    assert row is not None
    assert (row.scope, str(row.at)) == ("district:D1", "city/settings.csv:4")
    assert holding_value(tables, "file_post", on=day, scopes=scopes) is None


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("work_slots", "08:30-12:00 14:00-17:30", True),
        ("work_slots", "22:00-06:00", True),
        ("work_slots", "8-12", False),
        ("extension_max", "original allowance", True),
        ("extension_max", "480", True),
        ("extension_max", "-480", False),
        ("suspension_max", "6 month", True),
        ("suspension_max", "some time", False),
        ("appeal_window", "none", True),
        ("appeal_window", "3 work_day", True),
        ("appeal_window", "3 moons", False),
        ("appeal_window", "0 work_day", False),
        ("quick_list", "empty", True),
        ("quick_list", "event:0201 component:0101", True),
        ("quick_list", "event:0201 0101", False),
        ("not_same_closer", "night", True),
        ("not_same_closer", "night dusk", False),
        ("shifts", "early 06:00-14:00 late 14:00-22:00 night 22:00-06:00", True),
        ("shifts", "early late", False),
        ("district_inner_percent", "1", True),
        ("district_inner_percent", "0", False),
        ("rating_satisfied", "非常满意 满意", True),
        ("rating_satisfied", "满意 非常满意", False),
        ("label_late", "超时 按时", True),
        ("label_late", "晚 早", False),
        ("max_returns", "two", False),
    ],
)
def test_a_setting_takes_only_what_its_row_allows(key: str, value: str, allowed: bool) -> None:
    tables = load_tables()
    assert is_allowed(tables, key, value, city_settings(tables, on=date(2024, 1, 1))) is allowed


def test_an_unknown_setting_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="mood"):
        is_allowed(load_tables(), "mood", "good", {})


@pytest.mark.parametrize("name", sorted(path.name for path in OVERLAYS.iterdir() if path.is_dir()))
def test_every_overlay_of_a_demo_city_is_sound(name: str) -> None:
    assert load_tables(OVERLAYS / name).moves

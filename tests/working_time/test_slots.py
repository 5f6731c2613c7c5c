"""Slots are read from text, and the dated rows by scope say which hold on a day."""

from __future__ import annotations

from datetime import date

import pytest

from wangge.groundwork.working_time import (
    Scope,
    ScopeKind,
    Season,
    Slot,
    SlotRow,
    SlotsOverlap,
    SlotsUnreadable,
    SlotTable,
    day_number,
    parse_slots,
)

CITY = Scope(ScopeKind.CITY)
DISTRICT = Scope(ScopeKind.DISTRICT, "430202")
DEPARTMENT = Scope(ScopeKind.DEPARTMENT, "D017")
NIGHT = Scope(ScopeKind.SHIFT, "night")
LONG_AGO = day_number(date(2000, 1, 1))


def test_slots_are_read_with_commas_or_blanks_between() -> None:
    expected = (Slot(480, 720), Slot(840, 1080))
    assert parse_slots("08:00-12:00,14:00-18:00") == expected
    assert parse_slots("14:00-18:00 08:00 - 12:00") == expected
    assert parse_slots("  ") == ()


def test_a_slot_that_ends_at_or_before_its_beginning_crosses_midnight() -> None:
    assert parse_slots("22:00-06:00") == (Slot(1320, 1800),)
    assert parse_slots("08:00-08:00") == (Slot(480, 1920),)
    assert parse_slots("00:00-24:00") == (Slot(0, 1440),)
    assert parse_slots("20:00-24:00") == parse_slots("20:00-00:00")


@pytest.mark.parametrize("text", ["8-12", "08:00", "08:60-09:00", "24:00-25:00", "08:00-12:00x", "25:00-26:00"])
def test_other_texts_are_refused_as_slots(text: str) -> None:
    with pytest.raises(SlotsUnreadable):
        parse_slots(text)


@pytest.mark.parametrize("text", ["08:00-12:00", "22:00-06:00", "00:00-24:00", "08:00-08:00", "23:00-24:00"])
def test_a_slot_is_written_as_it_is_read(text: str) -> None:
    (slot,) = parse_slots(text)
    assert parse_slots(str(slot)) == (slot,)


def test_the_most_specific_scope_with_a_row_for_the_day_decides() -> None:
    table = SlotTable(
        [
            SlotRow(CITY, parse_slots("08:00-12:00"), LONG_AGO),
            SlotRow(DISTRICT, parse_slots("09:00-17:00"), day_number(date(2024, 3, 1))),
            SlotRow(NIGHT, parse_slots("22:00-06:00"), LONG_AGO),
        ]
    )
    chain = (DEPARTMENT, DISTRICT, CITY)
    assert table.slots_for(chain, day_number(date(2024, 2, 29))) == parse_slots("08:00-12:00")
    assert table.slots_for(chain, day_number(date(2024, 3, 1))) == parse_slots("09:00-17:00")
    assert table.slots_for((NIGHT, *chain), day_number(date(2024, 3, 1))) == parse_slots("22:00-06:00")
    assert table.slots_for((DEPARTMENT,), LONG_AGO) == ()


def test_a_season_goes_before_the_whole_year_and_may_run_over_new_year() -> None:
    summer, winter = Season((5, 1), (9, 30)), Season((11, 15), (3, 15))
    table = SlotTable(
        [
            SlotRow(CITY, parse_slots("08:00-12:00"), LONG_AGO),
            SlotRow(CITY, parse_slots("07:00-11:00"), LONG_AGO, season=summer),
            SlotRow(CITY, (), LONG_AGO, season=winter),
        ]
    )

    def on(*day: int) -> tuple[Slot, ...]:
        return table.slots_for((CITY,), day_number(date(*day)))

    assert on(2024, 4, 30) == parse_slots("08:00-12:00")
    assert on(2024, 5, 1) == on(2024, 9, 30) == parse_slots("07:00-11:00")
    assert on(2024, 10, 1) == parse_slots("08:00-12:00")
    assert on(2024, 12, 31) == on(2025, 1, 1) == on(2025, 3, 15) == ()


def test_two_rows_of_one_scope_for_one_day_are_refused() -> None:
    until = SlotRow(CITY, parse_slots("08:00-12:00"), LONG_AGO, day_number(date(2024, 5, 31)))
    later = SlotRow(CITY, parse_slots("09:00-12:00"), day_number(date(2024, 6, 1)))
    SlotTable([until, later])
    with pytest.raises(SlotsOverlap):
        SlotTable([until, SlotRow(CITY, (), day_number(date(2024, 5, 31)))])
    with pytest.raises(SlotsOverlap):
        SlotTable([later, SlotRow(CITY, (), LONG_AGO)])
    with pytest.raises(SlotsOverlap):
        SlotTable(
            [
                SlotRow(CITY, (), LONG_AGO, season=Season((11, 1), (2, 1))),
                SlotRow(CITY, (), LONG_AGO, season=Season((1, 15), (3, 1))),
            ]
        )

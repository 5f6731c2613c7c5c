"""The clocks agree with counting every single minute, and say so when no calendar reaches."""

from __future__ import annotations

import pickle
from collections.abc import Callable

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.working_time import reference
from tests.working_time.cities import END, LAST_DAY, City, cities, moments, slot_lists
from wangge.groundwork.working_time import (
    CalendarUnknown,
    ContinuousClock,
    EverydayClock,
    NothingCounts,
    Slot,
    WorkCalendar,
    WorkingClock,
    iso_of,
    parse_moment,
    parse_slots,
)

plain = settings(max_examples=120, deadline=None)
OFFICE = parse_slots("08:00-12:00,14:00-18:00")


@plain
@given(cities, moments, moments)
def test_counted_minutes_equal_the_minute_by_minute_count(city: City, start: int, end: int) -> None:
    assume(city.known_from <= start)
    counted = city.clock().counted_between(start, end)
    assert counted == reference.counted_between(city.minutes(), start, end)


@plain
@given(cities, moments, st.integers(0, 4000))
def test_the_deadline_equals_the_minute_by_minute_count(city: City, start: int, allowance: int) -> None:
    assume(city.known_from <= start)
    minutes = city.minutes()
    stop = max(END, max(minutes, default=END) + 1)
    expected = reference.due(minutes, start, allowance, stop)
    if expected is None:
        with pytest.raises((CalendarUnknown, NothingCounts)):
            city.clock().due(start, allowance)
    else:
        assert city.clock().due(start, allowance) == expected


@plain
@given(cities, moments, st.integers(0, 4000))
def test_the_next_opening_is_the_last_moment_with_the_same_count(city: City, start: int, allowance: int) -> None:
    assume(city.known_from <= start)
    minutes = city.minutes()
    expected = reference.due(minutes, start, allowance + 1, max(END, max(minutes, default=END) + 1))
    if expected is None:
        with pytest.raises((CalendarUnknown, NothingCounts)):
            city.clock().due(start, allowance, boundary="next_opening")
    else:
        # the minute that would be counted next begins at the opening
        assert city.clock().due(start, allowance, boundary="next_opening") == expected - 1


@plain
@given(cities, moments, st.integers(0, 4000))
def test_what_is_counted_up_to_the_deadline_is_the_allowance(city: City, start: int, allowance: int) -> None:
    assume(city.known_from <= start)
    clock = city.clock()
    try:
        due = clock.due(start, allowance)
    except (CalendarUnknown, NothingCounts):
        return
    assert clock.counted_between(start, due) == allowance
    assert due == start or clock.counted_between(start, due - 1) == allowance - 1


@plain
@given(slot_lists, moments, st.integers(0, 3000))
def test_a_clock_of_every_day_equals_a_calendar_that_works_every_day(
    spans: tuple[tuple[int, int], ...], start: int, allowance: int
) -> None:
    assume(spans)
    everyday = EverydayClock(Slot(*span) for span in spans)
    always = City(early=spans, late=spans, change_day=LAST_DAY, worked=(True,) * 9)
    assume(always.known_from <= start)
    for boundary in ("end", "next_opening"):
        try:
            expected = always.clock().due(start, allowance, boundary=boundary)
        except CalendarUnknown:
            continue
        assert everyday.due(start, allowance, boundary=boundary) == expected
        assert everyday.counted_between(start, expected) == allowance


@given(moments, st.integers(0, 10**6))
def test_a_continuous_clock_counts_every_minute(start: int, allowance: int) -> None:
    clock = ContinuousClock()
    assert clock.due(start, allowance) == start + allowance
    assert clock.counted_between(start, start + allowance) == allowance
    assert clock.counted_between(start, start - allowance) == 0


def test_a_deadline_ends_with_the_slot_and_not_at_the_opening_after_it() -> None:
    clock = _office("2024")
    noon = parse_moment("2024-03-13T12:00")
    assert clock.due(parse_moment("2024-03-13T08:00"), 240) == noon
    assert iso_of(clock.due(noon - 240, 240, boundary="next_opening")) == "2024-03-13T14:00:00+08:00"
    assert clock.due(noon, 0) == noon


def test_a_count_that_leaves_the_known_years_names_the_year_and_the_command() -> None:
    clock = _office("2024")
    before, after = parse_moment("2023-12-29T09:00"), parse_moment("2025-01-02T09:00")
    inside = parse_moment("2024-12-31T17:00")
    assert clock.due(inside, 60) == parse_moment("2024-12-31T18:00")
    attempts: tuple[Callable[[], object], ...] = (
        lambda: clock.due(inside, 61),
        lambda: clock.due(after, 1),
        lambda: clock.counted_between(inside, after),
    )
    for attempt in attempts:
        with pytest.raises(CalendarUnknown) as unknown:
            attempt()
        assert unknown.value.year == 2025
        assert "wangge standards check" in str(unknown.value)
    with pytest.raises(CalendarUnknown) as unknown:
        clock.due(before, 1)
    assert unknown.value.year == 2023


def test_a_count_over_an_unknown_year_between_known_ones_is_refused() -> None:
    clock = _office("2022 2024")
    with pytest.raises(CalendarUnknown) as unknown:
        clock.counted_between(parse_moment("2022-12-30T09:00"), parse_moment("2024-01-03T09:00"))
    assert unknown.value.year == 2023
    with pytest.raises(CalendarUnknown):
        clock.due(parse_moment("2022-12-30T09:00"), 2000)
    assert clock.counted_between(parse_moment("2024-01-02T09:00"), parse_moment("2024-01-03T09:00")) == 480


def test_a_night_slot_belongs_to_the_day_it_begins_on() -> None:
    # only Friday is worked: its night runs into Saturday, Thursday's night does not run into Friday
    friday = parse_moment("2024-03-15T00:00") // 1440
    days = {friday + n: n == 0 for n in range(-3, 4)}
    calendar = WorkCalendar("one day", [(min(days), max(days))], days)
    clock = WorkingClock(calendar, parse_slots("22:00-06:00"))
    assert clock.due(parse_moment("2024-03-15T01:00"), 1) == parse_moment("2024-03-15T22:01")
    assert clock.due(parse_moment("2024-03-15T22:00"), 480) == parse_moment("2024-03-16T06:00")


def test_clocks_without_a_counted_minute_say_so() -> None:
    with pytest.raises(NothingCounts):
        EverydayClock(()).due(0, 1)
    with pytest.raises(NothingCounts):
        WorkingClock(WorkCalendar.of_years("x", [2024], {}), ()).due(parse_moment("2024-03-15T01:00"), 1)


def test_clocks_and_refusals_survive_pickling() -> None:
    clock = pickle.loads(pickle.dumps(_office("2024")))
    assert clock.due(parse_moment("2024-03-13T08:00"), 240) == parse_moment("2024-03-13T12:00")
    assert pickle.loads(pickle.dumps(CalendarUnknown(2027))).year == 2027


def test_an_allowance_is_never_negative() -> None:
    for clock in (ContinuousClock(), EverydayClock(OFFICE), _office("2024")):
        with pytest.raises(ValueError, match="negative"):
            clock.due(parse_moment("2024-03-13T08:00"), -1)


def _office(years: str) -> WorkingClock:
    return WorkingClock(WorkCalendar.of_years("office", map(int, years.split()), {}), OFFICE)

"""Pausing, resuming, extending and late timers in any order, against counting every minute."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.working_time import reference
from tests.working_time.cities import END, City, cities, moments
from wangge.groundwork.working_time import (
    CalendarUnknown,
    NothingCounts,
    RunningClock,
    due_with_pauses,
    parse_pauses,
    paused_minutes,
)
from wangge.groundwork.working_time.failures import PauseUnreadable

plain = settings(max_examples=120, deadline=None)
pause_lists = st.lists(st.tuples(moments, moments).map(lambda ends: (min(ends), max(ends))), max_size=5)
acts = st.lists(st.tuples(moments, st.sampled_from(("pause", "resume", "extend"))), max_size=8)


@plain
@given(cities, moments, st.integers(1, 3000), pause_lists)
def test_a_pause_takes_out_its_counted_minutes_once(
    city: City, start: int, allowance: int, pauses: list[tuple[int, int]]
) -> None:
    assume(city.known_from <= start)
    minutes = city.minutes()
    running = reference.without(minutes, pauses)
    expected = reference.due(running, start, allowance, max(END, max(minutes, default=END) + 1))
    if expected is None:
        with pytest.raises((CalendarUnknown, NothingCounts)):
            due_with_pauses(city.clock(), start, allowance, pauses)
        return
    due = due_with_pauses(city.clock(), start, allowance, pauses)
    assert due == expected
    taken = reference.counted_between(minutes, start, due) - reference.counted_between(running, start, due)
    assert paused_minutes(city.clock(), start, due, pauses) == taken


@plain
@given(cities, moments, st.integers(1, 2000), acts)
def test_acts_in_any_order_add_up_minute_by_minute(
    city: City, start: int, allowance: int, acts: list[tuple[int, str]]
) -> None:
    assume(city.known_from <= start)
    clock = RunningClock.started(city.clock(), allowance, start)
    minutes = city.minutes()
    used, position, runs = 0, start, True
    for at, act in sorted(acts):
        if at < start:
            continue
        if runs:
            used += reference.counted_between(minutes, position, at)
        position = at
        if act == "extend":
            allowance += 60
            clock = clock.extend(60)
        else:
            runs = act == "resume"
            clock = clock.resume(at) if runs else clock.pause(at)
        assert clock.used_at(at) == used
        assert clock.left_at(at) == allowance - used
        assert clock.is_overdue_at(at) == (used > allowance)
    assert (clock.running_since is not None) == runs
    if not runs:
        assert clock.due() is None


@plain
@given(cities, moments, st.integers(1, 2000), moments, moments)
def test_a_resumed_clock_is_due_when_the_rest_is_counted(
    city: City, start: int, allowance: int, a: int, b: int
) -> None:
    pause, resume = min(a, b), max(a, b)
    assume(city.known_from <= start <= pause)
    minutes = city.minutes()
    used = reference.counted_between(minutes, start, pause)
    assume(used <= allowance)
    clock = RunningClock.started(city.clock(), allowance, start).pause(pause).resume(resume)
    expected = reference.due(minutes, resume, allowance - used, max(END, max(minutes, default=END) + 1))
    if expected is None:
        with pytest.raises((CalendarUnknown, NothingCounts)):
            clock.due()
    else:
        assert clock.due() == expected


@plain
@given(cities, st.tuples(moments, moments, moments, moments).map(sorted), st.integers(1, 2000))
def test_a_timer_that_fires_late_changes_nothing(city: City, order: list[int], allowance: int) -> None:
    """The end of a pause is written with its own moment, whenever the step is made."""
    start, pause, end, read = order
    assume(city.known_from <= start)
    paused = RunningClock.started(city.clock(), allowance, start).pause(pause)
    on_time = paused.resume(end).used_at(read)
    # somebody looks at the standing clock after its end; then the end is applied at its own moment
    assert paused.used_at(read) == paused.used
    late = paused.resume(end).used_at(read)
    assert late == on_time == paused.used + reference.counted_between(city.minutes(), end, read)


def test_a_clock_stopped_after_its_deadline_keeps_the_old_deadline() -> None:
    city = City(early=((480, 720),), late=((480, 720),), change_day=0, worked=(True,) * 9)
    opening = city.known_from + 480
    clock = RunningClock.started(city.clock(), 60, opening).pause(opening + 90)
    assert clock.used == 90
    resumed = clock.resume(opening + 200)
    assert resumed.due() == opening + 60
    # healed by an extension it has a deadline ahead again
    assert resumed.extend(60).due() == opening + 200 + 30


def test_pausing_twice_or_resuming_twice_changes_nothing() -> None:
    city = City(early=((0, 1440),), late=((0, 1440),), change_day=0, worked=(True,) * 9)
    start = city.known_from
    paused = RunningClock.started(city.clock(), 600, start).pause(start + 10)
    assert paused.pause(start + 99) == paused
    resumed = paused.resume(start + 20)
    assert resumed.resume(start + 99) == resumed
    with pytest.raises(ValueError, match="more than zero"):
        resumed.extend(0)


@pytest.mark.parametrize("text", ["2024-03-13T08:00", "a/b", "2024-03-13T08:00/2024-03-13T07:59", "//"])
def test_a_pause_without_two_moments_in_order_is_refused(text: str) -> None:
    with pytest.raises(PauseUnreadable):
        parse_pauses(text)

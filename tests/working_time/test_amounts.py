"""Amounts of time: whole minutes on one clock, or a refusal with a name."""

from __future__ import annotations

import pytest

from wangge.groundwork.working_time import (
    AmountNotPositive,
    AmountNotWholeMinutes,
    AmountUnreadable,
    ClockKind,
    MomentOutOfRange,
    MomentUnreadable,
    UnitUnknown,
    iso_of,
    parse_allowance,
    parse_moment,
)
from wangge.standards.time_units import national_units

UNITS = national_units()


@pytest.mark.parametrize(
    ("text", "minutes", "clock"),
    [
        ("4 work_hour", 240, ClockKind.WORKING),
        ("1 work_day", 480, ClockKind.WORKING),
        ("2 urgent_work_hour", 120, ClockKind.CONTINUOUS),
        ("1 urgent_work_day", 1440, ClockKind.CONTINUOUS),
        ("3 natural_day", 4320, ClockKind.CONTINUOUS),
        ("15 stage_minute", 15, ClockKind.CONTINUOUS),
        ("1 natural_hour", 60, ClockKind.CONTINUOUS),
        ("0.5 work_day", 240, ClockKind.WORKING),
        ("1.25 work_hour", 75, ClockKind.WORKING),
        (".1 natural_hour", 6, ClockKind.CONTINUOUS),
        ("2. work_hour", 120, ClockKind.WORKING),
    ],
)
def test_an_amount_is_so_many_minutes_on_its_clock(text: str, minutes: int, clock: ClockKind) -> None:
    allowance = parse_allowance(text, UNITS)
    assert (allowance.minutes, allowance.clock, str(allowance)) == (minutes, clock, text)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("0 work_hour", AmountNotPositive),
        ("-1 work_hour", AmountNotPositive),
        ("0.001 work_hour", AmountNotWholeMinutes),
        ("1.5 stage_minute", AmountNotWholeMinutes),
        ("1 week", UnitUnknown),
        ("work_hour", AmountUnreadable),
        ("x work_hour", AmountUnreadable),
        ("1e3 work_hour", AmountUnreadable),
        ("1/2 work_hour", AmountUnreadable),
        ("１ work_hour", AmountUnreadable),
        ("nan work_hour", AmountUnreadable),
        ("9" * 40 + " work_hour", AmountUnreadable),
    ],
)
def test_other_amounts_are_refused_by_name(text: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal) as refused:
        parse_allowance(text, UNITS)
    assert "：" in str(refused.value) or "大于零" in str(refused.value)


def test_seconds_of_a_moment_are_dropped() -> None:
    assert iso_of(parse_moment("2024-03-31T23:59:59")) == "2024-03-31T23:59:00+08:00"


def test_a_moment_with_an_offset_is_turned_to_the_city() -> None:
    assert iso_of(parse_moment("2024-03-31T15:59:59Z")) == "2024-03-31T23:59:00+08:00"
    assert iso_of(parse_moment("2024-04-01T01:00+09:00")) == "2024-04-01T00:00:00+08:00"
    assert parse_moment("2024-03-31 23:59") == parse_moment("2024-03-31T23:59:00+08:00")


@pytest.mark.parametrize("text", ["", "2024-03-31", "31.03.2024 12:00", "2024-02-30T10:00", "2024-W10-1"])
def test_other_texts_are_refused_as_moments(text: str) -> None:
    with pytest.raises(MomentUnreadable):
        parse_moment(text)


def test_a_moment_beyond_the_year_9999_is_refused() -> None:
    with pytest.raises(MomentOutOfRange):
        iso_of(10**12)

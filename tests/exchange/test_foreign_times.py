"""Foreign times: styles, offsets, wall clocks with summer time."""

# ruff: noqa: DTZ001, DTZ007 - readings of a wall clock have no zone

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wangge.surfaces.exchange.imports.moments import (
    LocalDoubt,
    Reading,
    StyleError,
    of_wall_clock,
    style_parser,
    time_reader,
)

NEW_YORK = ZoneInfo("America/New_York")
STYLES = ("%m/%d/%Y %I:%M:%S %p", "%m/%d/%y %H:%M", "%Y-%m-%d %H:%M:%S UTC")
READINGS = st.datetimes(datetime(1969, 1, 1), datetime(2068, 12, 31))


@pytest.mark.parametrize("style", STYLES)
@given(reading=READINGS)
def test_a_style_reads_back_what_strftime_wrote(style: str, reading: datetime) -> None:
    written = reading.strftime(style)
    assert style_parser(style)(written) == datetime.strptime(written, style)


@pytest.mark.parametrize(
    ("style", "text"),
    [
        (STYLES[0], "12/31/2017 13:00:00 PM"),
        (STYLES[0], "12/31/2017 00:00:00 AM"),
        (STYLES[0], "13/31/2017 11:00:00 PM"),
        (STYLES[1], "1/1/20 24:00"),
        (STYLES[1], "1/1/2020 0:05"),
        (STYLES[2], "2020-01-01 00:00:00"),
        (STYLES[2], "2020-02-30 00:00:00 UTC"),
        ("iso", "yesterday"),
    ],
)
def test_text_of_another_form_is_no_time(style: str, text: str) -> None:
    with pytest.raises(ValueError):
        style_parser(style)(text)


@pytest.mark.parametrize("style", ["%H:%M", "%Y-%m", "%Y-%m-%d %I:%M", "%Y-%m-%d %Q", "%Y-%Y-%m-%d"])
def test_a_style_that_names_no_full_day_is_refused(style: str) -> None:
    with pytest.raises(StyleError):
        style_parser(style)


def test_the_styles_are_tried_in_order() -> None:
    read = time_reader(STYLES[:2], Reading.WALL_CLOCK, ZoneInfo("America/Los_Angeles"))
    assert read("12/31/2017 11:59:58 PM").at == datetime(2018, 1, 1, 7, 59, 58, tzinfo=UTC)
    assert read("1/1/20 0:05").at == datetime(2020, 1, 1, 8, 5, tzinfo=UTC)


def test_an_offset_in_the_text_decides_and_must_be_there() -> None:
    read = time_reader(("iso",), Reading.OFFSET, NEW_YORK)
    assert read("2017-07-01T20:00:00-04:00").at == datetime(2017, 7, 2, tzinfo=UTC)
    with pytest.raises(ValueError):
        read("2017-07-01T20:00:00")


def test_summer_time_counts_in_a_wall_clock_reading() -> None:
    read = time_reader(("iso",), Reading.WALL_CLOCK, NEW_YORK)
    assert read("2024-01-15T12:00:00").at.hour == 17
    assert read("2024-07-15T12:00:00").at.hour == 16


def test_an_hour_shown_twice_is_doubtful_and_read_as_the_first() -> None:
    read = of_wall_clock(datetime(2024, 11, 3, 1, 30), NEW_YORK)
    assert read.doubt is LocalDoubt.AMBIGUOUS
    assert read.at == datetime(2024, 11, 3, 5, 30, tzinfo=UTC)


def test_an_hour_never_shown_is_doubtful() -> None:
    assert of_wall_clock(datetime(2024, 3, 10, 2, 30), NEW_YORK).doubt is LocalDoubt.NONEXISTENT


@given(reading=READINGS)
def test_a_wall_clock_reading_without_doubt_comes_back_from_utc(reading: datetime) -> None:
    read = of_wall_clock(reading, NEW_YORK)
    if read.doubt is not LocalDoubt.NONEXISTENT:
        assert read.at.astimezone(NEW_YORK).replace(tzinfo=None) == reading


@given(at=st.datetimes(datetime(2010, 1, 1), datetime(2025, 1, 1), timezones=st.just(UTC)))
def test_a_time_converted_twice_is_undone(at: datetime) -> None:
    local = at.astimezone(NEW_YORK).replace(tzinfo=None)
    shifted = local.replace(tzinfo=UTC).astimezone(NEW_YORK).replace(tzinfo=None)
    read = time_reader(("iso",), Reading.CONVERTED_TWICE, NEW_YORK)(shifted.isoformat())
    # in the hours around a change of summer time the reading may be an hour off, and says so
    assert read.at == at or (read.doubt and abs(read.at - at) <= timedelta(hours=2))

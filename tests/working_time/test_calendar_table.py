"""The own table of working days 2010 to 2026: complete, with its notices, and agreeing with other sources."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest

from wangge.groundwork.working_time import (
    CalendarUnknown,
    WorkingClock,
    day_number,
    parse_moment,
    parse_slots,
)
from wangge.standards.calendar_files import load_calendar_file
from wangge.standards.calendars import (
    check_calendars,
    day_rows,
    load_calendar,
    load_city_clocks,
    load_slot_table,
    read_day_rows,
    read_slot_rows,
    scope_chain,
)
from wangge.standards.findings import StandardsRefused

DEV_DAYS = Path(__file__).parents[3] / "shared" / "data" / "cn_calendar" / "dev" / "days_2010_2026.csv"
FIRST, LAST = date(2010, 1, 1), date(2026, 12, 31)
DISPUTED = {
    # days on which published packages differ, and what the notice says (worked or not)
    date(2011, 12, 31): True,
    date(2015, 1, 4): True,
    date(2016, 4, 2): False,
    date(2018, 6, 16): False,
    date(2018, 9, 22): False,
}
CALENDAR = load_calendar()


def _all_days() -> list[date]:
    return [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


def test_the_table_agrees_with_chinesecalendar_on_every_day() -> None:
    different = [day for day in _all_days() if CALENDAR.is_working(day_number(day)) != chinese_calendar.is_workday(day)]
    assert different == []


def test_the_disputed_days_follow_the_notice_and_are_marked() -> None:
    rows, _ = day_rows()
    for day, works in DISPUTED.items():
        assert CALENDAR.is_working(day_number(day)) == works
        (row,) = (row for row in rows if row.first_on <= day <= row.last_on)
        assert row.confidence == "B"
        assert row.note
    assert sum(row.confidence == "B" for row in rows) == len(DISPUTED)


@pytest.mark.skipif(not DEV_DAYS.is_file(), reason="../shared/data/cn_calendar is absent: not compared")
def test_only_the_disputed_days_differ_from_any_of_three_packages() -> None:
    different = set()
    with DEV_DAYS.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            day = date.fromisoformat(row["date"])
            said = {row[name] for name in row if name.startswith("workday_")}
            if said != {"01"[CALENDAR.is_working(day_number(day))]}:
                different.add(day)
    assert different == set(DISPUTED)


def test_the_years_have_their_published_number_of_working_days() -> None:
    worked = Counter(day.year for day in _all_days() if CALENDAR.is_working(day_number(day)))
    assert (worked[2024], worked[2025], worked[2026]) == (251, 248, 248)
    assert CALENDAR.years() == list(range(2010, 2027))


def test_every_row_names_its_notice() -> None:
    rows, findings = day_rows()
    assert findings == ()
    assert check_calendars() == ()
    assert {row.year for row in rows} == set(range(2010, 2027))
    for row in rows:
        assert row.notice_number.startswith(("国办发明电〔", "国发明电〔"))
        assert row.source.startswith("国务院")


def test_a_day_outside_the_known_years_is_unknown() -> None:
    for day in (FIRST - timedelta(days=1), LAST + timedelta(days=1)):
        with pytest.raises(CalendarUnknown):
            CALENDAR.is_working(day_number(day))


HEADER = "year,from,to,kind,name_zh,notice_number,source,confidence,note\n"


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("2027,2027-01-01,2027-01-03,holyday,元旦,n,s,C,", "kind"),
        ("2027,2027-01-03,2027-01-01,holiday,元旦,n,s,C,", "to"),
        ("2027,2027-01-32,2027-01-03,holiday,元旦,n,s,C,", "from"),
        ("2024,2027-01-01,2027-01-03,holiday,元旦,n,s,C,", "year"),
        ("2027,2027-01-04,2027-01-04,makeup_workday,元旦,n,s,C,", "from"),
        ("2027,2027-01-01,2027-01-03,holiday,元旦,,s,C,", "notice_number"),
        ("2027,2027-01-01,2027-01-03,holiday,元旦,n,,C,", "source"),
        ("2027,2027-01-01,2027-01-03,holiday,元旦,n,s,,", "confidence"),
    ],
)
def test_a_faulty_row_of_days_is_named_with_file_line_and_column(tmp_path: Path, row: str, column: str) -> None:
    path = tmp_path / "days.csv"
    path.write_text(HEADER + "\n" + row + "\n", encoding="utf-8")
    rows, findings = read_day_rows(path, shown_as="days.csv")
    assert rows == []
    assert [finding.values.get("column") for finding in findings] == [column]
    assert findings[0].text().startswith("days.csv:3 ")


def test_the_same_day_twice_is_named(tmp_path: Path) -> None:
    path = tmp_path / "days.csv"
    row = "2027,2027-01-01,2027-01-03,holiday,元旦,n,s,C,\n"
    path.write_text(HEADER + row + row.replace("01-01", "01-03"), encoding="utf-8")
    (finding,) = read_day_rows(path, shown_as="days.csv")[1]
    assert finding.text().startswith("days.csv:3 2027-01-03")


def test_an_overlay_adds_a_year_and_changes_a_day(tmp_path: Path) -> None:
    (tmp_path / "calendars").mkdir()
    (tmp_path / "calendars" / "cn_days.csv").write_text(
        HEADER
        + "2027,2027-01-01,2027-01-03,holiday,元旦,国办发明电〔2026〕0号,a test,C,\n"
        + "2024,2024-09-29,2024-09-29,ordinary,国庆节,市政府通告,a test,C,\n"
        + "2024,2024-03-15,2024-03-15,holiday,本市,市政府通告,a test,C,\n",
        encoding="utf-8",
    )
    calendar = load_calendar(tmp_path)
    assert calendar.years()[-1] == 2027
    assert not calendar.is_working(day_number(date(2027, 1, 1)))
    assert calendar.is_working(day_number(date(2027, 1, 4)))
    assert not calendar.is_working(day_number(date(2024, 9, 29)))
    assert not calendar.is_working(day_number(date(2024, 3, 15)))
    assert check_calendars(tmp_path) == ()


def test_a_faulty_overlay_is_refused_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "calendars").mkdir()
    (tmp_path / "calendars" / "cn_days.csv").write_text("date,works\n2027-01-01,0\n", encoding="utf-8")
    with pytest.raises(StandardsRefused) as refused:
        load_calendar(tmp_path)
    assert f"{tmp_path.name}/calendars/cn_days.csv:1 " in str(refused.value)


SLOT_HEADER = "scope,code,from,to,season,slots,source,confidence,note\n"


def test_slots_of_an_overlay_hold_by_scope_and_day(tmp_path: Path) -> None:
    (tmp_path / "calendars").mkdir()
    (tmp_path / "calendars" / "work_slots.csv").write_text(
        SLOT_HEADER
        + "city,,2000-01-01,2024-05-31,,08:30-12:00 14:00-17:30,a test,C,\n"
        + "city,,2024-06-01,,,08:00-12:00 15:00-18:00,a test,C,\n"
        + "department,D017,2000-01-01,,06-01/08-31,06:00-10:00,a test,C,\n",
        encoding="utf-8",
    )
    clocks = load_city_clocks(tmp_path)
    city, sweepers = clocks.clock_of("working"), clocks.clock_of("working", "department:D017 district:430202")
    assert city.due(parse_moment("2024-05-31T17:00"), 60) == parse_moment("2024-06-03T08:30")
    assert sweepers.due(parse_moment("2024-05-31T17:00"), 60) == parse_moment("2024-06-03T06:30")
    assert clocks.clock_of("working") is city
    assert load_slot_table(tmp_path, city_slots="09:00-10:00").slots_for(
        scope_chain(""), day_number(date(2024, 6, 1))
    ) == parse_slots("08:00-12:00 15:00-18:00")


def test_the_setting_of_the_city_replaces_the_shipped_slots() -> None:
    table = load_slot_table(city_slots="08:30-12:00 14:00-17:30")
    assert table.slots_for(scope_chain(""), 0) == parse_slots("08:30-12:00 14:00-17:30")
    assert load_slot_table().slots_for(scope_chain(""), 0) == parse_slots("08:00-12:00 14:00-18:00")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("town,,2000-01-01,,,08:00-12:00,s,C,", "scope"),
        ("city,X,2000-01-01,,,08:00-12:00,s,C,", "code"),
        ("department,,2000-01-01,,,08:00-12:00,s,C,", "code"),
        ("city,,2000-01-01,1999-01-01,,08:00-12:00,s,C,", "to"),
        ("city,,2000-01-01,,summer,08:00-12:00,s,C,", "season"),
        ("city,,2000-01-01,,,8-12,s,C,", "slots"),
        ("city,,2000-01-01,,,08:00-12:00,,C,", "source"),
    ],
)
def test_a_faulty_row_of_slots_is_named(tmp_path: Path, row: str, said: str) -> None:
    path = tmp_path / "work_slots.csv"
    path.write_text(SLOT_HEADER + row + "\n", encoding="utf-8")
    rows, findings = read_slot_rows(path, shown_as="work_slots.csv")
    assert rows == []
    assert [finding.values.get("column") for finding in findings] == [said]
    assert findings[0].text().startswith("work_slots.csv:2 ")


def test_two_slot_rows_for_one_day_are_named(tmp_path: Path) -> None:
    path = tmp_path / "work_slots.csv"
    row = "city,,2000-01-01,,,08:00-12:00,s,C,\n"
    path.write_text(SLOT_HEADER + row + row, encoding="utf-8")
    (finding,) = read_slot_rows(path, shown_as="work_slots.csv")[1]
    assert finding.text().startswith("work_slots.csv:3 ")


def test_a_calendar_file_with_ordinary_days_knows_exactly_its_days(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    days = [(date(2030, 3, 1) + timedelta(days=n)).isoformat() for n in range(14)]
    path.write_text("date,is_working\n" + "".join(f"{day},1\n" for day in days), encoding="utf-8")
    clock = WorkingClock(load_calendar_file(path), parse_slots("08:00-12:00"))
    assert clock.due(parse_moment("2030-03-02T08:00"), 60) == parse_moment("2030-03-02T09:00")
    with pytest.raises(CalendarUnknown):
        clock.due(parse_moment("2030-03-14T11:00"), 61)


def test_a_calendar_file_of_exceptions_knows_their_years(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("date,is_working\n2030-03-01,0\n2030-03-02,yes\n2030-12-31,否\n", encoding="utf-8-sig")
    clock = WorkingClock(load_calendar_file(path), parse_slots("08:00-12:00"))
    assert clock.due(parse_moment("2030-03-01T08:00"), 241) == parse_moment("2030-03-04T08:01")
    with pytest.raises(CalendarUnknown) as unknown:
        clock.due(parse_moment("2030-12-30T11:00"), 61)
    assert unknown.value.year == 2031


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("day,is_working\n", 1),
        ("date,is_working\n", 1),
        ("date,is_working\n2030-03-01,maybe\n", 2),
        ("date,is_working\n2030-03-01,1\n2030-03-01,1\n", 3),
        ("date,is_working\n2030-03-01,1,1\n", 2),
        ("date,is_working\n1.3.2030,1\n", 2),
    ],
)
def test_a_faulty_calendar_file_is_refused_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "own.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StandardsRefused) as refused:
        load_calendar_file(path)
    assert str(refused.value).startswith(f"own.csv:{line} ")

"""One row, one report: what is doubtful is found and judged by policy, never guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.exchange.foreign_city import MAPPING, csv_file, imported, mapping_of, one
from wangge.surfaces.exchange.imports.findings import FindingKind
from wangge.surfaces.exchange.imports.foreign import ForeignReport, ForeignStatus


def kinds(report: ForeignReport) -> list[str]:
    return [finding.kind.value for finding in report.findings]


def refused_as(folder: Path, mapping: str = MAPPING, /, **row: str) -> str:
    reports, refused, _ = imported(csv_file(folder, row), mapping_of(folder, mapping))
    assert not reports
    return refused[0].finding.kind.value


def with_policy(kind: str, policy: str) -> str:
    return f'{MAPPING}\n[policies]\n{kind} = "{policy}"\n'


def test_a_sound_row_becomes_a_report_without_findings(tmp_path: Path) -> None:
    report = one(tmp_path)
    assert (report.system, report.external_key, report.line) == ("testville", "A-1", 2)
    assert (report.category, report.category_text, report.category_is_fallback) == (
        "component:0137",
        "Lamp",
        False,
    )
    assert (report.source, report.status, report.status_text) == ("public", ForeignStatus.CLOSED, "done")
    assert report.reported_at == datetime(2024, 3, 1, 14, tzinfo=UTC)
    assert report.closed_at == report.stated_closed_at == datetime(2024, 3, 2, 15, tzinfo=UTC)
    assert report.target_at == datetime(2024, 3, 4, 14, tzinfo=UTC)
    assert report.promised_on == date(2024, 3, 3)
    assert (report.lon, report.lat, report.coordinate_system) == (-71.1, 42.3, "wgs84")
    assert report.findings == ()


def test_a_closing_before_the_reporting_is_not_believed(tmp_path: Path) -> None:
    report = one(tmp_path, closed="2024-02-01 10:00:00")
    assert kinds(report) == ["closed_before_reported"]
    assert report.findings[0].stated == "2024-02-01 10:00:00"
    assert (report.status, report.closed_at) == (ForeignStatus.CLOSED, None)
    assert report.stated_closed_at == datetime(2024, 2, 1, 15, tzinfo=UTC)


def test_the_mapping_may_take_such_a_report_as_open_or_refuse_it(tmp_path: Path) -> None:
    impossible = {"closed": "2024-02-01 10:00:00"}
    report = one(tmp_path, with_policy("closed_before_reported", "open"), **impossible)
    assert (report.status, report.closed_at) == (ForeignStatus.OPEN, None)
    refusing = with_policy("closed_before_reported", "refuse")
    assert refused_as(tmp_path, refusing, **impossible) == "closed_before_reported"


@pytest.mark.parametrize(
    ("row", "finding"),
    [
        ({"closed": "2024-07-01 10:00:00"}, "closed_in_future"),
        ({"closed": ""}, "closed_without_time"),
        ({"closed": "soon"}, "unreadable_time"),
        ({"state": "open"}, "open_with_closing_time"),
        ({"changed": "2024-02-01 10:00:00"}, "updated_before_reported"),
        ({"target": "2024-02-01 10:00:00"}, "target_before_reported"),
        ({"promised": "2023-03-03"}, "promised_before_reported"),
        ({"promised": "2025-03-03"}, "promised_far_ahead"),
        ({"opened": "2023-11-05 01:30:00"}, "ambiguous_local_time"),
        ({"opened": "2023-03-12 02:30:00"}, "nonexistent_local_time"),
        ({"x": "", "y": ""}, "missing_point"),
        ({"x": "0.0", "y": "0"}, "zero_point"),
        ({"x": "nan"}, "unreadable_point"),
        ({"x": "-71,1"}, "unreadable_point"),
        ({"y": "95"}, "unreadable_point"),
        ({"x": "-80"}, "point_outside_area"),
        ({"kind": "Ghost"}, "unknown_category"),
        ({"text": "broken \ufffd text"}, "damaged_text"),
    ],
)
def test_what_is_doubtful_is_found_and_the_row_is_kept(tmp_path: Path, row: dict[str, str], finding: str) -> None:
    assert finding in kinds(one(tmp_path, **row))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"id": " "}, "missing_key"),
        ({"opened": ""}, "missing_reported_at"),
        ({"opened": "around noon"}, "unreadable_reported_at"),
        ({"opened": "2009-12-31 23:59:59"}, "reported_out_of_range"),
        ({"opened": "2124-03-01 09:00:00"}, "reported_in_future"),
        ({"opened": "0001-01-01T00:00:00+14:00"}, "unreadable_reported_at"),
        ({"state": "limbo"}, "unknown_status"),
    ],
)
def test_a_row_that_cannot_be_a_report_is_refused(tmp_path: Path, row: dict[str, str], reason: str) -> None:
    assert refused_as(tmp_path, **row) == reason


def test_whatever_the_policy_an_imported_closing_never_lies_before_its_reporting(tmp_path: Path) -> None:
    closings = ["2024-02-01 10:00:00", "2024-03-01 09:00:00", "2024-03-01 08:59:59", "", "x", "2030-01-01"]
    rows = [
        {"id": f"{state}-{n}", "state": state, "closed": closed}
        for state in ("open", "done", "dropped", "elsewhere")
        for n, closed in enumerate(closings)
    ]
    reports, refused, _ = imported(csv_file(tmp_path, *rows), mapping_of(tmp_path))
    assert not refused
    for report in reports:
        assert report.closed_at is None or report.closed_at >= report.reported_at
        assert report.is_ended or report.closed_at is None
        assert not report.is_ended or report.closed_at or report.findings


def test_a_point_that_is_not_believed_is_not_kept_but_quoted(tmp_path: Path) -> None:
    report = one(tmp_path, x="-80", y="42.3")
    assert (report.lon, report.lat) == (None, None)
    assert report.findings[0].stated == "-80.0 42.3"


def test_a_row_without_point_and_address_says_that_its_place_is_unknown(tmp_path: Path) -> None:
    assert kinds(one(tmp_path, x="", y="", place="")) == ["missing_point", "missing_place"]


def test_unknown_codes_are_counted_and_fall_back_by_declaration(tmp_path: Path) -> None:
    rows = [{"id": str(n), "kind": kind} for n, kind in enumerate(["Ghost", "Ghost", "UFO", "Lamp"])]
    reports, _, run = imported(csv_file(tmp_path, *rows), mapping_of(tmp_path))
    assert [report.category for report in reports] == ["event:0110"] * 3 + ["component:0137"]
    assert [report.category_is_fallback for report in reports] == [True, True, True, False]
    assert run.tally.unknown_codes["category"] == {"Ghost": 2, "UFO": 1}


def test_a_code_table_without_fallback_refuses_what_it_does_not_know(tmp_path: Path) -> None:
    text = MAPPING.replace('fallback = "event:0110"\n', "")
    assert refused_as(tmp_path, text, kind="Ghost") == "unknown_category"


def test_a_column_may_count_only_for_some_statuses(tmp_path: Path) -> None:
    text = MAPPING.replace(
        'closed_at = { column = "closed", reading = "wall_clock" }',
        'closed_at = { column = "closed", reading = "wall_clock", only_status = ["closed"] }',
    )
    report = one(tmp_path, text, state="open")
    assert (report.closed_at, report.stated_closed_at, kinds(report)) == (None, None, [])


def test_a_second_column_that_states_another_time_is_a_finding(tmp_path: Path) -> None:
    check = 'check_reported_at = { column = "target", reading = "wall_clock" }\n\n[point]'
    text = MAPPING.replace("\n[point]", check)
    assert kinds(one(tmp_path, text)) == ["other_column_disagrees"]
    assert kinds(one(tmp_path, text, target="2024-03-01 09:00:00")) == []


def test_self_handled_reports_are_known_by_a_column(tmp_path: Path) -> None:
    text = MAPPING + '\n[self_handled]\ncolumn = "text"\nvalues = ["crew"]\n'
    assert one(tmp_path, text, text="crew").self_handled
    assert not one(tmp_path, text).self_handled


CLOCK = """
[limit]
column = "kind"
table = "limits"
[calendar]
slots = "08:30-17:00"
day_minutes = 510
boundary = "next_opening"
holidays = "holidays"
[tables.limits]
given = true
key = "kind"
value = "days"
[tables.holidays]
given = true
key = "date"
value = "off"
"""


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        ("2024-03-01 09:00:00", "2024-03-05 09:00:00"),  # a Friday: Monday, Tuesday
        ("2024-03-01 18:00:00", "2024-03-06 08:30:00"),  # after hours: from Monday's opening
        ("2024-03-01 07:00:00", "2024-03-05 08:30:00"),  # before hours: from Friday's opening
        ("2024-03-02 12:00:00", "2024-03-06 08:30:00"),  # a Saturday
        ("2024-03-07 10:00:00", "2024-03-12 10:00:00"),  # Friday the 8th is a holiday; summer time begins
        ("2024-12-31 10:00:00", ""),  # the next year's holidays are not known
    ],
)
def test_deadlines_are_recomputed_by_the_other_city_s_clock(tmp_path: Path, opened: str, due: str) -> None:
    (tmp_path / "limits.csv").write_text("kind,days\nLamp,2\n", encoding="utf-8")
    (tmp_path / "days.csv").write_text("date,off\n2024-03-08,1\n2024-03-04,0\n", encoding="utf-8")
    given = {"limits": tmp_path / "limits.csv", "holidays": tmp_path / "days.csv"}
    mapping = mapping_of(tmp_path, MAPPING + CLOCK + '[policies]\nreported_in_future = "keep"\n', **given)
    row = {"opened": opened, "state": "open", "closed": "", "promised": "", "target": ""}
    reports, refused, _ = imported(csv_file(tmp_path, row), mapping)
    assert not refused
    report = reports[0]
    assert report.limit_working_days == 2
    zone = mapping.declaration.zone
    shown = str(report.due_at.astimezone(zone).replace(tzinfo=None)) if report.due_at else ""
    assert shown == due
    assert report.has(FindingKind.DUE_BEYOND_CALENDAR) is (not due)

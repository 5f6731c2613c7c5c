"""The four real sets: figures of what was read agree with each set's own independent calculation."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.exchange.foreign_city import imported
from tests.shared_material import DATA
from wangge.surfaces.exchange.imports.figures import (
    CELL_DEGREES,
    EMPTY,
    Figures,
    Hours,
    OnTime,
    describe,
    fullest,
)
from wangge.surfaces.exchange.imports.findings import FindingKind
from wangge.surfaces.exchange.imports.foreign import ForeignReport, RefusedRow
from wangge.surfaces.exchange.imports.mapping import MappingFile, load_mapping
from wangge.surfaces.exchange.imports.run import ImportRun

FILES = {
    "boston_open311": "requests.jsonl.gz",
    "boston_sla": "cases.csv.gz",
    "la311": "requests_2017.csv.gz",
    "sf311": "requests.csv.gz",
}
WALL_CLOCK_SETS = ("boston_sla", "la311")  # their own calculation subtracts readings of the local clock


READ_AT = datetime(2025, 6, 1, tzinfo=UTC)
"""After the last closing in any set."""


@dataclass(frozen=True)
class City:
    """One set as read: its figures, the run, what it expects, and where it lies."""

    figures: Figures
    run: ImportRun
    expected: dict[str, Any]
    file: Path
    mapping: MappingFile

    def reports(self) -> list[ForeignReport]:
        return imported(self.file, self.mapping, at=READ_AT)[0]


def folder_of(name: str) -> Path:
    folder = DATA / name / "dev"
    if not (folder / FILES[name]).is_file():
        pytest.skip(f"../shared/data/{name} is not here")
    return folder


@cache
def city(name: str) -> City:
    folder = folder_of(name)
    given = {"limits": folder / "limits.csv", "holidays": folder / "holidays.csv"}
    mapping = load_mapping(name, given if name == "boston_sla" else {})
    refused: list[RefusedRow] = []
    run = ImportRun(folder / FILES[name], mapping, at=READ_AT, refuse=refused.append)
    figures = figures_of(mapping, run.reports())
    assert refused == []
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    return City(figures, run, expected, folder / FILES[name], mapping)


def figures_of(mapping: MappingFile, reports: Iterable[ForeignReport]) -> Figures:
    told = mapping.declaration
    hours_by = Hours.WALL_CLOCK if told.system in WALL_CLOCK_SETS else Hours.ELAPSED
    return describe(reports, zone=told.zone, kept_names=tuple(told.kept), hours_by=hours_by)


def pairs(counted: list[tuple[Any, int]]) -> list[list[Any]]:
    return [[str(key), count] for key, count in counted]


def test_boston_s_requests_agree_in_every_figure_of_intake() -> None:
    boston = city("boston_open311")
    figures, run = boston.figures, boston.run
    expected = dict(boston.expected)
    zone = run.mapping.declaration.zone
    assert figures.first_at
    assert figures.last_at
    cells = figures.cells.most_common(5)
    mine = {
        "rows": run.tally.rows,
        "distinct_ids": run.tally.taken,
        "first": figures.first_at.astimezone(zone).isoformat(),
        "last": figures.last_at.astimezone(zone).isoformat(),
        "by_status": figures.by["status_text"],
        "by_service": figures.by["category_text"],
        "by_local_year": figures.local_years(),
        "with_description": figures.with_description,
        "with_media_url": figures.with_photo,
        "updated_before_requested": figures.findings[FindingKind.UPDATED_BEFORE_REPORTED],
        "local_date_differs_from_utc_date": figures.local_date_differs_from_utc_date,
        "busiest_local_days": pairs(fullest(figures.local_days, 5)),
        "cells_of_0.005_degree": len(figures.cells),
        "fullest_cells": [[round(lat * CELL_DEGREES, 3), round(lon * CELL_DEGREES, 3), n] for (lat, lon), n in cells],
        "hours_requested_to_updated_of_closed": figures.spreads("category_text"),
    }
    del expected["duplicates"]  # finding duplicates is no part of reading
    assert mine == expected


def test_los_angeles_agrees_in_every_figure() -> None:
    angeles = city("la311")
    figures, run, expected = angeles.figures, angeles.run, angeles.expected
    zone = run.mapping.declaration.zone
    assert figures.first_at
    assert figures.last_at
    promises = figures.promises
    repeated = [n for n in figures.same_place_and_category.values() if n > 1]
    mine = {
        "rows": run.tally.rows,
        "distinct_ids": run.tally.taken,
        "first": str(figures.first_at.astimezone(zone).replace(tzinfo=None)),
        "last": str(figures.last_at.astimezone(zone).replace(tzinfo=None)),
        "by_status": figures.by["status_text"],
        "by_requesttype": figures.by["category_text"],
        "by_owner": figures.by["owner_text"],
        "by_requestsource": figures.by["source_text"],
        "by_apc": figures.by["district_text"],
        "by_anonymous": figures.by["anonymous"],
        "without_coordinates": figures.without_point,
        "without_close": figures.rows - figures.stated_closed,
        "closed_before_opened": figures.findings[FindingKind.CLOSED_BEFORE_REPORTED],
        "busiest_minutes": pairs(figures.busiest_minutes(3)),
        "busiest_hours": pairs(figures.busiest_hours(3)),
        "per_day": figures.local_days,
        "hours_to_close_by_type": figures.spreads("category_text"),
        "hours_to_close_by_source": figures.spreads("source_text"),
        "hours_to_close_by_apc": figures.spreads("district_text"),
        "promised_service_day": {
            "closed_with_a_day_0_to_60_days_ahead": promises.closed,
            "closed_after_that_day": promises.closed_after,
            "kept_share": round(1 - promises.closed_after / promises.closed, 4),
            "service_date_before_opening_or_over_60_days": promises.implausible,
        },
        "same_address_and_type": {"groups": len(repeated), "requests": sum(repeated)},
    }
    assert mine == expected
    assert figures.self_handled == expected["by_requestsource"]["Driver Self Report"]


def test_san_francisco_agrees_in_every_figure_of_its_reports() -> None:
    francisco = city("sf311")
    figures, run, expected = francisco.figures, francisco.run, francisco.expected
    assert figures.first_at
    assert figures.last_at
    categories = figures.by["category_text"]
    by_category = sorted(figures.hours["category_text"].items(), key=lambda item: (-len(item[1]), item[0]))
    spreads = figures.spreads("category_text")
    districts = figures.by["district_text"]
    mine = {
        "rows": run.tally.rows,
        "first": f"{figures.first_at:%Y-%m-%d %H:%M:%S UTC}",
        "last": f"{figures.last_at:%Y-%m-%d %H:%M:%S UTC}",
        "by_status": figures.by["status_text"],
        "by_source": figures.by["source_text"],
        "by_supervisor_district": districts,
        "by_category_top15": pairs(categories.most_common(15)),
        "categories": len(categories),
        "agencies": len(figures.by["owner_text"]),
        "coordinates_zero": figures.findings[FindingKind.ZERO_POINT],
        "closed_before_opened": figures.findings[FindingKind.CLOSED_BEFORE_REPORTED],
        "local_date_differs_from_utc_date": figures.local_date_differs_from_utc_date,
        "hours_to_close_by_category_top10": {name: spreads[name] for name, _ in by_category[:10]},
        "hours_to_close_by_district": figures.spreads("district_text"),
        "closed_share_by_district": {
            name: round(figures.stated_closed_by_district[name] / rows, 4) for name, rows in districts.items()
        },
        "notes_naming_a_duplicate": sum("dup" in report.outcome_note.casefold() for report in francisco.reports()),
    }
    assert mine == expected["measured_file"]


def rates(on_time: dict[str, OnTime]) -> dict[str, Any]:
    return {name: figures.as_json() for name, figures in on_time.items()}


def blank_is_empty(expected: dict[str, Any]) -> dict[str, Any]:
    """The set's own calculation keeps a blank apart; cells are read without outer blanks here."""
    return {EMPTY if name == " " else name: value for name, value in expected.items()}


def test_boston_s_deadlines_agree_in_every_figure() -> None:
    boston = city("boston_sla")
    figures, run, reports = boston.figures, boston.run, boston.reports()
    expected = dict(boston.expected)
    zone = run.mapping.declaration.zone
    types = figures.by["category_text"]
    flag, raw = (list(run.mapping.declaration.kept).index(name) for name in ("city_flag", "raw_opening"))
    local = [(report, report.reported_at.astimezone(zone)) for report in reports]
    months = Counter(at.strftime("%Y-%m") for _, at in local)
    late_flag = [r.kept[flag] == "OVERDUE" for r in reports if r.target_at]
    late = [bool(r.closed_at and r.closed_at > r.target_at) for r in reports if r.target_at]
    with_limit = [r for r in reports if r.target_at and r.limit_working_days]
    mine = {
        "total": figures.on_time.as_json(),
        "city_flag": figures.by["city_flag"],
        "flag_disagrees_with_closed_after_target": sum(a != b for a, b in zip(late_flag, late, strict=True)),
        "by_Department": rates(figures.on_time_by["owner_text"]),
        "by_neighborhood": rates(figures.on_time_by["district_text"]),
        "by_Source": rates(figures.on_time_by["source_text"]),
        "distinct_types": len(types),
        "top_types": pairs(types.most_common(10)),
        "opened_in_2022_by_local_month": {m: n for m, n in sorted(months.items()) if m.startswith("2022")},
        "opened_on_another_date_in_raw_column": sum(
            at.date().isoformat() != report.kept[raw][:10] for report, at in local
        ),
        "opened_outside_0830_1700_or_weekend": sum(
            at.weekday() > 4 or not (8, 30) <= (at.hour, at.minute) < (17, 0) for _, at in local
        ),
    }
    rebuilt = expected.pop("deadline_rebuilt_from_opening")
    expected["by_neighborhood"] = blank_is_empty(expected["by_neighborhood"])
    assert mine == expected
    assert len(with_limit) == figures.due_compared == rebuilt["cases"]
    assert figures.due_agreeing == rebuilt["agree_within_2_min_with_holidays_in_city_clock"]
    # the raw column, its double conversion undone, states the very same openings
    assert figures.findings[FindingKind.OTHER_COLUMN_DISAGREES] == 0


@pytest.mark.parametrize(
    ("column", "figure"),
    [
        ("in_law", "agree_within_2_min_with_holidays_in_law"),
        ("no_holidays", "agree_within_2_min_with_no_holidays"),
    ],
)
def test_boston_s_deadlines_agree_under_other_calendars_too(tmp_path: Path, column: str, figure: str) -> None:
    expected = city("boston_sla").expected
    folder = folder_of("boston_sla")
    lines = (folder / "holidays.csv").read_text("utf-8").splitlines()
    if column == "no_holidays":
        lines = [lines[0], *(line.rsplit(",", 2)[0] + ",0,0" for line in lines[1:])]
    else:
        lines[0] = lines[0].replace("in_city_clock", "unused").replace("in_law", "in_city_clock")
    days = tmp_path / "days.csv"
    days.write_text("\n".join(lines) + "\n", encoding="utf-8")
    mapping = load_mapping("boston_sla", {"limits": folder / "limits.csv", "holidays": days})
    reports, _, _ = imported(folder / FILES["boston_sla"], mapping, at=READ_AT)
    assert figures_of(mapping, reports).due_agreeing == expected["deadline_rebuilt_from_opening"][figure]


def test_los_angeles_is_read_alike_under_the_other_header_and_date_style(tmp_path: Path) -> None:
    path = tmp_path / "requests.csv"
    header = (
        "srnumber,createddate,updateddate,actiontaken,owner,requesttype,status,requestsource,anonymous,"
        "servicedate,closeddate,address,latitude,longitude,apc,cd,ncname,assignto"
    )
    row = (
        "1-5,1/1/20 0:05,1/2/20 9:00,SR Created,LASAN,Bulky Items,Pending,Driver Self Report,N,"
        "1/6/20 0:00,,1 Main St,34.05,-118.25,Central APC,1,DOWNTOWN,NC"
    )
    path.write_text(f"{header}\n{row}\n", encoding="utf-8")
    reports, refused, run = imported(path, load_mapping("la311"))
    assert (refused, run.tally.absent_columns) == ([], ())
    report = reports[0]
    assert report.reported_at == datetime(2020, 1, 1, 8, 5, tzinfo=UTC)
    assert (report.status, report.status_text, report.owner_text) == ("open", "Pending", "LASAN")
    assert (report.source, report.self_handled, report.findings) == ("collector", True, ())
    assert str(report.promised_on) == "2020-01-06"

"""New York, Zurich, Hunan and Zhuzhou: figures of what was read agree with each set's own independent calculation."""

from __future__ import annotations

import csv
import gzip
import json
import math
import re
import statistics
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from tests.exchange.foreign_city import imported
from tests.shared_material import DATA
from wangge.domains.geography.area_index import AreaIndex
from wangge.domains.geography.areas import Area, AreaKind
from wangge.groundwork.coordinates import to_wgs84
from wangge.surfaces.exchange.imports.figures import Figures, describe, fullest, spread
from wangge.surfaces.exchange.imports.findings import FindingKind
from wangge.surfaces.exchange.imports.foreign import ForeignReport
from wangge.surfaces.exchange.imports.mapping import load_mapping
from wangge.surfaces.exchange.imports.run import ImportRun

READ_AT = datetime(2026, 6, 1, tzinfo=UTC)
ON = date(2024, 1, 1)


@dataclass(frozen=True)
class Read:
    """A file as read: its reports and its run."""

    reports: list[ForeignReport]
    run: ImportRun


def file_of(folder: str, name: str) -> Path:
    path = DATA / folder / "dev" / name
    if not path.is_file():
        pytest.skip(f"../shared/data/{folder}/dev/{name} is not here")
    return path


@cache
def read(folder: str, name: str, mapping: str) -> Read:
    path = file_of(folder, name)
    reports, refused, run = imported(path, load_mapping(mapping), at=READ_AT)
    assert refused == []
    return Read(reports, run)


def expected(folder: str, name: str = "expected.json") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file_of(folder, name).read_text("utf-8"))
    return found


def figures_of(read_file: Read) -> Figures:
    told = read_file.run.mapping.declaration
    return describe(read_file.reports, zone=told.zone, kept_names=tuple(told.kept))


def kept(read_file: Read, report: ForeignReport, name: str) -> str:
    return dict(zip(read_file.run.mapping.declaration.kept, report.kept, strict=True))[name]


def local(read_file: Read, at: datetime) -> datetime:
    return at.astimezone(read_file.run.mapping.declaration.zone).replace(tzinfo=None)


def test_new_york_s_night_agrees_in_every_figure() -> None:
    new_york = read("nyc311", "requests_20231207.csv.gz", "nyc311")
    figures = figures_of(new_york)
    told = expected("nyc311")
    closings = [local(new_york, r.stated_closed_at) for r in new_york.reports if r.stated_closed_at]
    hours = figures.hours["category_text"]
    most = sorted(hours.items(), key=lambda item: (-len(item[1]), item[0]))[:12]
    every = [value for values in hours.values() for value in values]
    assert figures.first_at
    assert figures.last_at
    mine = {
        "rows": new_york.run.tally.rows,
        "distinct_ids": len({r.external_key for r in new_york.reports}),
        "first": str(local(new_york, figures.first_at)),
        "last": str(local(new_york, figures.last_at)),
        "closed": figures.stated_closed,
        "closed_before_opened": figures.findings[FindingKind.CLOSED_BEFORE_REPORTED],
        "closed_exactly_at_noon_or_midnight": sum((at.hour % 12, at.minute, at.second) == (0, 0, 0) for at in closings),
        "by_status": figures.by["status_text"],
        "by_agency": figures.by["owner_text"],
        "by_open_data_channel_type": figures.by["source_text"],
        "by_borough": figures.by["district_text"],
        "complaint_types": len(figures.by["category_text"]),
        "types_differing_only_by_letter_case": len(figures.by["category_text"])
        - len({name.lower() for name in figures.by["category_text"]}),
        "hours_to_close_top12": {name: spread(values) for name, values in most},
        "closed_within_72h_share": round(sum(value <= 72 for value in every) / len(every), 4),
    }
    assert mine == told


def test_a_thin_table_says_open_where_it_has_no_closing(tmp_path: Path) -> None:
    """The shape of the held-out table: no status, boroughs that slipped, closings before openings, noon on the dot."""
    path = tmp_path / "closings.csv"
    path.write_text(
        "unique_key,created_date,closed_date,complaint_type,borough\n"
        "1,01/02/2020 09:00:00 AM,01/02/2020 12:00:00 PM,Noise - Residential,BRONX\n"
        "2,01/02/2020 09:00:00 AM,01/01/2020 12:00:00 AM,NOISE - RESIDENTIAL,05 MANHATTAN\n"
        "3,01/02/2020 09:00:00 AM,,Sewer,3012345678\n",
        encoding="utf-8",
    )
    reports, refused, _run = imported(path, load_mapping("nyc311_closings"), at=READ_AT)
    assert refused == []
    assert [(r.status.value, r.closed_at is not None, r.category) for r in reports] == [
        ("closed", True, "event:0128"),
        ("closed", False, "event:0128"),
        ("open", False, "event:0503"),
    ]
    assert reports[1].has(FindingKind.CLOSED_BEFORE_REPORTED)
    assert [r.district_text for r in reports] == ["BRONX", "05 MANHATTAN", "3012345678"]


# ---- Zurich --------------------------------------------------------------------------------------------------------


def _features(name: str) -> list[dict[str, Any]]:
    with gzip.open(file_of("zurich_zwn", name), "rt", encoding="utf-8") as stream:
        features: list[dict[str, Any]] = json.load(stream)["features"]
    return features


def _zurich() -> Read:
    return read("zurich_zwn", "reports.csv.gz", "zurich_zwn")


def test_zurich_agrees_in_every_figure_of_its_rows() -> None:
    zurich = _zurich()
    figures = figures_of(zurich)
    told = expected("zurich_zwn")
    spots = Counter((kept(zurich, r, "east"), kept(zurich, r, "north"), r.category_text) for r in zurich.reports)
    repeated = [count for count in spots.values() if count > 1]
    assert figures.first_at
    assert figures.last_at
    days = Counter(local(zurich, r.reported_at).date().isoformat() for r in zurich.reports)
    assert {
        "rows": zurich.run.tally.rows,
        "first": local(zurich, figures.first_at).date().isoformat(),
        "last": local(zurich, figures.last_at).date().isoformat(),
        "by_category": figures.by["category_text"],
        "by_year": figures.local_years(),
        "busiest_days": [[day, count] for day, count in fullest(days, 3)],
        "same_spot": {"spots": len(repeated), "reports": sum(repeated)},
    } == {
        "rows": told["rows"],
        "first": told["first"],
        "last": told["last"],
        "by_category": told["by_category"],
        "by_year": told["by_year"],
        "busiest_days": told["busiest_days"],
        "same_spot": told["same_spot_and_category_more_than_once"],
    }


def test_the_swiss_plane_becomes_the_degrees_the_file_states() -> None:
    with gzip.open(file_of("zurich_zwn", "reports.csv.gz"), "rt", encoding="utf-8", newline="") as stream:
        stated = {row["row"]: (float(row["lon"]), float(row["lat"])) for row in csv.DictReader(stream)}
    furthest = max(
        max(abs(r.lon - stated[r.external_key][0]), abs(r.lat - stated[r.external_key][1]))
        for r in _zurich().reports
        if r.lon is not None and r.lat is not None
    )
    assert furthest < 2e-7  # the file is rounded to 1e-7 degrees


def test_every_report_of_zurich_lies_in_the_district_its_check_says() -> None:
    areas = [
        Area(AreaKind.DISTRICT, feature["properties"]["name"], feature["properties"]["name"], "", "",
             shape(feature["geometry"]), date(2000, 1, 1))
        for feature in _features("districts.geojson.gz")
    ]  # fmt: skip
    reports = _zurich().reports
    lons = np.array([r.lon for r in reports], dtype=float)
    lats = np.array([r.lat for r in reports], dtype=float)
    found = AreaIndex(areas).locate_many(lons, lats, on=ON)
    assert Counter(name or "(outside)" for name in found.district) == Counter(expected("zurich_zwn")["by_district"])


def test_waste_reports_lie_as_near_to_bins_as_the_check_says() -> None:
    zurich, told = _zurich(), expected("zurich_zwn")
    bins = np.array([(f["properties"]["e"], f["properties"]["n"]) for f in _features("waste_bins.geojson.gz")])
    waste = [r for r in zurich.reports if r.category_text == "Abfall/Sammelstelle"]
    points = shapely.points([(float(kept(zurich, r, "east")), float(kept(zurich, r, "north"))) for r in waste])
    tree = shapely.STRtree(np.asarray(shapely.points(bins)))
    _index, metres = tree.query_nearest(points, max_distance=300, return_distance=True, all_matches=False)
    near = [float(m) for m in metres if m <= 300]
    assert {
        "reports": len(waste),
        "with_bin_within_300m": len(near),
        "within_25m": sum(m <= 25 for m in near),
        "within_50m": sum(m <= 50 for m in near),
        "within_100m": sum(m <= 100 for m in near),
        "median_m": round(statistics.median(near), 2),
    } == told["waste_reports_to_nearest_bin"]


# ---- Hunan ---------------------------------------------------------------------------------------------------------

PLACE = re.compile(r"A[1-9]区|A[1-9]县|A市")


@pytest.mark.parametrize(
    ("name", "mapping"),
    [("hotline_messages.csv.gz", "taidi2020c"), ("answered.csv.gz", "taidi2020c_answered")],
)
def test_hunan_s_messages_agree_in_every_figure_of_volume(name: str, mapping: str) -> None:
    messages = read("taidi2020c", name, mapping)
    told = expected("taidi2020c", "expected_volume.json")[name]
    titles = [kept(messages, r, "title") for r in messages.reports]
    texts = [kept(messages, r, "text") for r in messages.reports]
    both = [title + text for title, text in zip(titles, texts, strict=True)]
    copies = Counter(re.sub(r"\s+", "", text) for text in texts)
    times = sorted(str(local(messages, r.reported_at)) for r in messages.reports)
    mine = {
        "messages": len(messages.reports),
        "first": times[0],
        "last": times[-1],
        "users": len({kept(messages, r, "user") for r in messages.reports}),
        "texts_repeated_word_for_word": sum(count - 1 for count in copies.values()),
        "median_characters": statistics.median(len(text) for text in texts),
        "longest": max(len(text) for text in texts),
        "by_place_in_title": Counter((PLACE.findall(title) or ["(none)"])[-1] for title in titles),
        "messages_mentioning": {
            word: sum(bool(re.search(word, text)) for text in both) for word in told["messages_mentioning"]
        },
    }
    assert mine == told


def test_hunan_s_replies_agree_in_days_on_both_calendars() -> None:
    answered = read("taidi2020c", "answered.csv.gz", "taidi2020c_answered")
    told = expected("taidi2020c", "expected_replies.json")
    with file_of("cn_calendar", "days_2010_2026.csv").open(encoding="utf-8", newline="") as stream:
        work = {date.fromisoformat(r["date"]) for r in csv.DictReader(stream) if r["workday_chinesecalendar"] == "1"}
    spans, workdays, years = [], [], []
    for report in answered.reports:
        assert report.closed_at
        asked, replied = local(answered, report.reported_at), local(answered, report.closed_at)
        spans.append((replied - asked).total_seconds() / 86400)
        ahead = range(1, (replied.date() - asked.date()).days + 1)
        workdays.append(sum(asked.date() + timedelta(days=n) in work for n in ahead))
        years.append(str(asked.year))
    assert told["answered"] == len(spans)
    assert told["reply_before_question"] == sum(
        report.has(FindingKind.CLOSED_BEFORE_REPORTED) for report in answered.reports
    )
    assert told["calendar_days"] == {
        "median": round(statistics.median(spans), 3),
        "p90": round(sorted(spans)[math.ceil(0.9 * len(spans)) - 1], 3),
        "max": round(max(spans), 3),
    }
    for days in (5, 10, 15, 60):
        mine = {
            "calendar_days_exact": sum(span <= days for span in spans),
            "working_days": sum(n <= days for n in workdays),
        }
        assert told[f"within_{days}"] == mine
    assert told["by_year_asked"] == Counter(years)
    in_time: dict[str, int] = defaultdict(int)
    for year, days in zip(years, workdays, strict=True):
        in_time[year] += days <= 15
    assert told["by_year_within_15_working_days"] == in_time


def test_hunan_s_labels_come_with_their_messages() -> None:
    labelled = read("taidi2020c", "labelled.csv.gz", "taidi2020c_labelled")
    with gzip.open(file_of("taidi2020c", "labelled.csv.gz"), "rt", encoding="utf-8", newline="") as stream:
        stated = Counter(row["level1"] for row in csv.DictReader(stream))
    assert Counter(r.category_text for r in labelled.reports) == stated
    assert not any(r.category_is_fallback for r in labelled.reports)


# ---- Zhuzhou -------------------------------------------------------------------------------------------------------


def _zhuzhou_districts(name: str) -> AreaIndex:
    """The districts in WGS-84: their borders are published in GCJ-02."""
    areas = []
    for feature in json.loads(file_of("zhuzhou_admin", name).read_text("utf-8"))["features"]:
        code = str(feature["properties"]["adcode"])
        border = shapely.transform(
            shape(feature["geometry"]),
            lambda points: np.array([to_wgs84(x, y, system="gcj02") for x, y in points[:, :2]]),
        )
        areas.append(Area(AreaKind.DISTRICT, code, code, "", code, border, date(2000, 1, 1)))
    return AreaIndex(areas)


@pytest.mark.parametrize(
    ("borders", "column"),
    [("zhuzhou_districts_amap.geojson", ""), ("zhuzhou_districts_datav_2021.geojson", "district_2021")],
)
def test_every_point_of_zhuzhou_lies_in_its_district_after_conversion(borders: str, column: str) -> None:
    points = read("zhuzhou_admin", "points.csv", "zhuzhou_admin")
    index = _zhuzhou_districts(borders)
    agreeing, unconverted_wrong = 0, 0
    for report in points.reports:
        assert report.lon is not None
        assert report.lat is not None
        lon, lat = to_wgs84(report.lon, report.lat, system=report.coordinate_system)
        assert abs(lon - float(kept(points, report, "wgs_lon"))) < 2e-6
        assert abs(lat - float(kept(points, report, "wgs_lat"))) < 2e-6
        stated = kept(points, report, column) if column else report.district_text
        agreeing += (index.locate(lon, lat, on=ON).district or "") == stated
        unconverted_wrong += kept(points, report, "district_unconverted") != report.district_text
    assert (agreeing, len(points.reports)) == (200, expected("zhuzhou_admin")["points"]["points"])
    assert unconverted_wrong == expected("zhuzhou_admin")["points"]["wrong_if_wgs84_is_taken_for_gcj02"]

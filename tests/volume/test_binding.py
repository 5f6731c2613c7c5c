"""Reports of other systems are bound to the components they are about, where the mapping says how near is near."""

from __future__ import annotations

import gzip
import json
import statistics
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest
import shapely
from django.db import connection

from tests.exchange.foreign_city import MAPPING, csv_file, imported, mapping_of
from tests.shared_material import DATA
from tests.volume.conftest import NOW, Ask, breaks_found
from wangge.domains.cases.surroundings import forget_units
from wangge.domains.components.logic.incoming import Incoming, Units
from wangge.domains.components.operations.importing import Outcome, import_components
from wangge.domains.components.queries.many_places import Asked, nearest_of_class
from wangge.domains.geography import queries as geography
from wangge.domains.geography.areas import Area, AreaKind
from wangge.domains.geography.operations.areas import load_areas
from wangge.domains.organizations.logic import TERMINAL
from wangge.domains.organizations.models import District
from wangge.surfaces.exchange.components.declaration import read_mapping
from wangge.surfaces.exchange.components.sources import source_of
from wangge.surfaces.exchange.components.translating import incoming_of
from wangge.surfaces.exchange.imports.case_sink import case_sink
from wangge.surfaces.exchange.imports.mapping import MappingRefused, load_mapping

ZURICH = DATA / "zurich_zwn" / "dev"
OPENED = date(2015, 1, 1)
CITY, LAMP, LON, LAT = "990101", "0137", -71.1, 42.3
# At this latitude a ten-thousandth of a degree of longitude is 8.25 m.
STEP, STEP_METRES = 0.0001, 8.25
WITHIN = MAPPING.replace("[plausible]", "[component]\nwithin_metres = 30\n\n[plausible]")


@pytest.fixture(autouse=True)
def forgetful(months: None) -> Iterator[None]:
    forget_units()
    geography.forget()
    yield
    forget_units()
    geography.forget()


def district(code: str, border: Any) -> None:
    District.objects.create(code=code, name=code, valid_from=OPENED)
    load_areas(areas=[Area(AreaKind.DISTRICT, code, code, "", code, border, OPENED)])


def lamps(*steps_east: int, state: str = "intact", category: str = LAMP) -> None:
    """Components so many steps east of the place of the reports."""
    rows = [
        Incoming(
            n, f"{CITY}{category}{5000 + step:06d}", "路灯", state, LON + step * STEP, LAT, OPENED,
            Units("", "", "", "照明公司"),
        )
        for n, step in enumerate(steps_east, start=2)
    ]  # fmt: skip
    done = import_components(rows=rows, by=TERMINAL, at=NOW, from_on=OPENED, dry_run=False, strict=True)
    assert done.added == len(rows)


def taken(folder: Path, *rows: dict[str, str]) -> dict[str, int]:
    mapping = mapping_of(folder, WITHIN)
    reports, refused, _run = imported(csv_file(folder, *rows), mapping)
    assert not refused
    assert mapping.declaration.component
    sink = case_sink(by=TERMINAL, at=NOW, jobs=1, bind_within_metres=mapping.declaration.component.within_metres)
    return sink(reports)


def test_a_report_is_bound_to_the_nearest_standing_thing_of_its_class(tmp_path: Path, ask: Ask) -> None:
    district(CITY, shapely.box(LON - 0.1, LAT - 0.1, LON + 0.1, LAT + 0.1))
    lamps(-3, 2)
    lamps(1, state="removed")
    lamps(0, category="0101")
    assert taken(tmp_path, {})["bound_to_component"] == 1
    ((component, payload),) = ask(
        "SELECT m.component, s.payload FROM cases_matter m JOIN cases_step s ON s.case_id = m.case_id AND s.seq = 1"
    )
    assert component == f"{CITY}{LAMP}005002"
    told = orjson.loads(payload)["bound"]
    assert told["component"] == component
    assert float(told["metres"]) == pytest.approx(2 * STEP_METRES, abs=0.1)
    assert breaks_found() == []


def test_what_is_too_far_or_no_component_at_all_stays_unbound(tmp_path: Path, ask: Ask) -> None:
    district(CITY, shapely.box(LON - 0.1, LAT - 0.1, LON + 0.1, LAT + 0.1))
    lamps(4)
    counts = taken(tmp_path, {}, {"id": "A-2", "kind": "something else"}, {"id": "A-3", "x": "", "y": ""})
    assert (counts["written"], counts["bound_to_component"]) == (3, 0)
    assert ask("SELECT count(*) FROM cases_matter WHERE component <> ''") == [(0,)]
    ((payload,),) = ask("SELECT payload FROM cases_step WHERE seq = 1 LIMIT 1")
    assert "bound" not in orjson.loads(payload)


def test_without_the_section_nothing_is_bound_and_nobody_counts(tmp_path: Path, ask: Ask) -> None:
    district(CITY, shapely.box(LON - 0.1, LAT - 0.1, LON + 0.1, LAT + 0.1))
    lamps(0)
    reports, _refused, _run = imported(csv_file(tmp_path, {}), mapping_of(tmp_path))
    counts = case_sink(by=TERMINAL, at=NOW, jobs=1)(reports)
    assert "bound_to_component" not in counts
    assert ask("SELECT component FROM cases_matter") == [("",)]


def test_binding_needs_a_point_and_a_sane_radius(tmp_path: Path) -> None:
    without_point = WITHIN.replace(WITHIN[WITHIN.index("[point]") : WITHIN.index("[component]")], "")
    with pytest.raises(MappingRefused, match="component"):
        mapping_of(tmp_path, without_point)
    with pytest.raises(MappingRefused, match="within_metres"):
        mapping_of(tmp_path, WITHIN.replace("within_metres = 30", "within_metres = 3000"))


def _bins() -> Outcome:
    mapping = read_mapping("zurich_waste_bins")
    blocks = source_of(ZURICH / "waste_bins.geojson.gz", mapping).blocks(mapping)
    rows = incoming_of(blocks, mapping, city_epsg=4547, today=NOW.date(), departments={})
    return import_components(rows=rows, by=TERMINAL, at=NOW, from_on=NOW.date(), dry_run=False, strict=True)


@pytest.mark.skipif(not ZURICH.is_dir(), reason="shared/data/zurich_zwn is absent: no real city is bound")
def test_waste_reports_of_zurich_are_bound_to_its_bins_as_the_check_says(ask: Ask) -> None:
    """Distances here are on the ellipsoid between degrees rounded to a centimetre, there in the Swiss plane."""
    borders = json.loads(gzip.decompress((ZURICH / "districts.geojson.gz").read_bytes()))["features"]
    district("000261", shapely.union_all([shapely.geometry.shape(each["geometry"]) for each in borders]))
    wanted = json.loads((ZURICH / "expected.json").read_text("utf-8"))
    assert _bins().added == wanted["bins"]
    assert dict(ask("SELECT name, count(*) FROM components_component GROUP BY name")) == wanted["bins_by_type"]

    mapping = load_mapping("zurich_zwn")
    reports, refused, _run = imported(ZURICH / "reports.csv.gz", mapping, at=NOW)
    assert refused == [] or {row.finding.kind.value for row in refused} == {"reported_in_future"}
    waste = [each for each in reports if each.category_text == "Abfall/Sammelstelle"]
    asked = [Asked(each.lon or 0.0, each.lat or 0.0, each.category) for each in waste]
    metres = [found.metres for found in nearest_of_class(asked=asked, within_metres=300.0) if found]
    told = wanted["waste_reports_to_nearest_bin"]
    assert (len(waste), len(metres)) == (told["reports"], told["with_bin_within_300m"])
    for radius in (25, 50, 100):
        at_the_edge = sum(abs(each - radius) < 0.02 for each in metres)
        assert abs(sum(each <= radius for each in metres) - told[f"within_{radius}m"]) <= at_the_edge < 10
    assert round(statistics.median(metres), 2) == told["median_m"]

    few = waste[:400]
    assert mapping.declaration.component
    within = mapping.declaration.component.within_metres
    counts = case_sink(by=TERMINAL, at=NOW, jobs=1, bind_within_metres=within)(few)
    nearest = nearest_of_class(asked=asked[:400], within_metres=within)
    assert counts["bound_to_component"] == sum(found is not None for found in nearest) > 100
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_matter m JOIN components_component c ON c.code = m.component")
        assert cursor.fetchone() == (counts["bound_to_component"],)

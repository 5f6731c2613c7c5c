"""Importing components: what is new, what changes and from when, what is turned away, and that nothing is half done."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import shapely
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.components.conftest import DAY, EAST, OPENED, WEST, cells, fit, write_csv
from wangge.domains.components.logic.incoming import Incoming, RefusedRow, Units
from wangge.domains.components.models import Component, ComponentUnits
from wangge.domains.components.operations.importing import Outcome, import_components
from wangge.domains.components.queries.register import (
    RegisterFilter,
    component_on,
    export_rows,
    units_over_time,
)
from wangge.domains.organizations.logic import TERMINAL
from wangge.domains.organizations.models import Department
from wangge.groundwork import clock
from wangge.surfaces.exchange.components.declaration import MappingRefused, read_mapping
from wangge.surfaces.exchange.components.exporting import write_components
from wangge.surfaces.exchange.components.sources import SourceRefused, source_of
from wangge.surfaces.exchange.components.translating import incoming_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("square_city")]


def take(*rows: Incoming | RefusedRow, from_on: date = DAY, dry_run: bool = False, strict: bool = False) -> Outcome:
    refused: list[RefusedRow] = []
    found = import_components(
        rows=rows, by=TERMINAL, at=clock.now(), from_on=from_on, dry_run=dry_run, strict=strict, refuse=refused.append
    )
    assert len(refused) == found.refused
    return found


def take_file(path: Path, mapping: str = "standard", **options: bool) -> tuple[Outcome, list[RefusedRow]]:
    told, refused = read_mapping(mapping), list[RefusedRow]()
    rows = incoming_of(
        source_of(path, told).blocks(told), told, city_epsg=4547, today=DAY,
        departments=dict(Department.objects.values_list("code", "name")),
    )  # fmt: skip
    outcome = import_components(
        rows=rows, by=TERMINAL, at=clock.now(), from_on=DAY, dry_run=options.get("dry_run", False),
        strict=options.get("strict", False), accept_offset=options.get("accept_offset", False), refuse=refused.append,
    )  # fmt: skip
    return outcome, refused


def stretches(component_id: int) -> list[tuple[date, date | None, str]]:
    """From when to when, and whose."""
    return [(each.valid_from, each.valid_to, each.owner_name) for each in units_over_time(component_id=component_id)]


def test_a_new_component_has_its_units_from_its_first_day() -> None:
    assert take(fit()).added == 1
    found = component_on(code=fit().code, on=OPENED)
    assert found is not None
    assert (found.owner_code, found.owner_name, found.unit_grid_code) == ("water", "water公司", f"{WEST}001001001")
    before = component_on(code=fit().code, on=OPENED - timedelta(days=1))
    assert before is not None
    assert before.owner_code == ""


def test_the_same_file_twice_changes_nothing() -> None:
    take(fit())
    again = take(fit())
    assert (again.added, again.changed, again.units_changed, again.same) == (0, 0, 0, 1)


def test_new_units_hold_from_the_day_given_and_the_old_ones_before() -> None:
    take(fit())
    assert take(fit(units=Units(owner_code="lamps", owner_name="lamps公司"))).units_changed == 1
    component = Component.objects.get()
    stretches = [
        (each.valid_from, each.valid_to, each.owner_name) for each in units_over_time(component_id=component.id)
    ]
    assert stretches == [(DAY, None, "lamps公司"), (OPENED, DAY, "water公司")]
    take(fit(units=Units(owner_code="roads", owner_name="roads公司")))
    assert [each.owner_name for each in units_over_time(component_id=component.id)] == ["roads公司", "water公司"]


def test_units_may_change_between_two_known_stretches() -> None:
    take(fit())
    take(fit(units=Units(owner_name="丙")), from_on=DAY)
    take(fit(units=Units(owner_name="乙")), from_on=DAY - timedelta(days=100))
    component = Component.objects.get()
    assert stretches(component.id) == [
        (DAY, None, "丙"), (DAY - timedelta(days=100), DAY, "乙"), (OPENED, DAY - timedelta(days=100), "water公司"),
    ]  # fmt: skip


def test_a_dry_run_says_what_would_happen_and_does_nothing() -> None:
    take(fit(1))
    would = take(fit(1, name="污水井盖"), fit(2), dry_run=True)
    assert (would.added, would.changed) == (1, 1)
    assert would.examples == [{"code": fit(1).code, "before": "上水井盖 intact", "after": "污水井盖 intact"}]
    assert list(Component.objects.values_list("code", "name")) == [(fit(1).code, "上水井盖")]
    did = take(fit(1, name="污水井盖"), fit(2))
    assert (did.added, did.changed) == (would.added, would.changed)


def test_an_unfit_row_does_not_stop_the_others_and_strict_lets_none_in() -> None:
    bad = fit(2, state="?")
    assert take(fit(1), bad, strict=True).refused == 1
    assert not Component.objects.exists()
    assert take(fit(1), bad).added == 1


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"code": f"{WEST}010100001"}, "code_length"),
        ({"code": "9909990101000001"}, "code_district"),
        ({"code": f"{WEST}9901000001"}, "code_class"),
        ({"name": ""}, "name_missing"),
        ({"name": "井" * 101}, "too_long"),
        ({"name": "井\0盖"}, "bad_character"),
        ({"state": "good"}, "state_unknown"),
        ({"lon": 0.0, "lat": 0.0}, "point_unreadable"),
        ({"lon": 27.05, "lat": 113.05}, "swapped_axes"),
        ({"lon": 127.05, "lat": 113.05}, "point_unreadable"),
        ({"lon": 116.0, "lat": 39.0}, "outside_city"),
        ({"changed_on": OPENED - timedelta(days=1)}, "changed_before_initial"),
        ({"units": Units()}, "units_missing"),
    ],
)
def test_an_unfit_row_is_turned_away_with_its_reason(changes: dict[str, Any], fault: str) -> None:
    assert take(fit(**changes)).refused_by == {fault: 1}
    assert not Component.objects.exists()


def test_a_code_twice_in_a_file_is_taken_once() -> None:
    found = take(fit(1), fit(1, name="别的"))
    assert (found.added, found.refused_by) == (1, {"code_twice": 1})


def test_a_grid_that_is_not_where_the_point_lies_is_counted() -> None:
    found = take(fit(1, stated_grid=f"{EAST}001001001"), fit(2, lon=113.15), fit(3, stated_grid=f"{WEST}001001001"))
    assert (found.grid_disagrees, found.outside_code_district) == (1, 1)


def test_what_is_exported_is_taken_in_again_without_a_change(tmp_path: Path) -> None:
    line = shapely.to_wkb(shapely.LineString([(113.01, 27.01), (113.02, 27.02)]))
    take(fit(1), fit(2, state="damaged", note="缺角", changed_on=DAY), fit(3, form="line", shape=line))
    for name in ("a.csv", "a.xlsx", "a.geojson", "a.gpkg"):
        rows = list(export_rows(filter=RegisterFilter(), on=DAY))
        if name in ("a.csv", "a.xlsx"):
            rows = rows[:2]  # a table holds points
        assert write_components(rows, tmp_path / name) == len(rows)
        found, refused = take_file(tmp_path / name, dry_run=True)
        assert refused == []
        expected = (0, 0, 0)
        if name == "a.geojson":  # GeoJSON rounds to 15 digits and keeps the line's middle, not our chosen point
            assert found.changed <= 1
            expected = (0, found.changed, 0)
        elif name == "a.gpkg":
            expected = (0, found.changed, 0)
            assert found.changed <= 1
        assert (found.added, found.changed, found.units_changed) == expected


def test_a_file_in_gbk_is_read_and_a_wrong_encoding_is_told(tmp_path: Path) -> None:
    found, refused = take_file(write_csv(tmp_path / "a.csv", [cells(1)], encoding="gbk"))
    assert (found.added, refused) == (1, [])
    assert Component.objects.get().name == "上水井盖"
    mapping = tmp_path / "wrong.toml"
    mapping.write_text('encoding = "utf-8"\n')
    found, refused = take_file(write_csv(tmp_path / "b.csv", [cells(2)], encoding="gbk"), str(mapping))
    assert [row.fault.value for row in refused] == ["state_unknown"] or refused[0].fault.value == "bad_character"


def test_a_broken_line_a_bad_day_and_a_missing_point_name_their_line(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "a.csv",
        [cells(1), cells(2, ORDate="2020-13-40"), cells(3, lon="东"), cells(4, lat="")],
    )
    with path.open("a") as opened:
        opened.write("9901010101000005,短\n")
    found, refused = take_file(path)
    assert found.added == 1
    assert [(row.line, row.fault.value) for row in refused] == [
        (3, "date_unreadable"), (4, "point_unreadable"), (5, "point_unreadable"), (6, "unreadable_row"),
    ]  # fmt: skip


def test_a_shapefile_without_its_system_is_refused_with_what_to_do(tmp_path: Path) -> None:
    take(fit(1))
    path = tmp_path / "a.shp"
    write_components(list(export_rows(filter=RegisterFilter(), on=DAY)), path)
    assert take_file(path, dry_run=True)[0].rows == 1
    path.with_suffix(".prj").unlink()
    with pytest.raises(SourceRefused, match=r"\.prj"):
        take_file(path)
    mapping = tmp_path / "said.toml"
    mapping.write_text('[place]\nsystem = "wgs84"\n')
    assert take_file(path, str(mapping), dry_run=True)[0].refused == 0


def test_broken_rings_are_turned_away(tmp_path: Path) -> None:
    bow_tie = shapely.to_wkb(shapely.Polygon([(113.01, 27.01), (113.02, 27.02), (113.02, 27.01), (113.01, 27.02)]))
    take(fit(1))
    row, _shape = next(export_rows(filter=RegisterFilter(), on=DAY))
    write_components([(row, bow_tie)], tmp_path / "a.geojson")
    found, refused = take_file(tmp_path / "a.geojson", dry_run=True)
    assert [row.fault.value for row in refused] == ["shape_broken"]
    assert found.changed == 0


def test_a_file_that_is_none_says_so(tmp_path: Path) -> None:
    for name, content in (("a.geojson", b"{"), ("a.xlsx", b"PK"), ("a.csv", b""), ("b.csv", b"x,y\n1,2\n")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(SourceRefused):
            take_file(tmp_path / name)


def test_a_mapping_makes_codes_and_renames_columns_states_and_units(tmp_path: Path) -> None:
    (tmp_path / "bins.csv").write_text("nr,typ,zustand,amt,e,n\n24,Kübel,gut,ERZ,113.05,27.05\n", encoding="utf-8")
    mapping = tmp_path / "bins.toml"
    mapping.write_text(
        f'[fields]\nname = "typ"\nstate = "zustand"\nowner_name = "amt"\n[states]\ngut = "intact"\n'
        f'[units]\nERZ = "roads"\n[place]\nx = "e"\ny = "n"\n'
        f'[code]\ndistrict = "{WEST}"\nclass = "0301"\nsequence = "nr"\n'
    )
    found, refused = take_file(tmp_path / "bins.csv", str(mapping))
    assert (found.added, refused) == (1, [])
    row = component_on(code=f"{WEST}0301000024", on=DAY)
    assert row is not None
    assert (row.name, row.owner_code, row.owner_name) == ("Kübel", "roads", "ERZ")


def test_a_mapping_with_a_slip_is_refused(tmp_path: Path) -> None:
    mapping = tmp_path / "a.toml"
    for text in ("[feilds]\n", '[fields]\nnmae = "x"\n', '[place]\nsystem = "mars"\n', "[code]\n", "x = "):
        mapping.write_text(text)
        with pytest.raises(MappingRefused):
            read_mapping(str(mapping))
    with pytest.raises(MappingRefused, match="standard"):
        read_mapping("nowhere")


@pytest.mark.parametrize(
    ("constraint", "change"),
    [
        ("component_code_form", "code = '99010101010000'"),
        ("component_class_is_in_its_code", "category = 'component:0102'"),
        ("component_class_is_in_its_code", f"district_code = '{EAST}'"),
        ("component_state_known", "state = 'good'"),
        ("component_shape_where_no_point", "form = 'line'"),
        ("component_place_on_earth", "lat = 89"),
        ("component_has_name", "name = ''"),
        ("component_not_changed_before_it_began", "changed_on = '2019-12-31'"),
    ],
)
def test_the_database_refuses_what_is_no_component(constraint: str, change: str) -> None:
    take(fit())
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE components_component SET {change}")


def test_the_database_refuses_two_sets_of_units_on_one_day() -> None:
    take(fit())
    held = ComponentUnits.objects.get()
    for first, last in ((OPENED, None), (DAY, DAY + timedelta(days=1)), (OPENED - timedelta(days=9), None)):
        with pytest.raises(IntegrityError, match="component_units_once_a_day"), transaction.atomic():
            ComponentUnits.objects.create(
                component_id=held.component_id, owner_name="乙", valid_from=first, valid_to=last
            )


_days = st.integers(0, 30).map(lambda n: OPENED + timedelta(days=n))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(_days, st.sampled_from("甲乙丙")), min_size=1, max_size=8))
def test_units_of_a_day_are_those_last_said_for_it(changes: list[tuple[date, str]]) -> None:
    """Against a plain reference: a list of days, each with the unit last written from that day on to the next break."""
    with transaction.atomic():
        take(fit(units=Units(owner_name="初")))
        breaks, names = [OPENED], ["初"]
        for day, name in changes:
            take(fit(units=Units(owner_name=name)), from_on=day)
            at = max(i for i, begun in enumerate(breaks) if begun <= day)
            if names[at] == name:
                continue
            if breaks[at] == day:
                names[at] = name
            else:
                breaks.insert(at + 1, day)
                names.insert(at + 1, name)
        for n in range(32):
            day = OPENED + timedelta(days=n)
            row = component_on(code=fit().code, on=day)
            assert row is not None
            assert row.owner_name == names[max(i for i, begun in enumerate(breaks) if begun <= day)]
        transaction.set_rollback(True)


def test_many_rows_with_one_in_a_hundred_bad_are_told_row_by_row(tmp_path: Path) -> None:
    count = 1_000_000 if hypothesis.settings.get_current_profile_name() == "soak" else 3_000
    states = {True: "完好", False: "坏"}
    # Six digits of a class do not hold a million: two classes share them.
    codes = (f"{WEST}{('0101', '0102')[n % 2]}{n // 2 + 1:06d}" for n in range(1, count + 1))
    rows = [cells(1, ObjID=code, ObjState=states[n % 100 > 0], lon="113.05") for n, code in enumerate(codes, start=1)]
    path = write_csv(tmp_path / "a.csv", rows)
    found, refused = take_file(path)
    assert (found.rows, found.added, found.refused) == (count, count - count // 100, count // 100)
    assert [row.line for row in refused] == [n + 1 for n in range(100, count + 1, 100)]
    assert json.dumps(found.refused_by) == json.dumps({"state_unknown": count // 100})

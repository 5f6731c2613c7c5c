"""A file of components that lies elsewhere as a whole: noticed by the grids it states and by the register, and said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely
from click.testing import CliRunner

from tests.components.conftest import OPENED, WEST, cells, write_csv
from tests.components.test_importing import take_file
from wangge.domains.components.models import Component
from wangge.domains.geography import queries as geography
from wangge.domains.geography.areas import Area, AreaKind
from wangge.domains.geography.operations.areas import load_areas
from wangge.domains.organizations.models import District
from wangge.groundwork.coordinates import from_wgs84
from wangge.project.commands import import_components as command

pytestmark = pytest.mark.django_db
SIDE, STEP = 20, 0.001


@pytest.fixture(autouse=True)
def gridded_city(db: None) -> Iterator[None]:
    """A district of four hundred unit grids, each about a hundred metres wide."""
    geography.forget()
    District.objects.create(code=WEST, name=WEST, valid_from=OPENED)
    whole = shapely.box(113.0, 27.0, 113.0 + SIDE * STEP, 27.0 + SIDE * STEP)
    areas = [Area(AreaKind.DISTRICT, WEST, WEST, "", WEST, whole, OPENED)]
    for n in range(SIDE * SIDE):
        west, south = 113.0 + n % SIDE * STEP, 27.0 + n // SIDE * STEP
        box = shapely.box(*(round(v, 6) for v in (west, south, west + STEP, south + STEP)))
        areas.append(Area(AreaKind.UNIT_GRID, grid(n), grid(n), f"{WEST}001001", WEST, box, OPENED))
    load_areas(areas=areas)
    yield
    geography.forget()


def grid(n: int) -> str:
    return f"{WEST}001001{n + 1:03d}"


def file_of(folder: Path, *, system: str = "wgs84", stated: bool = True, count: int = 40, east: float = 0.0) -> Path:
    """Components in the middle of the city's grids, written in a system; each states its true grid."""
    rows = []
    for k in range(count):
        n = (8 + k // 5 % 6) * SIDE + 8 + k % 5
        lon, lat = 113.0 + (n % SIDE + 0.5) * STEP + east, 27.0 + (n // SIDE + 0.5) * STEP
        x, y = from_wgs84(lon, lat, system=system)
        rows.append(cells(k + 1, BGID=grid(n) if stated else "", lon=f"{x:.7f}", lat=f"{y:.7f}"))
    return write_csv(folder / f"{system}.csv", rows)


@pytest.mark.parametrize("system", ["gcj02", "bd09"])
def test_a_file_in_a_map_vendor_s_system_is_noticed_by_its_grids_and_nothing_is_written(
    tmp_path: Path, system: str
) -> None:
    found, _refused = take_file(file_of(tmp_path, system=system))
    assert found.system_that_fits == system
    assert not Component.objects.exists()
    mapping = tmp_path / "right.toml"
    mapping.write_text(f'[place]\nsystem = "{system}"\n', encoding="utf-8")
    found, refused = take_file(file_of(tmp_path, system=system), str(mapping))
    assert (found.system_that_fits, found.added, found.grid_disagrees, refused) == ("", 40, 0, [])


def test_a_file_taken_for_the_vendor_s_system_that_is_not_is_noticed_too(tmp_path: Path) -> None:
    mapping = tmp_path / "wrong.toml"
    mapping.write_text('[place]\nsystem = "gcj02"\n', encoding="utf-8")
    assert take_file(file_of(tmp_path), str(mapping))[0].system_that_fits == "wgs84"
    assert not Component.objects.exists()


def test_some_wrong_grids_are_counted_and_no_system_is_blamed(tmp_path: Path) -> None:
    path = file_of(tmp_path)
    lines = path.read_text("utf-8").splitlines()
    lines[1:11] = [line.replace(line.split(",")[8], grid(0)) for line in lines[1:11]]
    path.write_text("\n".join(lines), encoding="utf-8")
    found, _refused = take_file(path)
    assert (found.system_that_fits, found.grid_disagrees, found.added) == ("", 10, 40)


def test_a_file_500_m_from_the_register_is_kept_out_until_that_is_accepted(tmp_path: Path) -> None:
    assert take_file(file_of(tmp_path, stated=False))[0].added == 40
    moved = file_of(tmp_path, stated=False, east=0.005)
    found, _refused = take_file(moved)
    assert found.off_by_metres == pytest.approx(496, abs=3)
    assert found.changed == 40  # would be
    assert Component.objects.filter(lon__gt=113.0135).count() == 0
    found, _refused = take_file(moved, accept_offset=True)
    assert found.changed == 40
    assert Component.objects.filter(lon__gt=113.0125).count() == 40


def test_swapped_axes_are_named_row_by_row_in_every_system_of_degrees(tmp_path: Path) -> None:
    swapped = [cells(n, lon="27.0105", lat="113.0105") for n in range(1, 4)]
    for system in ("wgs84", "gcj02"):
        mapping = tmp_path / f"{system}.toml"
        mapping.write_text(f'[place]\nsystem = "{system}"\n', encoding="utf-8")
        found, _refused = take_file(write_csv(tmp_path / "swapped.csv", swapped), str(mapping))
        assert found.refused_by == {"swapped_axes": 3}


def test_the_command_says_which_system_fits_and_ends_with_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import nullcontext

    monkeypatch.setattr(command, "open_city", nullcontext)
    path = str(file_of(tmp_path, system="gcj02"))
    shown = CliRunner().invoke(command.command, [path])
    assert shown.exit_code == 1
    assert "按 gcj02 读取才相符" in shown.output
    assert "没有写入" in shown.output
    told: dict[str, Any] = json.loads(CliRunner().invoke(command.command, [path, "--json"]).output)
    assert (told["misplaced"], told["written"], told["system_that_fits"]) == (True, False, "gcj02")

"""Owns the reading of a demo city's data file: what a city is made of, before anything is drawn.

Cities are files `demo/cities/NAME.toml`; a path to another such file is taken as well. Nothing of a city is in code.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from pathlib import Path
from typing import Any

from wangge.project.words import _

_PACKED = Path(__file__).resolve().parent / "data"
CITIES = (_PACKED if _PACKED.is_dir() else Path(__file__).resolve().parents[4] / "demo") / "cities"
"""In a checkout ``demo/cities``; in a wheel, which is built without the checkout around it, beside this module."""
FIRST_CITY = "yunlan"


class CityDataRefused(ValueError):
    """A city's data file cannot be used; the text names the file and what to change."""


@dataclass(frozen=True, slots=True)
class DistrictData:
    """A district: how many responsibility grids it has, and its streets."""

    code: str
    name: str
    grids: int
    streets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DepartmentData:
    """A unit that serves the whole city; `handles` are beginnings of classes, as `component:01`."""

    code: str
    name: str
    kind: str
    handles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StaffData:
    """People alike: their posts, how many, on what contract; user names are the word and a number."""

    posts: tuple[str, ...]
    username: str
    count: int
    contract: str


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a day; one that ends at or before its beginning runs across midnight."""

    start: time
    end: time


@dataclass(frozen=True, slots=True)
class ShiftData:
    """A shift of the seats, and how many of which staff sit in it."""

    name: str
    span: Span
    seats: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class NameWords:
    """Words from which invented names are put together."""

    surnames: str
    given: tuple[str, ...]
    community_first: tuple[str, ...]
    community_second: tuple[str, ...]
    roads: tuple[str, ...]
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CityData:
    """Everything a demo city is made of."""

    name: str
    title: str
    centre_name: str
    bureau_name: str
    seed: int
    centre: tuple[float, float]
    extent_km: tuple[float, float]
    epsg: int
    valid_from: date
    unit_grids_per_grid: int
    communities_per_grid: int
    districts: tuple[DistrictData, ...]
    departments: tuple[DepartmentData, ...]
    staff: tuple[StaffData, ...]
    shifts: tuple[ShiftData, ...]
    collecting: Mapping[str, Span]
    words: NameWords
    overlay: Path | None
    """Directory with the city's own rows over the standards (settings, automations), when it has one."""
    account: str = ""
    """The year under ``demo/accounts`` whose account the city publishes, when it has one."""


def city_names() -> tuple[str, ...]:
    """Names of the cities that come along."""
    return tuple(sorted(path.stem for path in CITIES.glob("*.toml") if path.stem != "names"))


def read_city(name: str = FIRST_CITY) -> CityData:
    """The city of that name, or of the data file at that path. Raises CityDataRefused."""
    path = Path(name) if name.endswith(".toml") else CITIES / f"{name}.toml"
    if not path.is_file():
        known = "、".join(city_names())
        raise CityDataRefused(
            _("没有名为“%(name)s”的演示城市。可用：%(known)s，或给出 .toml 文件的路径。")
            % {"name": name, "known": known}
        )
    try:
        return _city(path, tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise CityDataRefused(
            _("%(path)s：城市数据不可用（%(error)r）。请对照 %(cities)s 中的城市修正。")
            % {"path": path, "error": error, "cities": CITIES}
        ) from error


def _city(path: Path, table: dict[str, Any]) -> CityData:
    words = tomllib.loads((CITIES / "names.toml").read_text("utf-8"))
    overlay = table.get("overlay")
    city = CityData(
        name=path.stem,
        title=table["title"],
        centre_name=table["centre_name"],
        bureau_name=table["bureau_name"],
        seed=table["seed"],
        centre=tuple(table["centre"]),
        extent_km=tuple(table["extent_km"]),
        epsg=table["epsg"],
        valid_from=table["valid_from"],
        unit_grids_per_grid=table["unit_grids_per_grid"],
        communities_per_grid=table["communities_per_grid"],
        districts=tuple(
            DistrictData(d["code"], d["name"], d["grids"], tuple(d["streets"])) for d in table["districts"]
        ),
        departments=tuple(
            DepartmentData(d["code"], d["name"], d["kind"], tuple(d.get("handles", ()))) for d in table["departments"]
        ),
        staff=tuple(StaffData(tuple(s["posts"]), s["username"], s["count"], s["contract"]) for s in table["staff"]),
        shifts=tuple(ShiftData(s["name"], _span(s["span"]), tuple(s["seats"].items())) for s in table["shifts"]),
        collecting={key: _span(text) for key, text in table["collecting"].items()},
        words=NameWords(
            words["surnames"],
            tuple(words["given"]),
            tuple(words["community_first"]),
            tuple(words["community_second"]),
            tuple(words["roads"]),
            tuple(words["places"]),
        ),
        overlay=_overlay_of(path, overlay) if overlay else None,
        account=table.get("account", ""),
    )
    _check(city)
    return city


def _overlay_of(path: Path, name: str) -> Path:
    """The named directory of the city's own rows, beside the city's file or among those that come along."""
    for directory in (path.parent / name, CITIES.parent / "overlays" / name):
        if directory.is_dir():
            return directory
    raise ValueError(f"no overlay directory {name}")


def _check(city: CityData) -> None:
    for district in city.districts:
        if not (len(district.code) == 6 and district.code.isdigit()):
            raise ValueError(f"district code {district.code} is not six digits")
        if district.grids < len(district.streets):
            raise ValueError(f"{district.name} has more streets than grids")
    if city.communities_per_grid > city.unit_grids_per_grid:
        raise ValueError("communities_per_grid exceeds unit_grids_per_grid")
    collectors = sum(staff.count for staff in city.staff if "collector" in staff.posts)
    if collectors < sum(district.grids for district in city.districts):
        raise ValueError("every grid needs a collector")


def _span(text: str) -> Span:
    start, _dash, end = text.partition("-")
    return Span(time.fromisoformat(start), time.fromisoformat(end))

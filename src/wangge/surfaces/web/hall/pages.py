"""The page object of the hall's wall."""

from __future__ import annotations

from dataclasses import dataclass

from wangge.surfaces.web.elements.pieces import CaseRow, Figure, MapView
from wangge.surfaces.web.elements.words import Urgency
from wangge.surfaces.web.pages import Shell


@dataclass(frozen=True, slots=True)
class WallFigure:
    """A number read from afar, what it is compared with, and the list that shows the same."""

    label: str
    value: str
    beside: str = ""  # 上周同期 412
    change: str = ""  # +7%
    url: str = ""
    urgency: Urgency | None = None


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit with what it holds; ``late_share`` in whole percent draws the bar."""

    name: str
    open: str
    late: str
    late_share: int
    url: str


@dataclass(frozen=True, slots=True)
class CountLine:
    """A name and how many."""

    label: str
    value: str
    urgency: Urgency | None = None


@dataclass(frozen=True, slots=True)
class HallPage:
    """Everything on the wall."""

    shell: Shell
    day_text: str
    clock_text: str
    figures: tuple[WallFigure, ...]
    units: tuple[UnitLine, ...]
    arrivals: tuple[CaseRow, ...]
    patrol: tuple[CountLine, ...]
    hotline: tuple[Figure, ...]
    hotline_url: str
    map: MapView | None
    clusters_url: str
    case_url: str
    refresh_url: str
    pulse_url: str
    map_url: str

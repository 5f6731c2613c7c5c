"""The page objects of units: their own figures of the running month, and what was published of them."""

from __future__ import annotations

from dataclasses import dataclass

from wangge.surfaces.web.command.pages import RowGroup
from wangge.surfaces.web.elements.pieces import Figure
from wangge.surfaces.web.pages import Shell


@dataclass(frozen=True, slots=True)
class MonthOfUnit:
    """A month of the evaluation as a unit has it: where it stands, its score, until when cases may be appealed."""

    period: str
    url: str
    state: str
    score: str
    appeals_url: str = ""
    appeals_until: str = ""


@dataclass(frozen=True, slots=True)
class UnitFiguresPage:
    """A unit's own figures with the cases behind them."""

    shell: Shell
    heading: str
    list_url: str
    span: str
    figures: tuple[Figure, ...]
    groups: tuple[RowGroup, ...]
    months: tuple[MonthOfUnit, ...]

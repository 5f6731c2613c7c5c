"""The page object of the stocktaking of assets."""

from __future__ import annotations

from dataclasses import dataclass

from wangge.surfaces.web.elements.forms import Form
from wangge.surfaces.web.elements.pieces import Fact, Figure
from wangge.surfaces.web.pages import Shell


@dataclass(frozen=True, slots=True)
class CardRow:
    """An asset card; ``found`` is what the count says, empty while it waits."""

    code: str
    name: str
    place: str
    holder: str
    found: str = ""
    found_place: str = ""
    found_holder: str = ""
    when: str = ""


@dataclass(frozen=True, slots=True)
class SurplusRow:
    """An asset found without a card; ``card`` says which one it has got, empty while it has none."""

    key: str
    url: str
    name: str
    code: str
    place: str
    holder: str
    estimate: str
    when: str
    card: str


@dataclass(frozen=True, slots=True)
class StocktakingPage:
    """How far the count of a unit has come: the form for the next code, deviations, what waits."""

    shell: Shell
    unit: str
    year: int
    years: tuple[Figure, ...]
    units: tuple[Figure, ...]
    facts: tuple[Fact, ...]
    deviations: tuple[CardRow, ...]
    waiting: tuple[CardRow, ...]
    more: str
    surplus: tuple[SurplusRow, ...]
    surplus_url: str  # empty: may not enter
    form: Form | None
    back_url: str
    has_cards: bool = False

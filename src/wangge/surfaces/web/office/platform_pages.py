"""The page object of the platform's own running: what stands how, what was done to keep it, when it was not whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wangge.surfaces.web.elements.forms import Form
from wangge.surfaces.web.pages import Shell


class Standing(StrEnum):
    """How a thing stands; the sign stands beside the word, so that colour is not needed."""

    GOOD = "good"
    WATCH = "watch"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One thing that is watched: how it stands, the figure, and where it is not well what to do."""

    label: str
    standing: Standing
    value: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class CheckGroup:
    """Things that belong together."""

    heading: str
    rows: tuple[CheckRow, ...]


@dataclass(frozen=True, slots=True)
class UpkeepRow:
    """Something that was done."""

    at: datetime
    what: str
    went_well: bool
    told: str


@dataclass(frozen=True, slots=True)
class FaultRow:
    """One stretch in which the platform was not whole; ``why``: as somebody explained it."""

    begins_at: datetime
    ends_at: datetime
    minutes: int
    why: str
    form: Form | None


@dataclass(frozen=True, slots=True)
class PlatformPage:
    """The whole page; ``hours_month`` and ``hours_year`` are faults in hours with one decimal."""

    shell: Shell
    heading: str
    looked_at: datetime
    to_do: int
    groups: tuple[CheckGroup, ...]
    upkeep: tuple[UpkeepRow, ...]
    known_since: datetime | None
    hours_month: str
    hours_year: str
    faults: tuple[FaultRow, ...]

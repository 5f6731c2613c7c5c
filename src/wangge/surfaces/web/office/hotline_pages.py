"""The page objects of hotline orders: the list by the earlier of two clocks, one order with what may be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wangge.surfaces.web.elements.forms import Field, Form
from wangge.surfaces.web.elements.pieces import Fact, Figure
from wangge.surfaces.web.pages import Shell


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One order in the list; ``is_late``: its leading clock has run out."""

    number: str
    url: str
    channel: str
    kind: str
    title: str
    state: str
    due_at: datetime | None
    whose_clock: str
    is_late: bool
    is_urgent: bool


@dataclass(frozen=True, slots=True)
class OrdersPage:
    """Open orders, or those of a state."""

    shell: Shell
    heading: str
    url: str
    filters: tuple[Field, ...]
    figures: tuple[Figure, ...]
    orders: tuple[OrderLine, ...]
    next_url: str = ""
    clear_url: str = ""
    days_url: str = ""
    dead_url: str = ""
    dead_text: str = ""


@dataclass(frozen=True, slots=True)
class EventLine:
    """One thing that happened to an order."""

    at: datetime
    act: str
    state: str
    who: str
    words: str


@dataclass(frozen=True, slots=True)
class ActForm:
    """One act open now."""

    act: str
    label: str
    form: Form


@dataclass(frozen=True, slots=True)
class OrderPage:
    """One order, the case behind it, its answer, its history."""

    shell: Shell
    heading: str
    list_url: str
    title: str
    content: str
    state: str
    facts: tuple[Fact, ...]
    clocks: tuple[tuple[str, datetime | None, bool], ...]  # label, due, late
    answer: str
    acts: tuple[ActForm, ...]
    reveal: Form | None
    events: tuple[EventLine, ...]


@dataclass(frozen=True, slots=True)
class LetterLine:
    """One message the hotline would not take."""

    message_id: str
    number: str
    url: str
    channel: str
    kind: str
    attempts: int
    dead_at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class DeadLettersPage:
    """What could not be delivered; with ``again_url`` it may be sent again."""

    shell: Shell
    heading: str
    list_url: str
    letters: tuple[LetterLine, ...]
    again_url: str = ""


@dataclass(frozen=True, slots=True)
class DayLine:
    """One reconciliation; with ``url`` its differences can be shown."""

    day: str
    channel: str
    at: datetime
    theirs: int
    ours: int
    differences: int
    url: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """What the two sides do not have alike of an order."""

    number: str
    what: str
    theirs: str
    ours: str


@dataclass(frozen=True, slots=True)
class DaysPage:
    """The last reconciliations, and the differences of one of them."""

    shell: Shell
    heading: str
    list_url: str
    days: tuple[DayLine, ...]
    differences_heading: str
    differences: tuple[DifferenceLine, ...]

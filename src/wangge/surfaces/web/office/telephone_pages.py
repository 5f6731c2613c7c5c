"""The page objects of calls: the list, one call, what is before a seat now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wangge.surfaces.web.elements.forms import Form
from wangge.surfaces.web.elements.pieces import CaseRow, Fact, Figure
from wangge.surfaces.web.pages import Shell


@dataclass(frozen=True, slots=True)
class CallLine:
    """One call in the list."""

    number: int
    url: str
    at: datetime
    caller: str  # masked
    extension: str
    state: str
    is_missed: bool
    case_number: str = ""
    case_url: str = ""
    has_recording: bool = False
    told: str = ""  # 之后已接通; who settled it, and why


@dataclass(frozen=True, slots=True)
class CallsPage:
    """Missed calls to work on, or all calls; and where the reader sits."""

    shell: Shell
    heading: str
    tabs: tuple[Figure, ...]
    calls: tuple[CallLine, ...]
    seat: Form | None
    seat_text: str = ""
    next_url: str = ""
    is_open: bool = True  # an exchange may speak to us


@dataclass(frozen=True, slots=True)
class OrderOfCaller:
    """An earlier order of the same number."""

    url: str
    order_no: str
    title: str
    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Earlier:
    """What came from a number before."""

    cases: tuple[CaseRow, ...] = ()
    orders: tuple[OrderOfCaller, ...] = ()
    calls: int = 0


@dataclass(frozen=True, slots=True)
class CallAct:
    """One thing that may be done with a call."""

    act: str
    label: str
    form: Form


@dataclass(frozen=True, slots=True)
class OneCallPage:
    """One call with what came from its number before, its recording, and what may be done."""

    shell: Shell
    heading: str
    list_url: str
    state: str
    facts: tuple[Fact, ...]
    earlier: Earlier
    register_url: str = ""
    reveal: Form | None = None
    listen: Form | None = None
    audio_url: str = ""
    audio_type: str = ""
    acts: tuple[CallAct, ...] = ()


@dataclass(frozen=True, slots=True)
class RingingCall:
    """A call before its seat."""

    url: str
    caller: str  # masked
    state: str
    is_ringing: bool
    at: datetime
    register_url: str
    earlier: Earlier


@dataclass(frozen=True, slots=True)
class CallsNow:
    """Everything before a seat now; drawn into any page."""

    calls: tuple[RingingCall, ...] = ()

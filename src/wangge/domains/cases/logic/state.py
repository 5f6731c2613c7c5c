"""The state of one case: exactly what its steps add up to, and its compact form for the row that keeps it.

Moments are civil minutes (whole minutes since 1970-01-01 00:00 on the city's wall clock), lengths are minutes of the
clock they belong to, persons and units are their keys as text.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any

IDLE, RUNNING, PAUSED, STOPPED = "idle", "running", "paused", "stopped"


@dataclass(slots=True)
class StageClock:
    """The clock of one post of the centre in one stage 环节计时."""

    name: str
    since: int
    used: int = 0
    overdue_at: int = 0  # the deadline that had passed when the clock was paused: stays printed


@dataclass(slots=True)
class HandlingClock:
    """The clock that measures the responsible unit 处置计时; ``base`` is the original allowance in minutes."""

    status: str = IDLE
    since: int = 0
    used: int = 0
    allowance: int = 0
    base: int = 0
    overdue_at: int = 0  # the deadline that had passed when the clock was stopped: stays printed after rework
    unknown_year: int = 0  # a year without a known calendar lay in the way: used is not exact until it is loaded


@dataclass(slots=True)
class InnerClock:
    """Inside a district: waiting, out at a unit, reported by it; its clock runs with the handling clock."""

    status: str = "waiting"  # waiting, out, reported
    unit: str = ""
    since: int = -1  # -1: not running
    used: int = 0
    allowance: int = 0


@dataclass(slots=True)
class Request:
    """An open request 申请 with what its tier needs."""

    kind: str
    by: str
    at: int
    tier: int  # seq of the row of approval_tiers
    amount: int = 0  # minutes, of an extension
    until: int = 0  # of a suspension or postponement
    signed: list[str] = field(default_factory=list)  # posts, in order
    signers: list[str] = field(default_factory=list)  # persons


@dataclass(slots=True)
class Appeal:
    kind: str
    status: str  # at_dispatcher, at_acceptor, at_evaluator, at_centre_leader, granted, dismissed
    first_judge: str = ""


@dataclass(slots=True)
class Supervision:
    level: str = ""
    reply_by: int = 0
    answered: bool = False


@dataclass(slots=True)
class Question:
    why: str
    until: int
    pauses: bool


@dataclass(slots=True)
class Act:
    """A composite act under way: its later steps must come from the same person, at the same moment, alike."""

    name: str
    by: str
    at: int
    args: dict[str, str]


@dataclass(slots=True)
class CaseState:
    """What the steps of one case add up to."""

    stage: str = "new"
    source: str = ""
    entry: str = ""
    entry_by: str = ""
    category: str = ""
    condition_seq: int = 0
    limit_value: int = 0
    limit_unit: str = ""
    limit_edition: str = ""
    calendar: str = ""  # scope whose slots the handling clock keeps for its cycle
    verification: str = ""  # "", true, false: the latest reply
    assignee: str = ""
    handler: str = ""
    unit: str = ""
    clock: StageClock | None = None
    paused_clock: StageClock | None = None  # the accept clock while a verification task is out
    handling: HandlingClock = field(default_factory=HandlingClock)
    inner: InnerClock | None = None
    cycle: int = 1
    rework: int = 0
    returns: int = 0
    extensions: int = 0
    ruled: bool = False
    units: list[str] = field(default_factory=list)
    readings: list[tuple[int, int]] = field(default_factory=list)  # (used, allowance) of each report of the cycle
    hands: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    filer: str = ""
    request: Request | None = None
    suspended_until: int = 0
    postponed_until: int = 0
    suspensions: int = 0
    postponements: int = 0
    appeal: Appeal | None = None
    appellant: str = ""  # who filed the latest appeal
    appealed: list[str] = field(default_factory=list)
    granted: list[str] = field(default_factory=list)
    supervision: Supervision | None = None
    question: Question | None = None
    questions: int = 0
    outside: str = ""  # done, refused
    children: list[str] = field(default_factory=list)
    children_ended: list[str] = field(default_factory=list)
    grade: str = ""
    ratings: int = 0
    call_back: str = ""
    excluded: bool = False
    evidence: list[str] = field(default_factory=list)
    lead_case: str = ""
    parent: str = ""
    reported_at: int = 0
    filed_at: int = 0
    closed_at: int = 0
    closed_by: str = ""  # verb that closed
    act: Act | None = None


_PARTS: dict[str, type[Any]] = {
    "clock": StageClock, "paused_clock": StageClock, "handling": HandlingClock, "inner": InnerClock,
    "request": Request, "appeal": Appeal,
    "supervision": Supervision, "question": Question, "act": Act,
}  # fmt: skip
_FIELDS = tuple(f.name for f in fields(CaseState))
_PART_FIELDS = {kind: tuple(f.name for f in fields(kind)) for kind in _PARTS.values()}
_BLANK = CaseState()
_values_of = attrgetter(*_FIELDS)
_DEFAULTS = tuple(zip(_FIELDS, _values_of(_BLANK), (name in _PARTS for name in _FIELDS), strict=True))


def to_plain(state: CaseState) -> dict[str, Any]:
    """The state as plain values for JSON: only what differs from a blank state; parts as lists of their fields."""
    plain: dict[str, Any] = {}
    for value, (name, default, is_part) in zip(_values_of(state), _DEFAULTS, strict=True):
        if value == default:
            continue
        plain[name] = [getattr(value, part) for part in _PART_FIELDS[type(value)]] if is_part else value
    return plain


def from_plain(plain: dict[str, Any]) -> CaseState:
    """The state again from what :func:`to_plain` gave (lists of readings become pairs)."""
    state = CaseState()
    for name, value in plain.items():
        if name in _PARTS:
            setattr(state, name, _PARTS[name](*value))
        elif name == "readings":
            state.readings = [(used, allowance) for used, allowance in value]
        else:
            setattr(state, name, value)
    return state


def copy_of(state: CaseState) -> CaseState:
    """A copy whose parts and lists may be changed freely."""
    twin = CaseState()
    for name in _FIELDS:
        value = getattr(state, name)
        if name in _PARTS and value is not None:
            value = type(value)(*[_loose(getattr(value, part)) for part in _PART_FIELDS[type(value)]])
        else:
            value = _loose(value)
        setattr(twin, name, value)
    return twin


def _loose(value: Any) -> Any:
    return list(value) if isinstance(value, list) else value

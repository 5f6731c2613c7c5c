"""What is around a case in the city: who is on duty, which units are districts, whether a lead case is open.

Units and user names are few and looked up in the process's own copy, renewed after some seconds; the rest is asked
of the database only when a guard or a rule asks.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.db import connection

from wangge.domains.cases.draws import drawn_by_lot
from wangge.domains.cases.logic.moments import moment
from wangge.domains.cases.rules import own_slot_scopes
from wangge.domains.organizations.queries import on_duty
from wangge.groundwork import clock as process_clock

RENEW_AFTER_SECONDS = 5.0


class FindsOnDuty(Protocol):
    """Who gets a field task in a responsibility grid now: a person's id, or None."""

    def __call__(self, *, grid_code: str, at: datetime) -> int | None: ...


# Where nothing knows better, the roster alone decides.
_duty: list[FindsOnDuty] = [on_duty]


def ask_for_duty(finder: FindsOnDuty) -> None:
    """Let a higher domain, which knows positions and loads, say who gets a field task."""
    _duty[0] = finder


@dataclass(frozen=True, slots=True)
class Unit:
    """A responsible unit as the loop needs it."""

    code: str
    name: str
    kind: str
    district_code: str


@dataclass(slots=True)
class _Known:
    units: Mapping[str, Unit] = field(default_factory=dict)
    districts: Mapping[str, str] = field(default_factory=dict)
    read_at: float = -1e9


_known = _Known()
_lock = threading.Lock()


def units() -> Mapping[str, Unit]:
    """Every responsible unit by code, at most some seconds old."""
    return _fresh().units


def district_names() -> Mapping[str, str]:
    """District code → name."""
    return _fresh().districts


def _fresh() -> _Known:
    now = process_clock.monotonic()
    if now - _known.read_at > RENEW_AFTER_SECONDS:
        with _lock:
            if now - _known.read_at > RENEW_AFTER_SECONDS:
                _read(now)
    return _known


def _read(now: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, name, kind, COALESCE(district_code, '') FROM organizations_department")
        _known.units = {row[0]: Unit(*row) for row in cursor.fetchall()}
        cursor.execute("SELECT code, name FROM organizations_district")
        _known.districts = dict(cursor.fetchall())
    _known.read_at = now


def forget_units() -> None:
    """Ask anew at the next question; for tests and after a load."""
    _known.read_at = -1e9


def own_calendar(unit: str) -> str:
    """The scopes whose working slots a unit keeps, most specific first; empty for the city's."""
    known = units().get(unit)
    own = own_slot_scopes()
    scopes = [f"department:{unit}", f"district:{known.district_code if known else ''}"]
    return " ".join(scope for scope in scopes if scope in own)


@dataclass(slots=True)
class AroundCase:
    """The surroundings of one case at one moment."""

    number: str
    grid_code: str
    at: datetime
    case_id: str = ""
    photos_plausible: bool | None = None
    lead_ids: dict[str, str] = field(default_factory=dict)

    def on_duty(self) -> str:
        person = _duty[0](grid_code=self.grid_code, at=self.at) if self.grid_code else None
        return "" if person is None else str(person)

    def drawn(self, rule: str, percent: int, cycle: int) -> bool:
        return drawn_by_lot(number=self.number, rule=rule, cycle=cycle, percent=percent)

    def lead_is_open(self, lead_case: str) -> bool:
        from wangge.domains.cases.models.case import OPEN_STAGES

        with connection.cursor() as cursor:
            cursor.execute("SELECT id::text, stage FROM cases_case WHERE number = %s", [lead_case])
            row = cursor.fetchone()
        if row is None or row[0] == self.case_id or row[1] not in OPEN_STAGES:
            return False
        self.lead_ids[lead_case] = row[0]
        return True

    def is_district(self, unit: str) -> bool:
        known = units().get(unit)
        return known is not None and known.kind == "district_platform"

    def calendar_of(self, unit: str) -> str:
        return own_calendar(unit)

    def plausible(self) -> bool:
        if self.photos_plausible is None:
            from wangge.domains.cases.plausibility import pictures_of_case_fit

            self.photos_plausible = bool(self.case_id) and pictures_of_case_fit(case_id=self.case_id)
        return self.photos_plausible

    def told_end(self) -> int:
        return 0


@dataclass(frozen=True, slots=True)
class AsRecorded:
    """The surroundings a step was made in, as its payload says; for replays."""

    district: bool = False
    calendar: str = ""
    end: int = 0

    def on_duty(self) -> str:
        return ""

    def drawn(self, rule: str, percent: int, cycle: int) -> bool:
        return False

    def lead_is_open(self, lead_case: str) -> bool:
        return False

    def is_district(self, unit: str) -> bool:
        return self.district

    def calendar_of(self, unit: str) -> str:
        return self.calendar

    def plausible(self) -> bool:
        return False

    def told_end(self) -> int:
        return self.end


_NOWHERE = AsRecorded()


def as_recorded_in(content: Mapping[str, Any]) -> AsRecorded:
    """The surroundings that the payload of a step tells of."""
    if "district" in content:
        return AsRecorded(bool(content["district"]), str(content["calendar"]))
    return AsRecorded(end=moment(content["end"])) if "end" in content else _NOWHERE

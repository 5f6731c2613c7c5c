"""Owns the reading of a roster: rows of a table into turns, with a finding for each row that cannot be one. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class RosterProblem(StrEnum):
    """Why a row is no turn."""

    NO_PERSON = "no_person"
    NO_GRID = "no_grid"
    BAD_DAY = "bad_day"
    BAD_SHIFT = "bad_shift"
    BAD_TIME = "bad_time"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class RosterTurn:
    """A planned turn: user name, grid, shift, its span as moments."""

    username: str
    grid_code: str
    shift: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class RosterFinding:
    """A row (counted from 1, the heading not among them) that is no turn."""

    row: int
    problem: RosterProblem
    value: str


@dataclass(frozen=True, slots=True)
class Roster:
    """What a table came to."""

    turns: tuple[RosterTurn, ...]
    findings: tuple[RosterFinding, ...]


# Heading → meaning; a roster from an office has Chinese headings.
COLUMNS: Mapping[str, str] = {
    "用户名": "username", "username": "username", "责任网格": "grid", "网格": "grid", "grid": "grid",
    "日期": "day", "day": "day", "班次": "shift", "shift": "shift", "上岗": "from", "from": "from",
    "下岗": "to", "to": "to",
}  # fmt: skip
NEEDED = ("username", "grid", "day")


def columns_of(heading: Sequence[str]) -> dict[str, int]:
    """Meaning → column; empty where one of those needed is missing."""
    found = {COLUMNS[name.strip()]: place for place, name in enumerate(heading) if name.strip() in COLUMNS}
    return found if all(name in found for name in NEEDED) else {}


def spans_of(shifts: str) -> dict[str, tuple[time, time]]:
    """The setting ``shifts`` as spans: ``day 07:00-21:00`` gives day → 07:00, 21:00."""
    words = shifts.split()
    return {
        name: (time.fromisoformat(span[:5]), time.fromisoformat("00:00" if span[6:] == "24:00" else span[6:]))
        for name, span in zip(words[::2], words[1::2], strict=True)
    }


def read_roster(
    rows: Sequence[Mapping[str, str]],
    *,
    people: AbstractSet[str],
    grids: AbstractSet[str],
    spans: Mapping[str, tuple[time, time]],
    zone: ZoneInfo,
) -> Roster:
    """Turns of the rows, in their order, and what is wrong with the others.

    A row names user, grid and day, and either a shift of the city or a span of its own; a span across midnight ends
    on the next day.
    """
    turns: list[RosterTurn] = []
    findings: list[RosterFinding] = []
    taken: dict[tuple[str, str], list[tuple[datetime, datetime]]] = {}
    for number, row in enumerate(rows, 1):
        read = _turn(row, people, grids, spans, zone)
        if isinstance(read, RosterTurn):
            others = taken.setdefault((read.username, read.grid_code), [])
            if any(read.starts_at < end and start < read.ends_at for start, end in others):
                read = (RosterProblem.TWICE, read.username)
            else:
                others.append((read.starts_at, read.ends_at))
                turns.append(read)
                continue
        findings.append(RosterFinding(number, *read))
    return Roster(tuple(turns), tuple(findings))


def _turn(
    row: Mapping[str, str],
    people: AbstractSet[str],
    grids: AbstractSet[str],
    spans: Mapping[str, tuple[time, time]],
    zone: ZoneInfo,
) -> RosterTurn | tuple[RosterProblem, str]:
    name, grid = row.get("username", "").strip(), row.get("grid", "").strip()
    if name not in people:
        return RosterProblem.NO_PERSON, name
    if grid not in grids:
        return RosterProblem.NO_GRID, grid
    try:
        day = date.fromisoformat(row.get("day", "").strip()[:10].replace("/", "-"))
    except ValueError:
        return RosterProblem.BAD_DAY, row.get("day", "")
    span = _span(row, spans)
    if isinstance(span[0], RosterProblem):
        return span[0], str(span[1])
    start, end = span
    assert isinstance(end, time)
    starts_at = datetime.combine(day, start, zone)
    ends_at = datetime.combine(day if end > start else day + timedelta(days=1), end, zone)
    return RosterTurn(name, grid, row.get("shift", "").strip() or "day", starts_at, ends_at)


def _span(
    row: Mapping[str, str], spans: Mapping[str, tuple[time, time]]
) -> tuple[time, time] | tuple[RosterProblem, str]:
    first, last, shift = (row.get(name, "").strip() for name in ("from", "to", "shift"))
    if first or last:
        try:
            return time.fromisoformat(first), time.fromisoformat(last)
        except ValueError:
            return RosterProblem.BAD_TIME, f"{first}-{last}"
    if not shift and len(spans) == 1:
        return next(iter(spans.values()))
    return spans.get(shift, (RosterProblem.BAD_SHIFT, shift))

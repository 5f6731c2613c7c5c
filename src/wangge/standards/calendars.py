"""Calendars as data: working days by the State Council's notices, and dated working slots by scope.

The shipped tables lie in ``data/calendars``; a city's overlay may hold ``calendars/cn_days.csv`` and
``calendars/work_slots.csv`` in the same form. Every fault is a finding with file and line. No Django here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from wangge.groundwork.working_time import (
    Clock,
    ClockKind,
    ContinuousClock,
    Scope,
    ScopeKind,
    Season,
    Slot,
    SlotRow,
    SlotsOverlap,
    SlotsUnreadable,
    SlotTable,
    WorkCalendar,
    WorkingClock,
    day_number,
    parse_slots,
)
from wangge.standards.calendar_rows import CONFIDENCES, Cells, read_cells
from wangge.standards.findings import Finding, StandardsRefused, gettext_noop
from wangge.standards.tables import Origin

SHIPPED = Path(__file__).parent / "data" / "calendars"
DAYS_FILE, SLOTS_FILE = "cn_days.csv", "work_slots.csv"
_DAY_COLUMNS = ("year", "from", "to", "kind", "name_zh", "notice_number", "source", "confidence", "note")
_SLOT_COLUMNS = ("scope", "code", "from", "to", "season", "slots", "source", "confidence", "note")
# what a day of the kind is; "ordinary" lets an overlay take a shipped row back to Monday-to-Friday
_KINDS: Mapping[str, bool | None] = {"holiday": False, "makeup_workday": True, "ordinary": None}
_LONGEST_HOLIDAY = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class DayRow:
    """Days of one kind by one notice, ``first_on`` to ``last_on`` both counted; ``year`` is the notice's."""

    year: int
    first_on: date
    last_on: date
    works: bool | None
    name_zh: str
    notice_number: str
    source: str
    confidence: str
    note: str
    at: Origin


def read_day_rows(path: Path, *, shown_as: str, overlay: bool = False) -> tuple[list[DayRow], list[Finding]]:
    """The rows of one file of days with every fault found; never raises on wrong content."""
    rows: list[DayRow] = []
    cells_of_rows, findings = read_cells(path, _DAY_COLUMNS, shown_as=shown_as, overlay=overlay)
    for cells in cells_of_rows:
        row = _day_row(cells)
        findings += cells.findings
        if row is not None:
            rows.append(row)
    return rows, findings + _overlapping_days(rows)


def _day_row(cells: Cells) -> DayRow | None:
    for column in ("name_zh", "notice_number", "source"):
        cells.required(column)
    cells.one_of("confidence", CONFIDENCES)
    kind = cells.one_of("kind", tuple(_KINDS))
    year = cells.number("year")
    first, last = cells.day("from"), cells.day("to")
    if first and last and not timedelta(0) <= last - first <= _LONGEST_HOLIDAY:
        cells.wrong("to", gettext_noop("止日不早于起日，且一行不超过 31 天。"))
    if first and year and abs(first.year - year) > 1:
        cells.wrong("year", gettext_noop("年份写放假安排所属的年份。"))
    if first and last and kind == "makeup_workday" and (first != last or first.weekday() < 5):
        cells.wrong("from", gettext_noop("调休上班日一行一天，且必须是星期六或星期日。"))
    if cells.findings or not (first and last and year):
        return None
    text = cells.text
    return DayRow(
        year=year,
        first_on=first,
        last_on=last,
        works=_KINDS[kind],
        name_zh=text("name_zh"),
        notice_number=text("notice_number"),
        source=text("source"),
        confidence=text("confidence"),
        note=text("note"),
        at=cells.at,
    )


def _overlapping_days(rows: list[DayRow]) -> list[Finding]:
    findings: list[Finding] = []
    seen: dict[date, DayRow] = {}
    for row in rows:
        for day in _days_of(row):
            other = seen.setdefault(day, row)
            if other is not row:
                what = gettext_noop("%(day)s 已由第 %(line)s 行说明。")
                do = gettext_noop("同一天只能出现一次，请删去其中一行。")
                findings.append(Finding(row.at, what, do, {"day": day.isoformat(), "line": str(other.at.line)}))
    return findings


def _days_of(row: DayRow) -> list[date]:
    return [row.first_on + timedelta(days=n) for n in range((row.last_on - row.first_on).days + 1)]


def day_rows(overlay: Path | None = None) -> tuple[list[DayRow], tuple[Finding, ...]]:
    """The shipped rows of days followed by the overlay's, with every fault found."""
    rows, findings = read_day_rows(SHIPPED / DAYS_FILE, shown_as=f"calendars/{DAYS_FILE}")
    own = overlay / "calendars" / DAYS_FILE if overlay else None
    if own is not None and own.is_file():
        more, wrong = read_day_rows(own, shown_as=f"{own.parent.parent.name}/calendars/{DAYS_FILE}", overlay=True)
        rows, findings = rows + more, findings + wrong
    return rows, tuple(findings)


def load_calendar(overlay: Path | None = None) -> WorkCalendar:
    """The working days of China with a city's own rows on top; the known years are those a row names.

    An overlay's day goes before the shipped one. Refused: :class:`StandardsRefused` with every fault.
    """
    rows, findings = day_rows(overlay)
    if findings:
        raise StandardsRefused(findings)
    exceptions: dict[int, bool] = {}
    for row in rows:
        for day in _days_of(row):
            if row.works is None:
                exceptions.pop(day_number(day), None)
            else:
                exceptions[day_number(day)] = row.works
    return WorkCalendar.of_years("cn", {row.year for row in rows}, exceptions)


def read_slot_rows(path: Path, *, shown_as: str, overlay: bool = False) -> tuple[list[SlotRow], list[Finding]]:
    """The rows of one file of working slots with every fault found; never raises on wrong content."""
    rows: list[SlotRow] = []
    cells_of_rows, findings = read_cells(path, _SLOT_COLUMNS, shown_as=shown_as, overlay=overlay)
    for cells in cells_of_rows:
        row = _slot_row(cells)
        if row is not None:
            try:
                SlotTable([*rows, row])
            except SlotsOverlap as overlap:
                cells.fault(str(overlap))
            else:
                rows.append(row)
        findings += cells.findings
    return rows, findings


def _slot_row(cells: Cells) -> SlotRow | None:
    kind = cells.one_of("scope", tuple(ScopeKind))
    if kind in tuple(ScopeKind) and (kind == ScopeKind.CITY) != (not cells.text("code")):
        cells.wrong("code", gettext_noop("全市的行不写代码，其他范围必须写代码。"))
    first = cells.day("from")
    last = cells.day("to") if cells.text("to") else None
    if first and last and last < first:
        cells.wrong("to", gettext_noop("止日不早于起日。"))
    cells.required("source")
    cells.one_of("confidence", CONFIDENCES)
    season, slots = _season(cells), _slots(cells)
    if cells.findings or first is None:
        return None
    return SlotRow(
        scope=Scope(ScopeKind(kind), cells.text("code")),
        slots=slots,
        first_day=day_number(first),
        last_day=None if last is None else day_number(last),
        season=season,
    )


def _season(cells: Cells) -> Season | None:
    text = cells.text("season")
    if not text:
        return None
    try:
        # a leap year, so that 02-29 can be written
        first, last = (date.fromisoformat(f"2000-{end}") for end in text.split("/"))
    except ValueError:
        cells.wrong("season", gettext_noop("季节写作 05-01/09-30。"))
        return None
    return Season((first.month, first.day), (last.month, last.day))


def _slots(cells: Cells) -> tuple[Slot, ...]:
    try:
        return parse_slots(cells.text("slots"))
    except SlotsUnreadable:
        cells.wrong("slots", gettext_noop("时段写作 08:00-12:00 14:00-18:00，全天不计时则留空。"))
        return ()


def slot_rows(overlay: Path | None = None) -> tuple[list[SlotRow], tuple[Finding, ...]]:
    """The dated slots in force: the overlay's city rows replace the shipped ones, other scopes are added."""
    rows, findings = read_slot_rows(SHIPPED / SLOTS_FILE, shown_as=f"calendars/{SLOTS_FILE}")
    own = overlay / "calendars" / SLOTS_FILE if overlay else None
    if own is not None and own.is_file():
        more, wrong = read_slot_rows(own, shown_as=f"{own.parent.parent.name}/calendars/{SLOTS_FILE}", overlay=True)
        replaced = {row.scope for row in more}
        rows, findings = [row for row in rows if row.scope not in replaced] + more, findings + wrong
    return rows, tuple(findings)


def load_slot_table(overlay: Path | None = None, *, city_slots: str = "") -> SlotTable:
    """The dated slots by scope; ``city_slots`` (the setting work_slots) replaces the shipped row of the city.

    An overlay's own row of the city goes before the setting. Refused: :class:`StandardsRefused`.
    """
    rows, findings = slot_rows(overlay)
    if findings:
        raise StandardsRefused(findings)
    shipped, _ = read_slot_rows(SHIPPED / SLOTS_FILE, shown_as=SLOTS_FILE)
    if city_slots:
        slots = parse_slots(city_slots)
        rows = [SlotRow(row.scope, slots, row.first_day) if row in shipped else row for row in rows]
    return SlotTable(rows)


def check_calendars(overlay: Path | None = None) -> tuple[Finding, ...]:
    """Every fault of the calendars, shipped and overlay, for ``wangge standards check``."""
    return (*day_rows(overlay)[1], *slot_rows(overlay)[1])


class CityClocks:
    """The clocks of a city, one built per chain of scopes and kept; a few milliseconds to build."""

    __slots__ = ("_clocks", "_continuous", "calendar", "slots")

    def __init__(self, calendar: WorkCalendar, slots: SlotTable) -> None:
        self.calendar = calendar
        self.slots = slots
        self._continuous = ContinuousClock()
        self._clocks: dict[str, WorkingClock] = {}

    def clock_of(self, kind: str, scopes: str = "") -> Clock:
        """The clock of a kind (``continuous``, ``working``) for scopes written most specific first.

        ``scopes`` is a text like ``department:D017 district:430202``; the city always comes last, and empty
        text means the city alone.
        """
        if kind == ClockKind.CONTINUOUS:
            return self._continuous
        known = self._clocks.get(scopes)
        if known is None:
            known = self._clocks[scopes] = WorkingClock(self.calendar, self.slots.slots_of(scope_chain(scopes)))
        return known


def scope_chain(scopes: str) -> tuple[Scope, ...]:
    """The chain of scopes of a text like ``department:D017 district:430202``, the city added at its end."""
    named = (word.partition(":") for word in scopes.split())
    chain = [Scope(ScopeKind(kind), code) for kind, _, code in named if kind != ScopeKind.CITY]
    return (*chain, Scope(ScopeKind.CITY))


def load_city_clocks(overlay: Path | None = None, *, city_slots: str = "") -> CityClocks:
    """Calendar and slots of a city made ready. Refused: :class:`StandardsRefused`."""
    return CityClocks(load_calendar(overlay), load_slot_table(overlay, city_slots=city_slots))

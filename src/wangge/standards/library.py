"""The library of tables: the national rows with a city's overlay on them, as they hold on a day.

A row of the overlay replaces the national row of the same key for the days it holds, a new key adds a row,
and ``remove=yes`` takes a row away. ``load_tables`` refuses with every finding at once, and answers from
memory after the first call of the process.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from wangge.standards.checks import check_tables
from wangge.standards.findings import Finding, StandardsRefused, gettext_noop
from wangge.standards.reading import (
    FORM_OF_FILE,
    FORMS,
    SETTING_VALUES,
    RawRow,
    TableForm,
    read_file,
    typed_row,
)
from wangge.standards.tables import Origin, Tables

NATIONAL = Path(__file__).parent / "data" / "national"
# tables of reference that pages quote but no rule reads
REFERENCE_FILES = frozenset(
    {"clock_rules.csv", "code_structures.csv", "events_unnumbered.csv", "fields.csv", "standards_list.csv"}
)


_stacks: dict[Path | None, Stack] = {}
_kept_states: dict[Path | None, dict[date | None, Tables]] = {}


@dataclass(frozen=True, slots=True)
class Stack:
    """The raw rows of every table, national and overlay, with the findings of reading them."""

    national: dict[str, list[RawRow]]
    overlay: dict[str, list[RawRow]]
    findings: tuple[Finding, ...]

    @property
    def boundaries(self) -> tuple[date, ...]:
        """The days on which some row begins or ends, in order."""
        days = {
            day
            for side in (self.national, self.overlay)
            for name, rows in side.items()
            if name != SETTING_VALUES.name
            for row in rows
            for day in (row.at.valid_from, row.at.valid_to)
            if day
        }
        return tuple(sorted(days))


def load_tables(overlay: Path | None = None, *, on: date | None = None) -> Tables:
    """Every table with ``overlay`` applied, as it holds ``on`` a day (None: after the last dated change).

    Raises StandardsRefused naming each fault by file and line. Cached per process and state of the tables.
    """
    states = _states(overlay)
    days = [day for day in states if day is not None and (on is None or day <= on)]
    return states[days[-1] if days else None]


def find_faults(overlay: Path | None = None) -> tuple[Finding, ...]:
    """What ``load_tables`` would refuse, as findings; empty when the tables are sound."""
    try:
        _states(overlay)
    except StandardsRefused as refused:
        return refused.findings
    return ()


def read_directory(directory: Path) -> tuple[Stack, tuple[Finding, ...]]:
    """Read another directory of tables for comparison; tables it lacks count as empty (not cached)."""
    stack = _read(directory, None)
    return stack, tuple(finding for finding in stack.findings if finding.at.line)


def forget_loaded_tables() -> None:
    """Drop what the process has read: for tests, and after an import wrote into the overlay."""
    _stacks.clear()
    _kept_states.clear()


def renew_tables(overlay: Path) -> tuple[Finding, ...]:
    """Read the overlay anew, for a running process; with faults what was read before goes on, and they are told."""
    stack = _read(NATIONAL, overlay)
    states, faults = _states_of(stack)
    if not faults:
        _stacks[overlay], _kept_states[overlay] = stack, states
    return faults


def read_stack(overlay: Path | None) -> Stack:
    """The raw rows of the shipped tables and of ``overlay``."""
    found = _stacks.get(overlay)
    if found is None:
        found = _stacks[overlay] = _read(NATIONAL, overlay)
    return found


def _read(base: Path, overlay: Path | None) -> Stack:
    findings: list[Finding] = []
    national: dict[str, list[RawRow]] = defaultdict(list)
    above: dict[str, list[RawRow]] = defaultdict(list)
    for form in FORMS:
        for file in form.files:
            if not (base / file).is_file():
                findings.append(_no_such_file(file))
                continue
            found, wrong = read_file(base / file, form, shown_as=f"{base.name}/{file}", overlay=False)
            national[form.name] += found
            findings += wrong
    if overlay is not None:
        findings += _read_overlay(overlay, above)
    findings += _overlaps(national) + _overlaps(above)
    return Stack(dict(national), dict(above), tuple(findings))


def _read_overlay(overlay: Path, above: dict[str, list[RawRow]]) -> list[Finding]:
    if not overlay.is_dir():
        return [
            Finding(
                Origin(str(overlay), 0, True),
                gettext_noop("城市目录不存在。"),
                gettext_noop("请检查 WANGGE_OVERLAY。"),
            )
        ]
    findings: list[Finding] = []
    for path in sorted(overlay.glob("*.csv")):
        form = SETTING_VALUES if path.name == "settings.csv" else FORM_OF_FILE.get(path.name)
        shown_as = f"{overlay.name}/{path.name}"
        if form is None:
            findings.append(
                Finding(
                    Origin(shown_as, 1, True),
                    gettext_noop("没有名为“%(file)s”的表。"),
                    gettext_noop("文件名须与国家表相同：%(known)s。"),
                    {"file": path.name, "known": " ".join(sorted(FORM_OF_FILE))},
                )
            )
            continue
        found, wrong = read_file(path, form, shown_as=shown_as, overlay=True)
        above[form.name] += found
        findings += wrong
    return findings


def _no_such_file(file: str) -> Finding:
    return Finding(Origin(file, 0), gettext_noop("缺少这张表。"), gettext_noop("请恢复该文件。"))


def _overlaps(side: dict[str, list[RawRow]]) -> list[Finding]:
    """Two rows of one key that hold on the same day."""
    findings = []
    for rows in side.values():
        by_key: dict[tuple[str, ...], list[RawRow]] = defaultdict(list)
        for row in rows:
            by_key[row.at.key].append(row)
        for same in by_key.values():
            for index, row in enumerate(same):
                first = next((other for other in same[:index] if overlap(row.at, other.at)), None)
                if first:
                    findings.append(_overlap_finding(row, first))
    return findings


def overlap(a: Origin, b: Origin) -> bool:
    """Whether two rows hold on some same day."""
    low, high = date.min, date.max
    return (a.valid_from or low) < (b.valid_to or high) and (b.valid_from or low) < (a.valid_to or high)


def _overlap_finding(row: RawRow, first: RawRow) -> Finding:
    return Finding(
        row.at,
        gettext_noop("“%(key)s”与 %(first)s 的有效期重叠。"),
        gettext_noop("同一行的两个版本不能同时有效，请改 valid_from 或 valid_to。"),
        {"key": " ".join(row.at.key), "first": str(first.at)},
    )


def _states(overlay: Path | None) -> dict[date | None, Tables]:
    """Every state of the tables by the day it begins (None: before the first change), all of them checked."""
    found = _kept_states.get(overlay)
    if found is None:
        found, faults = _states_of(read_stack(overlay))
        if faults:
            raise StandardsRefused(faults)
        _kept_states[overlay] = found
    return found


def _states_of(stack: Stack) -> tuple[dict[date | None, Tables], tuple[Finding, ...]]:
    states: dict[date | None, Tables] = {}
    findings = list(stack.findings)
    for day in (None, *stack.boundaries):
        states[day], wrong = _build(stack, day)
        findings += wrong
    return states, distinct(findings)


def distinct(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each fault once, by file and line: a row that stands in several states is found wrong in each."""
    by_text = {finding.text(): finding for finding in findings}
    return tuple(sorted(by_text.values(), key=lambda finding: (finding.at.file, finding.at.line)))


@dataclass
class _Building:
    """What is put together while the rows of one day are read."""

    findings: list[Finding] = field(default_factory=list)
    replaced: dict[tuple[str, tuple[str, ...]], object] = field(default_factory=dict)
    lost_rows: bool = False

    def typed(self, raw: RawRow) -> Any:
        row, wrong = typed_row(raw)
        self.findings += wrong
        self.lost_rows |= row is None
        return row

    def rows(self, form: TableForm, stack: Stack, day: date | None) -> tuple[Any, ...]:
        national = {row.at.key: row for row in stack.national.get(form.name, ()) if _holds(row, day)}
        overlay = {row.at.key: row for row in stack.overlay.get(form.name, ()) if _holds(row, day)}
        typed = [
            self._one(form, national.get(key), overlay.get(key))
            for key in (*national, *(key for key in overlay if key not in national))
        ]
        return tuple(row for row in typed if row is not None)

    def _one(self, form: TableForm, below: RawRow | None, above: RawRow | None) -> Any:
        if above is None:
            return self.typed(below) if below else None
        self.replaced[form.name, above.at.key] = typed_row(below)[0] if below else None
        if above.removes:
            if below is None:
                self.findings.append(_removes_nothing(above))
            return None
        if below is not None:
            # columns the overlay's file leaves out keep the national value
            above = RawRow(form, {**below.cells, **above.cells}, above.at)
        return self.typed(above)


def _build(stack: Stack, day: date | None) -> tuple[Tables, list[Finding]]:
    building = _Building()
    built: dict[str, Any] = {form.name: building.rows(form, stack, day) for form in FORMS}
    values = [building.typed(raw) for raw in stack.overlay.get(SETTING_VALUES.name, ())]
    tables = Tables(
        **built,
        setting_values=tuple(value for value in values if value is not None),
        replaced=building.replaced,
        states_on=stack.boundaries,
    )
    if not building.lost_rows:
        # with rows missing, the checks between tables would only repeat the same fault in other words
        building.findings += check_tables(tables)
    return tables, building.findings


def _holds(row: RawRow, day: date | None) -> bool:
    return row.at.valid_from is None if day is None else row.at.holds_on(day)


def _removes_nothing(raw: RawRow) -> Finding:
    return Finding(
        raw.at,
        gettext_noop("要删除的“%(key)s”不存在。"),
        gettext_noop("请检查主键，或删去这一行。"),
        {"key": " ".join(raw.at.key)},
    )

"""Tells a case's steps as facts: replays them by the logic of cases and notes what each step was and measured.

One pass over the stored payloads, no judging: what a replay makes is what was written. The answers are plain numbers
and small dictionaries, ready for Arrow.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from wangge.domains.cases.logic import clocks
from wangge.domains.cases.logic.attempt import Attempt
from wangge.domains.cases.logic.effects import Made, make
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import PAUSED, RUNNING, STOPPED, CaseState
from wangge.domains.cases.logic.views import counts_on_time
from wangge.domains.cases.replaying import civil_of
from wangge.domains.cases.surroundings import as_recorded_in
from wangge.domains.evaluation.logic.facts import FIELD_STAGES, NUMBERS, ONCE_VERBS, SEATS, WIDE, What
from wangge.groundwork.working_time import CalendarUnknown

RulesOf = Callable[[date], Rulebook]
_CLOSING = frozenset({"close_case", "quick_close"})
_CORRECTING = _CLOSING | {"approve_void", "decline_filing", "return_to_acceptor", "grant_appeal"}
_NO_ARGS: dict[str, str] = {}


_FULL = ("seq", "what", "at", "recorded", "reported", "category", "unit", "collector", "seat")
"""The columns every step fills; those of the case are repeated for it, the rest is rare."""
_OF_CASE = ("case", "place", "component")


@dataclass(slots=True)
class Told:
    """The facts of many cases, and the dictionaries their numbers point into (from 1)."""

    full: array[int] = field(default_factory=lambda: array("i"))  # row after row
    cases: list[tuple[int, int, int, int]] = field(default_factory=list)  # case, place, component, rows
    rare: dict[str, tuple[array[int], array[int]]] = field(default_factory=dict)  # column → (rows, values)
    rows: int = 0
    whats: dict[What, int] = field(default_factory=dict)
    places: dict[tuple[str, ...], int] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)

    def columns(self) -> dict[str, NDArray[Any]]:
        """Every column of the facts, whole."""
        full = np.frombuffer(self.full, dtype=np.int32).reshape(-1, len(_FULL))
        columns: dict[str, NDArray[Any]] = {name: full[:, place] for place, name in enumerate(_FULL)}
        of_case = np.array(self.cases, dtype=np.int64).reshape(-1, 4)
        for place, name in enumerate(_OF_CASE):
            values = np.repeat(of_case[:, place], of_case[:, 3])
            columns[name] = values if name in WIDE else values.astype(np.int32)
        for name in NUMBERS:
            if name not in columns:
                columns[name] = np.zeros(self.rows, dtype=np.int32)
        for name, (rows, values_of) in self.rare.items():
            columns[name][np.frombuffer(rows, dtype=np.int32)] = np.frombuffer(values_of, dtype=np.int32)
        return columns

    def note(self, name: str, value: int) -> None:
        """Fill a rare column of the row that comes next."""
        if value:
            found = self.rare.get(name)
            if found is None:
                found = self.rare[name] = array("i"), array("i")
            found[0].append(self.rows)
            found[1].append(value)

    def code(self, text: str) -> int:
        """The number of a code; 0 for none."""
        return self.codes.setdefault(text, len(self.codes) + 1) if text else 0

    def place(self, place: tuple[str, ...]) -> int:
        return self.places.setdefault(place, len(self.places) + 1)

    def what(self, what: What) -> int:
        return self.whats.setdefault(what, len(self.whats) + 1)


@dataclass(frozen=True, slots=True)
class Subject:
    """The case the steps belong to: its number in the warehouse, place, component and how many steps are known."""

    case: int
    known: int
    place: tuple[str, ...]
    component: str


@dataclass(slots=True)
class _Cycle:
    """What later steps of the cycle correct or replace."""

    accepted: int = 0
    accepter: str = ""
    filed: int = 0
    handled: int = 0
    handled_reading: str = ""
    handled_unit: str = ""
    inner_handled: int = 0
    inner_reading: str = ""
    reworked: int = 0
    inspected: int = 0
    inspection: str = ""
    inspector: str = ""
    dispatcher: str = ""
    booked: int = 0  # the deadline the case stands with: of a running clock, or as it was when the work was reported
    done: tuple[str, ...] = ()


def tell_case(told: Told, subject: Subject, steps: Sequence[Sequence[bytes]], rules_of: RulesOf) -> None:
    """Add the facts of one case: ``steps`` are (at, recorded_at, payload) in their order, from the first on."""
    teller = _Teller(told, subject)
    for seq, (at, recorded_at, payload) in enumerate(steps, start=1):
        teller.step(seq, civil_of(at), civil_of(recorded_at), orjson.loads(payload), rules_of)
    told.cases.append((subject.case, teller.place, told.code(subject.component), max(0, len(steps) - subject.known)))


class _Teller:
    """One case on its way through its steps."""

    __slots__ = ("cycle", "place", "rules", "running", "state", "subject", "told")

    def __init__(self, told: Told, subject: Subject) -> None:
        self.told, self.subject = told, subject
        self.state, self.cycle = CaseState(), _Cycle()
        self.rules: Rulebook | None = None
        self.running = 0
        self.place = told.place(subject.place)

    def step(self, seq: int, at: int, recorded: int, content: dict[str, Any], rules_of: RulesOf) -> None:
        """Make the step again and note it, unless it is known already."""
        if "rules_on" in content:
            self.rules = rules_of(date.fromisoformat(content["rules_on"]))
        rules, state = self.rules, self.state
        assert rules is not None
        verb, by = content["verb"], content["by"]
        row = rules.moves[verb, state.stage]
        args = content.get("args", _NO_ARGS)
        attempt = Attempt(
            verb, by, content["post"], at, args, frozenset(content.get("evidence", ())), content.get("unit", "")
        )
        around = as_recorded_in(content)
        if verb == "reopen":
            self.cycle, self.running = _Cycle(), 0
        counted = ""
        if verb in _CLOSING or verb == "grant_appeal":
            counted = "yes" if counts_on_time(state) else "no"
        task_of = state.assignee if state.stage in FIELD_STAGES else ""
        held = state.unit, state.category
        handling = state.handling
        before = (handling, handling.status, handling.since, handling.allowance)
        made = make(rules, state, row, attempt, around, tier=content.get("tier", 0))
        booked_before, running_before = self.cycle.booked, self.running
        after = (state.handling, state.handling.status, state.handling.since, state.handling.allowance)
        if before != after or before[0] is not after[0] or "outside" in (made.from_stage, state.stage):
            self._reckon(rules, verb)
        if seq > self.subject.known:
            self._note(rules, seq, at, recorded, attempt, made, counted, task_of, held, booked_before, running_before)
        self._remember(attempt, made)

    def _reckon(self, rules: Rulebook, verb: str) -> None:
        """The deadline the case is booked with, and the one that runs now."""
        state, handling = self.state, self.state.handling
        try:
            self.running = clocks.handling_due(rules, state)
            if state.stage == "outside" and state.clock is not None:
                self.running = clocks.stage_clock_due(rules, state.clock)
        except CalendarUnknown:
            self.running = 0
        if handling.status == RUNNING:
            self.cycle.booked = self.running
        elif handling.status == PAUSED or (verb != "report_handled" and handling.status != STOPPED):
            self.cycle.booked = 0
        if state.stage == "voided":
            self.cycle.booked = self.running = 0

    def _note(
        self,
        rules: Rulebook,
        seq: int,
        at: int,
        recorded: int,
        attempt: Attempt,
        made: Made,
        counted: str,
        task_of: str,
        held: tuple[str, str],
        booked_before: int,
        running_before: int,
    ) -> None:
        told, state, cycle = self.told, self.state, self.cycle
        verb = attempt.verb
        what = self._what(rules, attempt, made, counted, "yes" if held != (state.unit, state.category) else "no")
        codes = told.codes
        category, unit, post = state.category, state.unit, attempt.post
        told.full.extend(
            (
                seq, told.what(what), at, recorded, state.reported_at,
                (codes.get(category) or told.code(category)) if category else 0,
                (codes.get(unit) or told.code(unit)) if unit else 0,
                told.code(self._collector(task_of)),
                told.code(attempt.by) if post in SEATS and attempt.by.isdigit() else 0,
            )
        )  # fmt: skip
        if held != (unit, category):
            for name, was, is_now in (("unit_before", held[0], unit), ("category_before", held[1], category)):
                if was != is_now:
                    told.note(name, told.code(was) or -1)
        if state.inner is not None or verb.startswith("district_"):
            told.note("inner", told.code(_inner_unit(state, attempt)))
        if booked_before != cycle.booked:
            told.note("due_before", booked_before)
            told.note("due_after", cycle.booked)
        if running_before != self.running:
            told.note("run_before", running_before)
            told.note("run_after", self.running)
        if verb in _CORRECTING:
            self._note_corrected(verb, booked_before)
        elif verb == "report_handled" and cycle.handled:
            told.note("replaces", cycle.handled)
            told.note("former_unit", told.code(cycle.handled_unit))
        elif verb == "district_report_handled" and cycle.inner_handled:
            told.note("replaces", cycle.inner_handled)
        told.rows += 1

    def _note_corrected(self, verb: str, booked_before: int) -> None:
        """To which earlier moments and persons a correction belongs."""
        told, state, cycle = self.told, self.state, self.cycle
        if verb in _CLOSING:
            told.note("author", told.code(cycle.dispatcher))
            return
        told.note("accepted", cycle.accepted)
        told.note("filed", cycle.filed)
        kind = state.appeal.kind if verb == "grant_appeal" and state.appeal is not None else ""
        author = cycle.accepter if verb in ("decline_filing", "return_to_acceptor") else state.filer
        author = cycle.dispatcher if kind == "wrong_owner" else author
        told.note("author", told.code(author if author.isdigit() else ""))
        if kind:
            for name in ("handled", "reworked", "inspected"):
                told.note(name, getattr(cycle, name))
            told.note("closed", state.closed_at)
            told.note("due", booked_before)
        if kind == "false_verification":
            # The field task is its inspector's, whoever reported the case.
            told.full[-2] = told.code(cycle.inspector)

    def _what(self, rules: Rulebook, attempt: Attempt, made: Made, counted: str, moved: str) -> What:
        state, cycle, verb = self.state, self.cycle, attempt.verb
        clock = reading = replaced = inner_replaced = first = units = appeal = answer = grade = audit = done = ""
        clock_reading = verified = ""
        if made.stage_reading is not None:
            clock, used, allowance = made.stage_reading
            clock_reading = _reading(used, allowance)
        if verb == "report_handled":
            reading, replaced = _reading(*state.readings[-1]), cycle.handled_reading
        elif verb == "district_report_handled":
            inner_replaced = cycle.inner_reading
        elif verb == "call_back":
            answer = attempt.args["answer"]
        elif verb == "rate":
            grade = "satisfied" if attempt.args["grade"] in rules.rating_satisfied else "other"
        elif verb == "confirm_self_handled":
            audit = rules.settings["self_handled_counts_as_filed"]
        if counted:
            units = "1" if len(state.units) == 1 else "2+" if state.units else ""
        if state.appeal is not None and verb.endswith("_appeal"):
            appeal = state.appeal.kind
            if verb == "grant_appeal":
                first = _reading(*state.readings[0]) if state.readings else ""
                if appeal == "false_verification":
                    clock, clock_reading = "inspect_task", cycle.inspection
        if verb in ONCE_VERBS or state.stage == "filed" or made.from_stage == "filed":
            done = f" {' '.join(cycle.done)} " if cycle.done else ""
        if verb == "file_case" or "reported" in (state.stage, made.from_stage):
            verified = state.verification
        stages = rules.stages
        return What(
            verb, made.from_stage, state.stage, attempt.post, state.source,
            "yes" if rules.entries[state.source].complaint else "no", verified, "yes" if state.parent else "no",
            "yes" if self.subject.place[3] else "no",
            "yes" if made.from_stage == "new" or stages[made.from_stage].is_ending else "no",
            "yes" if stages[state.stage].is_ending else "no",
            clock, clock_reading, _reading(*made.inner_reading) if made.inner_reading is not None else "",
            reading, replaced, inner_replaced, first, counted, units, appeal, answer, grade, audit, moved, done,
            "1" if state.cycle == 1 else "2+",
        )  # fmt: skip

    def _collector(self, task_of: str) -> str:
        """The collector the step is about: whose field task it is, else who reported on patrol."""
        state = self.state
        person = task_of or (state.assignee if state.stage in FIELD_STAGES else "")
        if not person and state.entry in ("report", "report_self_handled"):
            person = state.entry_by
        return person if person.isdigit() else ""

    def _remember(self, attempt: Attempt, made: Made) -> None:
        state, cycle, verb = self.state, self.cycle, attempt.verb
        if verb in ("accept", "quick_dispatch"):
            cycle.accepted, cycle.accepter = attempt.at, attempt.by
        if verb in ("file_case", "quick_dispatch"):
            cycle.filed = attempt.at
        if verb in ("dispatch", "quick_dispatch") and not cycle.dispatcher:
            cycle.dispatcher = attempt.by if attempt.by.isdigit() else ""
        elif verb == "report_handled":
            cycle.handled, cycle.handled_unit = attempt.at, state.unit
            cycle.handled_reading = _reading(*state.readings[-1])
        elif verb == "district_report_handled" and made.inner_reading is not None:
            cycle.inner_handled, cycle.inner_reading = attempt.at, _reading(*made.inner_reading)
        elif verb in ("order_rework", "fail_inspection") and not cycle.reworked:
            cycle.reworked = attempt.at
        if verb in ("pass_inspection", "fail_inspection"):
            cycle.inspected, cycle.inspector = attempt.at, attempt.by
            cycle.inspection = _reading(*made.stage_reading[1:]) if made.stage_reading is not None else ""
        if verb in ONCE_VERBS and verb not in cycle.done:
            cycle.done = (*sorted({*cycle.done, verb}),)


def _inner_unit(state: CaseState, attempt: Attempt) -> str:
    """The unit inside a district: the one it went to, or the one that acts."""
    if state.inner is not None and state.inner.unit:
        return state.inner.unit
    return attempt.args.get("department") or attempt.unit


def _reading(used: int, allowance: int) -> str:
    return "in_time" if used <= allowance else "late"

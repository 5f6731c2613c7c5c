"""The auditors: small, slow readers of rows and steps; each says what is wrong in words, or nothing.

They share no code with the logic they watch: stages, clocks and posts are read anew from the tables, the time from a
count of single minutes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.living_city.tables import Minutes, limit_of, minutes_of, moment_of, moves, rows_of, stages

ENDS = ("suspended_until", "postponed_until")


@dataclass(frozen=True, slots=True)
class Step:
    """A step as it is kept: its payload, and when it counts (civil minutes)."""

    at: int
    payload: bytes
    digest: bytes
    told: Mapping[str, Any]

    @property
    def verb(self) -> str:
        return str(self.told["verb"])

    @property
    def by(self) -> str:
        return str(self.told["by"])

    @property
    def args(self) -> Mapping[str, str]:
        return dict(self.told.get("args", {}))


@dataclass(frozen=True, slots=True)
class Kept:
    """A case as it is kept: some columns of its row (moments in civil minutes), its state as JSON, its steps."""

    number: str
    case_id: bytes
    stage: str
    version: int
    columns: Mapping[str, int | None]
    state: Mapping[str, Any]
    steps: Sequence[Step]
    district: str = ""
    reporter: str = ""
    children: Sequence[Kept] = ()


@dataclass(frozen=True, slots=True)
class World:
    """What an auditor must know of the city: its settings, its calendar, the moment."""

    settings: Mapping[str, str]
    minutes: Minutes
    now: int
    days_changed: bool = False  # the calendar was another one when some of the steps were made


Auditor = Callable[[Kept, World], Iterator[str]]


# ---- the chain and the stage ---------------------------------------------------------------------------------------


def steps_make_a_chain(case: Kept, world: World) -> Iterator[str]:
    """Numbered from 1 without a gap, each hash SM3 of the one before it and of its own bytes."""
    tail = hashlib.new("sm3", case.case_id).digest()
    for place, step in enumerate(case.steps, 1):
        if step.told["seq"] != place:
            yield f"step {place} bears the number {step.told['seq']}"
        tail = hashlib.new("sm3", tail + step.payload).digest()
        if tail != step.digest:
            yield f"step {place}: its hash is not that of its bytes"
    if case.version != len(case.steps):
        yield f"the row says version {case.version}, there are {len(case.steps)} steps"


def steps_lead_to_the_stage(case: Kept, world: World) -> Iterator[str]:
    """From ``new`` along the table, by verbs alone, to the stage of the row."""
    stage = "new"
    for place, step in enumerate(case.steps, 1):
        row = moves().get((step.verb, stage))
        if row is None:
            yield f"step {place}: no {step.verb} from {stage}"
            return
        if step.told["post"] not in row["post"].split(";"):
            yield f"step {place}: {step.told['post']} may not {step.verb}"
        stage = row["to_stage"]
    if stage != case.stage:
        yield f"the steps lead to {stage}, the row says {case.stage}"


# ---- clocks --------------------------------------------------------------------------------------------------------


def one_clock_runs(case: Kept, world: World) -> Iterator[str]:
    """Every open case has exactly one running clock, or a recorded reason for none; an ended one has none."""
    row = stages()[case.stage]
    clock, handling = case.state.get("clock"), case.state.get("handling", ["idle"])[0]
    running = [clock[0]] if clock else []
    if handling == "running":
        running.append("handling")
    reasons = [name for name in ENDS if case.state.get(name)]
    question = case.state.get("question")
    if question and question[2]:
        reasons.append("question")
    if row["is_ending"] == "Y":
        if running:
            yield f"{case.stage} and yet {' '.join(running)} runs"
        return
    if case.stage == "awaiting_children":
        expected: list[str] = []
    elif row["stage_clock"]:
        expected = [row["stage_clock"]]
    else:
        expected = [] if reasons else ["handling"]
    if running != expected:
        yield f"{case.stage}: {' '.join(running) or 'no clock'} runs, should {' '.join(expected) or 'none'} {reasons}"
    allowed = row["handling_clock"].split(" or ")
    if handling not in allowed:
        yield f"{case.stage}: the handling clock is {handling}, not {row['handling_clock']}"
    if case.stage == "handling" and (handling == "paused") != bool(reasons):
        yield f"handling is {handling} for {reasons or 'no reason'}"


@dataclass(slots=True)
class Handling:
    """The handling clock as the table's words make it: which stretches it ran, out of what allowance."""

    clock: str = "working"
    base: int = 0
    allowance: int = 0
    status: str = "idle"
    stretches: list[tuple[int, int]] = field(default_factory=list)
    since: int = 0
    unit: str = ""
    asked: int = 0
    question_pauses: bool = False

    def used(self, world: World, until: int) -> int:
        """Minutes of all stretches, the running one up to ``until``."""
        ran = [*self.stretches, (self.since, until)] if self.status == "running" else self.stretches
        return sum(world.minutes.between(start, end, self.clock) for start, end in ran)

    def begin(self, at: int) -> None:
        self.status, self.since, self.stretches, self.allowance = "running", at, [], self.base

    def go_on(self, at: int) -> None:
        self.status, self.since = "running", at

    def halt(self, at: int, status: str) -> None:
        if self.status == "running":
            self.stretches.append((self.since, at))
        self.status = status


def handling_of(case: Kept, world: World) -> Handling:
    """Read the clock from the steps, in the words of ``clock_ops``."""
    clock, stage = Handling(), "new"
    for step in case.steps:
        row, args = moves()[step.verb, stage], step.args
        if step.verb in ("file_case", "quick_dispatch", "open_child"):
            edition = case.state.get("limit_edition", "")
            clock.clock, clock.base = limit_of(args["category"], int(args["condition_seq"]), edition)
        if step.verb == "request_extension":
            clock.asked = minutes_of(args["amount"])[1]
        for word in row["clock_ops"].split():
            operation, _, name = word.partition(":")
            if name in ("handling", "all"):
                _operate(clock, operation if name == "handling" else "stop_all", step, args, world)
        if "department" in args and step.verb in ("dispatch", "quick_dispatch", "redispatch", "rule_department"):
            clock.unit = args["department"]
        if step.verb == "reopen":
            clock.unit = ""
        if step.verb == "reporter_answered" or row["to_stage"] != stage:
            clock.question_pauses = False
        stage = row["to_stage"]
    return clock


def _operate(clock: Handling, operation: str, step: Step, args: Mapping[str, str], world: World) -> None:
    at = step.at
    pauses = {row["why"]: row["pauses_handling"] == "Y" for row in rows_of("ask_reasons")}
    if operation == "start" or (operation == "resume_or_restart" and args["department"] != clock.unit):
        clock.begin(at)
    elif operation in ("resume", "resume_or_restart"):
        clock.go_on(at)
    elif operation == "rework":
        if world.settings["rework_clock"] == "restart":
            clock.begin(at)
        else:
            clock.go_on(at)
    elif operation == "pause":
        clock.halt(at, "paused")
    elif operation == "stop" or (operation == "stop_all" and clock.status != "idle"):
        clock.halt(at, "stopped")
    elif operation == "extend":
        clock.allowance += clock.asked
    elif operation == "reset":
        clock.status, clock.stretches, clock.allowance = "idle", [], 0
    elif operation == "pause_if_listed" and pauses[args["why"]]:
        clock.halt(at, "paused")
        clock.question_pauses = True
    elif operation == "resume_if_paused" and clock.question_pauses:
        clock.go_on(at)


def used_and_left_are_the_whole(case: Kept, world: World) -> Iterator[str]:
    """Time used + time left = limit + extensions, over any order of pauses and rework."""
    clock = handling_of(case, world)
    status, since, used, allowance, base, *_rest = case.state.get("handling", ["idle", 0, 0, 0, 0])
    if (status, allowance) != (clock.status, clock.allowance) or (status != "idle" and base != clock.base):
        yield (
            f"the clock is {status} with {allowance} of {base} minutes, by its steps {clock.status} with"
            f" {clock.allowance} of {clock.base}"
        )
        return
    if case.columns["unknown_year"]:
        return
    if status != "running":
        if status != "idle" and used != clock.used(world, world.now):
            yield f"{used} minutes used, by its steps {clock.used(world, world.now)}"
        if case.columns["handling_due_at"] is not None:
            yield "a clock that stands has a deadline"
        return
    due = case.columns["handling_due_at"]
    if due is None:
        yield "a running clock has no deadline"
        return
    spent = clock.used(world, since)
    if spent > allowance:
        return  # it ran out before this stretch: the deadline printed is that of the stretch in which it did
    if spent + world.minutes.between(since, due, clock.clock) != allowance:
        yield f"used {spent} + left {world.minutes.between(since, due, clock.clock)} is not {allowance}"
    if due > since and spent + world.minutes.between(since, due - 1, clock.clock) >= allowance:
        yield "the deadline is not the earliest moment"


def columns_say_what_comes_first(case: Kept, world: World) -> Iterator[str]:
    """What lists sort by: the earliest deadline that runs, the earliest end that is open."""
    if case.columns["unknown_year"]:
        return
    running = [case.columns["handling_due_at"], case.columns["stage_due_at"]]
    first = min((due for due in running if due is not None), default=None)
    if case.columns["burns_at"] != first:
        yield f"burns_at is {case.columns['burns_at']}, the first deadline {first}"
    ends = [case.state.get(name, 0) for name in ENDS]
    ends.append((case.state.get("question") or [0, 0])[1])
    timer = min((end for end in ends if end), default=None)
    if case.columns["timer_at"] != timer:
        yield f"timer_at is {case.columns['timer_at']}, the first end {timer}"
    if (case.columns["stage_due_at"] is None) == bool(case.state.get("clock")):
        yield "the stage's clock and its deadline do not belong together"


def timers_tell_the_moment_they_were_due(case: Kept, world: World) -> Iterator[str]:
    """However late they fire: a suspension ends when it was to end, a question after its wait."""
    until = told_end = ""
    for place, step in enumerate(case.steps, 1):
        if step.verb in ("request_suspension", "request_postponement"):
            until = step.args["until"]
        if step.verb == "ask_reporter":
            told_end = str(step.told["end"])
            clock, minutes = minutes_of(world.settings["question_wait"])
            if not world.days_changed and moment_of(told_end) != world.minutes.due(step.at, minutes, clock):
                yield f"step {place} waits until {told_end}"
        if step.told["post"] != "system":
            continue
        if step.verb in ("resume_suspended", "resume_postponed") and step.at != moment_of(until):
            yield f"step {place} is told of {step.at}, its end was {until}"
        if step.verb == "reporter_answered" and step.at != moment_of(told_end):
            yield f"step {place} is told of {step.at}, the wait ended {told_end}"


# ---- people --------------------------------------------------------------------------------------------------------


def nobody_decides_on_his_own_request(case: Kept, world: World) -> Iterator[str]:
    """Who asked, and who signed before, does not decide; nor is a self-handled report audited by its reporter."""
    asked: dict[str, list[str]] = {}
    for place, step in enumerate(case.steps, 1):
        verb, by = step.verb, step.by
        kind = verb.partition("_")[2]
        if verb.startswith("request_") and kind != "ruling":
            asked["request"] = [by]
        elif verb == "file_appeal":
            asked["appeal"] = [by]
        elif verb == "endorse_request":
            if by in asked["request"]:
                yield f"step {place}: {by} signs what he asked for or signed"
            asked["request"].append(by)
        elif verb.startswith(("approve_", "refuse_")) or (verb == "reopen" and "request" in asked):
            if by in asked["request"]:
                yield f"step {place}: {by} decides on what he asked for or signed"
            del asked["request"]
        elif verb in ("endorse_appeal", "grant_appeal", "dismiss_appeal") and by in asked.get("appeal", ()):
            yield f"step {place}: {by} judges his own appeal"
        elif verb.endswith("_self_handled") and verb != "report_self_handled" and by == case.steps[0].by:
            yield f"step {place}: {by} audits his own report"
        row = moves()[verb, step.told["from"]]
        if row["from_stage"] != row["to_stage"]:
            asked.pop("request", None)


def nobody_checks_his_own_work(case: Kept, world: World) -> Iterator[str]:
    """Who handled the matter in this cycle neither inspects nor closes it."""
    hands: set[str] = set()
    for place, step in enumerate(case.steps, 1):
        if step.verb in ("pass_inspection", "fail_inspection", "quick_close", "close_case") and step.by in hands:
            yield f"step {place}: {step.by} checks his own work"
        if step.verb in ("report_handled", "district_report_handled", "district_dispatch", "assign_handler"):
            hands |= {step.by, step.args.get("handler", step.by)}
        if step.verb == "reopen":
            hands = set()


# ---- counts and families -------------------------------------------------------------------------------------------


def counts_are_those_of_the_steps(case: Kept, world: World) -> Iterator[str]:
    """Rework, returns, extensions, suspensions and the like, counted anew over the last cycle."""
    counts = dict.fromkeys(("rework", "returns", "extensions", "suspensions", "postponements", "questions"), 0)
    cycle, unit = 1, ""
    for step in case.steps:
        verb, args = step.verb, step.args
        if verb == "reopen":
            counts, cycle, unit = dict.fromkeys(counts, 0), cycle + 1, ""
        if verb in ("redispatch", "rule_department") and args["department"] != unit:
            counts["extensions"] = 0
        unit = args["department"] if verb in _CHOOSE_UNIT else unit
        for name, verbs in _COUNTED.items():
            counts[name] += verb in verbs
    kept = {name: case.state.get(name, 0) for name in counts}
    if kept != counts or case.state.get("cycle", 1) != cycle:
        yield f"counted {counts} in cycle {cycle}, kept {kept}"
    for name, most in _MOST.items():
        if name not in ("rework", "returns") and counts[name] > int(world.settings[most]):
            yield f"{counts[name]} {name}, {world.settings[most]} at most"


_CHOOSE_UNIT = ("dispatch", "quick_dispatch", "redispatch", "rule_department")
_COUNTED = {
    "rework": ("order_rework", "fail_inspection"), "returns": ("send_back",), "extensions": ("approve_extension",),
    "suspensions": ("approve_suspension",), "postponements": ("approve_postponement",),
    "questions": ("ask_reporter",),
}  # fmt: skip
_MOST = {
    "extensions": "max_extensions", "suspensions": "max_suspensions", "postponements": "max_postponements",
    "questions": "max_questions",
}  # fmt: skip


def a_parent_knows_which_children_ended(case: Kept, world: World) -> Iterator[str]:
    """While it waits for them, and by their own rows."""
    if case.stage != "awaiting_children":
        return
    named = case.state.get("children", [])
    children = {f"child-{child.number.rpartition('-')[2]}": child for child in case.children}
    if not set(named) <= set(children):
        yield f"children {named}, but there are {sorted(children)}"
    ended = sorted(name for name in named if stages()[children[name].stage]["is_ending"] == "Y")
    if ended != sorted(case.state.get("children_ended", [])):
        yield f"ended by their rows {ended}, by the parent {case.state.get('children_ended', [])}"


AUDITORS: tuple[Auditor, ...] = (
    steps_make_a_chain,
    steps_lead_to_the_stage,
    one_clock_runs,
    used_and_left_are_the_whole,
    columns_say_what_comes_first,
    timers_tell_the_moment_they_were_due,
    nobody_decides_on_his_own_request,
    nobody_checks_his_own_work,
    counts_are_those_of_the_steps,
    a_parent_knows_which_children_ended,
)


def complaints_about(case: Kept, world: World) -> list[tuple[str, str]]:
    """(auditor, what he says) of every auditor who finds something."""
    found = []
    for auditor in AUDITORS:
        try:
            found += [(auditor.__name__, told) for told in auditor(case, world)]
        except (LookupError, ValueError, TypeError) as wrong:
            found.append((auditor.__name__, f"cannot read the case: {wrong!r}"))
    return found


def told_of(payload: bytes) -> Mapping[str, Any]:
    """The payload as values."""
    return dict(json.loads(payload))

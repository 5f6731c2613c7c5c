"""The clocks of a case as pages show them: the time left that matters now, and a line for each round."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from wangge.domains.cases.drafting import civil, exact
from wangge.domains.cases.logic import clocks, views
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import RUNNING, CaseState
from wangge.domains.cases.logic.stretches import Round
from wangge.domains.organizations.queries import city_tables
from wangge.standards.tables import Tables
from wangge.surfaces.web.elements import labels
from wangge.surfaces.web.elements.pieces import (
    ClockLine,
    ClockMark,
    ClockSegment,
    SegmentKind,
    TimeLeft,
    running_time_left,
    stopped_time_left,
)
from wangge.surfaces.web.elements.words import Counting, LateWord, Urgency, kept_by_language, span_text

WHOLE = 1000


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened, in civil minutes, with its name."""

    at: int
    name: str


def late_word(rules: Rulebook) -> LateWord:
    """The city's word for late (setting ``label_late``)."""
    return LateWord(rules.settings["label_late"].split()[0])


def time_left(rules: Rulebook, state: CaseState, at: int) -> TimeLeft:
    """The clock that burns first; of a paused case what is left; of an ended one how it ended."""
    if rules.stages[state.stage].is_ending:
        return _ended(rules, state)
    lines = views.deadlines(rules, state, at)
    going = [line for line in lines if line.state == RUNNING and line.due]
    chosen = min(going, key=lambda line: line.due) if going else next(iter(lines), None)
    if chosen is None:
        return TimeLeft(Urgency.UNKNOWN, _("无时限"))
    return _of_deadline(rules, state, chosen)


def _ended(rules: Rulebook, state: CaseState) -> TimeLeft:
    if not state.readings or state.stage not in ("closed", "archived"):
        return TimeLeft(Urgency.UNKNOWN, _("已办结"))
    return stopped_time_left(
        in_time=views.counts_on_time(state),
        late_word=late_word(rules),
        limit_text=labels.limit_text(state.limit_value, state.limit_unit),
        clause=clause_of(state),
    )


def handling_left(rules: Rulebook, state: CaseState, at: int) -> TimeLeft | None:
    """The responsible unit's clock alone; None where it has none to show."""
    line = next((line for line in views.deadlines(rules, state, at) if line.clock == "handling"), None)
    if line is None or rules.stages[state.stage].is_ending:
        return None
    return _of_deadline(rules, state, line)


def _of_deadline(rules: Rulebook, state: CaseState, line: views.Deadline) -> TimeLeft:
    if not line.due and line.state == RUNNING:
        return TimeLeft(Urgency.UNKNOWN, _("截止时间待定"), clause=line.rule)
    if line.state == "stopped":
        return stopped_time_left(
            in_time=line.used <= line.allowance,
            late_word=late_word(rules),
            limit_text=labels.limit_text(state.limit_value, state.limit_unit),
            clause=clause_of(state),
        )
    counting, limit, clause = _terms(rules, state, line.clock, line.allowance)
    return running_time_left(
        remaining_minutes=line.allowance - line.used,
        allowance_minutes=line.allowance,
        due_at=exact(line.due) if line.due else None,
        counting=counting,
        paused=line.state != RUNNING,
        late_word=late_word(rules),
        limit_text=limit,
        clause=clause,
    )


def _terms(rules: Rulebook, state: CaseState, clock: str, allowance: int) -> tuple[Counting, str, str]:
    """(which minutes count, the limit in words, its source) of a clock by name."""
    if clock in rules.stage_clocks:
        rule = rules.stage_clocks[clock]
        return (counting_of(rule.clock), *_stage_limit(city_tables(), clock, rule.minutes, rule.clock))
    counting = handling_counting(rules, state)
    if clock == "inner":
        return counting, span_text(allowance, counting=counting), _("区内时限")
    return counting, handling_limit(rules, state), clause_of(state)


@kept_by_language(256)
def _stage_limit(_tables: Tables, clock: str, minutes: int, kind: str) -> tuple[str, str]:
    """(the limit of a stage's clock in words, where it stands)."""
    limit = span_text(minutes, counting=counting_of(kind))
    told = _("%(clock)s %(limit)s") % {"clock": labels.word("stage_clock", clock), "limit": limit}
    return told, _("环节时限")


def handling_counting(rules: Rulebook, state: CaseState) -> Counting:
    """Which minutes the handling clock counts; before filing all of them."""
    return counting_of(rules.units[state.limit_unit][0]) if state.limit_unit else Counting.CONTINUOUS


def counting_of(kind: str) -> Counting:
    """The clock kind of time_units.csv as the words know it."""
    return Counting.WORKING if kind == "working" else Counting.CONTINUOUS


def handling_limit(rules: Rulebook, state: CaseState) -> str:
    """The legal limit, and what was added by extensions."""
    text = labels.limit_text(state.limit_value, state.limit_unit)
    added = state.handling.allowance - state.handling.base
    if added <= 0:
        return text
    more = span_text(added, counting=handling_counting(rules, state))
    return _("%(limit)s，延期 %(more)s") % {"limit": text, "more": more}


def clause_of(state: CaseState) -> str:
    """Where the limit stands: class and condition, and the edition's title."""
    if not state.category or not state.limit_unit:
        return ""
    return _clause(city_tables(), state.limit_edition, state.category, state.condition_seq)


@kept_by_language(2048)
def _clause(_tables: Tables, edition: str, category: str, condition_seq: int) -> str:
    return _("%(standard)s %(category)s（%(code)s）立案条件 %(condition)s") % {
        "standard": labels.edition_name(edition),
        "category": labels.category_name(category, edition),
        "code": category.partition(":")[2],
        "condition": condition_seq,
    }


def stage_reading_text(rules: Rulebook, reading: tuple[str, int, int]) -> tuple[str, Urgency]:
    """What a stage's clock read when it stopped: 受理用时 12 分钟（限 15 分钟）, and how it stood."""
    name, used, allowance = reading
    counting = counting_of(rules.stage_clocks[name].clock)
    text = _("%(clock)s用时 %(used)s（限 %(limit)s）") % {
        "clock": labels.word("stage_clock", name),
        "used": span_text(used, counting=counting),
        "limit": span_text(allowance, counting=counting),
    }
    return text, Urgency.MET if used <= allowance else Urgency.MISSED


def clock_lines(
    rules: Rulebook, state: CaseState, rounds: Sequence[Round], moments: Sequence[Moment], at: int
) -> tuple[ClockLine, ...]:
    """The stage's clock if one runs, then the rounds of handling, the newest first."""
    lines = [_round_line(rules, state, each, moments, at) for each in reversed(rounds)]
    if state.clock is not None:
        lines.insert(0, _stage_line(rules, state, moments, at))
    return tuple(lines)


def _stage_line(rules: Rulebook, state: CaseState, moments: Sequence[Moment], at: int) -> ClockLine:
    assert state.clock is not None
    deadline = next(line for line in views.deadlines(rules, state, at) if line.clock == state.clock.name)
    start = state.clock.since
    scale = _Scale(start, max(deadline.due, at))
    counting = counting_of(rules.stage_clocks[state.clock.name].clock)
    return ClockLine(
        label=labels.word("stage_clock", state.clock.name),
        time_left=_of_deadline(rules, state, deadline),
        started_at=exact(start),
        due_permille=scale.at(deadline.due) if deadline.due else None,
        segments=tuple(_segments(scale, [("running", start, at)], deadline.due)),
        marks=tuple(_marks(scale, moments, start, at)),
        used_text=_used(deadline.used, deadline.allowance, counting),
        now_permille=scale.at(at),
    )


def _round_line(rules: Rulebook, state: CaseState, told: Round, moments: Sequence[Moment], at: int) -> ClockLine:
    open_now = not told.ended
    end = told.ended or at
    # While a clock stands still its deadline moves on; only a running or ended one has a mark.
    due = 0 if open_now and told.stretches[-1].status != RUNNING else told.due
    scale = _Scale(told.start, max(due, end))
    counting = handling_counting(rules, state)
    stretches = [(stretch.status, stretch.start, stretch.end or end) for stretch in told.stretches]
    used = clocks.handling_used(rules, state, at) if open_now else told.used
    return ClockLine(
        label=_round_label(told),
        time_left=_round_left(rules, state, told, at),
        started_at=exact(told.start),
        due_permille=scale.at(due) if due else None,
        segments=tuple(_segments(scale, stretches, due)),
        marks=tuple(_marks(scale, moments, told.start, end)),
        used_text=_used(used, told.allowance, counting),
        now_permille=scale.at(at) if open_now else None,
    )


def _round_label(told: Round) -> str:
    if told.cycle > 1:
        return _("处置 · 第 %(cycle)s 次立案第 %(number)s 轮") % {"cycle": told.cycle, "number": told.number}
    return _("处置 · 第 %(number)s 轮") % {"number": told.number}


def _round_left(rules: Rulebook, state: CaseState, told: Round, at: int) -> TimeLeft:
    if told.ended:
        left = stopped_time_left(
            in_time=told.in_time,
            late_word=late_word(rules),
            limit_text=labels.limit_text(state.limit_value, state.limit_unit),
            clause=clause_of(state),
        )
        return TimeLeft(
            left.urgency, left.text, exact(told.due) if told.due else None, left.limit_text, left.clause, left.counting
        )
    deadline = next(line for line in views.deadlines(rules, state, at) if line.clock == "handling")
    return _of_deadline(rules, state, deadline)


def _used(used: int, allowance: int, counting: Counting) -> str:
    return _("已用 %(used)s，限 %(limit)s") % {
        "used": span_text(max(used, 0), counting=counting),
        "limit": span_text(allowance, counting=counting),
    }


@dataclass(frozen=True, slots=True)
class _Scale:
    """Civil minutes from ``start`` to ``end`` on a line of a thousand."""

    start: int
    end: int

    def at(self, minute: int) -> int:
        """Where a moment stands, kept on the line."""
        whole = max(self.end - self.start, 1)
        return min(max((minute - self.start) * WHOLE // whole, 0), WHOLE)


def _segments(scale: _Scale, stretches: Iterable[tuple[str, int, int]], due: int) -> Iterable[ClockSegment]:
    for status, start, end in stretches:
        if status != RUNNING:
            yield _segment(SegmentKind.PAUSED, scale, start, end, _("暂停"))
            continue
        turn = min(max(due, start), end) if due else end
        if turn > start or end == start:
            yield _segment(SegmentKind.RUNNING, scale, start, turn, _("计时"))
        if end > turn:
            yield _segment(SegmentKind.OVER, scale, turn, end, _("超过时限"))


def _segment(kind: SegmentKind, scale: _Scale, start: int, end: int, name: str) -> ClockSegment:
    return ClockSegment(kind, scale.at(start), scale.at(end), f"{name} {_local(start)} – {_local(end)}")


def _marks(scale: _Scale, moments: Iterable[Moment], start: int, end: int) -> Iterable[ClockMark]:
    for moment in moments:
        if start <= moment.at <= end:
            yield ClockMark(scale.at(moment.at), moment.name, exact(moment.at))


def _local(minute: int) -> str:
    from wangge.domains.cases.logic.moments import text_of

    return text_of(minute)[5:]


def civil_now(at: datetime) -> int:
    """The civil minute of a moment."""
    return civil(at)

"""Owns the comparison of an old system's monthly figures with ours from its imported cases, differences by cause.

Pure over what was read. Ours count each case's own steps at their moments. A difference is laid to a cause only as far
as that cause really moves the figure that month; what is left over stands there as unexplained.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from wangge.domains.cases.queries.counted import CountedCase
from wangge.standards.findings import gettext_noop

MOST_NAMED = 20
_CIVIL = timedelta(hours=8)
_ENDED = frozenset({"closed", "archived"})
_STARTS = (1, 21, 26)
_WORTH_NAMING = 0.5


class PeriodRule(StrEnum):
    """To which month a count belongs."""

    STEP = "step"
    """That of the step itself: ours."""
    REPORTED = "reported"
    """That of the case's report: the whole case counts in one month."""
    FILED = "filed"
    """That of the case's filing."""


class Cause(StrEnum):
    """Why a figure differs."""

    PERIOD = "period"
    MISSING = "missing_rows"
    DUPLICATES = "duplicates"
    IMPOSSIBLE = "impossible_times"
    WITHOUT_LIMIT = "without_limit"
    STEPS_END_EARLY = "steps_end_early"
    UNEXPLAINED = "unexplained"


CAUSE_LABELS: dict[Cause, str] = {
    Cause.PERIOD: gettext_noop("统计口径：计入月份的规则不同"),
    Cause.MISSING: gettext_noop("导入时退回的案卷"),
    Cause.DUPLICATES: gettext_noop("旧系统重复计数的案卷"),
    Cause.IMPOSSIBLE: gettext_noop("时间不可能的案卷"),
    Cause.WITHOUT_LIMIT: gettext_noop("没有时限、无法判断是否按期的案卷"),
    Cause.STEPS_END_EARLY: gettext_noop("旧系统称已结案、流转却没有走到结案的案卷"),
    Cause.UNEXPLAINED: gettext_noop("未能解释"),
}

Month = str
Key = tuple[Month, str, str]
"""(month as 2024-03, object or empty, figure)."""


@dataclass(frozen=True, slots=True)
class TheirFigure:
    """One figure the old system printed."""

    month: Month
    object: str
    figure: str
    value: int


@dataclass(frozen=True, slots=True)
class LostRow:
    """A case row that was refused on import: why, and the month of its report where it can be read."""

    reason: str
    month: Month
    object: str = ""


@dataclass(slots=True)
class Line:
    """One figure of one month, theirs beside ours, and what makes the difference."""

    month: Month
    object: str
    figure: str
    theirs: int
    ours: int
    causes: dict[Cause, int] = field(default_factory=dict)

    @property
    def difference(self) -> int:
        return self.theirs - self.ours


@dataclass(slots=True)
class Comparison:
    """The whole comparison."""

    lines: list[Line]
    period: dict[str, str]
    """Figure → the rule by which theirs are nearest, when it is not ours (``reported, from day 26``)."""
    named: dict[Cause, list[str]]
    """Cause → some of the cases behind it."""

    def as_json(self) -> dict[str, Any]:
        """JSON-ready."""
        causes: Counter[Cause] = Counter()
        for line in self.lines:
            causes.update({cause: abs(n) for cause, n in line.causes.items()})
        return {
            "figures": len(self.lines),
            "agreeing": sum(not line.difference for line in self.lines),
            "differences_by_cause": {cause.value: n for cause, n in causes.most_common()},
            "period_rules": self.period,
            "cases": {cause.value: numbers for cause, numbers in self.named.items()},
            "lines": [
                {
                    "month": line.month,
                    "object": line.object,
                    "figure": line.figure,
                    "theirs": line.theirs,
                    "ours": line.ours,
                    "difference": line.difference,
                    "causes": {cause.value: n for cause, n in line.causes.items()},
                }
                for line in self.lines
            ],
        }


def month_of(at: datetime, starts_on: int = 1) -> Month:
    """The statistical month of a moment: from ``starts_on`` of the month before to the day before it."""
    day: date = (at + _CIVIL).date()
    if starts_on > 1 and day.day >= starts_on:
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return f"{day:%Y-%m}"


class _Ours:
    """Our counts under every rule a centre may use for its months."""

    def __init__(self, cases: Iterable[CountedCase], figures: set[str], stages: Mapping[str, str],
                 unit_names: Mapping[str, str], by_object: bool) -> None:  # fmt: skip
        self.counts: dict[tuple[PeriodRule, int], Counter[Key]] = defaultdict(Counter)
        self.without_limit: Counter[tuple[Month, str]] = Counter()
        self.ending_early: Counter[tuple[Month, str]] = Counter()
        self.named: dict[Cause, list[str]] = defaultdict(list)
        for case in cases:
            self._add(case, figures, stages, unit_names.get(case.unit, case.unit) if by_object else "")

    def _add(self, case: CountedCase, figures: set[str], stages: Mapping[str, str], name: str) -> None:
        moments = {PeriodRule.REPORTED: case.reported_at, PeriodRule.FILED: case.filed_at or case.reported_at}
        for figure, at, n in case.counts:
            if figure in figures:
                for rule in PeriodRule:
                    for start in _STARTS:
                        self.counts[rule, start][month_of(moments.get(rule, at), start), name, figure] += n
        if case.without_limit and case.closed_at is not None:
            self.without_limit[month_of(case.closed_at), name] += 1
            self._name(Cause.WITHOUT_LIMIT, case)
        if stages.get(case.stated_status) in _ENDED and case.stage not in _ENDED:
            self.ending_early[month_of(case.reported_at), name] += 1
            self._name(Cause.STEPS_END_EARLY, case)

    def _name(self, cause: Cause, case: CountedCase) -> None:
        if len(self.named[cause]) < MOST_NAMED:
            self.named[cause].append(case.key)


def compare(
    theirs: Sequence[TheirFigure],
    cases: Iterable[CountedCase],
    *,
    lost: Sequence[LostRow] = (),
    stages: Mapping[str, str] | None = None,
    unit_names: Mapping[str, str] | None = None,
) -> Comparison:
    """Theirs beside ours, each difference laid to its causes. ``stages``: the old system's statuses as our stages."""
    by_object = any(figure.object for figure in theirs)
    ours = _Ours(cases, {each.figure for each in theirs}, stages or {}, unit_names or {}, by_object)
    rules = {figure: _nearest(figure, theirs, ours) for figure in sorted({each.figure for each in theirs})}
    losses = Counter((_cause_of(row.reason), row.month, row.object if by_object else "") for row in lost)
    lines = [_line(each, ours, rules[each.figure], losses) for each in theirs]
    said = {figure: f"{rule.value}, {start}" for figure, (rule, start) in rules.items() if (rule, start) != _OUR_RULE}
    return Comparison(lines, said, dict(ours.named))


_OUR_RULE = (PeriodRule.STEP, 1)


def _nearest(figure: str, theirs: Sequence[TheirFigure], ours: _Ours) -> tuple[PeriodRule, int]:
    """The rule under which this figure's months lie nearest to theirs; ours unless another halves the distance."""
    rows = [each for each in theirs if each.figure == figure]

    def distance(rule: tuple[PeriodRule, int]) -> int:
        counts = ours.counts[rule]
        return sum(abs(each.value - counts[each.month, each.object, figure]) for each in rows)

    rules = [_OUR_RULE, *((rule, start) for rule in PeriodRule for start in _STARTS if (rule, start) != _OUR_RULE)]
    best = min(rules, key=distance)
    return best if distance(best) <= distance(_OUR_RULE) * _WORTH_NAMING else _OUR_RULE


def _line(
    each: TheirFigure, ours: _Ours, rule: tuple[PeriodRule, int], losses: Counter[tuple[Cause, str, str]]
) -> Line:
    key = (each.month, each.object, each.figure)
    value = ours.counts[_OUR_RULE][key]
    line = Line(*key, each.value, value)
    left = line.difference
    moved = ours.counts[rule][key] - value
    if moved and left:
        line.causes[Cause.PERIOD] = moved
        left -= moved
    place = (each.month, each.object)
    available = {cause: losses[cause, *place] for cause in (Cause.DUPLICATES, Cause.IMPOSSIBLE, Cause.MISSING)}
    if each.figure.endswith("_intime") or each.figure.endswith("_overdue"):
        available[Cause.WITHOUT_LIMIT] = ours.without_limit[place]
    if each.figure.startswith(("n_close", "n_handle", "n_file", "n_dispatch")):
        available[Cause.STEPS_END_EARLY] = ours.ending_early[place]
    for cause, most in available.items():
        # each of these makes theirs larger than ours, never smaller
        explained = min(most, max(left, 0))
        if explained:
            line.causes[cause] = explained
            left -= explained
    if left:
        line.causes[Cause.UNEXPLAINED] = left
    return line


_IMPOSSIBLE = frozenset(
    {"unreadable_reported_at", "missing_reported_at", "reported_in_future", "reported_out_of_range"}
)


def _cause_of(reason: str) -> Cause:
    if reason == "repeated_key":
        return Cause.DUPLICATES
    return Cause.IMPOSSIBLE if reason in _IMPOSSIBLE else Cause.MISSING

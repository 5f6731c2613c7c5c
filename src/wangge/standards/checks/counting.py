"""Checks of what is counted: counters of the moves, indicators and their formulas, score bands."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from wangge.standards.checks.moving import clock_names, unknown
from wangge.standards.conditions import CountCondition, CountOn, parse_counters_if
from wangge.standards.counted import Statement, parse_counted, verbs_of
from wangge.standards.findings import Finding, gettext_noop
from wangge.standards.formulas import parse_formula
from wangge.standards.measures import CHECK_FORMS, SIGN_OBJECTS
from wangge.standards.tables import Indicator, Move, SchemePart, ScoreBand, Tables

# a composite names this table for its area's class; the class's own table is chosen by the area
_BAND_TABLE_BY_CLASS = "area_filed_per_grid"


def counters_are_indicators(t: Tables) -> Iterator[Finding]:
    counts = {indicator.id for indicator in t.indicators if indicator.kind == "count"}
    for move in t.moves:
        for counter in set(move.counters) - counts:
            yield unknown(move.at, "counters", counter)
        try:
            rules = parse_counters_if(move.counters_if)
        except ValueError as error:
            yield Finding(
                move.at,
                gettext_noop("无法理解 counters_if 中的“%(part)s”。"),
                gettext_noop("写作 条件 & 条件: 计数 计数，多项用“; ”分开。"),
                {"part": str(error)},
            )
            continue
        for rule in rules:
            for counter in {*rule.added, *rule.taken_back} - counts:
                yield unknown(move.at, "counters_if", counter)
            for condition in rule.conditions:
                if not _names_known_things(t, move, condition):
                    yield unknown(move.at, "counters_if", condition.name or " ".join(condition.values))


def _names_known_things(t: Tables, move: Move, condition: CountCondition) -> bool:
    settings = {setting.key for setting in t.settings}
    args = {arg.removesuffix("?") for arg in move.args}
    match condition.on:
        case CountOn.SETTING:
            return condition.name in settings
        case CountOn.CLOCK:
            return condition.name in clock_names(t)
        case CountOn.POST:
            return set(condition.values) <= set(move.posts)
        case CountOn.ARGUMENT:
            return condition.name in args
        case CountOn.ARGUMENT_IN_SETTING:
            return condition.name in args and set(condition.values) <= settings
        case _:
            return True


def formulas_name_indicators(t: Tables) -> Iterator[Finding]:
    ids = {indicator.id for indicator in t.indicators}
    bands = {band.band_table for band in t.score_bands} | {_BAND_TABLE_BY_CLASS, "band"}
    for indicator in t.indicators:
        for word in set(re.findall(r"[a-z][a-z_]+", indicator.formula)) - bands - ids:
            yield unknown(indicator.at, "formula", word)
        rule = "100 - value" if indicator.better == "lower" else "value"
        weights = [Fraction(weight) for weight in re.findall(r"0\.\d+", indicator.formula)]
        wrong = {
            "count": not indicator.definition,
            "rate": not (indicator.numerator and indicator.denominator) or indicator.score_rule != rule,
            "composite": sum(weights) != 1,
        }.get(indicator.kind, True)
        if wrong:
            yield Finding(
                indicator.at,
                gettext_noop("指标“%(id)s”不完整。"),
                gettext_noop("计数须有定义，比率须有分子、分母和 score_rule，综合指标的权重之和须为 1。"),
                {"id": indicator.id},
            )


def bands_leave_no_gap(t: Tables) -> Iterator[Finding]:
    tables: dict[str, list[ScoreBand]] = defaultdict(list)
    for band in t.score_bands:
        tables[band.band_table].append(band)
    for name, bands in tables.items():
        joined = all(a.to_value == b.from_value for a, b in pairwise(bands))
        if not joined or bands[-1].to_value or bands[0].from_value not in ("", "0"):
            yield Finding(
                bands[0].at,
                gettext_noop("分档表“%(name)s”有空档或重叠。"),
                gettext_noop("各档 [from, to) 首尾相接，第一档从 0 或空起，最后一档 to 留空。"),
                {"name": name},
            )


_TREATED = frozenset({"open_overdue", "extended", "suspended", "merged", "reopened", "excluded"})
_MISSING = ("no_value", "zero", "full")


def counts_say_what_they_count(t: Tables) -> Iterator[Finding]:
    """Every count can be counted: its statements are understood and name known verbs and stages."""
    verbs, stages = {move.verb for move in t.moves}, {stage.stage for stage in t.stages}
    for indicator in t.indicators:
        if indicator.kind != "count":
            continue
        try:
            statements = parse_counted(indicator.counted)
        except ValueError as error:
            yield _not_understood(indicator, "counted", str(error))
            continue
        if not statements:
            yield _not_understood(indicator, "counted", "")
        named = {name for each in statements if each.subject in ("stage", "overrun") for name in each.names}
        for word in sorted({*verbs_of(statements), *_new(statements)} - verbs) + sorted(named - stages):
            yield unknown(indicator.at, "counted", word)


def _new(statements: tuple[Statement, ...]) -> Iterator[str]:
    for statement in statements:
        yield from statement.new


def formulas_are_understood(t: Tables) -> Iterator[Finding]:
    """Every formula can be computed, says what no value scores, and leads to counts, never back to itself."""
    leads: dict[str, set[str]] = {}
    for indicator in t.indicators:
        treated = {each.partition("=")[0] for each in indicator.treatment}
        if treated != _TREATED:
            yield _not_understood(indicator, "treatment", " ".join(sorted(treated ^ _TREATED)))
        if indicator.kind == "count":
            continue
        if indicator.missing not in _MISSING:
            yield _not_understood(indicator, "missing", indicator.missing)
        try:
            leads[indicator.id] = set(parse_formula(indicator.formula).words)
        except ValueError as error:
            yield _not_understood(indicator, "formula", str(error))
    for indicator in t.indicators:
        if indicator.id in leads and indicator.id in _reached(indicator.id, leads):
            yield Finding(
                indicator.at,
                gettext_noop("指标“%(id)s”的公式绕回了自己。"),
                gettext_noop("公式只能引用不依赖本指标的指标。"),
                {"id": indicator.id},
            )


def _reached(start: str, leads: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = [*leads.get(start, ())]
    while waiting:
        word = waiting.pop()
        if word not in seen:
            seen.add(word)
            waiting += leads.get(word, ())
    return seen


def _not_understood(indicator: Indicator, column: str, part: str) -> Finding:
    return Finding(
        indicator.at,
        gettext_noop("指标“%(id)s”的 %(column)s 无法理解：“%(part)s”。"),
        gettext_noop("写法见 docs/evaluation.md。"),
        {"id": indicator.id, "column": column, "part": part},
    )


def schemes_add_up(t: Tables) -> Iterator[Finding]:
    """The weights of a scheme are 1, and its indicators exist."""
    ids = {indicator.id for indicator in t.indicators}
    schemes: dict[tuple[str, str], list[SchemePart]] = defaultdict(list)
    for part in t.score_schemes:
        schemes[part.scheme, part.object].append(part)
        if part.kind not in ("indicator", "spot", "special") or (part.kind == "indicator") != bool(part.of):
            yield unknown(part.at, "kind", part.kind)
        if part.of and part.of not in ids:
            yield unknown(part.at, "of", part.of)
    for (scheme, kind), parts in schemes.items():
        if not all(re.fullmatch(r"[01]\.\d+", part.weight) for part in parts) or (
            sum(Fraction(part.weight) for part in parts) != 1
        ):
            yield Finding(
                parts[0].at,
                gettext_noop("考评方案“%(scheme)s”的权重之和不是 1。"),
                gettext_noop("权重写作 0.25，各部分相加为 1。"),
                {"scheme": f"{scheme} {kind}"},
            )


_AGAINST = frozenset({"collector", "inspector", "acceptor", "duty_leader", "dispatcher"})


def checks_have_forms(t: Tables) -> Iterator[Finding]:
    """An item belongs to a known form; it takes points off, or it is a fault of somebody's work."""
    for row in t.check_items:
        if row.form not in CHECK_FORMS:
            yield unknown(row.at, "form", row.form)
        elif (row.form == "quality") != (row.against in _AGAINST):
            yield unknown(row.at, "against", row.against)
        elif (row.form == "quality") != (row.most_points == 0) or not 0 <= row.most_points <= 100:
            yield unknown(row.at, "most_points", str(row.most_points))


def groups_are_of_districts(t: Tables) -> Iterator[Finding]:
    """A group holds districts, and a class of area is one that has bands."""
    bands = {band.band_table for band in t.score_bands}
    for row in t.object_groups:
        if row.object != "district":
            yield unknown(row.at, "object", row.object)
        if row.area_class and f"area_class_{row.area_class}_filed_per_grid" not in bands:
            yield unknown(row.at, "area_class", row.area_class)


_WINDOWS = {
    "same_checker": r"",
    "exclusion_favour": r"",
    "same_photo": r"[0-3]",  # so that one of four quarters of two fingerprints is the same
    "collection_gap": r"([01]?\d|2[0-3])-([01]?\d|2[0-4])",
}


def signs_can_be_measured(t: Tables) -> Iterator[Finding]:
    """A sign is one that is computed, of the objects it is computed for, with a reach of its form."""
    for row in t.signs:
        if SIGN_OBJECTS.get(row.sign) != row.object:
            yield unknown(row.at, "sign", f"{row.sign} {row.object}")
        elif re.fullmatch(_WINDOWS.get(row.sign, r"[1-9]\d{0,4}"), row.window) is None:
            yield unknown(row.at, "window", row.window)
        elif row.least < 1 or row.limit < 1:
            yield unknown(row.at, "least", f"{row.least} {row.limit}")


COUNTING_CHECKS = (
    signs_can_be_measured,
    groups_are_of_districts,
    checks_have_forms,
    schemes_add_up,
    counters_are_indicators,
    formulas_name_indicators,
    counts_say_what_they_count,
    formulas_are_understood,
    bands_leave_no_gap,
)

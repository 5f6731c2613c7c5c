"""Where facts are counted: cases, ground and ledger by query; a further source is one more function in ``SOURCES``.

A source answers with what it counted and how: value, numerator and denominator, count, the query in words and sample
cases. It answers None for a fact it cannot count; then a person's signed statement stands in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from wangge.domains.budgeting.queries.allotments import budgets_of_year
from wangge.domains.budgeting.queries.balances import facts_of_year, units_below
from wangge.domains.organizations.queries import city_tables
from wangge.domains.self_evaluation.queries.counted import FEN_PER_WAN, SAMPLE_SIZE, Counted, Scope, rate
from wangge.domains.self_evaluation.queries.published import from_evaluation, from_published
from wangge.groundwork.clock import CITY_ZONE, city_day
from wangge.standards.city_settings import city_settings
from wangge.standards.performance import FactDefinition

Source = Callable[[FactDefinition, Scope], Counted | None]

# What of a case counts for which word of ``query_zh`` in facts.csv; a self-handled case counts as filed once confirmed.
_CONDITIONS: Mapping[str, str] = {
    "cases.reported": "true",
    "cases.filed": "(c.filed_at < %(cut)s OR c.entry = 'report_self_handled' AND c.closed_at < %(cut)s)",
    "cases.closed": "c.closed_at < %(cut)s",
    "cases.self_handled": "c.entry = 'report_self_handled' AND c.closed_at < %(cut)s",
    "cases.public": "c.source IN ('public', 'hotline')",
    "cases.platform": "c.source = 'public'",
    "cases.hotline": "c.source = 'hotline'",
}
_WORDS: Mapping[str, str] = {
    "cases.reported": "全部",
    "cases.filed": "其中截至时点已立案（含确认的自行处置）",
    "cases.closed": "其中截至时点已结案（含确认的自行处置）",
    "cases.self_handled": "其中自行处置并已确认",
    "cases.public": "其中来源为公众或热线",
    "cases.platform": "其中来源为公众服务平台",
    "cases.hotline": "其中来源为12345热线",
}
_SATISFACTION = "cases.satisfied / cases.rated"
_COUNTS = "SELECT {columns} FROM cases_case c WHERE c.reported_at >= %(first)s AND c.reported_at < %(last)s"
_SAMPLES = """
SELECT c.number FROM cases_case c WHERE c.reported_at >= %(first)s AND c.reported_at < %(last)s AND {condition}
ORDER BY md5(c.id::text || %(fact)s) LIMIT %(most)s
"""
_RATINGS = """
SELECT count(*) FILTER (WHERE r.grade = ANY(%(good)s)), count(*) FROM (
    SELECT s.payload::jsonb -> 'args' ->> 'grade' AS grade FROM cases_step s
    WHERE s.verb = 'rate' AND s.at >= %(first)s AND s.at < %(last)s
) r
"""
_RATED_SAMPLES = """
SELECT c.number FROM cases_step s JOIN cases_case c ON c.id = s.case_id
WHERE s.verb = 'rate' AND s.at >= %(first)s AND s.at < %(last)s ORDER BY md5(c.id::text || %(fact)s) LIMIT %(most)s
"""


def count_fact(fact: FactDefinition, scope: Scope) -> Counted | None:
    """What published results or else the fact's source give; None when there is no source or it has nothing to say."""
    published = from_published(fact, scope)
    if published is not None:
        return replace(published, samples=_samples(fact, scope)) if fact.source_kind == "cases" else published
    source = SOURCES.get(fact.source_kind)
    return source(fact, scope) if source is not None else None


def from_cases(fact: FactDefinition, scope: Scope) -> Counted | None:
    """Counts and rates over the cases of the year; two statements with the samples."""
    if fact.query_zh == _SATISFACTION:
        return _satisfaction(fact, scope)
    part, _slash, whole = fact.query_zh.partition(" / ")
    names = [part, whole] if whole else [part]
    if any(name not in _CONDITIONS for name in names):
        return None
    columns = ", ".join(f"count(*) FILTER (WHERE {_CONDITIONS[name]})" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS.format(columns=columns), _values(fact, scope))
        counts = [int(count) for count in cursor.fetchone()]
    samples = _samples(fact, scope)
    words = "上报时间在年度内的案卷，" + " ÷ ".join(_WORDS[name] for name in names)
    if not whole:
        return Counted(Decimal(counts[0]), counts[0], words, samples=samples)
    return rate(fact, counts[0], counts[1], words, samples)


def _samples(fact: FactDefinition, scope: Scope) -> tuple[str, ...]:
    """A few cases of those that the fact counts, the same ones whenever asked."""
    part = fact.query_zh.partition(" / ")[0]
    asked = _RATED_SAMPLES if fact.query_zh == _SATISFACTION else _SAMPLES.format(condition=_CONDITIONS[part])
    with connection.cursor() as cursor:
        cursor.execute(asked, _values(fact, scope))
        return tuple(row[0] for row in cursor.fetchall())


def _satisfaction(fact: FactDefinition, scope: Scope) -> Counted | None:
    """Satisfied of those that citizens rated themselves on the platform."""
    tables = city_tables()
    good = city_settings(tables, on=city_day(scope.cut_off_at))["rating_satisfied"].split()
    values = _values(fact, scope) | {"good": good}
    with connection.cursor() as cursor:
        cursor.execute(_RATINGS, values)
        satisfied, rated = cursor.fetchone()
    samples = _samples(fact, scope)
    words = f"年度内市民自行评价的案卷：评价为{'、'.join(good)}的件数 ÷ 评价件数"
    return rate(fact, int(satisfied), int(rated), words, samples)


def _values(fact: FactDefinition, scope: Scope) -> dict[str, Any]:
    first = datetime(scope.year, 1, 1, tzinfo=CITY_ZONE).astimezone(UTC)
    last = datetime(scope.year + 1, 1, 1, tzinfo=CITY_ZONE).astimezone(UTC)
    cut = scope.cut_off_at
    return {"first": first, "last": min(last, cut), "cut": cut, "fact": fact.fact, "most": SAMPLE_SIZE}


_GRIDS = """
SELECT count(*) FROM geography_area
WHERE kind = 'responsibility_grid' AND valid_from <= %(on)s AND (valid_to IS NULL OR valid_to > %(on)s)
"""


def from_geography(fact: FactDefinition, scope: Scope) -> Counted | None:
    """Areas in use on the day of the cut-off."""
    if fact.query_zh != "geography.responsibility_grids":
        return None
    with connection.cursor() as cursor:
        cursor.execute(_GRIDS, {"on": min(scope.cut_off_on, _last_day(scope.year))})
        number = int(cursor.fetchone()[0])
    return Counted(Decimal(number), number, "截至时点启用的责任网格")


def _last_day(year: int) -> date:
    return date(year, 12, 31)


def from_ledger(fact: FactDefinition, scope: Scope) -> Counted | None:
    """Budget and payments of the unit with the units below it, of a project where one is named; three statements."""
    units = units_below(scope.unit_code) or (scope.unit_code,)
    if fact.query_zh in {"ledger.initial", "ledger.adjusted"}:
        lines = [
            line
            for line in budgets_of_year(year=scope.year, units=units)
            if not scope.project or line.dims.project == scope.project
        ]
        initial = fact.query_zh == "ledger.initial"
        fen = sum(line.approved_fen if initial else line.adjusted_fen for line in lines)
        return _money(fen, sum(line.allotments for line in lines), "年初批复的指标" if initial else "调整后的指标")
    if fact.query_zh != "ledger.paid":
        return None
    paid = [
        row
        for row in facts_of_year(year=scope.year, units=units)
        if row.account.startswith("7")
        and row.phase == "current"
        and (not scope.project or row.dims.project == scope.project)
    ]
    fen = sum(row.debit_fen - row.credit_fen for row in paid)
    return _money(fen, sum(row.postings for row in paid), "预算会计支出分录（扣除退回和冲销）")


def _money(fen: int, count: int, words: str) -> Counted:
    # Not rounded: rates are reckoned from whole fen.
    return Counted(Decimal(fen) / FEN_PER_WAN, count, f"{words}，{count} 笔，合计 {Decimal(fen) / 100:.2f} 元")


SOURCES: dict[str, Source] = {
    "cases": from_cases,
    "evaluation": from_evaluation,
    "geography": from_geography,
    "ledger": from_ledger,
}

"""Facts out of published evaluation results: a year is the sum of its published months, never counted anew.

Every month and district that a sum takes in is kept as a part, so that the figure leads into the result and from there
down to cases. While a month of the scope is not published the sum says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q

from wangge.domains.evaluation.logic.periods import Period, parse_period
from wangge.domains.evaluation.models import QualityVerdict, Result
from wangge.domains.evaluation.queries.results import content_of, published_months
from wangge.domains.evaluation.queries.settings import month_begins_on
from wangge.domains.self_evaluation.queries.counted import SAMPLE_SIZE, Counted, Part, Scope, rate
from wangge.standards.performance import FactDefinition

PUBLISHED = "evaluation"


def from_published(fact: FactDefinition, scope: Scope) -> Counted | None:
    """The fact's indicator over every published month of the scope; None unless they cover it without a gap."""
    results = _covering(scope)
    if not fact.indicator or not results:
        return None
    counted, _slash, whole = fact.indicator.partition(" / ")
    parts = tuple(part for result in results for part in _parts(result, counted, whole))
    name = " ÷ ".join(_name(results[-1], each) for each in (counted, whole) if each)
    span = f"{results[0].period}至{results[-1].period}" if len(results) > 1 else results[0].period
    words = f"{span}已发布的月度考评结果{len(results)}期，“{name}”各区各月合计"
    number = sum(part.number for part in parts)
    if all(part.of is None for part in parts):
        return Counted(Decimal(number), number, words, source_kind=PUBLISHED, parts=parts)
    return rate(fact, number, sum(part.of or 0 for part in parts), words, source_kind=PUBLISHED, parts=parts)


def from_evaluation(fact: FactDefinition, scope: Scope) -> Counted | None:
    """Facts of evaluation itself: published issues, and case files found valid on examination 案卷质检."""
    if fact.query_zh == "evaluation.published_results":
        results = _published(scope)
        parts = tuple(Part(result.id, result.period, "", 1) for result in results)
        return Counted(Decimal(len(results)), len(results), "年度内各月已发布的考评结果期数", parts=parts)
    if fact.query_zh != "evaluation.valid / evaluation.sampled":
        return None
    verdicts = QualityVerdict.objects.filter(period__in=[period.name for period in _ended(scope)])
    told = verdicts.aggregate(valid=Count("pk", filter=Q(valid=True)), drawn=Count("pk"))
    samples = tuple(verdicts.order_by("period", "case_number").values_list("case_number", flat=True)[:SAMPLE_SIZE])
    words = "年度内各月案卷质检：判为有效的件数 ÷ 抽检件数"
    return rate(fact, told["valid"], told["drawn"], words, samples)


def _ended(scope: Scope) -> Sequence[Period]:
    """The statistical months of the year that have ended by the cut-off."""
    begins = month_begins_on()
    periods = (parse_period(f"{scope.year}-{month:02d}", starts_on=begins) for month in range(1, 13))
    return [period for period in periods if period.end <= scope.cut_off_on]


def _published(scope: Scope) -> list[Result]:
    """The newest published issue of each ended month, in order."""
    names = {period.name for period in _ended(scope)}
    return [result for result in reversed(published_months()) if result.period in names]


def _covering(scope: Scope) -> list[Result]:
    """The published results when they cover the scope: no month missing, no days between the last and the cut-off."""
    ended = _ended(scope)
    results = _published(scope)
    if not ended or len(results) < len(ended):
        return []
    reaches = len(ended) == 12 or scope.cut_off_on - ended[-1].end < timedelta(days=1)
    return results if reaches else []


def _parts(result: Result, counted: str, whole: str) -> Iterator[Part]:
    for row in content_of(result)["rows"]:
        objects = ",".join(f"{kind}={code}" for kind, code in row["objects"].items())
        of = _number(row, whole) if whole else None
        yield Part(result.id, result.period, f"{objects}/{counted}", _number(row, counted), of)


def _number(row: Mapping[str, Any], indicator: str) -> int:
    return int(Decimal(row["figures"].get(indicator, {}).get("value") or 0))


def _name(result: Result, indicator: str) -> str:
    known = {each["id"]: each["name_zh"] for each in content_of(result)["indicators"]}
    return str(known.get(indicator, indicator))

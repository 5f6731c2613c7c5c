"""Scores the lines of a form by the rules of the tables; a person's judgement stands beside the rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

from wangge.domains.self_evaluation.logic.lines import (
    Funds,
    Judgement,
    Line,
    Method,
    Reached,
    Scored,
    Sheet,
    plain,
    rounded,
)
from wangge.domains.self_evaluation.logic.words import Words, gettext_noop
from wangge.standards.performance import EXECUTION, Band, PerformanceTables

ZERO, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)


class ScoringRefused(ValueError):
    """A line that cannot be scored as given; ``words`` says what is missing and what to do."""

    def __init__(self, template: str, **values: str) -> None:
        self.words = Words(template, values)
        super().__init__(self.words.text())


def score_line(
    line: Line, reached: Reached, *, tables: PerformanceTables, judgement: Judgement | None = None, decimals: int = 2
) -> Scored:
    """The score of one line. Raises ScoringRefused: no actual value, unknown rule, judgement without name or reason."""
    if line.is_qualitative:
        by_rule, reckoning, method = _by_band(line, reached, tables.bands["qualitative"])
    else:
        by_rule, reckoning = _by_rule(line, reached, tables)
        method = Method.RULE
    by_rule = rounded(by_rule, decimals)
    if judgement is None:
        return Scored(line, by_rule, by_rule, method, line.rule, reckoning, reached)
    _check_judgement(line, judgement)
    words = f"评审认定 {plain(judgement.score)}（规则得分 {plain(by_rule)}）：{judgement.reason}（{judgement.by}）"
    return Scored(line, judgement.score, by_rule, Method.JUDGEMENT, line.rule, words, reached, judgement)


def score_execution(funds: Funds, *, weight: Decimal, tables: PerformanceTables) -> Scored:
    """The money row: min(1, executed ÷ adjusted) × weight. Raises ScoringRefused when more was spent than budgeted."""
    line = Line(
        EXECUTION, "", "年度资金总额", weight, "≥", EXECUTION, Decimal(funds.adjusted_fen), unit="分", fact="spending"
    )
    rate = funds.rate_percent
    if rate is None:
        raise ScoringRefused(_NO_BUDGET)
    if funds.executed_fen > funds.adjusted_fen:
        raise ScoringRefused(_OVERSPENT, rate=str(rate))
    score = rounded(weight * Decimal(funds.executed_fen) / Decimal(funds.adjusted_fen), funds.decimals)
    reckoning = f"执行率 {rate}% × {plain(weight)}，保留 {funds.decimals} 位小数 = {plain(score)}"
    reached = Reached(value=Decimal(funds.executed_fen))
    return Scored(line, score, score, Method.RULE, tables.rules[EXECUTION].rule, reckoning, reached)


def score_sheet(
    funds: Funds,
    lines: Sequence[tuple[Line, Reached, Judgement | None]],
    *,
    execution_weight: Decimal,
    tables: PerformanceTables,
) -> Sheet:
    """A whole form; the total is the sum of the printed scores and is not rounded again."""
    execution = score_execution(funds, weight=execution_weight, tables=tables)
    scored = tuple(score_line(line, reached, tables=tables, judgement=judgement) for line, reached, judgement in lines)
    total = sum((row.score for row in scored), execution.score)
    band = band_of(total, tables.bands["grade"])
    return Sheet(execution, scored, total, band.band, band.band_zh, _block_totals((execution, *scored)))


def band_of(share: Decimal, bands: Iterable[Band]) -> Band:
    """The band a share lies in: [from, to), the top one closed. Raises ScoringRefused outside all of them."""
    ordered = sorted(bands, key=lambda band: band.from_share, reverse=True)
    for index, band in enumerate(ordered):
        if band.from_share <= share and (share < band.to_share or (index == 0 and share <= band.to_share)):
            return band
    raise ScoringRefused(_NO_BAND, share=plain(share))


def completion_percent(line: Line, reached: Reached) -> Decimal | None:
    """完成比例 of a line in per cent; None where there is no number or the target is zero."""
    if line.target in (None, ZERO) or reached.value is None:
        return None
    assert line.target is not None
    return rounded(reached.value * HUNDRED / line.target, 2)


def _by_rule(line: Line, reached: Reached, tables: PerformanceTables) -> tuple[Decimal, str]:
    rule = tables.rules.get(line.rule)
    if rule is None:
        raise ScoringRefused(_NO_RULE, name=line.name, rule=line.rule)
    if reached.value is None:
        raise ScoringRefused(_NO_ACTUAL, name=line.name)
    assert line.target is not None
    share = _METHODS[rule.method](line.target, reached.value, tables)
    score = line.weight * share
    words = (
        f"{rule.sign}{plain(line.target)}{line.unit}，完成 {plain(reached.value)}{line.unit}："
        f"{rule.formula_zh} = {plain(rounded(score, 2))}"
    )
    return score, words


def _proportional(target: Decimal, actual: Decimal, _tables: PerformanceTables) -> Decimal:
    if target == ZERO:
        return ONE
    return max(ZERO, min(ONE, actual / target))


def _inverse(target: Decimal, actual: Decimal, _tables: PerformanceTables) -> Decimal:
    if actual <= target:
        return ONE
    return max(ZERO, ONE - (actual - target) / target) if target else ZERO


def _inverse_ratio(target: Decimal, actual: Decimal, _tables: PerformanceTables) -> Decimal:
    return ONE if actual <= target else target / actual


def _distance(target: Decimal, actual: Decimal, _tables: PerformanceTables) -> Decimal:
    if actual == target:
        return ONE
    return max(ZERO, ONE - abs(actual - target) / target) if target else ZERO


def _all_or_nothing(target: Decimal, actual: Decimal, _tables: PerformanceTables) -> Decimal:
    return ONE if actual == target else ZERO


def _steps(target: Decimal, actual: Decimal, tables: PerformanceTables) -> Decimal:
    share = min(HUNDRED, actual * HUNDRED / target) if target else HUNDRED
    band = band_of(max(ZERO, share), tables.bands["steps"])
    return (band.share or ZERO) / HUNDRED


_METHODS: Mapping[str, Callable[[Decimal, Decimal, PerformanceTables], Decimal]] = {
    "proportional": _proportional,
    "inverse": _inverse,
    "inverse_ratio": _inverse_ratio,
    "distance": _distance,
    "all_or_nothing": _all_or_nothing,
    "steps": _steps,
}


def _by_band(line: Line, reached: Reached, bands: Iterable[Band]) -> tuple[Decimal, str, Method]:
    """A qualitative line takes the top of its band; any other point of the band is a judgement."""
    band = next((band for band in bands if band.band == reached.band), None)
    if band is None:
        raise ScoringRefused(_NO_DEGREE, name=line.name)
    score = line.weight * band.to_share / HUNDRED
    words = f"{band.band_zh}，取该档上限 {plain(band.to_share)}% × {plain(line.weight)} = {plain(rounded(score, 2))}"
    return score, words, Method.BAND


def _check_judgement(line: Line, judgement: Judgement) -> None:
    if not judgement.by.strip() or not judgement.reason.strip():
        raise ScoringRefused(_NO_REASON, name=line.name)
    if not ZERO <= judgement.score <= line.weight:
        raise ScoringRefused(_BEYOND, name=line.name, weight=plain(line.weight))


def _block_totals(rows: Iterable[Scored]) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = {}
    for row in rows:
        totals[row.line.block] = totals.get(row.line.block, ZERO) + row.score
    return totals


_NO_BUDGET = gettext_noop("全年预算数为 0，无法计算执行率。请先导入或填写全年预算数。")
_OVERSPENT = gettext_noop(
    "全年执行数大于全年预算数（执行率 %(rate)s%%）。请核对预算调整是否已全部导入：没有追加的超支不能计分。"
)
_NO_BAND = gettext_noop("%(share)s 不在任何档次内。请检查 bands.csv。")
_NO_RULE = gettext_noop("指标“%(name)s”的评分规则“%(rule)s”不存在。请在 scoring_rules.csv 中选择。")
_NO_ACTUAL = gettext_noop("指标“%(name)s”没有实际完成值。请取数或填写，并附佐证。")
_NO_DEGREE = gettext_noop("定性指标“%(name)s”尚未选择达成程度。请选择一档，并写明依据。")
_NO_REASON = gettext_noop("指标“%(name)s”的认定得分须写明评审人和理由。")
_BEYOND = gettext_noop("指标“%(name)s”的认定得分须在 0 与分值 %(weight)s 之间。")

"""The quality of targets when they are set: vague, unmeasurable, without proof, always met, set twice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from wangge.domains.self_evaluation.logic.duties import Duty, Severity, duty
from wangge.domains.self_evaluation.logic.lines import Line, plain
from wangge.domains.self_evaluation.logic.words import gettext_noop
from wangge.standards.performance import PerformanceTables

_NUMBER = re.compile(r"[0-9０-９]|[一二三四五六七八九十百]+(?:次|个|项|件|天|小时|%|％)")


@dataclass(frozen=True, slots=True)
class PastYear:
    """Target and actual value of the same indicator in an earlier year."""

    year: int
    target: Decimal | None
    actual: Decimal | None


def target_duties(
    lines: Sequence[Line], *, tables: PerformanceTables, history: Mapping[str, Sequence[PastYear]] | None = None
) -> list[Duty]:
    """Every fault of every target; ``history`` by fact (or name), newest year first."""
    past = history or {}
    found = [fault for line in lines for fault in _of_line(line, tables, past.get(line.fact or line.name, ()))]
    return [*found, *_twice(lines)]


def _of_line(line: Line, tables: PerformanceTables, past: Sequence[PastYear]) -> Iterable[Duty]:
    if line.is_qualitative:
        yield from _vague(line, tables)
        return
    assert line.target is not None
    if not line.unit:
        yield duty("unit", Severity.ERROR, line.name, _UNIT)
    if line.sign not in {"≥", "≤", "="}:
        yield duty("sign", Severity.ERROR, line.name, _SIGN)
    fact = tables.facts.get(line.fact)
    if fact is None:
        yield duty("proof", Severity.WARNING, line.name, _PROOF)
    if line.unit == "%" and ((line.sign == "≥" and line.target <= 0) or (line.sign == "≤" and line.target >= 100)):
        yield duty("always_met", Severity.ERROR, line.name, _TRIVIAL, target=f"{line.sign}{plain(line.target)}%")
    yield from _always_met(line, tables, past)


def _vague(line: Line, tables: PerformanceTables) -> Iterable[Duty]:
    text = line.target_text.strip()
    if not text:
        yield duty("empty", Severity.ERROR, line.name, _EMPTY)
        return
    if _NUMBER.search(text):
        return
    words = [word for word in tables.vague_words if word.word in text]
    if words:
        said = "；".join(f"“{word.word}”{word.why}" for word in words)
        yield duty("vague", Severity.WARNING, line.name, _VAGUE, text=text, said=said)
    else:
        yield duty("vague", Severity.NOTE, line.name, _QUALITATIVE)


def _always_met(line: Line, tables: PerformanceTables, past: Sequence[PastYear]) -> Iterable[Duty]:
    """Met easily in each of the last years against today's target: the target asks for nothing."""
    years = int(tables.thresholds["history_years"])
    newest = [year for year in past if year.actual is not None][:years]
    if len(newest) < years or line.target is None:
        return
    if all(_met(line.sign, line.target, year.actual) for year in newest):
        said = "、".join(f"{year.year} 年 {plain(year.actual or Decimal(0))}" for year in newest)
        target = f"{line.sign}{plain(line.target)}{line.unit}"
        yield duty("always_met", Severity.WARNING, line.name, _ALWAYS_MET, target=target, said=said)


def _met(sign: str, target: Decimal, actual: Decimal | None) -> bool:
    if actual is None:
        return False
    return {"≥": actual >= target, "≤": actual <= target}.get(sign, actual == target)


def _twice(lines: Sequence[Line]) -> Iterable[Duty]:
    names = [line.name for line in lines]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            yield duty("twice", Severity.ERROR, name, _TWICE, count=str(names.count(name)))


_UNIT = gettext_noop("“%(name)s”没有计量单位，无法衡量。请写明单位（次、个、%%、小时等）。")
_SIGN = gettext_noop("“%(name)s”没有比较符号。请选 ≥、≤ 或 =。")
_PROOF = gettext_noop("“%(name)s”没有取数来源，年末须由人出具说明并附佐证。请现在写明由谁、凭什么证明。")
_TRIVIAL = gettext_noop("“%(name)s”%(target)s 总能达到。")
_EMPTY = gettext_noop("“%(name)s”没有指标值。")
_VAGUE = gettext_noop("“%(name)s”的指标值“%(text)s”不够明确：%(said)s。请写成可核对的结果，或改为定量指标。")
_QUALITATIVE = gettext_noop("“%(name)s”是定性指标。请写明达成、部分达成、未达成各是什么样。")
_ALWAYS_MET = gettext_noop("“%(name)s”%(target)s 近年都已达到（%(said)s），不起约束作用。请提高要求或说明理由。")
_TWICE = gettext_noop("“%(name)s”在同一张表中出现 %(count)s 次。")

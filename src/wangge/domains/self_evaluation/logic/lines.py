"""The values that scoring works on: a target line, what was reached, a person's judgement, and the score."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum


class Method(StrEnum):
    """What gave a score."""

    RULE = "rule"  # the rule of the line, from target and actual
    BAND = "band"  # a band of a qualitative line, at its top
    JUDGEMENT = "judgement"  # a person, with a reason


@dataclass(frozen=True, slots=True)
class Line:
    """One third-level indicator (三级指标) of a form. ``target`` is None for a qualitative line."""

    block: str
    second: str
    name: str
    weight: Decimal
    sign: str  # ≥ ≤ = 定性
    rule: str
    target: Decimal | None = None
    target_text: str = ""
    unit: str = ""
    fact: str = ""  # key of facts.csv, or a name of its own

    @property
    def is_qualitative(self) -> bool:
        """Whether no number is compared."""
        return self.target is None


@dataclass(frozen=True, slots=True)
class Reached:
    """What was reached: a value, or for a qualitative line the band and words; with the reason of a deviation."""

    value: Decimal | None = None
    text: str = ""
    band: str = ""  # qualitative: key of bands.csv
    deviation: str = ""  # 偏差原因
    measure: str = ""  # 改进措施


@dataclass(frozen=True, slots=True)
class Judgement:
    """A score given by a person in place of the rule's; it needs both name and reason."""

    score: Decimal
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Scored:
    """The score of one line with what gave it: the printed score, the rule's own, and the reckoning in words."""

    line: Line
    score: Decimal
    by_rule: Decimal | None
    method: Method
    rule: str
    reckoning: str
    reached: Reached
    judgement: Judgement | None = None


@dataclass(frozen=True, slots=True)
class Funds:
    """The money row of a form (年度资金总额), in whole fen."""

    initial_fen: int
    adjusted_fen: int
    executed_fen: int
    decimals: int = 2  # of the score: some offices print one

    @property
    def rate_percent(self) -> Decimal | None:
        """全年执行数 ÷ 全年预算数 in per cent with two decimals; None without a budget."""
        if not self.adjusted_fen:
            return None
        return rounded(Decimal(self.executed_fen) * 100 / Decimal(self.adjusted_fen), 2)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole form scored: the money row first, then its lines, with total and grade."""

    execution: Scored
    lines: tuple[Scored, ...]
    total: Decimal
    grade: str
    grade_zh: str
    block_totals: dict[str, Decimal] = field(default_factory=dict)

    @property
    def rows(self) -> tuple[Scored, ...]:
        """Every row that carries a score."""
        return (self.execution, *self.lines)


def rounded(value: Decimal, decimals: int) -> Decimal:
    """Half up, as everywhere in accounts."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def plain(value: Decimal) -> str:
    """A number without trailing zeros: 10.00 → 10, 9.80 → 9.8."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text

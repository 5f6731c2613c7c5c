"""The row types of what is measured: indicators and the bands in which they score."""

from __future__ import annotations

from dataclasses import dataclass

from wangge.standards.origin import Origin


@dataclass(frozen=True, slots=True)
class Indicator:
    """A count, rate or composite index; its formula names other indicators."""

    id: str
    object: str
    kind: str  # count, rate, composite
    name_zh: str
    name_en: str
    definition: str
    counted_at: str
    formula: str
    numerator: str
    denominator: str
    better: str  # higher, lower, ""
    score_rule: str
    source_formula: str
    source: str
    confidence: str
    note: str
    at: Origin


@dataclass(frozen=True, slots=True)
class ScoreBand:
    """One half-open band [from, to) of a score table; an empty end is open."""

    band_table: str
    band_seq: int
    from_value: str
    to_value: str
    score: str
    label_zh: str
    source: str
    confidence: str
    note: str
    at: Origin

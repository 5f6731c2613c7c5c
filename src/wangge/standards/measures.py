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
    counted: str  # which steps, in the language of standards.counted
    formula: str
    numerator: str
    denominator: str
    better: str  # higher, lower, ""
    score_rule: str
    treatment: tuple[str, ...]  # open_overdue=…, extended=…, suspended=…, merged=…, reopened=…, excluded=…
    missing: str  # what a missing denominator scores: no_value, zero, full
    digits: int
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


@dataclass(frozen=True, slots=True)
class SchemePart:
    """One part of a month's score: an indicator, on-the-spot or special checks, with its weight."""

    scheme: str
    object: str
    part: str
    name_zh: str
    weight: str
    kind: str  # indicator, spot, special
    of: str  # the indicator
    source: str
    confidence: str
    note: str
    at: Origin

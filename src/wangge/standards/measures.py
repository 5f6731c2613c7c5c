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


CHECK_FORMS = ("spot", "special", "quality")
"""On-the-spot checks 实地考评, special checks 专项检查, the quality check of case files 案卷质检."""


@dataclass(frozen=True, slots=True)
class CheckItem:
    """An item of a form: what a check may find, at most so many points off; of a case file against whose work."""

    form: str  # one of CHECK_FORMS
    item: str
    name_zh: str
    against: str  # of quality: collector, inspector or the post of a seat
    most_points: int
    source: str
    confidence: str
    note: str
    at: Origin


@dataclass(frozen=True, slots=True)
class ObjectGroup:
    """In which group 组别 a district is ranked, and which class of area its bands are (1, 2, 3; empty: the first)."""

    object: str  # district
    code: str
    group: str
    name_zh: str
    area_class: str
    source: str
    confidence: str
    note: str
    at: Origin


SIGN_OBJECTS = {
    "close_to_limit": "department",
    "same_photo": "district",
    "same_checker": "collector",
    "split_or_void": "grid",
    "self_handled_burst": "collector",
    "collection_gap": "grid",
    "exclusion_favour": "department",
}
"""The signs that are computed, each with the kind of object it is computed for."""


@dataclass(frozen=True, slots=True)
class SignRow:
    """A sign that figures may have been made to look better: what is measured, of whom, and from where on it shows.

    ``window`` is the reach in the sign's own unit, ``least`` what an object must have to be looked at at all, ``limit``
    the measure from which it is shown. A sign says where to look; it proves nothing.
    """

    sign: str
    name_zh: str
    measure_zh: str
    object: str
    window: str
    least: int
    limit: int
    source: str
    confidence: str
    note: str
    at: Origin

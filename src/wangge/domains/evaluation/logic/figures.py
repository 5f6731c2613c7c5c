"""Figures from counts: rates once, in exact decimals, with rounding by name; composites by bands and weights.

Without a denominator there is no value, neither 0 nor 100, unless the definition says what that scores. A rate
outside 0–100 is shown as it is and marked: it tells that numerator and denominator are not of the same cases.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

from wangge.standards.formulas import Composite, Part, Rate, Sum, parse_formula
from wangge.standards.measures import Indicator, ScoreBand

HUNDRED = Decimal(100)
_DIGITS = 60  # enough that no figure is rounded twice
_MISSING = {"zero": Decimal(0), "full": HUNDRED}
CountOf = Callable[[str], int | None]
"""A count by its id; None where nobody can say it."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: ``value`` None where there is none; the numbers it was made of."""

    indicator: str
    value: Decimal | None
    numerator: int | None = None
    denominator: int | None = None
    left_out: int = 0  # cases on the exclusion list that were in the denominator
    beyond: bool = False  # a rate outside 0–100
    parts: tuple[tuple[Part, Decimal | None], ...] = ()


class UnknownBand(LookupError):
    """A value lies in no band of the table."""


def rounded(value: Decimal, digits: int) -> Decimal:
    """Half up, as the bulletins do."""
    return value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def percentage(numerator: int, denominator: int, digits: int = 2) -> Decimal | None:
    """100 × numerator / denominator, rounded once; None for a denominator of 0."""
    if denominator == 0:
        return None
    with localcontext() as context:
        context.prec = _DIGITS
        return rounded(HUNDRED * numerator / Decimal(denominator), digits)


def figure(
    indicator: Indicator,
    counts: CountOf,
    *,
    left_out: CountOf | None = None,
    indicators: Mapping[str, Indicator] | None = None,
    bands: Mapping[str, tuple[ScoreBand, ...]] | None = None,
    band_classes: Mapping[str, str] | None = None,
) -> Figure:
    """The figure of an indicator over counts; ``left_out`` are the counts of excluded cases alone.

    Composites need ``indicators`` and ``bands``; ``band_classes`` replaces a table's name (an area's class).
    """
    if indicator.kind == "count":
        number = counts(indicator.id)
        return Figure(indicator.id, None if number is None else Decimal(number), number)
    formula = parse_formula(indicator.formula)
    if isinstance(formula, Rate):
        return _rate(indicator, formula, counts, left_out)
    return _composite(indicator, formula, counts, left_out, indicators or {}, bands or {}, band_classes or {})


def _rate(indicator: Indicator, formula: Rate, counts: CountOf, left_out: CountOf | None) -> Figure:
    numerator, denominator = _sum(formula.numerator, counts), _sum(formula.denominator, counts)
    if numerator is None or denominator is None:
        return Figure(indicator.id, None, numerator, denominator)
    out = 0
    if left_out is not None and "excluded=left_out" in indicator.treatment:
        out = _sum(formula.denominator, left_out) or 0
        numerator, denominator = numerator - (_sum(formula.numerator, left_out) or 0), denominator - out
    value = percentage(numerator, denominator, indicator.digits)
    if value is None:
        value = _MISSING.get(indicator.missing)
    beyond = value is not None and not 0 <= value <= HUNDRED
    return Figure(indicator.id, value, numerator, denominator, out, beyond)


def _sum(terms: Sum, counts: CountOf) -> int | None:
    total = 0
    for sign, name in terms:
        number = counts(name)
        if number is None:
            return None
        total += sign * number
    return total


def _composite(
    indicator: Indicator,
    formula: Composite,
    counts: CountOf,
    left_out: CountOf | None,
    indicators: Mapping[str, Indicator],
    bands: Mapping[str, tuple[ScoreBand, ...]],
    band_classes: Mapping[str, str],
) -> Figure:
    def value_of(name: str) -> Decimal | None:
        return figure(indicators[name], counts, left_out=left_out).value

    parts = tuple((part, part_score(part, value_of, bands, band_classes)) for part in formula.parts)
    return Figure(indicator.id, weighted(parts, indicator.digits), parts=parts)


def part_score(
    part: Part,
    value_of: Callable[[str], Decimal | None],
    bands: Mapping[str, tuple[ScoreBand, ...]],
    band_classes: Mapping[str, str],
) -> Decimal | None:
    """What one part scores, 0–100; None where its value is missing."""
    value = value_of(part.value)
    if value is None:
        return None
    if part.per:
        per = value_of(part.per)
        if not per:
            return None
        with localcontext() as context:
            context.prec = _DIGITS
            value = value / per
    if part.band_table:
        return band_of(bands[band_classes.get(part.band_table, part.band_table)], value)
    return HUNDRED - value if part.inverted else value


def weighted(parts: tuple[tuple[Part, Decimal | None], ...], digits: int) -> Decimal | None:
    """The weighted sum, rounded once; None when a part has no value."""
    total = Decimal(0)
    for part, score in parts:
        if score is None:
            return None
        total += part.weight * score
    return rounded(total, digits)


def band_of(bands: tuple[ScoreBand, ...], value: Decimal) -> Decimal:
    """The score of the band [from, to) a value lies in."""
    return Decimal(_band(bands, value).score)


def grade_of(bands: tuple[ScoreBand, ...], value: Decimal) -> ScoreBand:
    """The grade band a score lies in."""
    return _band(bands, value)


def _band(bands: tuple[ScoreBand, ...], value: Decimal) -> ScoreBand:
    for band in bands:
        above = not band.from_value or value >= Decimal(band.from_value)
        if above and (not band.to_value or value < Decimal(band.to_value)):
            return band
    raise UnknownBand(f"{bands[0].band_table}: {value}")

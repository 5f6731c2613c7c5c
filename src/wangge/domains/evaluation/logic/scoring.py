"""The score that counts: parts with weights, bonus and malus, ranks that small groups do not get.

A part without a value hands its weight to the others, and the score says so. Everything is exact; one rounding at the
end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal, localcontext

from wangge.domains.evaluation.logic.figures import HUNDRED, rounded

_Z = Decimal("1.959964")  # of a 95 % interval


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One part of a scheme: what it takes its value from, and how much it weighs."""

    part: str
    name_zh: str
    weight: Decimal
    kind: str  # indicator, spot, special
    of: str = ""  # the indicator
    inverted: bool = False


@dataclass(frozen=True, slots=True)
class PartScore:
    """What one part gave: its value, its points in the whole, and the points it lost."""

    part: ScorePart
    value: Decimal | None
    weight: Decimal  # after those without a value handed theirs on
    points: Decimal | None

    @property
    def lost(self) -> Decimal | None:
        return None if self.points is None else self.weight * HUNDRED - self.points


@dataclass(frozen=True, slots=True)
class Score:
    """The whole: the parts, bonus and malus, the rounded total; None where nothing could be scored."""

    parts: tuple[PartScore, ...]
    adjusted: Decimal
    total: Decimal | None


def score(scheme: Sequence[ScorePart], values: Mapping[str, Decimal | None], adjusted: Decimal = Decimal(0)) -> Score:
    """The score by a scheme: ``values`` by part, between 0 and 100; ``adjusted`` in points."""
    known = sum((part.weight for part in scheme if values.get(part.part) is not None), Decimal(0))
    parts = []
    total = Decimal(0)
    with localcontext() as context:
        context.prec = 60
        for part in scheme:
            value = values.get(part.part)
            if value is None or not known:
                parts.append(PartScore(part, None, Decimal(0), None))
                continue
            value = min(max(value, Decimal(0)), HUNDRED)
            weight = part.weight / known
            points = weight * (HUNDRED - value if part.inverted else value)
            total += points
            parts.append(PartScore(part, value, weight, points))
        whole = rounded(total + adjusted, 2) if known else None
    return Score(tuple(parts), adjusted, whole)


def ranks(totals: Mapping[str, Decimal | None], *, too_small: frozenset[str] = frozenset()) -> dict[str, int]:
    """Rank 1 is the highest; equals share a rank; small groups and those without a score have none."""
    ranked = {code: total for code, total in totals.items() if total is not None and code not in too_small}
    ordered = sorted(ranked.values(), reverse=True)
    return {code: ordered.index(total) + 1 for code, total in ranked.items()}


def interval(numerator: int, denominator: int) -> tuple[Decimal, Decimal] | None:
    """The 95 % interval of a rate (Wilson), in percent with one digit; None without a denominator."""
    if denominator <= 0 or not 0 <= numerator <= denominator:
        return None
    with localcontext() as context:
        context.prec = 40
        n, share, zz = Decimal(denominator), Decimal(numerator) / denominator, _Z * _Z
        middle = (share + zz / (2 * n)) / (1 + zz / n)
        half = _Z / (1 + zz / n) * (share * (1 - share) / n + zz / (4 * n * n)).sqrt()
        low, high = max(Decimal(0), middle - half), min(Decimal(1), middle + half)
        tenth = Decimal("0.1")
        return (
            (low * HUNDRED).quantize(tenth, ROUND_HALF_UP),
            (high * HUNDRED).quantize(tenth, ROUND_HALF_UP),
        )


def cases_to_gain(gap: Decimal, *, weight: Decimal, denominator: int, room: int) -> int | None:
    """How many cases of a rate, counted the other way, would have brought ``gap`` points; None beyond ``room``.

    One case of ``denominator`` is worth weight × 100 / denominator points.
    """
    if denominator <= 0 or weight <= 0 or gap < 0:
        return None
    worth = weight * HUNDRED
    needed = int((gap * denominator / worth).to_integral_value(ROUND_CEILING))
    return needed if needed <= room else None


def rank_changes(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, tuple[int | None, int | None]]:
    """Whose rank differs between two ways of scoring: code → (before, after)."""
    return {
        code: (before.get(code), after.get(code))
        for code in sorted(before.keys() | after.keys())
        if before.get(code) != after.get(code)
    }

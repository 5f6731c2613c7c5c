"""How amounts are printed: 万元 with two decimals, each cell by itself, half up; and what a tail 尾差 may be."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

_FEN_PER_HUNDREDTH = 10_000  # 0.01 万元 is 100 元


def hundredths(fen: int) -> int:
    """Whole fen as hundredths of 万元, half up (away from zero)."""
    sign = -1 if fen < 0 else 1
    return sign * ((abs(fen) + _FEN_PER_HUNDREDTH // 2) // _FEN_PER_HUNDREDTH)


def printed(fen: int) -> Decimal:
    """The figure as printed."""
    return Decimal(hundredths(fen)).scaleb(-2)


def tail_bound(parts: Iterable[int]) -> int:
    """By how many hundredths a printed sum of these printed parts may be off: ⌊(n + 1) / 2⌋, of one part none."""
    count = sum(part != 0 for part in parts)
    return (count + 1) // 2 if count > 1 else 0

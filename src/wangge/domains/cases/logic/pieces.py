"""The two-character pieces by which words are found: plain, and as numbers stamped with the ten days of the report.

Chinese words mostly have two characters. Behind a stamp a piece's list in the index is as short as ten days are, so a
search goes back through time and stops where a page is full, however often a word was ever used. The index holds
numbers, not texts: they compare in one step.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from operator import add

STRETCH_SECONDS = 864_000
"""Ten days: one stamp."""


def grams_of(*texts: str) -> list[str]:
    """Every two neighbouring characters of the texts, lower case, without blanks, each once."""
    line = " ".join(" ".join(texts).lower().split())
    return [gram for gram in dict.fromkeys(map(add, line, line[1:])) if " " not in gram]


CHARACTER_BITS = 21  # Unicode ends at 0x10FFFF


def numbers_of(grams: Iterable[str], stretch: int = 0) -> list[int]:
    """The pieces as the index holds them for cases of a stretch: stretch, first and second character side by side."""
    stamp = stretch << 2 * CHARACTER_BITS
    return [stamp + (ord(gram[0]) << CHARACTER_BITS) + ord(gram[1]) for gram in grams]


def stamped(grams: Iterable[str], reported_at: datetime) -> list[int]:
    """The pieces as the index holds them for a case reported at a moment (aware)."""
    return numbers_of(grams, int(reported_at.timestamp() // STRETCH_SECONDS))

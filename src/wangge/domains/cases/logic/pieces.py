"""The two-character pieces by which words are found: plain, and stamped with the ten days in which a case was reported.

Chinese words mostly have two characters. Behind a stamp a piece's list in the index is as short as ten days are, so a
search goes back through time and stops where a page is full, however often a word was ever used.
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


def stamped(grams: Iterable[str], reported_at: datetime) -> list[str]:
    """The pieces as the index holds them for a case reported at a moment (aware)."""
    stamp = str(int(reported_at.timestamp() // STRETCH_SECONDS))
    return [stamp + gram for gram in grams]

"""The two-character pieces by which words are found: plain, and as numbers stamped with the ten days of the report.

Chinese words mostly have two characters. Behind a stamp a piece's list in the index is as short as ten days are, so a
search goes back through time and stops where a page is full, however often a word was ever used. The index holds
numbers, not texts: they compare in one step.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from operator import add

import numpy as np
import numpy.typing as npt

STRETCH_SECONDS = 864_000
"""Ten days: one stamp."""
CHARACTER_BITS = 21  # Unicode ends at 0x10FFFF
_BLANK = ord(" ")


def grams_of(*texts: str) -> list[str]:
    """Every two neighbouring characters of the texts, lower case, without blanks, each once."""
    line = _line(texts)
    return [gram for gram in dict.fromkeys(map(add, line, line[1:])) if " " not in gram]


def numbers_of(grams: Iterable[str], stretch: int = 0) -> list[int]:
    """The pieces as the index holds them for cases of a stretch: stretch, first and second character side by side."""
    stamp = stretch << 2 * CHARACTER_BITS
    return [stamp + (ord(gram[0]) << CHARACTER_BITS) + ord(gram[1]) for gram in grams]


def stamped(*texts: str, reported_at: datetime) -> npt.NDArray[np.int64]:
    """The pieces of the texts as the index holds them for a case reported at a moment (aware), in order of number.

    What ``numbers_of(grams_of(…))`` gives, a whole text at once.
    """
    characters: npt.NDArray[np.int64] = np.frombuffer(_line(texts).encode("utf-32-le"), np.uint32).astype(np.int64)
    word = characters != _BLANK
    pieces: npt.NDArray[np.int64] = (characters[:-1] << CHARACTER_BITS | characters[1:])[word[:-1] & word[1:]]
    pieces.sort()
    if len(pieces) > 1:
        pieces = pieces[np.concatenate(([True], pieces[1:] != pieces[:-1]))]
    pieces += int(reported_at.timestamp() // STRETCH_SECONDS) << 2 * CHARACTER_BITS
    return pieces


def _line(texts: Iterable[str]) -> str:
    return " ".join(" ".join(texts).lower().split())

"""Makes a story shorter: delta debugging, down to the single action."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Part = TypeVar("Part")


def shortest(parts: Sequence[Part], fails: Callable[[Sequence[Part]], bool]) -> list[Part]:
    """The parts without any that are not needed to fail: leave out one more and nothing goes wrong."""
    kept, size = list(parts), max(len(parts) // 2, 1)
    while True:
        place, shorter = 0, False
        while place < len(kept):
            without = kept[:place] + kept[place + size :]
            if without and fails(without):
                kept, shorter = without, True
            else:
                place += size
        if size == 1 and not shorter:
            return kept
        size = max(size // 2, 1)

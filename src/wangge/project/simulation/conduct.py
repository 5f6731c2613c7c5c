"""Owns how units differ: some are punctual and thorough, some late and careless; the same for a seed in every worker.

Pure. Factors are balanced over the city's work, so that the whole city's shares stay what they are.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field

_FACTORS = (0.25, 0.45, 0.7, 0.9, 1.1, 1.4, 1.9, 2.8)


@dataclass(slots=True)
class Conduct:
    """How often a unit is late or must do its work again, beside the city's average."""

    seed: int
    balance: dict[str, float] = field(default_factory=dict)
    _factors: dict[tuple[str, str], float] = field(default_factory=dict)

    def factor(self, trait: str, unit: str) -> float:
        """Above 1: more often than the average; traits are ``late`` and ``rework``."""
        found = self._factors.get((trait, unit))
        if found is None:
            drawn = random.Random(f"conduct/{self.seed}/{trait}/{unit}").choice(_FACTORS)  # noqa: S311 - a simulation
            found = self._factors[trait, unit] = drawn / self.balance.get(trait, 1.0)
        return found


def balanced(seed: int, units: Iterable[str]) -> Conduct:
    """The conduct of a city's units; ``units`` names a unit as often as work comes to it."""
    sample = list(units)
    plain = Conduct(seed)
    return Conduct(
        seed,
        {
            trait: sum(plain.factor(trait, unit) for unit in sample) / max(len(sample), 1) or 1.0
            for trait in ("late", "rework")
        },
    )

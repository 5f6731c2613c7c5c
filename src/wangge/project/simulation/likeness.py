"""Owns what a simulated year is like, read from ``likeness.toml``: shares in parts of 100,000, each with its source."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

WHOLE = 100_000
_FILE = Path(__file__).with_name("likeness.toml")


@dataclass(frozen=True, slots=True)
class Likeness:
    """Shares by name, in parts of 100,000."""

    sources: Mapping[str, int]
    """Of all reports, collectors included: they add up to the whole."""
    self_fates: Mapping[str, int]
    fates: Mapping[str, int]
    checks: Mapping[str, int]
    citizens: Mapping[str, int]

    def happens(self, chance: random.Random, check: str) -> bool:
        """Whether one of the checks, or of what citizens do, happens this time."""
        share = self.checks.get(check)
        return chance.random() * WHOLE < (self.citizens[check] if share is None else share)


@lru_cache(maxsize=1)
def likeness() -> Likeness:
    """What the product's own simulated years are like."""
    with _FILE.open("rb") as file:
        told = tomllib.load(file)
    sources = _shares(told["sources"])
    sources["collector"] = WHOLE - sum(sources.values())
    return Likeness(
        sources,
        _shares(told["self_handled"]),
        _shares(told["fates"]),
        _shares(told["checks"]),
        _shares(told["citizens"]),
    )


def _shares(table: Mapping[str, Any]) -> dict[str, int]:
    shares = {name: value for name, value in table.items() if isinstance(value, int)}
    wrong = [name for name, value in shares.items() if not 0 <= value <= WHOLE]
    if wrong:
        raise ValueError(f"likeness.toml: {' '.join(wrong)} outside 0 to {WHOLE}")
    return shares

"""Owns which closed cases are called back 回访: by the occasions of the table, each with its share. Pure.

The citizen's own rating is another figure than the call-back; a low one is merely an occasion to call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from wangge.standards.letter_rows import CallBackRule


@dataclass(frozen=True, slots=True)
class Closed:
    """What of a closed case is an occasion to call."""

    source: str
    rated_down: bool
    reworked: bool
    late: bool
    followers: int

    @property
    def occasions(self) -> frozenset[str]:
        """The words of the table that fit."""
        fits = {
            "rated_down": self.rated_down, "reworked": self.reworked, "late": self.late,
            "several": self.followers > 1, "any": True,
        }  # fmt: skip
        return frozenset(name for name, holds in fits.items() if holds)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rule that chose a case, and its lot."""

    rule: str
    lot: int
    percent: int


def chosen_by(rules: Iterable[CallBackRule], case: Closed, *, lot_of: Callable[[str], int]) -> Chosen | None:
    """The first rule of the table that fits and whose lot hits; None leaves the citizen in peace."""
    for row in rules:
        if case.source not in row.sources or row.occasion not in case.occasions:
            continue
        lot = lot_of(row.rule)
        if lot < row.percent:
            return Chosen(row.rule, lot, row.percent)
    return None

"""What counting a fact needs and gives: the scope asked for, and the count with its query, samples and parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from wangge.domains.self_evaluation.logic.lines import rounded
from wangge.groundwork.clock import CITY_ZONE
from wangge.standards.performance import FactDefinition

SAMPLE_SIZE = 5
FEN_PER_WAN = 1_000_000


@dataclass(frozen=True, slots=True)
class Scope:
    """What is asked for: the unit, the year, a project or all, and the moment after which nothing counts."""

    unit_code: str
    year: int
    cut_off_at: datetime
    project: str = ""

    @property
    def cut_off_on(self) -> date:
        """The city's day of the cut-off."""
        return self.cut_off_at.astimezone(CITY_ZONE).date()


@dataclass(frozen=True, slots=True)
class Part:
    """A share of a count that has a name of its own: the figure of a published result, which leads down to cases."""

    result: str
    period: str
    figure: str
    number: int
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """What a source counted."""

    value: Decimal
    counted: int
    query: str
    numerator: int | None = None
    denominator: int | None = None
    samples: tuple[str, ...] = ()
    source_kind: str = ""  # where it differs from the definition's
    parts: tuple[Part, ...] = ()


def rate(
    fact: FactDefinition, part: int, whole: int, words: str, samples: tuple[str, ...] = (), *, source_kind: str = "",
    parts: tuple[Part, ...] = (),
) -> Counted | None:  # fmt: skip
    """A share in per cent; None where nothing was counted."""
    if whole == 0:
        return None
    value = rounded(Decimal(part) * 100 / Decimal(whole), fact.decimals)
    return Counted(value, whole, words, part, whole, samples, source_kind, parts)

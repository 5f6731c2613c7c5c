"""The formulas of indicators: rates over sums of counts, and weighted composites; read once, computed elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

_WORD = re.compile(r"[a-z][a-z0-9_]*")
_RATE = re.compile(r"100 \* \((?P<numerator>[^()]+)\) / \((?P<denominator>[^()]+)\)")
_PART = re.compile(
    r"(?P<weight>[01]\.\d+)\*(?:"
    r"\(100-(?P<inverted>[a-z0-9_]+)\)"
    r"|band\((?P<table>[a-z0-9_]+), (?P<value>[a-z0-9_]+)(?: / (?P<per>[a-z0-9_]+))?\)"
    r"|(?P<plain>[a-z0-9_]+))"
)

Sum = tuple[tuple[int, str], ...]
"""Counts with their signs."""


@dataclass(frozen=True, slots=True)
class Rate:
    """100 × numerator / denominator."""

    numerator: Sum
    denominator: Sum

    @property
    def words(self) -> Iterator[str]:
        for _, word in (*self.numerator, *self.denominator):
            yield word


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a composite: a weight on an indicator, on 100 less it, or on the band a value falls into."""

    weight: Decimal
    value: str
    inverted: bool = False
    band_table: str = ""
    per: str = ""


@dataclass(frozen=True, slots=True)
class Composite:
    """A weighted sum; every part lies between 0 and 100."""

    parts: tuple[Part, ...]

    @property
    def words(self) -> Iterator[str]:
        for part in self.parts:
            yield part.value
            if part.per:
                yield part.per


@lru_cache(maxsize=256)
def parse_formula(text: str) -> Rate | Composite:
    """The formula; ``ValueError`` with the piece that cannot be understood."""
    rate = _RATE.fullmatch(text)
    if rate is not None:
        return Rate(parse_sum(rate["numerator"]), parse_sum(rate["denominator"]))
    return Composite(tuple(_part(piece) for piece in text.split(" + ")))


def parse_sum(text: str) -> Sum:
    """``"a - b"`` → ((1, a), (-1, b))."""
    found, sign = [], 1
    for index, word in enumerate(text.split()):
        if index % 2:
            if word not in ("+", "-"):
                raise ValueError(word)
            sign = 1 if word == "+" else -1
        elif _WORD.fullmatch(word) is None:
            raise ValueError(word)
        else:
            found.append((sign, word))
    if not found or len(text.split()) % 2 == 0:
        raise ValueError(text)
    return tuple(found)


def _part(text: str) -> Part:
    found = _PART.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    value = found["inverted"] or found["value"] or found["plain"]
    return Part(Decimal(found["weight"]), value, bool(found["inverted"]), found["table"] or "", found["per"] or "")

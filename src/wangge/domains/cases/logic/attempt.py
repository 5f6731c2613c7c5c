"""What is asked of a case and what is known around it: an attempt at a move, and the answers of the surroundings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple, Protocol

from wangge.standards.tables import Move

NOTHING: frozenset[str] = frozenset()
NO_ARGS: Mapping[str, str] = MappingProxyType({})


class Attempt(NamedTuple):
    """One person (or the system) wants to make one move: ``at`` in civil minutes, evidence as kinds."""

    verb: str
    by: str
    post: str
    at: int
    args: Mapping[str, str] = NO_ARGS
    evidence: frozenset[str] = NOTHING
    unit: str = ""  # the unit the person acts for


class Surroundings(Protocol):
    """What judging must know beyond the case itself."""

    def on_duty(self) -> str:
        """The collector on duty in the case's grid, or empty."""

    def drawn(self, rule: str, percent: int, cycle: int) -> bool:
        """Whether the rule's draw of a second look hits this case."""

    def lead_is_open(self, lead_case: str) -> bool:
        """Whether the case named may lead: it exists, is open and is not this case."""

    def is_district(self, unit: str) -> bool:
        """Whether the unit is a district with a desk of its own."""

    def calendar_of(self, unit: str) -> str:
        """The scopes whose working slots the unit keeps, most specific first; empty for the city's."""

    def plausible(self) -> bool:
        """Whether the photos' times and places fit the report."""

    def told_end(self) -> int:
        """For a step made again: the end it gave to what it opened, whatever the calendars say now; 0: count it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a move may not be made: the reason of refusals.csv, the posts that might, and what is missing."""

    reason: str
    posts: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    guard: str = ""


@dataclass(frozen=True, slots=True)
class Allowed:
    """The move may be made, by this row."""

    row: Move
    tier: int = 0

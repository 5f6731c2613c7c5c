"""Why an order to a case is refused: named exceptions; each carries what a page or an answer needs to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class CaseRefused(Exception):
    """The order was not carried out; nothing was written."""


@dataclass
class NoSuchCase(CaseRefused):
    """There is no such case, or it lies behind a wall: the two look the same."""

    number: str


@dataclass
class NoSuchVerb(CaseRefused):
    """The table of moves knows no such verb."""

    verb: str


@dataclass
class StaleVersion(CaseRefused):
    """Somebody else wrote first: ``current`` is the case's version now, ``changed`` the steps since."""

    given: int
    current: int
    changed: Sequence[dict[str, object]] = ()


class VersionMissing(CaseRefused):
    """A move must say which version of the case it was decided on."""


@dataclass
class MoveRefused(CaseRefused):
    """The table, a guard, an argument or a piece of evidence says no; ``reason`` is that of refusals.csv."""

    verb: str
    stage: str
    reason: str
    posts: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    guard: str = ""


@dataclass
class BadInput(CaseRefused):
    """A value cannot be read: which one, and why."""

    field: str
    why: str


@dataclass
class KeyTaken(CaseRefused):
    """The Idempotency-Key already stands for another request."""

    key: str

"""Owns the tables of letters as they hold: kinds, who reads them, the authority that takes one, limits as moments."""

from __future__ import annotations

from datetime import datetime

from wangge.domains.cases.drafting import civil, exact
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.organizations.logic import Actor
from wangge.domains.organizations.queries import city_tables
from wangge.groundwork.working_time import CalendarUnknown
from wangge.standards.letter_rows import Authority, LetterKind


def kind_of(kind: str) -> LetterKind | None:
    """The row of a kind."""
    return next((row for row in city_tables().letter_kinds if row.kind == kind), None)


def kinds_read_by(actor: Actor) -> list[str]:
    """The kinds of letters this person may read: the wall about letters, for a list and for one alike."""
    return [row.kind for row in city_tables().letter_kinds if actor.holds(*row.readers)]


def authority_of(name: str) -> Authority | None:
    """The row of an authority."""
    return next((row for row in city_tables().authorities if row.authority == name), None)


def takers_of(kind: str) -> list[Authority]:
    """The authorities that take letters of a kind, the usual one first."""
    return [row for row in city_tables().authorities if kind in row.takes]


def due_after(amount: str, at: datetime) -> datetime | None:
    """The moment an amount of time after ``at`` is over; None where the year's calendar is not published yet."""
    rules = rulebook_on(day_of(civil(at)))
    length = rules.length(amount)
    try:
        return exact(rules.clock(length.clock).due(civil(at), length.minutes))
    except CalendarUnknown:
        return None

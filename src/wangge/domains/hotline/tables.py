"""Owns the hotline's tables as they hold on a day: the kinds of a channel, acts by name, and limits as moments."""

from __future__ import annotations

from datetime import datetime

from wangge.domains.cases.drafting import civil, exact
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.hotline.logic.limits import limits_of
from wangge.domains.organizations.queries import city_tables
from wangge.groundwork.working_time import CalendarUnknown
from wangge.standards.hotline_rows import HotlineAct, HotlineChannel, HotlineKind


def channel_of(channel: str) -> HotlineChannel | None:
    """The row of a channel."""
    return next((row for row in city_tables().hotline_channels if row.channel == channel), None)


def kind_of(channel: str, kind: str) -> HotlineKind | None:
    """The row of a kind of order in a channel."""
    return next((row for row in city_tables().hotline_kinds if (row.channel, row.kind) == (channel, kind)), None)


def kinds() -> tuple[str, ...]:
    """Every kind of order, in the order of the table."""
    return tuple(dict.fromkeys(row.kind for row in city_tables().hotline_kinds))


def act_of(name: str) -> HotlineAct | None:
    """The row of an act."""
    return next((row for row in city_tables().hotline_acts if row.act == name), None)


def open_states() -> list[str]:
    """The states an order still has to leave."""
    return [row.state for row in city_tables().hotline_states if row.is_open]


def sections(at: datetime) -> tuple[str, ...]:
    """The sections an order may be passed to."""
    return tuple(rulebook_on(day_of(civil(at))).settings["hotline_sections"].split())


def grades(at: datetime) -> tuple[str, ...]:
    """The grades of the hotline's own call-back."""
    return tuple(rulebook_on(day_of(civil(at))).settings["hotline_grades"].split())


def window_minutes(at: datetime) -> int:
    """How far a signed message's moment may lie from ours."""
    return rulebook_on(day_of(civil(at))).number("hotline_window")


def moments_of(row: HotlineKind, *, at: datetime, urgent: bool) -> tuple[datetime, datetime, datetime] | None:
    """(answer, contact, return) of an order received ``at``; None where the year's calendar is not published yet."""
    rules = rulebook_on(day_of(civil(at)))

    def due(amount: str, start: int) -> int:
        return _due(rules, amount, start)

    try:
        limits = limits_of(row, received=civil(at), urgent=urgent, due=due)
    except CalendarUnknown:
        return None
    return exact(limits.answer), exact(limits.contact), exact(limits.send_back)


def notice_ends(row: HotlineKind, *, at: datetime) -> datetime | None:
    """The earliest limit of which an extension may still be asked ``at``; None where the calendar is not published."""
    rules = rulebook_on(day_of(civil(at)))
    try:
        return exact(_due(rules, row.extension_before, civil(at)))
    except CalendarUnknown:
        return None


def _due(rules: Rulebook, amount: str, start: int) -> int:
    length = rules.length(amount)
    return rules.clock(length.clock).due(start, length.minutes)

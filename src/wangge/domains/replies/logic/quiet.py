"""Owns the quiet hours: when a telephone may ring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

Span = tuple[time, time]


def quiet_hours_of(text: str) -> tuple[Span, ...]:
    """``21:30-08:00 12:00-14:00`` as pairs of times of day; ``none`` is none."""
    if text == "none":
        return ()
    pairs = (span.partition("-") for span in text.split())
    return tuple((_time_of(first), _time_of(last)) for first, _dash, last in pairs)


def _time_of(text: str) -> time:
    return time.fromisoformat("00:00" if text == "24:00" else text)


def not_before(local: datetime, quiet: Sequence[Span]) -> datetime:
    """The first moment from ``local`` (on the city's clock) outside all quiet hours, which may span midnight."""
    for _turn in quiet:
        for span in quiet:
            local = _after(local, span)
    return local


def _after(local: datetime, span: Span) -> datetime:
    first, last = span
    now = local.timetz().replace(tzinfo=None)
    ends = local.replace(hour=last.hour, minute=last.minute, second=0, microsecond=0)
    if first <= last:
        return ends if first <= now < last else local
    if now >= first:
        return ends + timedelta(days=1)
    return ends if now < last else local

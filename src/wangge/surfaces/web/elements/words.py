"""The sentences that say how long is left: one wording for pages, messages and exports.

Pure text: whole minutes in, words out. The wording follows the label catalogue (`labels.csv`,
`word_minutes_over`, `word_hours_left`): number, unit and word in full.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

MINUTES_PER_HOUR = 60
Asked = ParamSpec("Asked")
Said = TypeVar("Said")
MINUTES_PER_NATURAL_DAY = 24 * MINUTES_PER_HOUR
MINUTES_PER_WORK_DAY = 8 * MINUTES_PER_HOUR


def kept_by_language(most: int) -> Callable[[Callable[Asked, Said]], Callable[Asked, Said]]:
    """Keep what a pure function says, at most ``most`` answers: a list says the same words fifty times over.

    Looking a sentence up in the catalogue costs more than all else about a row; the language is part of the key.
    """

    def around(say: Callable[Asked, Said]) -> Callable[Asked, Said]:
        @lru_cache(maxsize=most)
        def kept(_language: str | None, *args: Asked.args, **named: Asked.kwargs) -> Said:
            return say(*args, **named)

        @wraps(say)
        def ask(*args: Asked.args, **named: Asked.kwargs) -> Said:
            return kept(get_language(), *args, **named)  # type: ignore[arg-type]  # hashable by promise

        return ask

    return around


class Counting(StrEnum):
    """Which minutes a clock counts: working slots only, or all of them (natural and urgent units)."""

    WORKING = "working"
    CONTINUOUS = "continuous"


class LateWord(StrEnum):
    """The city's pair of words (setting `label_late`), named by its word for late."""

    CHAOQI = "超期"
    CHAOSHI = "超时"


class Urgency(StrEnum):
    """How a clock stands; each has a sign beside its colour, so that colour alone says nothing."""

    OVERDUE = "overdue"
    SOON = "soon"
    ON_TIME = "on_time"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"
    UNKNOWN = "unknown"

    @property
    def sign(self) -> str:
        """The sign printed before the text."""
        return _SIGNS[self]


_SIGNS = {
    Urgency.OVERDUE: "▲",
    Urgency.SOON: "◔",
    Urgency.ON_TIME: "●",
    Urgency.PAUSED: "‖",
    Urgency.MET: "✓",
    Urgency.MISSED: "▲",
    Urgency.UNKNOWN: "○",
}


@kept_by_language(8192)
def span_text(minutes: int, *, counting: Counting) -> str:
    """A span in words: `2 小时 10 分钟`, `3 天 4 小时`, `5 个工作小时`, `2 个工作日 3 个工作小时`.

    At most two units are named, the rest cut off, never rounded up: nobody is promised time he has not.
    """
    if minutes < 0:
        raise ValueError(f"a span has no sign: {minutes}")
    if counting is Counting.WORKING:
        return _working_span(minutes)
    return _continuous_span(minutes)


def _continuous_span(minutes: int) -> str:
    days, within_day = divmod(minutes, MINUTES_PER_NATURAL_DAY)
    hours, rest = divmod(within_day, MINUTES_PER_HOUR)
    if days:
        return _two(_days(days), _hours(hours) if hours else "")
    return _two(_hours(hours), _minutes(rest) if rest else "") if hours else _minutes(rest)


def _working_span(minutes: int) -> str:
    days, within_day = divmod(minutes, MINUTES_PER_WORK_DAY)
    hours, rest = divmod(within_day, MINUTES_PER_HOUR)
    if days:
        return _two(_work_days(days), _work_hours(hours) if hours else "")
    if hours:
        return _two(_work_hours(hours), _minutes(rest) if rest else "")
    return _work_minutes(rest)


def _two(first: str, second: str) -> str:
    return f"{first} {second}" if second else first


def _days(number: int) -> str:
    return ngettext("%(number)d 天", "%(number)d 天", number) % {"number": number}


def _hours(number: int) -> str:
    return ngettext("%(number)d 小时", "%(number)d 小时", number) % {"number": number}


def _minutes(number: int) -> str:
    return ngettext("%(number)d 分钟", "%(number)d 分钟", number) % {"number": number}


def _work_days(number: int) -> str:
    return ngettext("%(number)d 个工作日", "%(number)d 个工作日", number) % {"number": number}


def _work_hours(number: int) -> str:
    return ngettext("%(number)d 个工作小时", "%(number)d 个工作小时", number) % {"number": number}


def _work_minutes(number: int) -> str:
    return ngettext("%(number)d 个工作分钟", "%(number)d 个工作分钟", number) % {"number": number}


@kept_by_language(8192)
def left_text(remaining_minutes: int, *, counting: Counting, paused: bool, late_word: LateWord) -> str:
    """What a row says: `剩余 2 小时 10 分钟`, `超时 35 分钟`, `暂停 · 剩余 5 个工作小时`.

    `remaining_minutes` is negative when the limit has passed; a paused clock says what is left of it.
    """
    if remaining_minutes < 0:
        late = _("超期") if late_word is LateWord.CHAOQI else _("超时")
        over = f"{late} {span_text(-remaining_minutes, counting=counting)}"
        return _("暂停 · %(rest)s") % {"rest": over} if paused else over
    rest = _("剩余 %(span)s") % {"span": span_text(remaining_minutes, counting=counting)}
    return _("暂停 · %(rest)s") % {"rest": rest} if paused else rest


def urgency_of(remaining_minutes: int, *, allowance_minutes: int, paused: bool) -> Urgency:
    """How a running or paused clock stands; *soon* is the last fifth of it, at least ten minutes."""
    if remaining_minutes < 0:
        return Urgency.OVERDUE
    if paused:
        return Urgency.PAUSED
    return Urgency.SOON if remaining_minutes <= max(allowance_minutes // 5, 10) else Urgency.ON_TIME


def finished_text(*, in_time: bool, late_word: LateWord) -> str:
    """How a stopped clock ended, in the city's pair of words."""
    if late_word is LateWord.CHAOQI:
        return _("按期完成") if in_time else _("超期完成")
    return _("按时完成") if in_time else _("超时完成")

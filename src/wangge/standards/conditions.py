"""The small languages inside the tables: conditions of tiers, rules and acts, and conditional counters.

``parse_conditions`` reads ``evidence=photo_after & hours=07:00-19:00``; ``parse_counters_if`` reads
``once=cycle & clock:file=in_time: n_file_intime; always: -n_need_verify``. Both raise ValueError with the
part that they cannot read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison ``name operator value``."""

    name: str
    operator: str  # "=", ">", ">="
    value: str


def parse_conditions(text: str) -> tuple[Condition, ...]:
    """The comparisons of ``text``, all of which must hold; none for an empty text."""
    found = []
    for part in filter(None, text.split(" & ")):
        match = re.fullmatch(r"([a-z_]+)(>=|>|=)(\S.*)", part)
        if match is None:
            raise ValueError(part)
        found.append(Condition(*match.groups()))
    return tuple(found)


class CountOn(StrEnum):
    """What a condition of ``counters_if`` looks at."""

    ALWAYS = "always"
    ONCE = "once"  # value case or cycle
    LAST = "last"  # value cycle
    SETTING = "setting"
    CLOCK = "clock"  # value in_time or late
    CASE = "case"
    POST = "post"
    ARGUMENT = "argument"
    ARGUMENT_IN_SETTING = "argument_in_setting"  # value is the setting's key


@dataclass(frozen=True, slots=True)
class CountCondition:
    """One condition of a conditional counter; ``values`` are alternatives, ``negated`` turns them round."""

    on: CountOn
    name: str = ""
    values: tuple[str, ...] = ()
    negated: bool = False


@dataclass(frozen=True, slots=True)
class CountRule:
    """Counters that change by one when every condition holds: ``added`` up, ``taken_back`` down."""

    conditions: tuple[CountCondition, ...]
    added: tuple[str, ...]
    taken_back: tuple[str, ...]


def parse_counters_if(text: str) -> tuple[CountRule, ...]:
    """The rules of a ``counters_if`` cell, in their order."""
    rules = []
    for item in filter(None, text.split("; ")):
        conditions, colon, counters = item.rpartition(": ")
        names = counters.split()
        if not (colon and conditions and names):
            raise ValueError(item)
        rules.append(
            CountRule(
                tuple(_count_condition(part) for part in conditions.split(" & ")),
                tuple(name for name in names if not name.startswith("-")),
                tuple(name[1:] for name in names if name.startswith("-")),
            )
        )
    return tuple(rules)


_CASE_FACTS = "complaint|verified|on_time|reading|first|units|appeal|stage"
# in the order they are tried: the last ones would also match the earlier words
_COUNT_FORMS = (
    (CountOn.ALWAYS, re.compile(r"always()()()")),
    (CountOn.ONCE, re.compile(r"once()()=(case|cycle)")),
    (CountOn.LAST, re.compile(r"last()()=(cycle)")),
    (CountOn.SETTING, re.compile(r"setting:(\w+)()=(\S+)")),
    (CountOn.CLOCK, re.compile(r"clock:(\w+)()=(in_time|late)")),
    (CountOn.CASE, re.compile(rf"case:({_CASE_FACTS})()=(\S+)")),
    (CountOn.POST, re.compile(r"post()()=(\w+)")),
    (CountOn.ARGUMENT_IN_SETTING, re.compile(r"(\w+)() in setting:(\w+)")),
    (CountOn.ARGUMENT, re.compile(r"(\w+)(!?)=(\S+)")),
)


def _count_condition(part: str) -> CountCondition:
    for on, form in _COUNT_FORMS:
        match = form.fullmatch(part)
        if match:
            name, negated, value = match.groups()
            return CountCondition(on, name, tuple(value.split("|")) if value else (), bool(negated))
    raise ValueError(part)

"""The row types of the hotline's tables: channels, kinds of order with their limits, states and acts of an order."""

from __future__ import annotations

from dataclasses import dataclass

from wangge.standards.origin import Origin


@dataclass(frozen=True, slots=True)
class HotlineChannel:
    """One door orders come by; numbers, limits and statistics are its own."""

    channel: str
    name_zh: str
    case_source: str  # the source of entries.csv its reports come in as
    source: str
    confidence: str
    note: str
    at: Origin


@dataclass(frozen=True, slots=True)
class HotlineKind:
    """A kind of order in a channel, and its limits as amounts (``3 work_day``)."""

    channel: str
    kind: str
    kind_zh: str
    answer_within: str
    starts: str  # at_once, next_day
    urgent_within: str
    contact_within: str
    return_within: str
    extension_before: str  # an extension is asked at least this long before the limit
    goes_to: str  # desk: a person decides; case: with a place it becomes a case at once
    on_spot: bool
    source: str
    confidence: str
    note: str
    at: Origin


@dataclass(frozen=True, slots=True)
class HotlineState:
    """Where an order may stand."""

    state: str
    state_zh: str
    is_open: bool
    source: str
    confidence: str
    note: str
    at: Origin


@dataclass(frozen=True, slots=True)
class HotlineAct:
    """What may be done with an order: from which states, by which posts, with what, under which guards.

    ``to_state`` may be ``=`` (stays) or ``=work`` (back to where the draft came from).
    """

    act: str
    act_zh: str
    from_states: tuple[str, ...]
    to_state: str
    posts: tuple[str, ...]
    needs: tuple[str, ...]
    guards: tuple[str, ...]
    source: str
    confidence: str
    note: str
    at: Origin

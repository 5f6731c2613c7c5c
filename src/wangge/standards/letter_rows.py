"""The row types of what the public is answered by: kinds of letters, authorities outside, rules of call-backs."""

from __future__ import annotations

from dataclasses import dataclass

from wangge.standards.origin import Origin


@dataclass(frozen=True, slots=True)
class LetterKind:
    """A kind of letter: who alone reads it, whether another authority gets it at once, its limit."""

    kind: str
    kind_zh: str
    hint_zh: str
    readers: tuple[str, ...]
    forwards: bool
    answer_within: str
    source: str
    confidence: str
    note: str
    at: Origin


@dataclass(frozen=True, slots=True)
class Authority:
    """A body outside the platform that takes letters of some kinds, and confirms that it has."""

    authority: str
    name_zh: str
    phone: str
    takes: tuple[str, ...]
    receipt_within: str
    source: str
    confidence: str
    note: str
    at: Origin


@dataclass(frozen=True, slots=True)
class CallBackRule:
    """A rule by which closed cases come on the list of call-backs 回访: on what occasion, and what share of them."""

    rule: str
    rule_zh: str
    occasion: str  # rated_down, reworked, late, several, any
    percent: int
    sources: tuple[str, ...]
    source: str
    confidence: str
    note: str
    at: Origin

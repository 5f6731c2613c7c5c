"""The course of a month: frozen, reviewed, signed by another one, published; then only re-issued."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum


class MonthState(StrEnum):
    """Where a month stands."""

    OPEN = "open"
    FROZEN = "frozen"  # units check their draft and appeal
    REVIEWED = "reviewed"
    SIGNED = "signed"
    PUBLISHED = "published"


NEXT = {
    ("open", "freeze"): MonthState.FROZEN,
    ("frozen", "review"): MonthState.REVIEWED,
    ("reviewed", "sign"): MonthState.SIGNED,
    ("signed", "publish"): MonthState.PUBLISHED,
    ("published", "reissue"): MonthState.PUBLISHED,
}
POSTS = {
    "freeze": frozenset({"evaluator"}),
    "review": frozenset({"evaluator", "section_head"}),
    "sign": frozenset({"centre_leader", "chief"}),
    "publish": frozenset({"evaluator", "section_head"}),
    "reissue": frozenset({"centre_leader", "chief"}),
}
"""Who may make a step."""


class StepRefused(Exception):
    """The step is not open now; the text says what is."""


def state_after(verbs: Sequence[str]) -> MonthState:
    """Where a month stands after its steps."""
    state = MonthState.OPEN
    for verb in verbs:
        state = NEXT[state.value, verb]
    return state


def check_step(verbs: Sequence[str], verb: str) -> None:
    """Raise :class:`StepRefused` unless ``verb`` may come next."""
    state = state_after(verbs)
    if (state.value, verb) not in NEXT:
        following = next((each for (now, each) in NEXT if now == state.value), "")
        raise StepRefused(_NOT_NOW.format(state=LABELS[state], following=VERB_LABELS[following]))


LABELS = {
    MonthState.OPEN: "未冻结",
    MonthState.FROZEN: "已冻结，待单位核对",
    MonthState.REVIEWED: "已复核，待签发",
    MonthState.SIGNED: "已签发，待发布",
    MonthState.PUBLISHED: "已发布",
}
VERB_LABELS = {"freeze": "冻结", "review": "复核", "sign": "签发", "publish": "发布", "reissue": "更正重发"}
_NOT_NOW = "本月{state}，现在可办的是{following}。"


class Errand(StrEnum):
    """What a month wants to have done now: the first by itself, the others by people who are told."""

    FREEZE = "freeze"
    CHECK = "check"  # units may check their draft and appeal
    LAST_DAY = "last_day"  # a day is left for that
    REVIEW = "review"
    SIGN = "sign"
    PUBLISH = "publish"


LAST_HOURS = 24
TOPIC = "evaluation_month"
"""What messages about a month are filed under."""


def errands(state: MonthState, *, freeze_due: bool, hours_left: float | None) -> tuple[Errand, ...]:
    """What is to be done of a month: ``hours_left`` of the units' time to check, None where its end is not known."""
    if state is MonthState.OPEN:
        return (Errand.FREEZE,) if freeze_due else ()
    if state is MonthState.FROZEN:
        if hours_left is None or hours_left > LAST_HOURS:
            return (Errand.CHECK,)
        return (Errand.CHECK, Errand.LAST_DAY) if hours_left > 0 else (Errand.REVIEW,)
    return {MonthState.REVIEWED: (Errand.SIGN,), MonthState.SIGNED: (Errand.PUBLISH,)}.get(state, ())

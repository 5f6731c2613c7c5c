"""Owns the judgement whether an act may be done with an order now, and where it leads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from wangge.standards.hotline_rows import HotlineAct

STAYS, BACK_TO_WORK, NEW = "=", "=work", "new"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an order stands, as far as acts ask."""

    state: str
    on_spot: bool = False  # its kind may be answered on the spot
    contacted: bool = False
    has_case: bool = False
    section: str = ""
    drafted_by: int | None = None
    return_by: datetime | None = None
    due_at: datetime | None = None
    extension_open: bool = False  # asked for and not decided
    question_open: bool = False
    grade: str = ""  # of the hotline's last call-back
    appeal: str = ""  # open, upheld, refused
    suspension_open: bool = False  # asked for and not decided
    case_refused: bool = False  # its case was not taken up


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for an act, when, with which arguments."""

    person_id: int | None
    posts: frozenset[str]
    at: datetime
    given: frozenset[str] = frozenset()
    notice_ends_at: datetime | None = None  # an extension asked now must be of a limit no earlier than this


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not: ``no_such_act``, ``wrong_state``, ``wrong_post``, the name of a guard, or ``missing`` with what."""

    reason: str
    what: str = ""


Guard = Callable[[Standing, Asked], bool]
GUARDS: Mapping[str, Guard] = {
    "kind_on_spot": lambda order, _asked: order.on_spot,
    # a case speaks for itself on the ground; without one nobody has looked, so the citizen is called first
    "contacted": lambda order, _asked: order.contacted or order.has_case,
    # while a case is worked on its order cannot go back
    "case_refused": lambda order, _asked: not order.has_case or order.case_refused,
    "within_return_limit": lambda order, asked: order.return_by is None or asked.at <= order.return_by,
    "no_extension_open": lambda order, _asked: not order.extension_open,
    "extension_open": lambda order, _asked: order.extension_open,
    "within_extension_limit": lambda order, asked: (
        order.due_at is None or asked.notice_ends_at is None or asked.notice_ends_at <= order.due_at
    ),
    "no_question_open": lambda order, _asked: not order.question_open,
    "question_open": lambda order, _asked: order.question_open,
    "graded": lambda order, _asked: bool(order.grade),
    "not_appealed": lambda order, _asked: not order.appeal,
    "appeal_open": lambda order, _asked: order.appeal == "open",
    "no_suspension_open": lambda order, _asked: not order.suspension_open,
    "suspension_open": lambda order, _asked: order.suspension_open,
    "not_drafter": lambda order, asked: asked.person_id is None or asked.person_id != order.drafted_by,
}


def work_state(order: Standing) -> str:
    """The state an order has while it is worked on."""
    if order.has_case:
        return "with_case"
    return "with_section" if order.section else "received"


def judge(act: HotlineAct | None, order: Standing, asked: Asked, *, guards_alone: bool = False) -> Refusal | None:
    """The first thing that stands against an act; None: it may be done. ``guards_alone``: for a list of open acts."""
    if act is None:
        return Refusal("no_such_act")
    if order.state not in act.from_states:
        return Refusal("wrong_state")
    if not asked.posts.intersection(act.posts):
        return Refusal("wrong_post", " ".join(act.posts))
    for name in act.guards:
        if not GUARDS[name](order, asked):
            return Refusal(name)
    if guards_alone:
        return None
    missing = [name for name in act.needs if name not in asked.given]
    return Refusal("missing", missing[0]) if missing else None


def state_after(act: HotlineAct, order: Standing) -> str:
    """Where a permitted act leads."""
    if act.to_state == STAYS:
        return order.state
    return work_state(order) if act.to_state == BACK_TO_WORK else act.to_state


def open_acts(acts: Iterable[HotlineAct], order: Standing, asked: Asked) -> list[HotlineAct]:
    """The acts open to who asks now, in the order of the table."""
    return [act for act in acts if judge(act, order, asked, guards_alone=True) is None]

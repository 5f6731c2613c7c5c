"""Owns who is told a caller's number in full and who may listen: a denouncer stays closed to all but a leader."""

from __future__ import annotations

from wangge.domains.organizations.logic import Actor
from wangge.domains.telephone.queries.calls import Call

CALLERS = ("acceptor", "duty_leader", "section_head", "centre_leader")
LISTENERS = ("duty_leader", "section_head", "centre_leader", "supervisor")
LEADERS = ("centre_leader",)


def may_reveal(by: Actor, *, denounces: bool) -> bool:
    """Whether ``by`` may be told the whole number, for a reason."""
    return by.holds(*(LEADERS if denounces else CALLERS))


def may_listen(by: Actor, call: Call, *, denounces: bool) -> bool:
    """Whether ``by`` may play the recording, for a reason: who took the call himself, and who answers for the desk."""
    if denounces:
        return by.holds(*LEADERS)
    return by.holds(*LISTENERS) or (by.holds("acceptor") and call.person_id == by.person_id)

"""Owns who may read orders and see who called: a denouncer's identity stays closed to all but a leader."""

from __future__ import annotations

from wangge.domains.organizations.logic import Actor

CALLERS = ("acceptor", "duty_leader", "section_head", "centre_leader")
LEADERS = ("centre_leader",)


def may_reveal(by: Actor, kind: str) -> bool:
    """Whether ``by`` may be shown who called, for a reason."""
    return by.holds(*(LEADERS if kind == "denunciation" else CALLERS))

"""Owns who may walk a task of a census: whom it is given to, and any collector where nobody has it."""

from __future__ import annotations

from wangge.domains.organizations.logic import Actor


def may_walk(actor: Actor, *, assignee_id: int | None) -> bool:
    """Whether the actor notes findings of a task and ends it."""
    if actor.person_id is None or not actor.may_write():
        return False
    return actor.person_id == assignee_id or (assignee_id is None and actor.holds("collector"))

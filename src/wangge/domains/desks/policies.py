"""Who may do what at the desks beyond his own things."""

from __future__ import annotations

from wangge.domains.organizations.logic import Actor

LEADS_SEATS = ("duty_leader", "section_head", "centre_leader")


def may_keep_texts_of_city(by: Actor) -> bool:
    """Whether ``by`` words what every seat is offered."""
    return by.holds(*LEADS_SEATS)


def may_look_again(by: Actor) -> bool:
    """Whether ``by`` writes down what a second look at a seat's act found."""
    return by.holds(*LEADS_SEATS)

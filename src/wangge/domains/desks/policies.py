"""Who may do what at the desks beyond his own things."""

from __future__ import annotations

from wangge.domains.organizations.logic import Actor

KEEPS_TEXTS_OF_CITY = ("duty_leader", "section_head", "centre_leader")


def may_keep_texts_of_city(by: Actor) -> bool:
    """Whether ``by`` words what every seat is offered."""
    return by.holds(*KEEPS_TEXTS_OF_CITY)


def may_look_again(by: Actor) -> bool:
    """Whether ``by`` writes down what a second look at a seat's act found."""
    return by.holds("duty_leader", "section_head", "centre_leader")

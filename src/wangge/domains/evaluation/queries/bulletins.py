"""Questions to bulletins: who is told of them, and in which template they are set."""

from __future__ import annotations

from wangge.domains.evaluation.models import BulletinSubscription, BulletinTemplate


def subscription_of(person_id: int | None) -> BulletinSubscription | None:
    """How this person is told of bulletins; None where he is not."""
    return None if person_id is None else BulletinSubscription.objects.filter(person_id=person_id).first()


def template_in_force() -> BulletinTemplate | None:
    """The template that was loaded last; None for our own layout."""
    newest = BulletinTemplate.objects.order_by("-id").first()
    return newest if newest is not None and newest.name else None

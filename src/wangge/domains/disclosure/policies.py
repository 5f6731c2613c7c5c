"""Who may take which step of an edition: the posts of ``disclosure_steps.csv``, and never the same person twice."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from wangge.domains.disclosure.refusals import DisclosureRefused
from wangge.domains.organizations.logic import Actor
from wangge.standards.budgeting import DisclosureStep, disclosure_steps


def steps_from(state: str) -> tuple[DisclosureStep, ...]:
    """The steps that may be taken from a state; an edition that is not there yet is compiled."""
    return tuple(step for step in disclosure_steps() if (state in step.from_states if state else not step.from_states))


def check_may_take(by: Actor, step: DisclosureStep, before: Sequence[tuple[str, int | None]]) -> None:
    """Raise ``DisclosureRefused`` unless ``by`` may; ``before`` are (verb, person) of the steps so far."""
    if by.person_id is None:
        raise DisclosureRefused(_("公开环节须由具名的人员办理：命令行请加 --as 用户名。"), "edition_step_by_a_person")
    if not by.holds(*step.posts):
        raise DisclosureRefused(
            _("“%(step)s”由%(posts)s办理，您没有这个岗位。") % {"step": step.name_zh, "posts": "、".join(step.posts)}
        )
    did = {verb for verb, person in before if person == by.person_id}
    names = {each.verb: each.name_zh for each in disclosure_steps()}
    for verb in step.apart_from:
        if verb in did:
            raise DisclosureRefused(
                _("您已办理“%(done)s”，“%(step)s”须由他人办理。") % {"done": names[verb], "step": step.name_zh},
                "edition_step_by_another_person",
            )


def may_take(by: Actor, step: DisclosureStep, before: Sequence[tuple[str, int | None]]) -> bool:
    """Whether ``by`` may take this step."""
    try:
        check_may_take(by, step, before)
    except DisclosureRefused:
        return False
    return True

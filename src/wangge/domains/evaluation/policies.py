"""Who may see and make what of a month: no rank is visible to others before it is published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from wangge.domains.evaluation.logic.months import NEXT, POSTS, MonthState
from wangge.domains.evaluation.refusals import CheckRefused
from wangge.domains.organizations.logic import Actor

EVALUATION_POSTS = frozenset({"evaluator", "section_head", "centre_leader", "chief"})
CHECKING_POSTS = frozenset({"evaluator", "section_head"})


def may_see_drafts(by: Actor) -> bool:
    """Whether he sees months that are not published yet, whole."""
    return by.holds(*EVALUATION_POSTS)


def may_check(by: Actor) -> bool:
    """Whether he draws, writes findings, bonus and malus, and judges case files."""
    return by.holds(*CHECKING_POSTS)


def check_may_check(by: Actor) -> None:
    """Raise ``CheckRefused`` unless he may."""
    if not may_check(by):
        raise CheckRefused(_("您的岗位不能办理考评检查。"))


def own_objects(by: Actor) -> frozenset[tuple[str, str]]:
    """(kind, code) of the units and districts he speaks for: they check their own draft."""
    units = {("department", code) for code in by.department_codes}
    return frozenset(units | {("district", each.district_code) for each in by.holdings if each.district_code})


def visible_scores(
    scores: Sequence[Mapping[str, Any]], *, kind: str, state: MonthState, by: Actor
) -> list[dict[str, Any]]:
    """The scores of one kind as this person may see them: of a draft his own alone, without a rank."""
    if state is MonthState.PUBLISHED or may_see_drafts(by):
        return [dict(each) for each in scores]
    own = own_objects(by)
    return [{**each, "rank": None} for each in scores if (kind, each["code"]) in own]


def may_see_object(*, kind: str, code: str, state: MonthState, by: Actor) -> bool:
    """Whether he may open one object's page and figures."""
    return state is MonthState.PUBLISHED or may_see_drafts(by) or (kind, code) in own_objects(by)


def open_steps(*, state: MonthState, by: Actor) -> list[str]:
    """The steps of the month that he may make now."""
    return [verb for (now, verb) in NEXT if now == state.value and by.holds(*POSTS[verb])]

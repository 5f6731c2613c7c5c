"""Which posts a row of the table leaves for this case: the row's posts, narrowed by settings, tiers, ladders, rules.

``post_by`` of a row holds several words; they apply one after the other and touch ``system`` only by ``automation``.
"""

from __future__ import annotations

from collections.abc import Mapping

from wangge.domains.cases.logic.attempt import Attempt
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import CaseState
from wangge.standards.effective import JUDGES
from wangge.standards.tables import Move, Tier

SYSTEM = "system"


def posts_left(rules: Rulebook, state: CaseState, row: Move, attempt: Attempt) -> tuple[str, ...]:
    """The posts that may make this move now, in the row's order."""
    posts = row.posts
    for word in row.post_by:
        kind, _, name = word.partition(":")
        posts = _NARROW[kind](rules, state, row, attempt, posts, name)
    return posts


def tier_of_request(rules: Rulebook, state: CaseState) -> Tier:
    """The tier the open request was made under (the set may have changed since: then the last of the kind)."""
    request = state.request
    assert request is not None
    rows = rules.tiers[request.kind]
    return next((row for row in rows if row.seq == request.tier), rows[-1])


def next_endorser(rules: Rulebook, state: CaseState) -> str | None:
    """The post whose signature is missing next, or None when all have signed."""
    assert state.request is not None
    signed = state.request.signed
    return next((post for post in tier_of_request(rules, state).endorsers if post not in signed), None)


def follows_act(rules: Rulebook, state: CaseState, attempt: Attempt) -> bool:
    """Whether the attempt is a later step of the composite act under way: same person, moment and arguments."""
    act = state.act
    if act is None or attempt.args.get("act") != act.name:
        return False
    composite = rules.composites.get(act.name)
    return (
        composite is not None
        and attempt.verb in composite.steps[1:]
        and attempt.post == composite.post
        and attempt.by == act.by
        and attempt.at == act.at
        and _bare(attempt.args) == act.args
    )


def _bare(args: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in args.items() if name != "note"}


def _keep(posts: tuple[str, ...], allowed: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(post for post in posts if post in allowed or post == SYSTEM)


def _by_setting(
    rules: Rulebook, state: CaseState, row: Move, attempt: Attempt, posts: tuple[str, ...], name: str
) -> tuple[str, ...]:
    value = rules.settings[name]
    allowed = JUDGES[value] if name == "appeal_judges" else (value,)
    if follows_act(rules, state, attempt):
        allowed = (*allowed, attempt.post)
    return _keep(posts, allowed)


def _by_tier(
    rules: Rulebook, state: CaseState, row: Move, attempt: Attempt, posts: tuple[str, ...], name: str
) -> tuple[str, ...]:
    request = state.request
    if name == "endorse":
        if request is None:
            return posts
        endorser = next_endorser(rules, state)
        return _keep(posts, (endorser,)) if endorser else ()
    if request is not None and request.kind == name:
        tier = tier_of_request(rules, state)
        refusing = tier.endorsers if row.verb.startswith("refuse_") else ()
        return _keep(posts, (tier.deciding_post, *refusing))
    if name == "reopen" and row.verb == "reopen":
        return _keep(posts, tuple(tier.deciding_post for tier in rules.tiers["reopen"]))
    return posts


def _by_ladder(
    rules: Rulebook, state: CaseState, row: Move, attempt: Attempt, posts: tuple[str, ...], name: str
) -> tuple[str, ...]:
    rung = rules.ladders.get((name, attempt.args.get("level") or rules.settings["default_level"]))
    return posts if rung is None else _keep(posts, rung.from_posts)


def _by_automation(
    rules: Rulebook, state: CaseState, row: Move, attempt: Attempt, posts: tuple[str, ...], name: str
) -> tuple[str, ...]:
    if (row.verb, row.from_stage) in rules.automations:
        return posts
    return tuple(post for post in posts if post != SYSTEM)


_NARROW = {"setting": _by_setting, "tier": _by_tier, "ladder": _by_ladder, "automation": _by_automation}

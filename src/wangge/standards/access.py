"""Who may open which page or endpoint, and who sees which cases with how much personal data.

The meaning of two tables: ``access.csv`` names every page and endpoint with the posts that may open it,
``sight.csv`` is ``may_see`` of ``posts.csv`` as data. A name without a row is open to nobody, and a post
without a row sees nothing. ``posts_added.csv`` names the posts the product adds to the standard's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from wangge.standards.findings import Finding, gettext_noop
from wangge.standards.tables import SightRow, Tables

# Posts whose holders are no staff: no second factor is asked of them, and ``staff`` does not mean them.
POSTS_OUTSIDE_STAFF = frozenset({"reporter", "system"})


class OpenTo(StrEnum):
    """The words that may stand for posts in ``access.csv``."""

    ANYONE = "anyone"  # without sign-in
    SIGNED_IN = "signed_in"
    STAFF = "staff"


class SightScope(StrEnum):
    """Which cases a window looks at, before its stages narrow them."""

    OWN_REPORTS = "own_reports"
    OWN_TASK = "own_task"
    OWN_UNIT = "own_unit"
    DESK = "desk"
    CITY = "city"
    NONE = "none"


class PersonalData(StrEnum):
    """How a reporter's name and telephone appear.

    FULL: masked, and shown in full by a recorded reveal with a reason; MASKED: never more than masked;
    NONE: not at all.
    """

    FULL = "full"
    MASKED = "masked"
    NONE = "none"


class Denouncer(StrEnum):
    """Whether the identity of a denouncer (举报人) can be revealed through a window."""

    CLOSED = "closed"
    REVEAL = "reveal"


@dataclass(frozen=True, slots=True)
class SightWindow:
    """One window of a post onto the cases; ``stages`` None means every stage."""

    post: str
    stages: frozenset[str] | None
    scope: SightScope
    personal: PersonalData
    denouncer: Denouncer


def _window_of(row: SightRow) -> SightWindow:
    return SightWindow(
        row.post,
        frozenset(row.stages) or None,
        SightScope(row.scope),
        PersonalData(row.personal),
        Denouncer(row.denouncer),
    )


@lru_cache(maxsize=16)
def sight_by_post(tables: Tables) -> Mapping[str, tuple[SightWindow, ...]]:
    """The windows of every post, from ``sight.csv`` with the city's overlay."""
    found: dict[str, list[SightWindow]] = defaultdict(list)
    for row in tables.sight:
        found[row.post].append(_window_of(row))
    return {post: tuple(windows) for post, windows in found.items()}


@lru_cache(maxsize=16)
def open_to(tables: Tables) -> Mapping[str, frozenset[str]]:
    """Page or endpoint → the posts and words of its row."""
    return {row.name: frozenset(row.posts) for row in tables.access}


def may_open(name: str, posts: Iterable[str], *, signed_in: bool, tables: Tables) -> bool:
    """Whether someone with ``posts`` may open the page or endpoint ``name``; an unknown name: nobody."""
    allowed = open_to(tables).get(name, frozenset())
    held = frozenset(posts)
    if OpenTo.ANYONE in allowed:
        return True
    if not signed_in:
        return False
    if OpenTo.SIGNED_IN in allowed or (OpenTo.STAFF in allowed and held - POSTS_OUTSIDE_STAFF):
        return True
    return bool(held & allowed)


def without_row(names: Iterable[str], tables: Tables) -> frozenset[str]:
    """Those of ``names`` (every page and endpoint there is) that the table forgot."""
    return frozenset(names) - open_to(tables).keys()


def access_findings(tables: Tables) -> Iterator[Finding]:
    """Dangling posts and stages, unknown words, and posts that no row of sight names."""
    posts = {row.post for row in tables.posts}
    stages = {row.stage for row in tables.stages}
    for access in tables.access:
        for name in access.posts:
            if name not in posts and name not in tuple(OpenTo):
                yield Finding(access.at, _NO_POST, _DO_POST, {"post": name})
    for row in tables.sight:
        if row.post not in posts:
            yield Finding(row.at, _NO_POST, _DO_POST, {"post": row.post})
        for stage in row.stages:
            if stage not in stages:
                yield Finding(row.at, _NO_STAGE, _DO_STAGE, {"stage": stage})
        for value, known in (
            (row.scope, SightScope),
            (row.personal, PersonalData),
            (row.denouncer, Denouncer),
        ):
            words = [str(word) for word in known]
            if value not in words:
                yield Finding(row.at, _NO_WORD, _DO_WORD, {"word": value, "known": " ".join(words)})
    seen = {row.post for row in tables.sight}
    for post in tables.posts:
        if post.post not in seen:
            yield Finding(post.at, _BLIND, _DO_BLIND, {"post": post.post})


_NO_POST = gettext_noop("没有岗位“%(post)s”。")
_DO_POST = gettext_noop("请用 posts.csv、posts_added.csv 中的岗位，或 anyone、signed_in、staff。")
_NO_STAGE = gettext_noop("没有环节“%(stage)s”。")
_DO_STAGE = gettext_noop("请用 stages.csv 中的环节；留空表示全部环节。")
_NO_WORD = gettext_noop("“%(word)s”不是可用的取值。")
_DO_WORD = gettext_noop("可用：%(known)s。")
_BLIND = gettext_noop("岗位“%(post)s”在 sight.csv 中没有行。")
_DO_BLIND = gettext_noop("请写明它能看到什么；什么也不看写 none。")

"""Who may do what 岗位权限: of one post the pages it opens, the moves it makes, the cases it sees, from the tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wangge.domains.cases.rules import rulebook_on
from wangge.domains.organizations.directory import holders
from wangge.domains.organizations.queries import city_tables
from wangge.groundwork import clock
from wangge.groundwork.clock import CITY_ZONE
from wangge.standards.access import Denouncer, PersonalData, SightScope, may_open
from wangge.standards.tables import Move, SightRow
from wangge.surfaces.web.elements.forms import Choice
from wangge.surfaces.web.elements.labels import post_name, stage_name, verb_name
from wangge.surfaces.web.pages import Shell
from wangge.surfaces.web.shells import shell_for


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A move this post makes: from which stages to where, and by which clause."""

    verb: str
    stages: tuple[str, ...]
    clause: str


@dataclass(frozen=True, slots=True)
class SightLine:
    """What the post sees of cases through one window."""

    scope: str
    stages: tuple[str, ...]
    personal: str
    denouncer: str
    source: str


@dataclass(frozen=True, slots=True)
class OpenPage:
    """A page or endpoint the post opens, with the ground of it."""

    name: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class PermissionsPage:
    """One post's rights; without a post the list of posts with how many hold each."""

    shell: Shell
    heading: str
    url: str
    people_url: str
    post: str
    posts: tuple[Choice, ...]
    holders: int
    sights: tuple[SightLine, ...]
    moves: tuple[MoveRow, ...]
    pages: tuple[OpenPage, ...]
    endpoints: tuple[OpenPage, ...]


@require_safe
def permissions(request: HttpRequest) -> HttpResponse:
    """The rights of the post asked for; the first of the table when none is named."""
    at = clock.now()
    tables = city_tables()
    known = [row.post for row in tables.posts]
    post = request.GET.get("post", "")
    post = post if post in known else known[0]
    opened = [row for row in tables.access if may_open(row.name, [post], signed_in=True, tables=tables)]
    page = PermissionsPage(
        shell=shell_for(request, _("岗位权限"), at=at, current="people"),
        heading=_("岗位权限"),
        url=reverse("permissions"),
        people_url=reverse("people"),
        post=post,
        posts=tuple(Choice(each, post_name(each)) for each in known),
        holders=len(holders(post, at=at)),
        sights=tuple(_sight(row) for row in tables.sight if row.post == post),
        moves=_moves(rulebook_on(at.astimezone(CITY_ZONE).date()).moves.values(), post),
        pages=tuple(OpenPage(row.name_zh, row.source, row.confidence) for row in opened if ":" not in row.name),
        endpoints=tuple(OpenPage(row.name_zh, row.source, row.confidence) for row in opened if ":" in row.name),
    )
    return render(request, "web/administration/permissions.html", {"page": page})


def _moves(rows: Iterable[Move], post: str) -> tuple[MoveRow, ...]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        if post in row.posts:
            found[row.verb, row.clause_or_standard].append(stage_name(row.from_stage) if row.from_stage else "")
    return tuple(
        MoveRow(verb_name(verb), tuple(dict.fromkeys(filter(None, stages))), clause)
        for (verb, clause), stages in found.items()
    )


def _sight(row: SightRow) -> SightLine:
    return SightLine(
        _scopes()[SightScope(row.scope)], tuple(map(stage_name, row.stages)), _personal()[PersonalData(row.personal)],
        _("可凭事由查看举报人") if row.denouncer == Denouncer.REVEAL else _("举报人身份不可见"), row.source,
    )  # fmt: skip


def _scopes() -> dict[SightScope, str]:
    return {
        SightScope.OWN_REPORTS: _("自己上报的"), SightScope.OWN_TASK: _("派给自己的任务"),
        SightScope.OWN_UNIT: _("本单位的"), SightScope.DESK: _("本席位环节的"), SightScope.CITY: _("全市的"),
        SightScope.NONE: _("不见案卷"),
    }  # fmt: skip


def _personal() -> dict[PersonalData, str]:
    return {
        PersonalData.FULL: _("个人信息可凭事由查看"), PersonalData.MASKED: _("个人信息只见掩码"),
        PersonalData.NONE: _("不见个人信息"),
    }  # fmt: skip

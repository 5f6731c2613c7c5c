"""The frame of a page for the person who asks: ways out by his posts, who he is, what has just happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import orjson
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wangge.domains.cases.surroundings import district_names, units
from wangge.domains.organizations.directory import known
from wangge.domains.organizations.logic import Actor
from wangge.domains.organizations.queries import city_tables
from wangge.standards.access import may_open
from wangge.standards.tables import Tables
from wangge.surfaces.web.elements.labels import post_name
from wangge.surfaces.web.elements.pieces import Notice, NoticeKind
from wangge.surfaces.web.elements.words import kept_by_language
from wangge.surfaces.web.fixed_addresses import address_of
from wangge.surfaces.web.gate import visitor_on
from wangge.surfaces.web.pages import Audience, NavItem, Shell, Theme, Viewer
from wangge.surfaces.web.watermark import watermark_of

FIELD_POSTS = frozenset({"collector", "verifier"})
THEME_COOKIE = "wangge_theme"
_WAY_KEYS = {"report": "N"}
SEAT_COOKIE = "wangge_seat"
"""Set while its person sits at an extension: only then a page asks for calls, and no other costs a statement."""


def shell_for(
    request: HttpRequest,
    title: str,
    *,
    at: datetime,
    current: str = "",
    search_text: str = "",
    notices: tuple[Notice, ...] = (),
    page_kind: str = "",
) -> Shell:
    """The frame for whoever asks; ``current`` is the url name of the way that is marked."""
    actor = visitor_on(request)
    signed_in = actor is not None
    audience = audience_of(actor)
    return Shell(
        title=title,
        audience=audience,
        viewer=_viewer(actor, at) if actor is not None else None,
        navigation=_navigation(actor, audience, current) if actor is not None else (),
        notices=(*_told(request), *notices),
        theme=theme_of(request),
        language="en" if (get_language() or "").startswith("en") else "zh-hans",
        language_url=address_of("set_language"),
        sign_out_url=address_of("sign_out") if signed_in else "",
        search_url=address_of("case_search") if signed_in else "",
        search_text=search_text,
        home_url=address_of("home"),
        ribbon=_("演示城市：人员、地点、案卷均为虚构") if settings.ENVIRONMENT.mode == "demo" else "",
        page_kind=page_kind,
        notices_url=address_of("notices") if signed_in else "",
        notices_count_url=address_of("notices_count") if signed_in else "",
        account_url=address_of("account") if signed_in else "",
        calls_url=_calls_url(request, actor),
        pulse_url=address_of("pulse") if _calls_url(request, actor) else "",
        watermark=watermark_of(actor, at) if actor is not None else "",
    )


def _calls_url(request: HttpRequest, actor: Actor | None) -> str:
    """Where a page asks for calls at its person's seat; empty for who sits at none."""
    if actor is None or not settings.TELEPHONE_SECRET or not request.COOKIES.get(SEAT_COOKIE):
        return ""
    return address_of("calls_now") if opens(actor, "calls_now") else ""


def audience_of(actor: Actor | None) -> Audience:
    """Who walks outside and holds no desk gets the pages for the thumb."""
    if actor is None or not actor.posts:
        return Audience.STAFF
    return Audience.FIELD if actor.posts <= FIELD_POSTS else Audience.STAFF


def theme_of(request: HttpRequest) -> Theme:
    """Light, dark or as the device asks, by the cookie."""
    try:
        return Theme(request.COOKIES.get(THEME_COOKIE, Theme.AUTO))
    except ValueError:
        return Theme.AUTO


def opens(actor: Actor, name: str) -> bool:
    """Whether the actor's posts open the page of this url name."""
    return may_open(name, actor.posts, signed_in=True, tables=city_tables())


def _navigation(actor: Actor, audience: Audience, current: str) -> tuple[NavItem, ...]:
    ways = _ways(city_tables(), actor.posts, audience, with_calls=bool(settings.TELEPHONE_SECRET))
    return tuple(replace(item, is_current=True) if name == current else item for name, item in ways)


@kept_by_language(512)
def _ways(
    tables: Tables, posts: frozenset[str], audience: Audience, *, with_calls: bool
) -> tuple[tuple[str, NavItem], ...]:
    """(url name, way) of everything these posts open, in order; none is marked."""
    ways: tuple[tuple[str, str, str, bool], ...]
    if audience is Audience.FIELD:
        ways = (
            ("field_tasks", _("任务"), "tasks", False),
            ("report", _("上报"), "camera", True),
            ("censuses", _("普查"), "map", False),
            ("account", _("我的"), "person", False),
        )
    else:
        ways = (
            ("work_list", _("工作台"), "", False),
            ("board", _("值班长"), "", False),
            ("department_list", _("本单位"), "", False),
            ("field_tasks", _("外勤任务"), "", False),
            ("report", _("登记"), "", False),
            ("case_search", _("案卷查询"), "", False),
            ("hall", _("指挥大厅"), "", False),
            ("hotline_orders", _("热线工单"), "", False),
            *((("calls", _("来电"), "", False),) if with_calls else ()),
            ("call_backs", _("回访"), "", False),
            ("handovers", _("交接班"), "", False),
            ("letters", _("公众来信"), "", False),
            ("assessment", _("考评"), "", False),
            ("ownership", _("权属规则"), "", False),
            ("components", _("部件"), "", False),
            ("ground", _("区域与网格"), "", False),
            ("budget_board", _("预算执行"), "", False),
            ("ledger_imports", _("台账导入"), "", False),
            ("registers", _("台账登记"), "", False),
            ("evaluation_list", _("绩效自评"), "", False),
            ("account_draft", _("决算公开"), "", False),
            ("accounts_check", _("决算校核"), "", False),
            ("case_imports", _("案卷导入"), "", False),
            ("partners", _("外部推送"), "", False),
            ("platform", _("平台运行"), "", False),
            ("people", _("人员与岗位"), "", False),
            ("rules", _("规则查询"), "", False),
            ("audit_log", _("审计记录"), "", False),
        )
    return tuple(
        (name, NavItem(label, address_of(name), is_primary=is_primary, icon=icon, key=_WAY_KEYS.get(name, "")))
        for name, label, icon, is_primary in ways
        if may_open(name, posts, signed_in=True, tables=tables)
    )


def _viewer(actor: Actor, at: datetime) -> Viewer:
    person = known([actor.person_id], at=at).get(actor.person_id) if actor.person_id is not None else None
    posts = dict.fromkeys(post_name(holding.post) for holding in actor.holdings)
    places = dict.fromkeys(place_of(holding.department_code, holding.district_code) for holding in actor.holdings)
    return Viewer(
        name=actor.display_name,
        post_zh="、".join(posts),
        unit="、".join(filter(None, places)),
        shift=shift_name(person.shift) if person is not None and person.shift else "",
        draft_scope=draft_scope(actor),
    )


def draft_scope(actor: Actor) -> str:
    """What keeps apart what people of one or several cities keep in the same browser."""
    return f"{settings.ENVIRONMENT.instance}-{actor.person_id}"


def place_of(department_code: str | None, district_code: str | None) -> str:
    """The unit or district a post is held for; empty for the whole city."""
    if department_code:
        unit = units().get(department_code)
        return unit.name if unit is not None else department_code
    return district_names().get(district_code, district_code) if district_code else ""


def shift_name(shift: str) -> str:
    """The name of a shift; the city's own names stay as they are."""
    return {
        "day": _("白班"),
        "night": _("夜班"),
        "early": _("早班"),
        "late": _("晚班"),
    }.get(shift, shift)


def tell(request: HttpRequest, notice: Notice) -> None:
    """Say something on the next page the person sees."""
    fields = {
        "kind": notice.kind, "title": notice.title, "detail": notice.detail, "link_url": notice.link_url,
        "link_text": notice.link_text,
    }  # fmt: skip
    messages.info(request, orjson.dumps(fields).decode())


def _told(request: HttpRequest) -> tuple[Notice, ...]:
    if not hasattr(request, "_messages"):
        return ()
    return tuple(_notice(str(message)) for message in messages.get_messages(request))


def _notice(text: str) -> Notice:
    try:
        fields = orjson.loads(text)
        return Notice(**{**fields, "kind": NoticeKind(fields["kind"])})
    except (ValueError, TypeError, KeyError):
        return Notice(NoticeKind.INFORMATION, text)

"""One person's file on a page, and what the administrators decide on it: sign-in, posts, passwords, tokens."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wangge.domains.cases.surroundings import district_names, forget_units, units
from wangge.domains.organizations.directory import forget_people
from wangge.domains.organizations.logic import Actor, Holding, TokenScope, masked_phone
from wangge.domains.organizations.models import AccessToken, Person, PostHolding
from wangge.domains.organizations.operations.people import end_holding, grant_post, reset_password, set_active
from wangge.domains.organizations.operations.second_factor import reset_second_factor
from wangge.domains.organizations.operations.tokens import add_token, revoke_token
from wangge.domains.organizations.personnel import Personnel, personnel
from wangge.domains.organizations.policies import ADMINISTRATOR_NAMES, Refused, Task, may_administer
from wangge.groundwork import clock
from wangge.surfaces.web.administration.people_pages import HoldingRow, PersonAct, PersonPage, TokenRow
from wangge.surfaces.web.administration.people_views import post_choices
from wangge.surfaces.web.elements.drawing.marks import full_moment
from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form
from wangge.surfaces.web.elements.labels import post_name
from wangge.surfaces.web.elements.pieces import Fact, Notice, NoticeKind
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.shells import place_of, shell_for, tell

INITIAL_PASSWORD_BYTES = 9  # 12 characters: read out once, changed at the first sign-in
TOKEN_DAYS = (30, 90, 365)


@require_safe
def person(request: HttpRequest, number: int) -> HttpResponse:
    """One person's file."""
    return _page(request, number)


@require_POST
def person_act(request: HttpRequest, number: int, act: str) -> HttpResponse:
    """Do what was decided; refused ones come back with the form, secrets are shown once."""
    by, at = actor_on(request), clock.now()
    found = _found(number).person
    simple: dict[str, Callable[[], object]] = {
        "activate": lambda: set_active(by=by, at=at, person=found, active=True),
        "deactivate": lambda: set_active(by=by, at=at, person=found, active=False),
        "grant": lambda: grant_post(by=by, at=at, person=found, holding=_holding(request)),
        "end": lambda: end_holding(by=by, at=at, person=found, holding_id=_number(request.POST.get("holding", ""))),
        "second-factor": lambda: reset_second_factor(by=by, at=at, person=found),
        "revoke": lambda: revoke_token(by=by, at=at, token_id=_number(request.POST.get("token", ""))),
    }
    once: dict[str, Callable[[], Fact]] = {
        "password": lambda: _new_password(by, at, found),
        "token": lambda: _new_token(request, by, at, found),
    }
    if act not in simple and act not in once:
        raise Http404(act)
    try:
        if act in once:
            return _page(request, number, shown_once=once[act]())
        simple[act]()
    except Refused as refused:
        return _page(request, number, act=act, error=str(refused), status=422)
    finally:
        forget_people()
        forget_units()
    tell(request, Notice(NoticeKind.DONE, _("已办理。")))
    return redirect("person", number)


def _found(number: int) -> Personnel:
    found = personnel(person_id=number)
    if found is None:
        raise Http404(str(number))
    return found


def _holding(request: HttpRequest) -> Holding:
    return Holding(
        request.POST.get("post", ""), request.POST.get("department") or None, request.POST.get("district") or None
    )


def _new_password(by: Actor, at: datetime, person: Person) -> Fact:
    password = secrets.token_urlsafe(INITIAL_PASSWORD_BYTES)
    reset_password(by=by, at=at, person=person, password=password)
    return Fact(_("初始密码"), password)


def _new_token(request: HttpRequest, by: Actor, at: datetime, person: Person) -> Fact:
    scope, days = request.POST.get("scope", ""), _number(request.POST.get("days", ""))
    if scope not in set(TokenScope) or days not in TOKEN_DAYS:
        raise Refused(_("请选择令牌的用途与有效期。"))
    token = add_token(
        by=by, at=at, person=person, scope=TokenScope(scope), name=request.POST.get("name", "").strip()[:80],
        expires_at=at + timedelta(days=days),
    )  # fmt: skip
    return Fact(_("访问令牌"), token)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def _page(
    request: HttpRequest, number: int, *, act: str = "", error: str = "", shown_once: Fact | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    by, at = actor_on(request), clock.now()
    found = _found(number)
    keys, posts = may_administer(by, Task.KEYS), may_administer(by, Task.POSTS)
    page = PersonPage(
        shell=shell_for(request, found.person.display_name, at=at, current="people"),
        heading=found.person.display_name,
        list_url=reverse("people"),
        state=_("在用") if found.person.is_active else _("停用"),
        facts=_facts(found),
        holdings=tuple(_holding_row(number, each, at, may_end=posts) for each in found.holdings),
        tokens=tuple(_token_row(number, each, at, may_revoke=keys) for each in found.tokens),
        acts=tuple(
            PersonAct(name, heading, words, Form(
                _url(number, name), fields, heading, errors=(error,) if name == act else (),
            ))
            for task, name, heading, words, fields in _acts(found)
            if may_administer(by, task)
        ),
        barred=tuple(
            _("%(task)s由%(post)s办理。") % {"task": task.value[1], "post": ADMINISTRATOR_NAMES[task.post]}
            for task in (Task.PEOPLE, Task.POSTS, Task.KEYS)
            if not may_administer(by, task)
        ),
        shown_once=shown_once,
    )  # fmt: skip
    response = render(request, "web/administration/person.html", {"page": page}, status=status)
    if shown_once is not None:
        response["Cache-Control"] = "no-store"
    return response


def _url(number: int, act: str) -> str:
    return reverse("person_act", args=[number, act])


def _facts(found: Personnel) -> tuple[Fact, ...]:
    person = found.person
    signs_in = _("未设密码，不能用密码登录")
    if person.password_set_at:
        signs_in = _("下次登录须修改") if person.must_change_password else full_moment(person.password_set_at)
    return (
        Fact(_("用户名"), person.username),
        Fact(_("电话"), masked_phone(person.phone) if person.phone else "—"),
        Fact(_("建立时间"), full_moment(person.created_at)),
        Fact(_("最近登录"), full_moment(person.last_login) if person.last_login else _("从未登录")),
        Fact(_("密码设定"), signs_in),
        Fact(_("动态口令"), _("已启用") if found.has_second_factor else _("未启用")),
    )


def _holding_row(number: int, held: PostHolding, at: datetime, *, may_end: bool) -> HoldingRow:
    is_held = held.valid_to is None or held.valid_to > at
    end = Form(_url(number, "end"), (), _("收回"), hidden=(("holding", str(held.pk)),)) if may_end and is_held else None
    return HoldingRow(
        held.pk, post_name(held.post), place_of(held.department_id, held.district_id) or _("全市"), held.valid_from,
        held.valid_to, is_held, end,
    )  # fmt: skip


def _token_row(number: int, token: AccessToken, at: datetime, *, may_revoke: bool) -> TokenRow:
    state = _("有效")
    if token.revoked_at is not None:
        state = _("已吊销")
    elif token.expires_at is not None and token.expires_at <= at:
        state = _("已到期")
    live = token.revoked_at is None
    revoke = Form(_url(number, "revoke"), (), _("吊销"), hidden=(("token", str(token.pk)),))
    return TokenRow(
        token.pk, token.name, str(_scope_name(token.scope)), token.created_at, token.expires_at, state,
        revoke if may_revoke and live else None,
    )  # fmt: skip


def _scope_name(scope: str) -> str:
    return {
        TokenScope.FULL: _("全部"), TokenScope.READ: _("只读"), TokenScope.WRITE: _("读写业务"),
        TokenScope.OPEN311: _("Open311 接口"), TokenScope.POSITIONS: _("只报位置"),
    }.get(TokenScope(scope), scope)  # fmt: skip


def _acts(found: Personnel) -> tuple[tuple[Task, str, str, str, tuple[Field, ...]], ...]:
    active = found.person.is_active
    switch = (
        (Task.PEOPLE, "deactivate", _("停用"), _("此人立即不能登录，令牌失效；办过的事仍在其名下。"), ())
        if active
        else (Task.PEOPLE, "activate", _("恢复使用"), _("此人可以重新登录。"), ())
    )
    where = (
        Field("post", _("岗位"), FieldKind.SELECT, choices=post_choices()),
        Field(
            "department", _("责任单位"), FieldKind.SEARCH, required=False, choices=_units(), help=_("单位的岗位须填。")
        ),
        Field("district", _("区"), FieldKind.SELECT, required=False, choices=_districts(), help=_("不选为全市。")),
    )
    key = (
        Field("name", _("用途说明"), FieldKind.TEXT, required=False, max_length=80),
        Field("scope", _("范围"), FieldKind.SELECT,
              choices=tuple(Choice(each.value, _scope_name(each)) for each in TokenScope)),
        Field("days", _("有效期"), FieldKind.SELECT,
              choices=tuple(Choice(str(days), _("%(days)s 天") % {"days": days}) for days in TOKEN_DAYS)),
    )  # fmt: skip
    told = [
        switch,
        (Task.POSTS, "grant", _("授予岗位"), _("立即生效；三员须由不同的人担任。"), where),
        (Task.KEYS, "password", _("发放初始密码"), _("新密码只显示一次；下次登录必须修改，其他会话随即结束。"), ()),
    ]
    if found.has_second_factor:
        told.append(
            (Task.KEYS, "second-factor", _("清除动态口令"), _("手机遗失时使用；需要动态口令的人下次登录重新绑定。"), ())
        )
    if active:
        told.append((Task.KEYS, "token", _("发放访问令牌"), _("令牌只显示一次，权限不超过此人的岗位。"), key))
    return tuple(told)


def _units() -> tuple[Choice, ...]:
    return tuple(Choice(code, f"{unit.name} {code}") for code, unit in sorted(units().items()))


def _districts() -> tuple[Choice, ...]:
    return (Choice("", _("全市")), *(Choice(code, name) for code, name in sorted(district_names().items())))

"""The way in and out: password, second factor, first enrolment of it, change of password, sign-out, one's account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import orjson
import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.request import split_domain_port
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wangge.domains.organizations.directory import holders
from wangge.domains.organizations.logic import SessionEnd
from wangge.domains.organizations.models import Person
from wangge.domains.organizations.operations import second_factor as factors
from wangge.domains.organizations.operations import signing_in
from wangge.domains.organizations.operations.people import PasswordRefused
from wangge.domains.organizations.operations.people import change_password as set_new_password
from wangge.domains.organizations.operations.signing_in import NextStep, SignInRefused
from wangge.groundwork import clock
from wangge.surfaces.web.elements.forms import Field, FieldKind
from wangge.surfaces.web.elements.labels import post_name
from wangge.surfaces.web.elements.pieces import Fact, Notice, NoticeKind
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.pages import AccountPage, DemoSignIn, SignInPage, SignInStep
from wangge.surfaces.web.shells import place_of, shell_for, tell

LOCKED_STATUS = 429
QR_SCALE = 4
WANTED = "wanted"
DEMO_FILE = "demo.json"
DEMO_POSTS = ("collector", "acceptor", "duty_leader", "dispatcher", "department", "supervisor", "centre_leader")
_ENDED = {
    SessionEnd.IDLE.value: "idle",
    SessionEnd.ABSOLUTE.value: "absolute",
}


@never_cache
@ensure_csrf_cookie
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """User name and password; a locked-out person is told until when."""
    at = clock.now()
    if request.method != "POST":
        return _sign_in_page(request, at, errors=_why_ended(request))
    try:
        signing_in.sign_in(
            request=request, username=request.POST.get("username", ""), password=request.POST.get("password", ""), at=at
        )
    except SignInRefused as refused:
        if refused.locked_out:
            return _locked_page(request, at)
        return _sign_in_page(request, at, errors=(str(refused),), status=422)
    wanted = _wanted(request)
    request.session[WANTED] = wanted
    return HttpResponseRedirect(wanted)


def _sign_in_page(
    request: HttpRequest, at: datetime, *, errors: tuple[str, ...] = (), status: int = 200
) -> HttpResponse:
    demo, password = _demo(request, at)
    page = SignInPage(
        shell=shell_for(request, _("登录"), at=at, page_kind="sign_in"),
        step=SignInStep.PASSWORD,
        url=reverse("sign_in"),
        fields=(_username(request.POST.get("username", "")), _password("password", _("密码"), "current-password")),
        hidden=(("next", request.POST.get("next") or request.GET.get("next", "")),),
        errors=errors,
        provider_url=reverse("oidc_authentication_init") if settings.OIDC else "",
        provider_text=_("用统一身份登录"),
        demo=demo,
        demo_password=password,
    )
    return render(request, "web/sign_in.html", {"page": page}, status=status)


def _locked_page(request: HttpRequest, at: datetime) -> HttpResponse:
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    text = _("密码连续 %(times)s 次不正确，请 %(minutes)s 分钟后再试，或联系安全管理员解除。")
    page = SignInPage(
        shell=shell_for(request, _("登录"), at=at, page_kind="sign_in"),
        step=SignInStep.LOCKED,
        locked_text=text % {"times": settings.AXES_FAILURE_LIMIT, "minutes": minutes},
        cancel_url=reverse("sign_in"),
    )
    response = render(request, "web/sign_in.html", {"page": page}, status=LOCKED_STATUS)
    response["Retry-After"] = str(minutes * 60)
    return response


def _why_ended(request: HttpRequest) -> tuple[str, ...]:
    match _ENDED.get(request.GET.get("ended", "")):
        case "idle":
            minutes = {"minutes": settings.SESSION_IDLE_MINUTES}
            return (_("超过 %(minutes)s 分钟没有操作，请重新登录。填写的内容还在本机，登录后继续。") % minutes,)
        case "absolute":
            return (_("登录已满规定时长，请重新登录。填写的内容还在本机，登录后继续。"),)
    return ()


def _wanted(request: HttpRequest) -> str:
    """The page that was asked for before signing in, if it is one of ours."""
    asked = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if asked and safe else reverse("home")


def _wanted_at_sign_in(request: HttpRequest) -> str:
    """The same page, after whatever stood between signing in and it."""
    return str(request.session.pop(WANTED, reverse("home")))


def _username(value: str) -> Field:
    return Field(
        "username", _("账号"), FieldKind.TEXT, value=value, autocomplete="username", max_length=64, is_personal=True
    )


def _password(name: str, label: str, autocomplete: str, help_text: str = "") -> Field:
    return Field(name, label, FieldKind.SECRET, autocomplete=autocomplete, is_personal=True, help=help_text)


def _demo(request: HttpRequest, at: datetime) -> tuple[tuple[DemoSignIn, ...], str]:
    """The sign-ins of a demo city with their password, on the machine it runs on alone; else none."""
    name = split_domain_port(request.get_host())[0]
    local = name in ("localhost", "127.0.0.1", "[::1]") and request.META.get("REMOTE_ADDR") in ("127.0.0.1", "::1")
    if settings.ENVIRONMENT.mode != "demo" or not local:
        return (), ""
    try:
        password = str(orjson.loads((Path(settings.VAR) / DEMO_FILE).read_bytes())["password"])
    except (OSError, ValueError, KeyError, TypeError):
        return (), ""
    return tuple(_examples(at)), password


def _examples(at: datetime) -> Iterator[DemoSignIn]:
    """One person for each post of the daily round, on duty if there is one."""
    for post in DEMO_POSTS:
        found = sorted(holders(post, at=at), key=lambda person: (not person.shift, person.username))
        if found:
            person = found[0]
            first = next(holding for holding in person.holdings if holding.post == post)
            yield DemoSignIn(person.username, post_name(post), place_of(first.department_code, first.district_code))


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session and lead to the door."""
    signing_in.sign_out(request=request, at=clock.now())
    return HttpResponseRedirect(settings.LOGOUT_REDIRECT_URL)


# ---- second factor ---------------------------------------------------------------------------------------------


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """The six digits of the app, or a recovery code."""
    by, at = actor_on(request), clock.now()
    person = _person(request)
    if request.method == "POST":
        try:
            factors.check_second_factor(request=request, by=by, person=person, code=request.POST.get("code", ""), at=at)
        except factors.WrongCode as wrong:
            return _code_page(request, at, SignInStep.SECOND_FACTOR, "second_factor", errors=(str(wrong),))
        return HttpResponseRedirect(_wanted_at_sign_in(request))
    return _code_page(request, at, SignInStep.SECOND_FACTOR, "second_factor")


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def enrol_second_factor(request: HttpRequest) -> HttpResponse:
    """Bind an app by QR code; its first code confirms it and brings the recovery codes."""
    by, at = actor_on(request), clock.now()
    person = _person(request)
    if request.method == "POST":
        try:
            codes = factors.finish_enrolment(
                request=request, by=by, person=person, code=request.POST.get("code", ""), at=at
            )
        except factors.WrongCode as wrong:
            return _enrol_page(request, at, person, errors=(str(wrong),))
        page = SignInPage(
            shell=shell_for(request, _("恢复码"), at=at, page_kind="sign_in"),
            step=SignInStep.RECOVERY,
            recovery_codes=tuple(codes),
            cancel_url=_wanted_at_sign_in(request),
        )
        return render(request, "web/sign_in.html", {"page": page})
    return _enrol_page(request, at, person)


def _enrol_page(request: HttpRequest, at: datetime, person: Person, errors: tuple[str, ...] = ()) -> HttpResponse:
    enrolment = factors.begin_enrolment(person=person)
    secret = enrolment.secret_text.rstrip("=")
    groups = " ".join(secret[index : index + 4] for index in range(0, len(secret), 4))
    picture = segno.make(enrolment.address, error="m").svg_data_uri(scale=QR_SCALE, border=2, light="#fff")
    return _code_page(
        request, at, SignInStep.ENROL, "enrol_second_factor", errors=errors, picture=picture, secret=groups
    )


def _code_page(
    request: HttpRequest,
    at: datetime,
    step: SignInStep,
    name: str,
    *,
    errors: tuple[str, ...] = (),
    picture: str = "",
    secret: str = "",
) -> HttpResponse:
    code = Field(
        "code", _("动态验证码"), FieldKind.TEXT, autocomplete="one-time-code", input_mode="numeric", is_personal=True,
        max_length=20,
    )  # fmt: skip
    page = SignInPage(
        shell=shell_for(request, _("动态验证码"), at=at, page_kind="sign_in"),
        step=step,
        url=reverse(name),
        fields=(code,),
        errors=errors,
        qr_svg_url=picture,
        secret_text=secret,
        leave_url=reverse("sign_out"),
    )
    return render(request, "web/sign_in.html", {"page": page}, status=422 if errors else 200)


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user


# ---- password and account --------------------------------------------------------------------------------------


@never_cache
@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password; compulsory after one that somebody else set."""
    by, at = actor_on(request), clock.now()
    person = _person(request)
    errors: tuple[str, ...] = ()
    must = signing_in.next_step(person=person, actor=by, at=at) is NextStep.CHANGE_PASSWORD
    if request.method == "POST":
        try:
            _set(request, person)
        except PasswordRefused as refused:
            errors = (str(refused),)
        else:
            wanted = _wanted_at_sign_in(request) if must else reverse("home")
            signing_in.open_session(request=request, person=person, at=at)
            tell(request, Notice(NoticeKind.DONE, _("密码已修改。"), _("您在其他设备上的登录已失效。")))
            return HttpResponseRedirect(wanted)
    page = SignInPage(
        shell=shell_for(request, _("修改密码"), at=at, page_kind="sign_in"),
        step=SignInStep.NEW_PASSWORD,
        url=reverse("change_password"),
        fields=(
            _password("old", _("原密码"), "current-password"),
            _password("new", _("新密码"), "new-password", _("至少 10 个字符，不能太常见，不能与账号、姓名相近。")),
            _password("again", _("再输一次新密码"), "new-password"),
        ),
        errors=errors,
        leave_url=reverse("sign_out") if must else "",
        cancel_url="" if must else reverse("account"),
        is_compulsory=must,
    )
    return render(request, "web/sign_in.html", {"page": page}, status=422 if errors else 200)


def _set(request: HttpRequest, person: Person) -> None:
    new = request.POST.get("new", "")
    if new != request.POST.get("again", ""):
        raise PasswordRefused(_("两次输入的新密码不一样，请重新输入。"))
    set_new_password(by=actor_on(request), at=clock.now(), person=person, old=request.POST.get("old", ""), new=new)


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Who I am here: posts, unit, and the ways to password and second factor."""
    by, at = actor_on(request), clock.now()
    person = _person(request)
    facts = [Fact(_("账号"), by.username)]
    for holding in by.holdings:
        place = place_of(holding.department_code, holding.district_code) or _("全市")
        facts.append(Fact(_("岗位"), f"{post_name(holding.post)} · {place}"))
    verified = bool(person.has_second_factor)
    facts.append(Fact(_("动态验证码"), _("已绑定") if verified else _("未绑定")))
    page = AccountPage(
        shell=shell_for(request, _("我的"), at=at, current="account"),
        name=by.display_name,
        facts=tuple(facts),
        password_url=reverse("change_password") if person.has_usable_password() else "",
        second_factor_url=reverse("enrol_second_factor"),
        second_factor_text=_("换绑验证器") if verified else _("绑定验证器"),
        notices_url=reverse("notices"),
        texts_url=reverse("standard_texts") if by.is_staff else "",
        sign_out_url=reverse("sign_out"),
    )
    return render(request, "web/account.html", {"page": page})

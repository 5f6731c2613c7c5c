"""People on pages: the list, a further one, and one person's file with what his administrators decide on it."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from wangge.domains.organizations.directory import Known, forget_people, people
from wangge.domains.organizations.logic import POSTS_OF_UNITS, Actor
from wangge.domains.organizations.operations.people import add_person
from wangge.domains.organizations.policies import Refused, Task, may_administer
from wangge.domains.organizations.queries import city_tables
from wangge.groundwork import clock
from wangge.groundwork.pinyin_initials import initials
from wangge.surfaces.web.administration.people_pages import PeoplePage, PersonRow
from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form
from wangge.surfaces.web.elements.labels import post_name
from wangge.surfaces.web.elements.pieces import Notice, NoticeKind
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.shells import place_of, shell_for, shift_name, tell

MOST_SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
def people_list(request: HttpRequest) -> HttpResponse:
    """Everyone, narrowed by words and post; the system administrator adds a further one here."""
    by, at = actor_on(request), clock.now()
    if request.method != "POST":
        return _list(request, by, at, {}, ())
    typed = {name: request.POST.get(name, "").replace("\0", "").strip() for name in ("username", "name", "phone")}
    try:
        made = add_person(
            by=by, at=at, username=typed["username"], display_name=typed["name"], phone=typed["phone"] or None
        )
    except Refused as refused:
        return _list(request, by, at, typed, (str(refused),), status=422)
    forget_people()
    detail = _("接下来由安全管理员授予岗位、发放初始密码。")
    tell(request, Notice(NoticeKind.DONE, _("已建立%(name)s。") % {"name": made.display_name}, detail))
    return redirect("person", made.pk)


def _list(
    request: HttpRequest, by: Actor, at: datetime, typed: dict[str, str], errors: tuple[str, ...], *, status: int = 200
) -> HttpResponse:
    words, post = request.GET.get("q", "").strip(), request.GET.get("post", "")
    found = [person for person in people(at=at).values() if _fits(person, words.lower(), post)]
    page = PeoplePage(
        shell=shell_for(request, _("人员与岗位"), at=at, current="people"),
        heading=_("人员与岗位"),
        url=reverse("people"),
        words=words,
        post=post,
        posts=post_choices(),
        people=tuple(_row(person) for person in found[:MOST_SHOWN]),
        total=len(found),
        form=_form(typed, errors) if may_administer(by, Task.PEOPLE) else None,
        permissions_url=reverse("permissions"),
    )
    return render(request, "web/administration/people.html", {"page": page}, status=status)


def _fits(person: Known, words: str, post: str) -> bool:
    if post and not person.holds(post):
        return False
    places = [place_of(holding.department_code, holding.district_code) for holding in person.holdings]
    texts = (person.username, person.name, initials(person.name), *places)
    return not words or any(words in text.lower() for text in texts)


def _row(person: Known) -> PersonRow:
    duty = " ".join((shift_name(person.shift), *person.on_duty_in)) if person.shift else ""
    return PersonRow(
        person.name, person.username, reverse("person", args=[person.person_id]), posts_of(person), person.is_active,
        duty,
    )  # fmt: skip


def posts_of(person: Known) -> tuple[str, ...]:
    """The posts held now, each with the unit or district it is held for."""
    return tuple(
        " · ".join(filter(None, (post_name(holding.post), place_of(holding.department_code, holding.district_code))))
        for holding in person.holdings
    )


def _form(typed: dict[str, str], errors: tuple[str, ...]) -> Form:
    return Form(
        reverse("people"),
        (
            Field("username", _("用户名"), FieldKind.TEXT, value=typed.get("username", ""), max_length=64,
                  help=_("登录时输入；不含空格，以后不能改。")),
            Field("name", _("姓名"), FieldKind.TEXT, value=typed.get("name", ""), max_length=60),
            Field("phone", _("电话"), FieldKind.TEXT, required=False, value=typed.get("phone", ""), max_length=20,
                  input_mode="tel", is_personal=True),
        ),
        _("新建人员"),
        errors=errors,
    )  # fmt: skip


def post_choices() -> tuple[Choice, ...]:
    """Every post that can be given, those of units marked."""
    return tuple(
        Choice(row.post, post_name(row.post), hint=_("须选责任单位") if row.post in POSTS_OF_UNITS else "")
        for row in city_tables().posts
        if row.post != "system"
    )

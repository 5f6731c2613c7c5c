"""Standard texts 常用语: the page where they are worded, and what is offered at a note field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wangge.domains.desks.operations.standard_texts import LONGEST, keep_text, remove_text
from wangge.domains.desks.policies import may_keep_texts_of_city
from wangge.domains.desks.queries import StandardText, texts_of_city, texts_offered_to
from wangge.domains.desks.refusals import DeskRefused
from wangge.domains.organizations.logic import Actor
from wangge.domains.organizations.queries import city_tables
from wangge.groundwork import clock
from wangge.surfaces.web.command.text_pages import TextGroup, TextRow, TextsPage
from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form
from wangge.surfaces.web.elements.labels import post_name, stage_name
from wangge.surfaces.web.elements.pieces import Notice, NoticeKind
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.shells import shell_for, tell

CITY, OWN = "city", "own"


@require_http_methods(["GET", "HEAD", "POST"])
def standard_texts(request: HttpRequest) -> HttpResponse:
    """Every text a person is offered, with the forms to add one. At most two statements behind the gate."""
    by, at = actor_on(request), clock.now()
    if request.method != "POST":
        return _page(request, by, at, {}, "")
    given = {name: request.POST.get(name, "").replace("\0", "") for name in ("whose", "words", "stage", "post")}
    try:
        keep_text(
            by=by, at=at, words=given["words"], stage=given["stage"], post=given["post"],
            of_city=given["whose"] == CITY,
        )  # fmt: skip
    except DeskRefused as refused:
        return _page(request, by, at, given, str(refused), status=422)
    tell(request, Notice(NoticeKind.DONE, _("已保存。")))
    return redirect("standard_texts")


@require_POST
def text_remove(request: HttpRequest, number: int) -> HttpResponse:
    """Take a text away."""
    if remove_text(by=actor_on(request), at=clock.now(), text_id=number):
        tell(request, Notice(NoticeKind.DONE, _("已删除。")))
    else:
        tell(request, Notice(NoticeKind.REFUSED, _("没有这条用语，可能已被删除。请刷新后查看。")))
    return redirect("standard_texts")


@require_safe
def texts_offered(request: HttpRequest) -> HttpResponse:
    """The texts for a note on a case of a stage, one's own first. One statement."""
    by = actor_on(request)
    stage = request.GET.get("stage", "").replace("\0", "")
    texts = texts_offered_to(person_id=by.person_id, posts=by.posts, stage=stage)
    return render(request, "web/elements/texts_offered.html", {"texts": texts})


def _page(
    request: HttpRequest, by: Actor, at: datetime, typed: Mapping[str, str], error: str, *, status: int = 200
) -> HttpResponse:
    words_city = may_keep_texts_of_city(by)
    offered = texts_offered_to(person_id=by.person_id, posts=by.posts)
    of_city = texts_of_city() if words_city else [text for text in offered if text.is_of_city]
    own = [text for text in offered if not text.is_of_city]
    page = TextsPage(
        shell=shell_for(request, _("常用语"), at=at),
        heading=_("常用语"),
        groups=(
            TextGroup(
                _("自己的"), _("只有自己看得到。"), _rows(own, removes=True), OWN, _form(OWN, typed, error)
            ),
            TextGroup(
                _("全市标准用语"), _("由值班长、科长或中心领导维护，各席位都能选用。"),
                _rows(of_city, removes=words_city), CITY, _form(CITY, typed, error) if words_city else None,
                with_posts=True,
            ),
        ),
    )  # fmt: skip
    return render(request, "web/command/texts.html", {"page": page}, status=status)


def _rows(texts: Iterable[StandardText], *, removes: bool) -> tuple[TextRow, ...]:
    return tuple(
        TextRow(
            text.words, stage_name(text.stage) if text.stage else _("全部环节"),
            post_name(text.post) if text.post else _("全部岗位"),
            reverse("text_remove", args=[text.text_id]) if removes else "",
        )
        for text in texts
    )  # fmt: skip


def _form(whose: str, typed: Mapping[str, str], error: str) -> Form:
    mine = typed if typed.get("whose") == whose else {}
    tables = city_tables()
    stages = tuple(Choice(row.stage, stage_name(row.stage)) for row in tables.stages if row.stage != "new")
    fields = [
        Field("words", _("用语"), FieldKind.LONG_TEXT, max_length=LONGEST, value=mine.get("words", "")),
        Field(
            "stage", _("用于环节"), FieldKind.SELECT, required=False, choices=stages, placeholder=_("全部环节"),
            value=mine.get("stage", ""),
        ),
    ]  # fmt: skip
    if whose == CITY:
        posts = tuple(Choice(row.post, post_name(row.post)) for row in tables.posts if row.verbs)
        fields.append(
            Field(
                "post", _("用于岗位"), FieldKind.SELECT, required=False, choices=posts, placeholder=_("全部岗位"),
                value=mine.get("post", ""),
            )
        )  # fmt: skip
    return Form(
        reverse("standard_texts"), tuple(fields), _("加入"), draft_key=f"texts-{whose}", hidden=(("whose", whose),),
        errors=(error,) if error and mine else (),
    )  # fmt: skip

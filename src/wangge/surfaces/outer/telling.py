"""The pages of the public surface made from what the house told: the frame, the letter about a case, a letter."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wangge.surfaces.web.elements import labels
from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind
from wangge.surfaces.web.elements.pieces import Notice, Photo, TimeLeft
from wangge.surfaces.web.elements.words import Urgency
from wangge.surfaces.web.pages import Audience, NavItem, Shell, Theme
from wangge.surfaces.web.public.pages import LetterStatusPage, Milestone, StatusPage
from wangge.surfaces.web.public.status_page import LONGEST_CODE, milestone_words
from wangge.surfaces.web.public.words import GRADES, LETTER_STATES, STAGES
from wangge.surfaces.web.shells import THEME_COOKIE


def shell(request: HttpRequest, title: str, *, current: str = "") -> Shell:
    """The frame; nobody signs in here."""
    ways = (
        ("public_home", _("首页")), ("public_report", _("我要上报")), ("public_status", _("查询进度")),
        ("public_letter", _("写信")),
    )  # fmt: skip
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return Shell(
        title=title,
        audience=Audience.PUBLIC,
        navigation=tuple(NavItem(words, reverse(name), is_current=name == current) for name, words in ways),
        theme=Theme(theme) if theme in tuple(Theme) else Theme.AUTO,
        language="en" if (get_language() or "").startswith("en") else "zh-hans",
        language_url=reverse("set_language"),
        home_url=reverse("public_home"),
        ribbon=_("演示城市：人员、地点、案卷均为虚构") if settings.ENVIRONMENT.mode == "demo" else "",
    )


def question_page(request: HttpRequest, *, errors: tuple[str, ...] = (), typed: str = "") -> StatusPage:
    """Only the question for the code."""
    frame = shell(request, _("查询进度"), current="public_status")
    return StatusPage(frame, reverse("public_status"), _code_field(typed), errors)


def _code_field(typed: str) -> Field:
    return Field(
        "code", _("查询码"), FieldKind.TEXT, value=typed, max_length=LONGEST_CODE, placeholder="XXXX-XXXX-XXXX-XXXX",
        help=_("上报时显示的 16 位字母和数字，大小写都可以。"), is_personal=True,
    )  # fmt: skip


def status_page(
    request: HttpRequest, code: str, told: dict[str, Any], edition: str, *, notice: Notice | None, at: datetime
) -> StatusPage:
    """The letter about a case, as the house told it last; of one on its way only that it is."""
    frame = shell(request, _("查询进度"), current="public_status")
    if told.get("kind") != "case":
        now = _("没有受理，请拨打 12345 了解") if told else _("已收到，正在送交办理")
        return StatusPage(
            frame, reverse("public_status"), _code_field(""), code=code, number="-", now=now, told=notice,
            act_url=reverse("public_act"),
        )  # fmt: skip
    return StatusPage(
        shell=frame,
        url=reverse("public_status"),
        code_field=_code_field(""),
        told=notice,
        code=code,
        number=told["number"],
        matter=labels.category_name(told["category"], edition) if told["category"] else _("待分类"),
        now=str(STAGES.get(told["stage"], "")),
        body=told["body"],
        time_left=_time_left(told["due_at"], at),
        milestones=tuple(
            Milestone(datetime.fromisoformat(moment), milestone_words(stage)) for moment, stage in told["turns"]
        ),
        before=_photos(told["before"], "photo_before"),
        after=_photos(told["after"], "photo_after"),
        answer=told["answer"],
        question=told["question"],
        grades=tuple(Choice(each, str(GRADES.get(each, each))) for each in told["grades"]),
        rating_help=_("点一下就好，只能评一次。工作人员的电话回访另外进行。"),
        rated=str(GRADES.get(told["rated"], told["rated"])),
        may_reopen=bool(told["may_reopen"]),
        act_url=reverse("public_act"),
    )


def _time_left(due: str, at: datetime) -> TimeLeft | None:
    if not due:
        return None
    moment = datetime.fromisoformat(due)
    late = moment < at
    text = _("超过时限") if late else f"{moment.astimezone(at.tzinfo):%m-%d %H:%M}"
    return TimeLeft(Urgency.OVERDUE if late else Urgency.ON_TIME, text, moment)


def _photos(found: list[str], kind: str) -> tuple[Photo, ...]:
    """Small pictures within the page itself: this surface keeps none."""
    return tuple(Photo("#", f"data:image/jpeg;base64,{each}", labels.photo_kind(kind)) for each in found)


def letter_page(request: HttpRequest, told: dict[str, Any]) -> LetterStatusPage:
    """How a letter stands."""
    authority = f"{labels.word('authority', told['authority'])} {told['phone']}".strip()
    return LetterStatusPage(
        shell(request, _("查询进度"), current="public_status"),
        reverse("public_status"),
        str(LETTER_STATES.get(told["state"], "")),
        labels.word("letter_kind", told["letter_kind"]),
        datetime.fromisoformat(told["at"]),
        authority,
        told["receipt_no"],
        datetime.fromisoformat(told["due_at"]) if told["due_at"] else None,
        told["answer"],
    )

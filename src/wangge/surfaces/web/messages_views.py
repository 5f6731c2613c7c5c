"""The messages of a person: the page, the number beside the bell, and having read them."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wangge.domains.evaluation.logic.months import TOPIC
from wangge.domains.evaluation.operations.bulletins import TOPIC as BULLETINS
from wangge.domains.notices.operations import mark_inbox_read, mark_read
from wangge.domains.notices.queries import NoticeLine, notices_for, unread_for
from wangge.domains.organizations.logic import Actor
from wangge.domains.partners.operations.sending import NOTICE_TOPIC
from wangge.groundwork import clock
from wangge.surfaces.web.command.rows import unit_name
from wangge.surfaces.web.elements.labels import post_name
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.pages import Message, MessagesPage
from wangge.surfaces.web.shells import opens, shell_for

MOST_SHOWN = 99


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """The newest messages; one statement behind the gate."""
    by, at = actor_on(request), clock.now()
    found = notices_for(actor=by)
    unread = sum(not line.is_read for line in found)
    page = MessagesPage(
        shell=shell_for(request, _("消息"), at=at, current="notices"),
        messages=tuple(_message(line, opens_cases=opens(by, "case"), ways=_ways(by)) for line in found),
        unread_text=_("%(number)s 条未读") % {"number": unread} if unread else "",
        read_url=reverse("notices_read") if unread else "",
    )
    return render(request, "web/notices.html", {"page": page})


def _ways(by: Actor) -> dict[str, str]:
    """Topic of a message that is of no case → the page it leads to, where the person may open it."""
    pages = {TOPIC: "assessment", NOTICE_TOPIC: "partners"}
    return {topic: reverse(name) for topic, name in pages.items() if opens(by, name)}


def _message(line: NoticeLine, *, opens_cases: bool, ways: Mapping[str, str]) -> Message:
    url = reverse("case", args=[line.object_key]) if line.object_key and opens_cases else ""
    url = ways.get(line.topic, url)
    if line.topic == BULLETINS and line.object_key:
        url = reverse("bulletin", args=[line.object_key])
    kind, _colon, name = line.inbox.partition(":")
    inbox = {"post": post_name, "unit": unit_name}.get(kind, str)(name) if name else ""
    return Message(line.id, line.text, line.created_at, url, line.is_read, inbox)


@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """Everything is read."""
    by, at = actor_on(request), clock.now()
    if by.person_id is not None:
        mark_read(person_id=by.person_id, at=at)
        mark_inbox_read(person_id=by.person_id, at=at)
    return HttpResponseRedirect(reverse("notices"))


@require_safe
def notices_count(request: HttpRequest) -> HttpResponse:
    """The number beside the bell, as the piece of page that asks for it again each minute."""
    number = unread_for(actor=actor_on(request), most=MOST_SHOWN)
    shown = f"{number}+" if number >= MOST_SHOWN else str(number or "")
    piece = format_html(
        '<b class="count" hx-get="{}" hx-trigger="every 60s" hx-swap="outerHTML"{}>{}</b>',
        reverse("notices_count"),
        "" if number else mark_safe(" hidden"),
        shown,
    )
    return HttpResponse(piece)

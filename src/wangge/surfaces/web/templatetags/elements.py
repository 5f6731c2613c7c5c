"""The tags by which templates print shared pieces; those of list rows are made in Python, for speed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from wangge.groundwork import clock
from wangge.surfaces.web.elements import built
from wangge.surfaces.web.elements.forms import Field
from wangge.surfaces.web.elements.pieces import (
    ClockLine,
    Flag,
    MapView,
    Notice,
    Photo,
    Place,
    StageChip,
    TimeLeft,
)

register = template.Library()


@register.simple_tag
def built_assets() -> SafeString:
    """The link and script of the built front end."""
    files = built.entry()
    links = format_html_join(
        "\n", '<link rel="stylesheet" href="{}">', ((static(f"built/{name}"),) for name in files.styles)
    )
    return format_html('{}\n<script type="module" src="{}"></script>', links, static(f"built/{files.script}"))


@register.simple_tag
def server_now() -> str:
    """The server's present, by which the browser corrects its own clock."""
    return clock.now().isoformat(timespec="seconds")


@register.filter
def moment(at: datetime | None) -> SafeString | str:
    """A moment as people write it: the day and minute, the year only when it is another one."""
    if at is None:
        return "—"
    local = timezone.localtime(at)
    this_year = timezone.localtime(clock.now()).year
    shown = f"{local:%m-%d %H:%M}" if local.year == this_year else f"{local:%Y-%m-%d %H:%M}"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', local.isoformat(), f"{local:%Y-%m-%d %H:%M:%S}", shown
    )


@register.filter
def full_moment(at: datetime | None) -> str:
    """A moment in full, for paper."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else "—"


@register.simple_tag
def case_number(number: str) -> SafeString:
    """A case number in its three parts, so that the eye finds the last; it is copied as one word."""
    district, _dash, rest = number.partition("-")
    day, _dash, serial = rest.partition("-")
    return format_html('<span class="number"><span class="quiet">{}-{}-</span>{}</span>', district, day, serial)


@register.simple_tag
def stage_chip(chip: StageChip) -> SafeString:
    """The stage and whose turn it is."""
    turn = format_html(' <span class="turn">{}</span>', chip.turn) if chip.turn else ""
    return format_html(
        '<span class="stage" data-stage="{}"{}><b>{}</b>{}</span>',
        chip.stage,
        SafeString(" data-ending") if chip.is_ending else "",
        chip.stage_zh,
        turn,
    )


@register.simple_tag
def time_left(left: TimeLeft) -> SafeString:
    """The time left with its sign; the exact moment, limit and clause on hover and focus."""
    ticking = format_html(' due="{}"', left.due_at.isoformat()) if left.ticks and left.due_at else ""
    return format_html(
        '<wangge-time class="time" data-urgency="{}"{}><span class="sign" aria-hidden="true">{}</span>'
        '<span class="words">{}</span>{}</wangge-time>',
        left.urgency,
        ticking,
        left.sign,
        left.text,
        _tip(left),
    )


def _tip(left: TimeLeft) -> SafeString | str:
    parts = []
    if left.due_at is not None:
        parts.append(_("截止 %(moment)s") % {"moment": full_moment(left.due_at)})
    if left.limit_text:
        parts.append(_("时限 %(limit)s") % {"limit": left.limit_text})
    if left.clause:
        parts.append(left.clause)
    if not parts:
        return ""
    return format_html('<span class="tip" role="tooltip">{}</span>', " · ".join(parts))


@register.simple_tag
def flags(marks: tuple[Flag, ...]) -> SafeString:
    """The small marks beside a case."""
    return format_html_join(
        "",
        '<span class="flag" data-kind="{}" title="{}">{}</span>',
        ((mark.kind, mark.title, mark.text) for mark in marks),
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite; always beside a word."""
    return format_html(
        '<svg class="icon" aria-hidden="true" width="24" height="24"><use href="{}#{}"></use></svg>',
        static("icons/sprite.svg"),
        name,
    )


@register.inclusion_tag("web/elements/clock_line.html")
def clock_line(line: ClockLine) -> dict[str, Any]:
    """One clock from start to limit."""
    return {"line": line}


@register.inclusion_tag("web/elements/field.html")
def field(question: Field, form_id: str) -> dict[str, Any]:
    """One question of a form with label, help and errors."""
    return {"field": question, "id": f"{form_id}-{question.id_suffix}"}


@register.inclusion_tag("web/elements/notice.html", takes_context=True)
def notice(context: template.Context, told: Notice) -> dict[str, Any]:
    """What happened and what to do next."""
    return {"notice": told, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("web/elements/photo.html")
def photo(picture: Photo) -> dict[str, Any]:
    """One small picture that opens large."""
    return {"photo": picture}


@register.inclusion_tag("web/elements/map.html")
def map_of(view: MapView, place: Place) -> dict[str, Any]:
    """A map that shows one place."""
    return {"map": view, "place": place}

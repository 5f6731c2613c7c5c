"""The tags by which templates print shared pieces; those that stand often on a page are drawn in Python."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from wangge.groundwork import clock
from wangge.surfaces.web.elements import built
from wangge.surfaces.web.elements.drawing import fields, forms, marks, rows
from wangge.surfaces.web.elements.drawing.timeline import timeline as drawn_timeline
from wangge.surfaces.web.elements.forms import BarredVerb, Field, Form, VerbForm
from wangge.surfaces.web.elements.pieces import (
    CaseRow,
    ClockLine,
    Flag,
    ListColumn,
    MapView,
    Notice,
    Photo,
    Place,
    StageChip,
    Step,
    TimeLeft,
)
from wangge.surfaces.web.elements.words import kept_by_language

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
def moment(at: datetime | None) -> SafeString:
    """A moment as people write it: the day and minute, the year only when it is another one."""
    return SafeString(marks.moment(at))


@register.filter
def full_moment(at: datetime | None) -> str:
    """A moment in full, for paper."""
    return marks.full_moment(at)


@register.simple_tag
def case_number(number: str) -> SafeString:
    """A case number in its three parts, so that the eye finds the last; it is copied as one word."""
    return SafeString(marks.case_number(number))


@register.simple_tag
def stage_chip(chip: StageChip) -> SafeString:
    """The stage and whose turn it is."""
    return SafeString(marks.stage_chip(chip))


@register.simple_tag
def time_left(left: TimeLeft) -> SafeString:
    """The time left with its sign; the exact moment, limit and clause on hover and focus."""
    return SafeString(marks.time_left(left))


@register.simple_tag
def flags(told: tuple[Flag, ...]) -> SafeString:
    """The small marks beside a case."""
    return SafeString(marks.flags(told))


@register.simple_tag
def table_rows(cases: tuple[CaseRow, ...], columns: tuple[ListColumn, ...] = ()) -> SafeString:
    """Cases as rows of a list, in columns that a person chose or the usual ones."""
    return SafeString("".join(rows.table_row(case, columns) for case in cases))


@register.simple_tag
def pane_items(cases: tuple[CaseRow, ...]) -> SafeString:
    """Cases as items of the queue beside an open one."""
    return SafeString("".join(map(rows.pane_item, cases)))


@register.simple_tag
def field(question: Field, form_id: str) -> SafeString:
    """One question of a form with label, help and errors."""
    return SafeString(fields.field(question, form_id))


@register.simple_tag
def options(question: Field) -> SafeString:
    """The options of a list, the chosen one marked."""
    return SafeString(fields.options(question))


@register.simple_tag(takes_context=True)
def form(context: template.Context, told: Form, form_id: str, key: str = "", button: str = "") -> SafeString:
    """A form with its questions; ``key`` presses its button."""
    token = str(context.get("csrf_token", ""))
    return SafeString(forms.form(told, form_id, token=token, key=key, button=button or "primary"))


@register.simple_tag(takes_context=True)
def verbs(context: template.Context, open_verbs: tuple[VerbForm, ...], barred: tuple[BarredVerb, ...]) -> SafeString:
    """What may be done with a case, and what not now and why."""
    return SafeString(forms.verbs(open_verbs, barred, token=str(context.get("csrf_token", ""))))


@register.simple_tag
def timeline(steps: Iterable[Step]) -> SafeString:
    """The history of a case."""
    return SafeString(drawn_timeline(steps))


@register.simple_tag
def keys_help() -> SafeString:
    """The dialog that names the keys: the same on every page."""
    return SafeString(_keys_help())


@kept_by_language(4)
def _keys_help() -> str:
    return render_to_string("web/elements/keys.html")


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


@register.inclusion_tag("web/elements/notice.html")
def notice(told: Notice) -> dict[str, Any]:
    """What happened and what to do next."""
    return {"notice": told}


@register.inclusion_tag("web/elements/photo.html")
def photo(picture: Photo) -> dict[str, Any]:
    """One small picture that opens large."""
    return {"photo": picture}


@register.inclusion_tag("web/elements/map.html")
def map_of(view: MapView, place: Place) -> dict[str, Any]:
    """A map that shows one place."""
    return {"map": view, "place": place}

"""The small marks of a case, drawn: moments, number, stage and turn, time left, flags."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from html import escape

from django.utils.translation import gettext as _

from wangge.groundwork import clock
from wangge.surfaces.web.elements.pieces import Flag, StageChip, TimeLeft
from wangge.surfaces.web.elements.words import kept_by_language


def moment(at: datetime | None) -> str:
    """A moment as people write it: the day and minute, the year only when it is another one."""
    if at is None:
        return "—"
    return _moment(at, clock.today().year)


@lru_cache(maxsize=2048)
def _moment(at: datetime, this_year: int) -> str:
    local = at.astimezone(clock.CITY_ZONE)
    shown = f"{local:%m-%d %H:%M}" if local.year == this_year else f"{local:%Y-%m-%d %H:%M}"
    return f'<time datetime="{local.isoformat()}" title="{local:%Y-%m-%d %H:%M:%S}">{shown}</time>'


def full_moment(at: datetime | None) -> str:
    """A moment in full, for paper and hints."""
    return f"{at.astimezone(clock.CITY_ZONE):%Y-%m-%d %H:%M}" if at else "—"


def case_number(number: str) -> str:
    """A case number in its three parts, so that the eye finds the last; it is copied as one word."""
    district, _dash, rest = escape(number).partition("-")
    day, _dash, serial = rest.partition("-")
    return f'<span class="number"><span class="quiet">{district}-{day}-</span>{serial}</span>'


def stage_chip(chip: StageChip) -> str:
    """The stage and whose turn it is."""
    turn = f' <span class="turn">{escape(chip.turn)}</span>' if chip.turn else ""
    ending = " data-ending" if chip.is_ending else ""
    return f'<span class="stage" data-stage="{escape(chip.stage)}"{ending}><b>{escape(chip.stage_zh)}</b>{turn}</span>'


@kept_by_language(8192)
def time_left(left: TimeLeft) -> str:
    """The time left with its sign; the exact moment, limit and clause on hover and focus."""
    ticking = f' due="{left.due_at.isoformat()}"' if left.ticks and left.due_at else ""
    return (
        f'<wangge-time class="time" data-urgency="{left.urgency.value}"{ticking}>'
        f'<span class="sign" aria-hidden="true">{left.sign}</span>'
        f'<span class="words">{escape(left.text)}</span>{_tip(left.due_at, left.limit_text, left.clause)}</wangge-time>'
    )


def _tip(due_at: datetime | None, limit: str, clause: str) -> str:
    parts = []
    if due_at is not None:
        parts.append(_("截止 %(moment)s") % {"moment": full_moment(due_at)})
    if limit:
        parts.append(_("时限 %(limit)s") % {"limit": limit})
    if clause:
        parts.append(clause)
    return f'<span class="tip" role="tooltip">{escape(" · ".join(parts))}</span>' if parts else ""


def flags(marks: Iterable[Flag]) -> str:
    """The small marks beside a case."""
    return "".join(
        f'<span class="flag" data-kind="{mark.kind.value}" title="{escape(mark.title)}">{escape(mark.text)}</span>'
        for mark in marks
    )

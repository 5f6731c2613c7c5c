"""The history of a case, drawn: who, when, what, with which pictures, and what the clock read."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from django.utils.translation import gettext as _

from wangge.surfaces.web.elements.drawing.marks import moment
from wangge.surfaces.web.elements.pieces import Fact, Photo, Step


def timeline(steps: Iterable[Step]) -> str:
    """The steps as a list, in the order given."""
    automatic, code = escape(_("自动")), escape(_("校验码"))
    return f'<ol class="timeline">{"".join(_step(step, automatic, code) for step in steps)}</ol>\n'


def _step(step: Step, automatic: str, code: str) -> str:
    by_rule = " data-automatic" if step.rule_zh else ""
    to = f' <span class="to">→ {escape(step.to_stage_zh)}</span>' if step.to_stage_zh else ""
    note = f'<p class="note">{escape(step.note)}</p>\n' if step.note else ""
    facts = f'<dl class="facts">{"".join(map(_fact, step.facts))}</dl>\n' if step.facts else ""
    strip = f'<div class="strip">{"".join(map(_picture, step.photos))}</div>\n' if step.photos else ""
    return (
        f'<li data-seq="{step.seq}"{by_rule}>\n'
        f'<p class="head"><b>{escape(step.verb_zh)}</b>{to} <span class="by">{escape(step.by)}'
        f' <span class="quiet">{escape(step.post_zh)}</span></span> <span class="at">{moment(step.at)}</span></p>\n'
        f'{note}{facts}{strip}<p class="foot">{_clock(step)}{_rule(step, automatic)}{_check(step, code)}</p>\n</li>'
    )


def _fact(fact: Fact) -> str:
    value = escape(fact.value)
    shown = f'<a href="{escape(fact.url)}">{value}</a>' if fact.url else value
    return f"<div><dt>{escape(fact.label)}</dt><dd>{shown}</dd></div>"


def _picture(picture: Photo) -> str:
    return (
        f'<a href="{escape(picture.viewer_url or picture.url)}"><img src="{escape(picture.thumbnail_url)}"'
        f' alt="{escape(picture.kind_zh)}" loading="lazy" width="72" height="54"></a>'
    )


def _clock(step: Step) -> str:
    if not step.clock_text:
        return ""
    text, urgency = escape(step.clock_text), step.clock_urgency
    if urgency is None:
        return f'<span class="time">{text}</span>'
    sign = f'<span class="sign" aria-hidden="true">{urgency.sign}</span>'
    return f'<span class="time" data-urgency="{urgency.value}">{sign}{text}</span>'


def _rule(step: Step, automatic: str) -> str:
    return f' <span class="flag">{automatic} · {escape(step.rule_zh)}</span>' if step.rule_zh else ""


def _check(step: Step, code: str) -> str:
    if not step.check_code:
        return ""
    return f' <code class="quiet" title="{code}">#{step.seq} {escape(step.check_code)}</code>'

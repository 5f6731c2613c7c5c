"""A form with its questions, and the verbs of a case with theirs, drawn."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from django.utils.translation import gettext as _

from wangge.surfaces.web.elements.drawing.fields import field, hidden_input
from wangge.surfaces.web.elements.forms import BarredVerb, Form, VerbForm


def form(told: Form, form_id: str, *, token: str, key: str = "", button: str = "primary") -> str:
    """A form that posts, with its token against forgery; ``key`` presses its button."""
    files = ' enctype="multipart/form-data"' if told.has_files else ""
    draft = f' data-draft="{escape(told.draft_key)}"' if told.draft_key else ""
    errors = "".join(f"<p>{escape(error)}</p>" for error in told.errors)
    refused = f'<div class="notice" data-kind="refused" role="alert">{errors}</div>' if errors else ""
    hidden = "".join(hidden_input(name, value) for name, value in told.hidden)
    questions = "\n".join(field(question, form_id) for question in told.fields)
    pressed = f' data-key="{escape(key)}"' if key else ""
    return (
        f'<form method="post" action="{escape(told.url)}" id="{escape(form_id)}" class="sheet"{files}{draft}>\n'
        f"{hidden_input('csrfmiddlewaretoken', token)}{hidden}\n{refused}{questions}\n"
        f'<button class="{button}"{pressed}>{escape(told.submit_text)}{_key(key)}</button>\n</form>\n'
    )


def _key(key: str, blank: str = " ") -> str:
    return f"{blank}<kbd>{escape(key)}</kbd>" if key else ""


def verbs(open_verbs: Iterable[VerbForm], barred: Iterable[BarredVerb], *, token: str) -> str:
    """What may be done here: the usual verb open and first, the others to be opened, the barred with their reasons."""
    drawn = [_usual(verb, token) if verb.is_usual else _other(verb, token) for verb in open_verbs]
    if not drawn:
        nothing = _("此环节没有轮到您办理的事项，可查看与打印。")
        drawn = [f'<p class="quiet nothing">{nothing}</p>']
    reasons = "".join(
        f'<li><b>{escape(verb.verb_zh)}</b> <span class="quiet">{escape(verb.reason)}</span></li>' for verb in barred
    )
    return (
        f'<section class="verbs" id="act" aria-label="{escape(_("可办理事项"))}">\n{"".join(drawn)}'
        + (f'<ul class="barred">{reasons}</ul>' if reasons else "")
        + "</section>\n"
    )


def _effect(verb: VerbForm) -> str:
    return f' <span class="effect">{escape(verb.effect)}</span>' if verb.effect else ""


def _proposal(verb: VerbForm) -> str:
    return proposal(verb.proposal, escape(verb.verb)) if verb.proposal or verb.hangs_on_class else ""


def proposal(words: str, form_id: str, *, elsewhere: bool = False) -> str:
    """Why a form comes filled in; ``elsewhere``: on its way to the place it has on a page."""
    away = ' hx-swap-oob="true"' if elsewhere else ""
    hidden = "" if words else " hidden"
    return f'<p class="proposal" id="{form_id}-proposal"{away}{hidden}>{escape(words)}</p>\n'


def _usual(verb: VerbForm, token: str) -> str:
    return (
        f'<div class="verb usual" data-verb="{escape(verb.verb)}">\n'
        f"<h2>{escape(verb.verb_zh)}{_effect(verb)}</h2>\n{_proposal(verb)}"
        f"{form(verb.form, verb.verb, token=token, key=verb.key)}</div>"
    )


def _other(verb: VerbForm, token: str) -> str:
    grave, opened = " grave" if verb.is_grave else "", " open" if verb.is_open else ""
    pressed = f' data-key="{escape(verb.key)}"' if verb.key else ""
    return (
        f'<details class="verb{grave}" data-verb="{escape(verb.verb)}" name="verbs"{opened}>\n'
        f"<summary{pressed}><span>{escape(verb.verb_zh)}</span>{_effect(verb)}{_key(verb.key, '')}</summary>\n"
        f"{_proposal(verb)}{form(verb.form, verb.verb, token=token, button='grave' if verb.is_grave else 'primary')}"
        "</details>"
    )

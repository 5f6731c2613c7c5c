"""What another class brings to a form of a case: its filing conditions, and unit and limit proposed anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from html import escape

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.failures import NoSuchCase
from wangge.domains.cases.logic.state import copy_of
from wangge.domains.cases.logic.timers import as_of
from wangge.domains.cases.openings import Opening, desk_of
from wangge.domains.cases.queries.neighbourhood import usual_unit
from wangge.domains.cases.queries.proposal import proposal_for
from wangge.domains.cases.rows import CaseRow, draft_of
from wangge.domains.organizations.logic import Actor
from wangge.groundwork import clock
from wangge.surfaces.web.command.argument_fields import form_id, hangs_on_class
from wangge.surfaces.web.command.case_pages import seen_row
from wangge.surfaces.web.command.desk import DeskCase
from wangge.surfaces.web.command.verb_forms import fields_of, proposal_words
from wangge.surfaces.web.elements import labels
from wangge.surfaces.web.elements.drawing.fields import field
from wangge.surfaces.web.elements.drawing.forms import proposal
from wangge.surfaces.web.gate import actor_on


@require_safe
def conditions(request: HttpRequest, number: str) -> HttpResponse:
    """The conditions of the class and, each for its own place, unit and reason. At most three statements."""
    by, at = actor_on(request), clock.now()
    try:
        row = seen_row(number, by)
    except NoSuchCase as gone:
        raise Http404(number) from gone
    desk = _with_class(row, request.GET.get("category", ""), by, at)
    opening = _opening(desk, request.GET.get("form", ""))
    if opening is None:
        raise Http404(number)
    form, asked = form_id(opening), {each.name: each for each in fields_of(desk, opening)}
    parts = [field(asked["condition_seq"], form)]
    if "department" in asked:
        parts.append(field(replace(asked["department"], is_elsewhere=True), form))
    parts.append(proposal(proposal_words(desk, opening), escape(form), elsewhere=True))
    return HttpResponse("".join(parts))


def _with_class(row: CaseRow, category: str, by: Actor, at: datetime) -> DeskCase:
    """The case as if it were of this class, filed under no condition yet, with what is proposed for it then."""
    draft = draft_of(row, at)
    state = copy_of(as_of(draft.rules, draft.state, civil(at), draft.around))
    known = category in labels.categories(state.limit_edition or draft.rules.edition)
    state.category, state.condition_seq = category if known else "", 0
    row = replace(row, category=state.category)
    choice = proposal_for(row, category=state.category, at=at)
    usual = usual_unit(row, category=state.category, at=at) if choice is None else None
    return DeskCase(row, draft, state, by, at, choice=choice, usual=usual)


def _opening(desk: DeskCase, form: str) -> Opening | None:
    found = desk_of(
        rules=desk.rules, state=desk.draft.state, around=desk.draft.around, row=desk.row, by=desk.by, at=civil(desk.at)
    )  # fmt: skip
    return next((each for each in found.open if form_id(each) == form and hangs_on_class(each)), None)

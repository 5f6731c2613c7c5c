"""What the trained model suggests, on the registration page and beside a case: taken over by a click, never alone."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wangge.domains.cases.queries.suggested import Suggested, suggest
from wangge.domains.cases.rows import CaseRow, load
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.cases.sight import may_see
from wangge.domains.cases.suggestion_files import current
from wangge.domains.organizations.logic import Actor
from wangge.groundwork import clock
from wangge.surfaces.web.command import rows
from wangge.surfaces.web.command.pages import Suggestion, SuggestionGroup, Suggestions
from wangge.surfaces.web.elements import labels
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.shells import opens

DIRECTORY = "suggestions"
LONGEST = 2000
CLASS_STAGES = frozenset({"reported", "verifying", "accepted", "returned"})
UNIT_STAGES = frozenset({"accepted", "filed", "awaiting_ruling"})


def is_trained() -> bool:
    """Whether there is a model; no statement."""
    return current(settings.VAR / DIRECTORY) is not None


def case_suggested_url(row: CaseRow, by: Actor) -> str:
    """Where a case's suggestions are asked for; empty where nothing is left to choose, or nobody to choose it."""
    if row.stage not in CLASS_STAGES | UNIT_STAGES or not opens(by, "case_suggested") or not is_trained():
        return ""
    return reverse("case_suggested", args=[row.number])


@require_POST
def report_suggested(request: HttpRequest) -> HttpResponse:
    """For the words of a report that is being written: in the body, for an address lands in logs."""
    words = request.POST.get("description", "")[:LONGEST].replace("\0", "")
    return _answer(request, suggestions_for(words, actor_on(request), owners=False))


@require_safe
def case_suggested(request: HttpRequest, number: str) -> HttpResponse:
    """For the words of a case."""
    by = actor_on(request)
    row = load(number)
    if row is None or not may_see(by, row):
        raise Http404(number)
    found = suggestions_for(f"{row.description}\n{row.address}", by, owners=row.stage in UNIT_STAGES, but=row.number)
    return _answer(request, found)


def _answer(request: HttpRequest, found: Suggestions) -> HttpResponse:
    response = render(request, "web/elements/suggested.html", {"suggested": found})
    response["Cache-Control"] = "no-store"
    return response


def suggestions_for(words: str, by: Actor, *, owners: bool, but: str = "") -> Suggestions:
    """The three likeliest classes and units with how often that is right; at most two statements."""
    found = suggest(words=words, by=by, directory=settings.VAR / DIRECTORY)
    if found is None:
        return Suggestions()
    edition = rulebook_on(clock.today()).edition
    groups = [_group("category", _("建议小类"), found, "classes", edition)]
    if owners:
        groups.append(_group("department", _("建议单位"), found, "owners", edition))
    echoes = [each for each in found.echoes if each.number != but]
    return Suggestions(
        tuple(each for each in groups if each.choices),
        tuple((each.number, rows.case_url(each.number), each.description[:40]) for each in echoes),
    )


def _group(field: str, label: str, found: Suggested, what: str, edition: str) -> SuggestionGroup:
    names = found.classes if what == "classes" else found.owners
    measured = found.manifest["measured"][what]
    told = ""
    if measured is not None:
        told = _("按本市 %(cases)s 件案卷交叉检验：首位正确 %(first)s%%，前三位含正确 %(three)s%%") % {
            "cases": f"{measured['cases']:,}", "first": round(measured["first"] * 100),
            "three": round(measured["among_three"] * 100),
        }  # fmt: skip
    if what == "classes":
        choices = tuple(Suggestion(each, labels.category_name(each, edition)) for each in names)
    else:
        choices = tuple(Suggestion(each, rows.unit_name(each)) for each in names)
    return SuggestionGroup(field, label, choices, told)

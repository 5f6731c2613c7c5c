"""One act on many cases at once: which act, for whom it is open, what it asks, and what became of each.

The cases are those of a list as it is narrowed. Every case is judged and moved by itself, with the version this person
saw: one that somebody else moved meanwhile is left as it is and says so; a page sent twice moves nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.failures import BadInput, CaseRefused, MoveRefused, NoSuchCase, StaleVersion
from wangge.domains.cases.logic.timers import as_of
from wangge.domains.cases.openings import Opening, desk_of
from wangge.domains.cases.operations.moving import Order, move_case
from wangge.domains.cases.queries import lists
from wangge.domains.cases.rows import CaseRow, draft_of
from wangge.domains.organizations.logic import Actor
from wangge.groundwork import clock
from wangge.surfaces.refusal_words import reason_title, what_to_do
from wangge.surfaces.web.command import queues, rows
from wangge.surfaces.web.command.desk import DeskCase
from wangge.surfaces.web.command.filters import Narrowing, narrowing_of
from wangge.surfaces.web.command.verb_forms import GRAVE, fields_of
from wangge.surfaces.web.elements import labels
from wangge.surfaces.web.elements.forms import Field
from wangge.surfaces.web.elements.pieces import CaseRow as Line
from wangge.surfaces.web.elements.pieces import Figure
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.intake import argument_values, read_form
from wangge.surfaces.web.pages import Shell
from wangge.surfaces.web.shells import shell_for

MOST = 500
# What one answer can say for many cases; photos, places and other cases belong to one case alone.
_ASKED_ONCE = frozenset(
    {
        "reason", "note", "text", "level", "assignee", "department", "handler", "category", "condition_seq", "rule",
        "act", "kind", "until", "amount", "reply_by",
    }
)  # fmt: skip
_OWN_CLASS = "category"  # each case goes on with the class it has


@dataclass(frozen=True, slots=True)
class Subject:
    """A case of the list: whether the chosen act is open for it, else why not; afterwards what became of it."""

    line: Line
    is_open: bool
    why: str = ""
    outcome: str = ""  # "", done, refused
    key: str = ""  # number and version, as the form sends it


@dataclass(frozen=True, slots=True)
class TogetherPage:
    """The page of an act on many cases."""

    shell: Shell
    heading: str
    verbs: tuple[Figure, ...]  # for how many each act is open
    verb_zh: str
    url: str
    back_url: str
    fields: tuple[Field, ...]
    subjects: tuple[Subject, ...]
    open_count: int
    summary: str = ""
    refused: int = 0
    hidden: tuple[tuple[str, str], ...] = ()
    cut: str = ""


@dataclass(frozen=True, slots=True)
class _Desk:
    """A case of the list with what is open on it for this person, by verb."""

    case: DeskCase
    openings: dict[str, Opening]


@require_http_methods(["GET", "HEAD", "POST"])
def together(request: HttpRequest) -> HttpResponse:
    """Choose an act and the cases, then do it; the answer names every case."""
    by, at = actor_on(request), clock.now()
    queue = queues.queue_or_first(by, request.GET.get("queue", ""))
    narrowing = narrowing_of(request, hidden=(("queue", queue),))
    if request.method == "POST":
        return _do(request, by, at, narrowing)
    found = queues.page_of(by=by, at=at, queue=queue, filter=narrowing.filter, limit=MOST)
    desks = [_desk(row, by, at) for row in found.rows]
    offered = _offered(desks)
    verb = request.GET.get("act", "")
    if verb not in offered:
        verb = next(iter(offered), "")
    first = next((desk for desk in desks if verb in desk.openings), None)
    # Those it is open for come first, each part by what burns.
    subjects = tuple(sorted((_subject(desk, verb, first, at) for desk in desks), key=lambda each: not each.is_open))
    address = narrowing.address("together")
    page = TogetherPage(
        shell=shell_for(request, _("批量办理"), at=at, current="work_list"),
        heading=_("批量办理：%(queue)s") % {"queue": queues.queue_name(queue)},
        verbs=tuple(
            Figure(labels.verb_name(name), str(count), f"{address}&act={name}", is_current=name == verb)
            for name, count in offered.items()
        ),
        verb_zh=labels.verb_name(verb) if verb else "",
        url=address,
        back_url=narrowing.address("work_list"),
        fields=tuple(_asked(first, verb)) if first is not None else (),
        subjects=subjects,
        open_count=sum(subject.is_open for subject in subjects),
        hidden=(("verb", verb),),
        cut=_("清单较长，这里是最急的 %(most)s 件。") % {"most": MOST} if found.next else "",
    )
    return render(request, "web/command/together.html", {"page": page})


def _desk(row: CaseRow, by: Actor, at: datetime) -> _Desk:
    draft = draft_of(row, at)
    state = as_of(draft.rules, draft.state, civil(at), draft.around)
    found = desk_of(rules=draft.rules, state=state, around=draft.around, row=row, by=by, at=civil(at))
    openings = {each.move.verb: each for each in reversed(found.open) if each.act is None and _is_for_many(each)}
    return _Desk(DeskCase(row, draft, state, by, at), openings)


def _is_for_many(opening: Opening) -> bool:
    move = opening.move
    names = {name.rstrip("?") for name in move.args}
    return not move.evidence and move.verb not in GRAVE and names <= _ASKED_ONCE


def _offered(desks: Iterable[_Desk]) -> dict[str, int]:
    """Acts that are open somewhere in the list, for how many cases, the widest first."""
    counts: dict[str, int] = {}
    for desk in desks:
        for verb in desk.openings:
            counts[verb] = counts.get(verb, 0) + 1
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


def _asked(first: _Desk, verb: str) -> list[Field]:
    """The questions, once for all: as for the first case, but its class, which each case has of its own."""
    return [field for field in fields_of(first.case, first.openings[verb]) if field.name != _OWN_CLASS]


def _subject(desk: _Desk, verb: str, first: _Desk | None, at: datetime) -> Subject:
    row = desk.case.row
    line = rows.line(row, at=at)
    key = f"{row.number}:{row.version}"
    opening = desk.openings.get(verb)
    if opening is None or first is None:
        return Subject(line, False, _("此案卷现在不能办理这一项"), key=key)
    if _asks_condition(opening) and _class_of(desk) != _class_of(first):
        return Subject(line, False, _("小类不同，立案条件不能一起选"), key=key)
    if _asks_class(opening) and not _class_of(desk):
        return Subject(line, False, _("还没有小类，请单独办理"), key=key)
    return Subject(line, True, key=key)


def _class_of(desk: _Desk) -> str:
    return desk.case.state.category or desk.case.row.category


def _asks_class(opening: Opening) -> bool:
    return "category" in opening.move.args


def _asks_condition(opening: Opening) -> bool:
    return "condition_seq" in opening.move.args


# ---- done ------------------------------------------------------------------------------------------------------


def _do(request: HttpRequest, by: Actor, at: datetime, narrowing: Narrowing) -> HttpResponse:
    chosen = _chosen(request)
    verb = request.POST.get("verb", "")
    desks = [_desk(row, by, at) for row in lists.numbered(numbers=list(chosen), by=by)]
    first = next((desk for desk in desks if verb in desk.openings), None)
    args = argument_values(_asked(first, verb), read_form(request, (), by=by, at=at)) if first is not None else {}
    subjects = tuple(_moved(request, desk, verb, args, chosen[desk.case.row.number], by, at) for desk in desks)
    done = sum(subject.outcome == "done" for subject in subjects)
    page = TogetherPage(
        shell=shell_for(request, _("批量办理"), at=at, current="work_list"),
        heading=_("批量办理结果：%(verb)s") % {"verb": labels.verb_name(verb) if desks else ""},
        verbs=(),
        verb_zh="",
        url=narrowing.address("together"),
        back_url=narrowing.address("work_list"),
        fields=(),
        # What needs a look comes first.
        subjects=tuple(sorted(subjects, key=lambda subject: subject.outcome == "done")),
        open_count=0,
        summary=_("已办理 %(done)s 件，未办理 %(left)s 件。") % {"done": done, "left": len(subjects) - done},
        refused=len(subjects) - done,
    )
    return render(request, "web/command/together.html", {"page": page})


def _chosen(request: HttpRequest) -> dict[str, int]:
    """Number → version, as they lay before the person; what is not readable is no choice."""
    found: dict[str, int] = {}
    for text in request.POST.getlist("case")[:MOST]:
        number, _colon, version = text.replace("\x00", "").rpartition(":")
        if number and version.isascii() and version.isdigit() and len(version) < 9:
            found[number] = int(version)
    return found


def _moved(
    request: HttpRequest, desk: _Desk, verb: str, args: dict[str, Any], version: int, by: Actor, at: datetime
) -> Subject:
    row = desk.case.row
    opening = desk.openings.get(verb)
    own = {_OWN_CLASS: _class_of(desk)} if opening is not None and _asks_class(opening) else {}
    order = Order(row.number, verb, {**args, **own}, {}, version=version, needs_version=True)
    address = str(request.META.get("REMOTE_ADDR", ""))
    try:
        if verb not in desk.case.rules.verbs:
            raise BadInput("verb", _("流转表中没有这一项。"))
        moved = move_case(order=order, by=by, at=at, address=address)
    except NoSuchCase:
        return Subject(rows.line(row, at=at), False, _("已不在您的范围内"), "refused")
    except CaseRefused as refused:
        return Subject(rows.line(row, at=at), False, why_refused(refused), "refused")
    row.stage, row.state = moved.draft.state.stage, moved.draft.state
    return Subject(rows.line(row, at=at), False, "", "done")


def why_refused(refused: CaseRefused) -> str:
    """In a line why an act on one of many cases was not done."""
    if isinstance(refused, StaleVersion):
        return _("期间已被他人办理，请打开查看")
    if isinstance(refused, MoveRefused):
        told = {"title": reason_title(refused.reason), "what": what_to_do(refused, name_of=labels.argument_name)}
        return _("%(title)s：%(what)s") % told
    if isinstance(refused, BadInput):
        return refused.why
    return str(refused)

"""One act on many cases at once: which act, for whom it is open, what it asks, and what became of each.

The cases are those of a list as it is narrowed. Every case is judged and moved by itself, with the version this person
saw: one that somebody else moved meanwhile is left as it is and says so; a page sent twice moves nothing twice. Of a
composite act each case has its own class, condition and unit: as they lay before the person, proposed and looked over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
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
from wangge.domains.cases.queries.neighbourhood import usual_units
from wangge.domains.cases.queries.proposal import proposals_for
from wangge.domains.cases.rows import CaseRow, draft_of
from wangge.domains.organizations.logic import Actor
from wangge.domains.organizations.queries import city_tables
from wangge.groundwork import clock
from wangge.surfaces.refusal_words import hint_for, reason_title, what_to_do
from wangge.surfaces.web.command import queues, rows
from wangge.surfaces.web.command.argument_fields import condition_field, form_id
from wangge.surfaces.web.command.desk import DeskCase
from wangge.surfaces.web.command.filters import Narrowing, narrowing_of
from wangge.surfaces.web.command.rule_words import unit_proposal
from wangge.surfaces.web.command.verb_forms import GRAVE, fields_of, proposed_args, refusal_with
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
_OWN_ANSWERS = ("condition_seq", "department")  # of a composite act; sent as NAME:NUMBER
_ANY_UNIT = "?"  # whether an act is open does not hang on which unit it names


@dataclass(frozen=True, slots=True)
class OwnAnswers:
    """What a composite act says of one case: its unit and its filing condition, each proposed or to be chosen."""

    unit: str
    unit_zh: str
    because: str
    condition: Field

    @property
    def are_whole(self) -> bool:
        """Whether nothing is left to choose."""
        return bool(self.unit and self.condition.value)


@dataclass(frozen=True, slots=True)
class Subject:
    """A case of the list: whether the chosen act is open for it, else why not; afterwards what became of it."""

    line: Line
    is_open: bool
    why: str = ""
    outcome: str = ""  # "", done, refused
    key: str = ""  # number and version, as the form sends it
    own: OwnAnswers | None = None

    @property
    def is_chosen(self) -> bool:
        """Whether the page comes with this case ticked."""
        return self.is_open and (self.own is None or self.own.are_whole)


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
    chosen_count: int
    each_its_own: bool = False  # a composite act: unit and condition stand beside every case
    summary: str = ""
    refused: int = 0
    hidden: tuple[tuple[str, str], ...] = ()
    cut: str = ""


@dataclass(frozen=True, slots=True)
class _Desk:
    """A case of the list with what is open on it for this person, by verb."""

    case: DeskCase
    openings: dict[str, Opening]  # by the form: the verb, of a composite act its name


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
    act = request.GET.get("act", "")
    if act not in offered:
        act = next(iter(offered), "")
    first = next((desk for desk in desks if act in desk.openings), None)
    own = first is not None and first.openings[act].act is not None
    desks = _with_proposals(desks, act, at) if own else desks
    # Those it is open for come first, each part by what burns.
    subjects = tuple(sorted((_subject(desk, act, first, at) for desk in desks), key=_place))
    address = narrowing.address("together")
    page = TogetherPage(
        shell=shell_for(request, _("批量办理"), at=at, current="work_list"),
        heading=_("批量办理：%(queue)s") % {"queue": queues.queue_name(queue)},
        verbs=tuple(
            Figure(_name_of(name), str(count), f"{address}&act={name}", is_current=name == act)
            for name, count in offered.items()
        ),
        verb_zh=_name_of(act) if act else "",
        url=address,
        back_url=narrowing.address("work_list"),
        fields=tuple(_asked(first, act)) if first is not None else (),
        subjects=subjects,
        chosen_count=sum(subject.is_chosen for subject in subjects),
        each_its_own=own,
        hidden=(("verb", act),),
        cut=_("清单较长，这里是最急的 %(most)s 件。") % {"most": MOST} if found.next else "",
    )
    return render(request, "web/command/together.html", {"page": page})


def _desk(row: CaseRow, by: Actor, at: datetime) -> _Desk:
    draft = draft_of(row, at)
    state = as_of(draft.rules, draft.state, civil(at), draft.around)
    found = desk_of(rules=draft.rules, state=state, around=draft.around, row=row, by=by, at=civil(at))
    openings = {form_id(each): each for each in reversed(found.open) if _is_for_many(each)}
    return _Desk(DeskCase(row, draft, state, by, at), openings)


def _with_proposals(desks: Sequence[_Desk], act: str, at: datetime) -> list[_Desk]:
    """With the unit proposed for each; at most two statements."""
    matters = [(desk.case.row, _class_of(desk)) for desk in desks if act in desk.openings]
    choices = proposals_for(matters, at=at)
    usual = usual_units([each for each in matters if each[0].id not in choices], at=at)
    return [
        replace(desk, case=replace(desk.case, choice=choices.get(desk.case.row.id), usual=usual.get(desk.case.row.id)))
        for desk in desks
    ]


def _name_of(name: str) -> str:
    """A verb in words, or a composite act."""
    acts = {row.act for row in city_tables().composites}
    return labels.word("act", name) if name in acts else labels.verb_name(name)


def _is_for_many(opening: Opening) -> bool:
    move = opening.move
    names = {name.rstrip("?") for name in move.args}
    return not move.evidence and move.verb not in GRAVE and names <= _ASKED_ONCE


def _offered(desks: Iterable[_Desk]) -> dict[str, int]:
    """Acts that are open somewhere in the list, for how many cases, the widest first, composite ones before others."""
    counts: dict[str, int] = {}
    single: set[str] = set()
    for desk in desks:
        for name, opening in desk.openings.items():
            counts[name] = counts.get(name, 0) + 1
            single |= {name} if opening.act is None else set()
    return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0] in single, each[0])))


def _asked(first: _Desk, act: str) -> list[Field]:
    """The questions, once for all: as for the first case, but its class, which each case has of its own."""
    opening = first.openings[act]
    fields = [field for field in fields_of(first.case, opening) if field.name != _OWN_CLASS]
    if opening.act is None:
        return fields
    return [_for_the_rest(field) for field in fields if field.name != "condition_seq"]


def _for_the_rest(question: Field) -> Field:
    if question.name != "department":
        return question
    return replace(question, required=False, value="", help=_("只用于下面没有建议单位的案卷。"))


def _place(subject: Subject) -> int:
    return 0 if subject.is_chosen else 1 if subject.is_open else 2


def _subject(desk: _Desk, act: str, first: _Desk | None, at: datetime) -> Subject:
    row = desk.case.row
    line = rows.line(row, at=at)
    key = f"{row.number}:{row.version}"
    opening = desk.openings.get(act)
    if opening is None or first is None:
        return Subject(line, False, _("此案卷现在不能办理这一项"), key=key)
    if _asks_class(opening) and not _class_of(desk):
        return Subject(line, False, _("还没有小类，请单独办理"), key=key)
    if opening.act is not None:
        return _with_own_answers(desk, opening, line, key)
    if _asks_condition(opening) and _class_of(desk) != _class_of(first):
        return Subject(line, False, _("小类不同，立案条件不能一起选"), key=key)
    return Subject(line, True, key=key)


def _with_own_answers(desk: _Desk, opening: Opening, line: Line, key: str) -> Subject:
    """What a composite act would say of this case; only conditions are offered with which it would be let through."""
    case, args = desk.case, proposed_args(desk.case)
    asked = condition_field(args["category"], case.edition, value=args["condition_seq"])
    some = {**args, "department": case.proposed or _ANY_UNIT}
    barred = {
        choice.value: why
        for choice in asked.choices
        if (why := refusal_with(case, opening, {**some, "condition_seq": choice.value}))
    }
    offered = tuple(
        replace(choice, label=f"{choice.label} · {choice.hint}" if choice.hint else choice.label)
        for choice in asked.choices
        if choice.value not in barred
    )
    if asked.value in barred or not offered:
        why = barred.get(asked.value) or next(iter(barred.values()), "no_condition")
        return Subject(line, False, hint_for(why), key=key)
    own = OwnAnswers(
        case.proposed, rows.unit_name(case.proposed) if case.proposed else "", unit_proposal(case.choice, case.usual),
        replace(asked, name=f"condition_seq:{case.row.number}", choices=offered),
    )  # fmt: skip
    return Subject(line, True, "" if own.are_whole else _("请补齐后勾选"), key=key, own=own)


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
        heading=_("批量办理结果：%(verb)s") % {"verb": _name_of(verb) if desks else ""},
        verbs=(),
        verb_zh="",
        url=narrowing.address("together"),
        back_url=narrowing.address("work_list"),
        fields=(),
        # What needs a look comes first.
        subjects=tuple(sorted(subjects, key=lambda subject: subject.outcome == "done")),
        chosen_count=0,
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
    request: HttpRequest, desk: _Desk, name: str, args: dict[str, Any], version: int, by: Actor, at: datetime
) -> Subject:
    row = desk.case.row
    opening = desk.openings.get(name)
    own = {_OWN_CLASS: _class_of(desk)} if opening is not None and _asks_class(opening) else {}
    act = desk.case.rules.composites.get(name)
    verb = act.steps[0] if act is not None else name
    if act is not None:
        own = {**own, **_own_answers(request, row.number), "act": name}
    order = Order(
        row.number, verb, {**args, **own}, {}, version=version, needs_version=True,
        proposal_shown=bool(own.get("department")),
    )  # fmt: skip
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


def _own_answers(request: HttpRequest, number: str) -> dict[str, str]:
    """What stood beside this case, without what was left open."""
    given = {name: request.POST.get(f"{name}:{number}", "").replace("\x00", "").strip() for name in _OWN_ANSWERS}
    return {name: value for name, value in given.items() if value}


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

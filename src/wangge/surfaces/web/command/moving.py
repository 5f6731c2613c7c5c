"""The order to move a case, from a form: made once however often it is sent, refused with everything kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from wangge.domains.cases.drafting import Draft
from wangge.domains.cases.failures import BadInput, CaseRefused, MoveRefused, NoSuchCase, StaleVersion
from wangge.domains.cases.openings import Opening
from wangge.domains.cases.operations.moving import Order, move_case
from wangge.domains.cases.operations.writing import Receipt
from wangge.domains.cases.queries.receipts import RECEIPT_CONSTRAINT, receipt_of
from wangge.domains.cases.rows import CaseRow, load
from wangge.domains.cases.sight import may_see
from wangge.domains.organizations.logic import Actor
from wangge.groundwork import clock
from wangge.groundwork.attachments.refusals import PhotoGone, PhotoUnknown
from wangge.surfaces.refusal_words import reason_title, what_to_do
from wangge.surfaces.web.command import rows
from wangge.surfaces.web.command.case_pages import Asked, Told, case_page, read_case, seen_row
from wangge.surfaces.web.command.desk import DeskCase, Posted
from wangge.surfaces.web.command.timeline import argument_text
from wangge.surfaces.web.command.verb_forms import fields_of
from wangge.surfaces.web.elements import labels
from wangge.surfaces.web.elements.forms import Conflict, Field, FieldKind
from wangge.surfaces.web.elements.pieces import Fact, Notice, NoticeKind
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.intake import PICTURES, Brought, Sending, argument_values, place_of, read_form, sending_of
from wangge.surfaces.web.shells import tell

CONFLICT, REFUSED, UNREADABLE = 409, 409, 422
Refusals = (CaseRefused, PhotoGone, PhotoUnknown)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What one sending of a form is about."""

    request: HttpRequest
    by: Actor
    at: datetime
    told: Told
    verb: str
    act: str
    fields: tuple[Field, ...]
    brought: Brought
    sending: Sending

    @property
    def form(self) -> str:
        """The form on the page: of a composite act its name."""
        return self.act or self.verb

    @property
    def queue(self) -> str:
        """The queue the case was opened from."""
        return self.brought.first("queue")

    @property
    def name(self) -> str:
        """What was asked for, in words."""
        return labels.word("act", self.act) if self.act else labels.verb_name(self.verb)


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Make the move and lead back to the case; else show the case with what was refused and all that was typed.

    Whoever comes back to the address of a refused form (signed in again, or by the browser's way back) gets the case.
    """
    if request.method != "POST":
        return HttpResponseRedirect(rows.case_url(number))
    attempt = _read(request, number, verb)
    if _was_made(attempt):
        return _after(attempt)
    if _is_of_another_class(attempt):
        return _ask_condition(attempt)
    if attempt.brought.errors:
        return _refused_page(attempt, _notice(attempt, _("照片未收。")), dict(attempt.brought.errors), UNREADABLE)
    try:
        move_case(
            order=_order(attempt, number), by=attempt.by, at=attempt.at,
            address=str(request.META.get("REMOTE_ADDR", "")), receipt=_receipt(attempt),
        )  # fmt: skip
    except NoSuchCase as gone:
        raise Http404(number) from gone
    except IntegrityError as clash:
        if RECEIPT_CONSTRAINT not in str(clash):
            raise
    except Refusals as refused:
        # The same sending may have been at work in another request while this one waited for the case.
        if not _was_made(attempt):
            return _answer(attempt, refused)
    return _after(attempt)


def _read(request: HttpRequest, number: str, verb: str) -> _Attempt:
    by, at = actor_on(request), clock.now()
    try:
        row = seen_row(number, by)
    except NoSuchCase as gone:
        raise Http404(number) from gone
    told = read_case(row, by, at)
    rules = told.draft.rules
    if verb not in rules.verbs:
        raise Http404(verb)
    act = rules.composites.get(request.POST.get("act", ""))
    asked = rules.moves.get((verb, told.state.stage)) or rules.rows_of[verb][0]
    opening = Opening(asked, "", "", act)
    fields = tuple(fields_of(DeskCase(row, told.draft, told.state, by, at), opening))
    kinds = [question.name for question in fields if question.kind in PICTURES]
    brought = read_form(request, kinds, by=by, at=at)
    sending = sending_of(request, brought, by=by)
    return _Attempt(request, by, at, told, verb, act.act if act is not None else "", fields, brought, sending)


def _order(attempt: _Attempt, number: str) -> Order:
    args = argument_values(attempt.fields, attempt.brought)
    if attempt.act:
        args["act"] = attempt.act
    version = attempt.brought.first("version")
    asks_place = any(question.kind is FieldKind.POINT for question in attempt.fields)
    return Order(
        number, attempt.verb, args, {kind: list(ids) for kind, ids in attempt.brought.photos.items() if ids},
        place_of(attempt.brought) if asks_place else None,
        int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0, needs_version=True,
        proposal_shown=bool(attempt.brought.first("proposed")),
    )  # fmt: skip


def _receipt(attempt: _Attempt) -> Callable[[Draft, CaseRow], Receipt]:
    return lambda draft, row: attempt.sending.receipt({"number": row.number, "version": draft.version})


def _was_made(attempt: _Attempt) -> bool:
    kept = receipt_of(person_id=attempt.by.person_id, key=attempt.sending.key)
    return kept is not None and kept.digest == attempt.sending.digest


def _is_of_another_class(attempt: _Attempt) -> bool:
    """Whether the class was changed where no script brought the conditions that belong to it."""
    chosen_for = attempt.brought.first("condition_seq_of")
    return bool(chosen_for) and chosen_for != attempt.brought.first("category")


def _ask_condition(attempt: _Attempt) -> HttpResponse:
    values = {name: value for name, value in attempt.brought.values.items() if name != "condition_seq"}
    asked = replace(attempt, brought=replace(attempt.brought, values=values))
    why = _("换了小类，请重新选择立案条件。")
    return _refused_page(asked, _notice(asked, why), {"condition_seq": why}, UNREADABLE)


# ---- made ------------------------------------------------------------------------------------------------------


def _after(attempt: _Attempt) -> HttpResponse:
    """Back to the case, or to the list where the case has gone behind the wall."""
    number = attempt.told.row.number
    row = load(number)
    assert row is not None
    stage = labels.stage_name(row.stage)
    moved = row.stage != attempt.told.row.stage
    detail = _("案卷 %(number)s 转入“%(stage)s”。") if moved else _("已记入案卷 %(number)s，环节不变。")
    said = Notice(
        NoticeKind.DONE, _("%(verb)s：已办理。") % {"verb": attempt.name}, detail % {"number": number, "stage": stage}
    )
    tell(attempt.request, said)
    if not may_see(attempt.by, row):
        return HttpResponseRedirect(reverse("home"))
    return HttpResponseRedirect(rows.case_url(number, attempt.queue))


# ---- refused ---------------------------------------------------------------------------------------------------


def _answer(attempt: _Attempt, refused: Exception) -> HttpResponse:
    if isinstance(refused, StaleVersion):
        return _conflict_page(attempt, refused)
    if isinstance(refused, MoveRefused):
        status = UNREADABLE if refused.reason.startswith("missing_") else REFUSED
        missing = {name: _("请填写。") for name in refused.missing}
        text = what_to_do(refused, name_of=labels.argument_name)
        return _refused_page(attempt, _notice(attempt, text, reason_title(refused.reason)), missing, status)
    if isinstance(refused, BadInput):
        return _refused_page(attempt, _notice(attempt, refused.why), {refused.field: refused.why}, UNREADABLE)
    return _refused_page(attempt, _notice(attempt, str(refused)), {}, UNREADABLE)


def _notice(attempt: _Attempt, text: str, title: str = "") -> Notice:
    """What was refused, that nothing was written, and what to do."""
    heading = _("没有办理“%(verb)s”：%(why)s") if title else _("没有办理“%(verb)s”%(why)s")
    return Notice(
        NoticeKind.REFUSED,
        heading % {"verb": attempt.name, "why": title},
        _("%(text)s 案卷没有改动，您填写的内容都在下面。") % {"text": text},
    )


def _posted(attempt: _Attempt, errors: dict[str, str]) -> Posted:
    return Posted(attempt.form, attempt.brought.values, attempt.brought.photos, errors)


def _refused_page(attempt: _Attempt, notice: Notice, errors: dict[str, str], status: int) -> HttpResponse:
    asked = Asked(attempt.queue, posted=_posted(attempt, errors), refused=notice)
    page = case_page(attempt.request, attempt.told, attempt.by, attempt.at, asked)
    return render(attempt.request, "web/command/case.html", {"page": page}, status=status)


def _conflict_page(attempt: _Attempt, stale: StaleVersion) -> HttpResponse:
    """The case as it is now, with what this person wrote and what was done meanwhile side by side."""
    told = read_case(seen_row(attempt.told.row.number, attempt.by), attempt.by, attempt.at)
    conflict = _conflict(attempt, told, stale)
    asked = Asked(attempt.queue, posted=_posted(attempt, {}), conflict=conflict)
    page = case_page(attempt.request, told, attempt.by, attempt.at, asked)
    return render(attempt.request, "web/command/case.html", {"page": page}, status=CONFLICT)


def _conflict(attempt: _Attempt, told: Told, stale: StaleVersion) -> Conflict:
    since = [step for step in told.steps if step.seq > stale.given]
    people = [told.people[step.person_id].name for step in since if step.person_id and step.person_id in told.people]
    names = "、".join(dict.fromkeys(people)) or _("系统")
    return Conflict(
        notice=Notice(
            NoticeKind.WARNING,
            _("您填写期间，%(names)s已办理此案卷。") % {"names": names},
            _("您的内容没有写入案卷，都保留着。请对照后决定是否再提交。"),
        ),
        mine_title=_("您要提交的"),
        mine=(Fact(_("办理"), attempt.name), *mine(attempt.fields, attempt.brought)),
        theirs_title=_("期间已办理的"),
        theirs=tuple(_theirs(told, since, stale)),
        reload_url=rows.case_url(told.row.number, attempt.queue),
    )


def _theirs(told: Told, since: Sequence[Any], stale: StaleVersion) -> list[Fact]:
    found: list[Fact] = []
    for step in since:
        local = step.at.astimezone(clock.CITY_ZONE)
        person = told.people.get(step.person_id) if step.person_id is not None else None
        by = _("系统") if step.person_id is None else (person.name if person is not None else "")
        found.append(Fact(f"{local:%H:%M} {by}".strip(), labels.verb_name(step.verb)))
        found += [
            Fact(labels.argument_name(name), argument_text(step, name, value, told.reading))
            for name, value in step.args.items()
            if value and name not in ("act", "rule", "recorded_at") and value != "(sealed)"
        ]
    found.append(Fact(_("环节"), labels.stage_name(told.row.stage)))
    found.append(Fact(_("版本"), f"{stale.given} → {told.row.version}"))
    return found


def mine(fields: Sequence[Field], brought: Brought) -> list[Fact]:
    """What a form said, in words: the labels of what was chosen, never a code."""
    found = []
    for question in fields:
        if question.kind in PICTURES:
            number = len(brought.photos.get(question.name, ()))
            text = _("%(number)s 张") % {"number": number} if number else ""
        elif question.kind is FieldKind.POINT:
            text = "，".join(filter(None, (brought.first(f"{question.name}_{axis}") for axis in ("lon", "lat"))))
        else:
            known = {choice.value: choice.label for choice in question.choices}
            values = [value for value in brought.values.get(question.name, ()) if value]
            text = "、".join(known.get(value, value) for value in values)
            if question.kind is FieldKind.AMOUNT and text:
                text = labels.amount_text(f"{text} {brought.first(f'{question.name}_unit')}")
        if text:
            found.append(Fact(question.label, text))
    return found

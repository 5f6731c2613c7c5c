"""The verbs open on a case, each with its form: the usual next one first, grave ones marked, refused ones explained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import uuid4

from django.urls import reverse
from django.utils.translation import gettext as _

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.openings import Barred, Desk, Opening, desk_of, refusal_of
from wangge.domains.cases.queries.proposal import limit_for
from wangge.surfaces.refusal_words import hint_for, reason_title
from wangge.surfaces.web.command.argument_fields import argument_field, evidence_field, form_id, hangs_on_class
from wangge.surfaces.web.command.desk import DeskCase, Posted
from wangge.surfaces.web.command.rule_words import limit_proposal, unit_proposal
from wangge.surfaces.web.elements import labels
from wangge.surfaces.web.elements.forms import BarredVerb, Field, FieldKind, Form, VerbForm

# What usually comes next, the most pressing first: decisions others wait for, then the main road.
_USUAL = (
    "approve_void", "approve_extension", "approve_suspension", "approve_postponement", "endorse_request",
    "grant_appeal", "endorse_appeal", "confirm_self_handled", "reply_verification", "desk_act", "accept", "file_case",
    "dispatch", "redispatch", "rule_department", "district_report_handled", "district_dispatch", "report_handled",
    "outside_answered", "close_parent", "forward_result", "send_inspection", "pass_inspection", "close_case",
    "reply_supervision", "archive_case", "call_back",
)  # fmt: skip
GRAVE = frozenset(
    {
        "request_void", "approve_void", "decline_report", "decline_filing", "decline_self_handled", "fail_inspection",
        "order_rework", "district_order_rework", "exclude_from_scoring",
    }
)  # fmt: skip
_KEYS = {
    "send_verification": "H", "decline_report": "D", "decline_filing": "D", "merge": "M", "return_to_acceptor": "R",
    "return_to_filing": "R", "send_back": "R", "order_rework": "R", "fail_inspection": "R", "request_void": "V",
    "request_extension": "E", "request_suspension": "G", "urge": "C", "acknowledge": "S", "assign_handler": "A",
    "inspect_again": "H", "ask_reporter": "W", "refuse_extension": "X", "refuse_void": "X",
    "refuse_suspension": "X", "reject_self_handled": "T", "decline_self_handled": "D", "forward_outside": "O",
    "split": "F", "reopen": "R",
}  # fmt: skip


def verbs_of(desk: DeskCase) -> tuple[tuple[VerbForm, ...], tuple[BarredVerb, ...]]:
    """(the verbs open to this person with their forms, those of his posts that are barred and why)."""
    found = desk_of(
        rules=desk.rules, state=desk.state, around=desk.draft.around, row=desk.row, by=desk.by, at=civil(desk.at)
    )  # fmt: skip
    usual = _usual(desk, found.open)
    ordered = sorted(found.open, key=lambda opening: opening is not usual)
    keys: set[str] = set()
    verbs = tuple(_verb(desk, opening, is_usual=opening is usual, keys=keys) for opening in ordered)
    return verbs, tuple(_barred(found))


def _usual(desk: DeskCase, openings: Sequence[Opening]) -> Opening | None:
    """The one with Enter; of a citizen's report that is to be verified, sending somebody."""
    by_name = {form_id(opening): opening for opening in openings}
    if "send_verification" in by_name and "accept" not in by_name:
        return by_name["send_verification"]
    if desk.state.request is None:
        by_name.pop("endorse_request", None)
    by_name = {name: opening for name, opening in by_name.items() if opening.act is None or _may_fit(desk, opening)}
    return next((by_name[name] for name in _USUAL if name in by_name), None)


def _may_fit(desk: DeskCase, opening: Opening) -> bool:
    """Whether a composite act, done as it is proposed, would be let through: one that is barred is not the usual."""
    args = proposed_args(desk)
    return not all(args.values()) or not refusal_with(desk, opening, args)


def proposed_args(desk: DeskCase) -> dict[str, str]:
    """Class, condition and unit as they are proposed for a case; empty where nothing is."""
    category = desk.state.category or desk.row.category
    limit = limit_for(desk.choice, category=category, filed=desk.state.condition_seq, rules=desk.rules)
    seq = str(limit.condition_seq) if limit is not None else ""
    return {"category": category, "condition_seq": seq, "department": desk.proposed}


def refusal_with(desk: DeskCase, opening: Opening, args: Mapping[str, str]) -> str:
    """The reason for which an open verb would be refused with these arguments; empty for none."""
    return refusal_of(
        opening, rules=desk.rules, state=desk.state, around=desk.draft.around, by=desk.by, at=civil(desk.at), args=args
    )


def _barred(found: Desk) -> Iterable[BarredVerb]:
    told: set[str] = {opening.move.verb for opening in found.open}
    for each in found.barred:
        if each.move.verb not in told and not each.move.verb.startswith(("approve_", "refuse_")):
            told.add(each.move.verb)
            yield BarredVerb(labels.verb_name(each.move.verb), _why_barred(each))


def _why_barred(barred: Barred) -> str:
    return _("%(title)s：%(hint)s") % {"title": reason_title(barred.reason), "hint": hint_for(barred.reason)}


def _verb(desk: DeskCase, opening: Opening, *, is_usual: bool, keys: set[str]) -> VerbForm:
    name = form_id(opening)
    label = labels.word("act", name) if opening.act is not None else labels.verb_name(name)
    key = "Enter" if is_usual else _KEYS.get(name, "")
    key = "" if key in keys else key
    keys.add(key)
    posted = desk.posted if desk.posted is not None and desk.posted.verb == name else None
    return VerbForm(
        verb=name,
        verb_zh=label,
        form=_form(desk, opening, label, posted),
        key=key,
        effect=_effect(desk, opening),
        proposal=proposal_words(desk, opening),
        hangs_on_class=hangs_on_class(opening),
        is_usual=is_usual,
        is_grave=opening.move.verb in GRAVE,
        is_open=posted is not None,
    )


def _form(desk: DeskCase, opening: Opening, label: str, posted: Posted | None) -> Form:
    fields = tuple(_refilled(question, posted) for question in fields_of(desk, opening))
    hidden = [("version", str(desk.row.version)), ("key", str(uuid4())), ("queue", desk.queue)]
    if opening.act is not None:
        hidden.append(("act", opening.act.act))
    if desk.choice is not None and _asks_unit(opening):
        hidden.append(("proposed", desk.choice.department))
    return Form(
        url=reverse("move", args=[desk.row.number, opening.move.verb]),
        fields=fields,
        submit_text=label,
        draft_key=f"{desk.row.number}-{form_id(opening)}",
        hidden=tuple(hidden),
        errors=(posted.errors[""],) if posted is not None and posted.errors.get("") else (),
    )


def fields_of(desk: DeskCase, opening: Opening) -> list[Field]:
    """The questions of a verb: its arguments in the table's order, its evidence, a note where none is asked."""
    names, evidence = _wanted(opening)
    fields = [
        question
        for name in names
        if (question := argument_field(name.rstrip("?"), desk, opening, required=not name.endswith("?"))) is not None
    ]
    fields += [evidence_field(kind, desk, required=True) for kind in evidence]
    fields += [evidence_field(kind, desk, required=False) for kind in _papers_of_tiers(desk, opening)]
    if not {"note", "reason", "text", "question"} & {question.name for question in fields}:
        note = argument_field("note", desk, opening, required=False)
        fields += [note] if note is not None else []
    return fields


def _wanted(opening: Opening) -> tuple[list[str], list[str]]:
    """Argument names (``?``: optional) and evidence; of a composite act those of all its steps, none optional."""
    if opening.act is not None:
        return ["category", "condition_seq", "department"], list(opening.move.evidence)
    names = list(opening.move.args)
    if "act?" in names:  # what stands beside it belongs to the composite act, which has a form of its own
        names = [name for name in names if name not in ("act?", "department?", "condition_seq?")]
    return names, list(opening.move.evidence)


def _papers_of_tiers(desk: DeskCase, opening: Opening) -> list[str]:
    """Papers that some tier of the request wants; which one, the server says when it knows length and kind."""
    kind = opening.move.verb.removeprefix("request_")
    if kind == opening.move.verb:
        return []
    return list(dict.fromkeys(piece for tier in desk.rules.tiers.get(kind, ()) for piece in tier.evidence))


def _refilled(question: Field, posted: Posted | None) -> Field:
    """The question with what was posted, so that nothing typed is lost, and with what was wrong about it."""
    if posted is None:
        return question
    errors = (posted.errors[question.name],) if posted.errors.get(question.name) else ()
    kept = posted.photos.get(question.name, ())
    changed = replace(question, errors=errors, kept=kept, required=question.required and not kept)
    values = posted.values.get(question.name)
    if question.kind is FieldKind.POINT:
        lon, lat = posted.first(f"{question.name}_lon"), posted.first(f"{question.name}_lat")
        return replace(changed, value=f"{lon},{lat}" if lon and lat else question.value)
    if question.kind in (FieldKind.PHOTOS, FieldKind.FILE) or values is None:
        return changed
    if question.kind is FieldKind.AMOUNT:
        return replace(changed, value=f"{values[0]} {posted.first(f'{question.name}_unit')}")
    if question.kind is FieldKind.MANY:
        return replace(changed, values=tuple(values))
    return replace(changed, value=values[0])


def _effect(desk: DeskCase, opening: Opening) -> str:
    """Where the case goes by it, and what the clock does."""
    move = opening.move
    to_stage = "handling" if opening.act is not None else move.to_stage
    parts = [] if to_stage == move.from_stage else [f"→ {labels.stage_name(to_stage)}"]
    pauses = ("pause", "handling") in move.clock_ops
    if pauses:
        parts.append(_("处置计时暂停"))
    return " · ".join(parts)


def _asks_unit(opening: Opening) -> bool:
    return opening.act is not None or "department" in opening.move.args


def proposal_words(desk: DeskCase, opening: Opening) -> str:
    """Why unit and limit are already filled in."""
    unit = unit_proposal(desk.choice, desk.usual) if _asks_unit(opening) else ""
    if desk.choice is None or not (unit or "condition_seq" in opening.move.args):
        return unit
    category = desk.state.category or desk.row.category
    limit = limit_for(desk.choice, category=category, filed=desk.state.condition_seq, rules=desk.rules)
    return unit + limit_proposal(limit, category, desk.edition)

"""The report form: a collector's from the street, a seat's from telephone, media, video or an order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

import orjson
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from wangge.domains.cases.drafting import Draft, civil
from wangge.domains.cases.failures import BadInput, CaseRefused, MoveRefused
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.operations.reporting import Report, report_case
from wangge.domains.cases.operations.writing import NUMBER_MARK, NewCase, Receipt
from wangge.domains.cases.queries.receipts import RECEIPT_CONSTRAINT, receipt_of
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.organizations.logic import Actor
from wangge.groundwork import clock
from wangge.groundwork.attachments.refusals import PhotoGone, PhotoUnknown
from wangge.standards.tables import Entry
from wangge.surfaces.refusal_words import what_to_do
from wangge.surfaces.web.command import answering, calling, nearby, rows, suggesting
from wangge.surfaces.web.command.argument_fields import category_field
from wangge.surfaces.web.command.pages import Near, ReportPage, Suggestions
from wangge.surfaces.web.elements import labels
from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form, picture_limits
from wangge.surfaces.web.elements.pieces import Notice, NoticeKind
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.intake import Brought, Sending, place_of, read_form, sending_of
from wangge.surfaces.web.maps import map_at
from wangge.surfaces.web.pages import Audience
from wangge.surfaces.web.shells import audience_of, shell_for, tell

DESK_ENTRY = "register_report"
FIELD_ENTRIES = ("report", "report_self_handled")
KINDS = ("photo_before", "photo_after")


@dataclass(frozen=True, slots=True)
class _Filled:
    """What was typed, and what was wrong with it by field (``""``: as a whole)."""

    brought: Brought = field(default_factory=lambda: Brought({}, {}, {}))
    errors: Mapping[str, str] = field(default_factory=dict)
    looked: bool = False  # asked what lies near


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Show the form, or make a case of it once however often it is sent."""
    by, at = actor_on(request), clock.now()
    rules = rulebook_on(day_of(civil(at)))
    if request.method != "POST":
        return render(request, "web/command/report.html", {"page": _page(request, by, at, rules, _Filled())})
    brought = read_form(request, KINDS, by=by, at=at)
    brought = _taken(brought)
    if brought.first("look") or brought.first("take"):
        page = _page(request, by, at, rules, _Filled(brought, looked=True))
        return render(request, "web/command/report.html", {"page": page})
    sending = sending_of(request, brought, by=by)
    number = _made_before(sending)
    if number is None:
        try:
            number = _make(request, brought, sending, by=by, at=at, rules=rules)
        except (CaseRefused, PhotoGone, PhotoUnknown) as refused:
            filled = _Filled(brought, {**_errors(refused), **brought.errors})
            page = _page(request, by, at, rules, filled)
            return render(request, "web/command/report.html", {"page": page}, status=422)
        except IntegrityError as clash:
            number = _made_before(sending)
            if RECEIPT_CONSTRAINT not in str(clash) or number is None:
                raise
    calling.bind(brought, number, by)
    code = answering.follow(brought, sending, number, by, at=at)
    tell(request, _done(number, code))
    return HttpResponseRedirect(rows.case_url(number))


def _taken(brought: Brought) -> Brought:
    """The form with the suggestion whose button was pressed filled in: where no script does it."""
    name, _blank, value = brought.first("take").partition(" ")
    return replace(brought, values={**brought.values, name: [value]}) if name == "category" else brought


def _done(number: str, code: str) -> Notice:
    told = _("请告诉诉求人查询码：%(code)s") % {"code": code} if code else ""
    done = _("已登记，案卷编号 %(number)s。") % {"number": number}
    return Notice(NoticeKind.DONE, done, told, reverse("report"), _("再报一件"))


def _made_before(sending: Sending) -> str | None:
    """The number this very sending brought before; another matter under the same key is a new report."""
    kept = receipt_of(person_id=sending.person_id, key=sending.key)
    if kept is None or kept.digest != sending.digest:
        return None
    return str(orjson.loads(kept.body)["number"])


def _make(request: HttpRequest, brought: Brought, sending: Sending, *, by: Actor, at: datetime, rules: Rulebook) -> str:
    if brought.errors:
        raise BadInput("", _("照片未收，请看照片下的说明。"))
    taken = receipt_of(person_id=sending.person_id, key=sending.key)
    # The page was used again with other words (the browser's way back): a report of its own.
    own = replace(sending, key=f"page:{uuid4()}") if taken is not None else sending

    def receipt(_draft: Draft, _new: NewCase) -> Receipt:
        return own.receipt({"number": NUMBER_MARK})

    return report_case(
        report=_report(brought, by, rules), by=by, at=at, address=str(request.META.get("REMOTE_ADDR", "")),
        receipt=receipt,
    ).number  # fmt: skip


def _report(brought: Brought, by: Actor, rules: Rulebook) -> Report:
    source = brought.first("source") or _only_source(by, rules)
    entry = rules.entries.get(source)
    stated = brought.first("entry")
    if entry is None or source not in {row.source for row in sources_of(by, rules)}:
        raise BadInput("source", _("请选择来源。"))
    if not stated:
        stated = DESK_ENTRY if DESK_ENTRY in (entry.entry, entry.stated_entry) else entry.entry
    address = brought.first("address")
    return Report(
        source=source,
        category=brought.first("category"),
        description=brought.first("description"),
        location=_place(brought, address),
        reporter_name=brought.first("reporter_name") if entry.reporter_kind == "citizen" else "",
        reporter_phone=calling.phone_of(brought, by) if entry.reporter_kind == "citizen" else "",
        photos={kind: list(ids) for kind, ids in brought.photos.items() if ids},
        stated_entry=stated,
        denounces=entry.reporter_kind == "citizen" and bool(brought.first("denounces")),
    )


def _place(brought: Brought, address: str) -> dict[str, Any] | None:
    """The place of the form, with the component it is about; a component alone lends its own place."""
    place, component = place_of(brought, address=address), brought.first("component")
    return {**(place or {}), "component": component} if component else place


def _only_source(by: Actor, rules: Rulebook) -> str:
    mine = sources_of(by, rules)
    return mine[0].source if len(mine) == 1 else ""


def sources_of(by: Actor, rules: Rulebook) -> tuple[Entry, ...]:
    """The sources a person may report under, by the posts of their entry verbs."""
    return tuple(
        row
        for row in rules.entries.values()
        if any(
            by.holds(*rules.moves[verb, "new"].posts)
            for verb in (row.entry, row.stated_entry)
            if (verb, "new") in rules.moves
        )
    )


def _errors(refused: Exception) -> dict[str, str]:
    """By field what is missing or wrong, and under ``""`` a sentence for the whole."""
    if isinstance(refused, MoveRefused):
        found = {_field_of(name): _("请填写。") for name in refused.missing}
        return {**found, "": what_to_do(refused, name_of=labels.argument_name)}
    if isinstance(refused, BadInput):
        return {_field_of(refused.field): refused.why, "": refused.why}
    return {"": str(refused)}


def _field_of(name: str) -> str:
    return name.partition(".")[0]


# ---- the page --------------------------------------------------------------------------------------------------


def _page(request: HttpRequest, by: Actor, at: datetime, rules: Rulebook, filled: _Filled) -> ReportPage:
    in_field = audience_of(by) is Audience.FIELD
    sources = sources_of(by, rules)
    problem = _with(filled, (*_source_fields(sources, by), *_matter_fields(rules, sources)))
    where = _with(filled, place_fields(at, needs_point=in_field))
    photos = _with(filled, _photo_fields(sources, in_field=in_field))
    citizen = any(row.reporter_kind == "citizen" for row in sources)
    reporter = _with(filled, _reporter_fields()) if citizen else ()
    heading = _("上报") if in_field else _("登记问题")
    whole = filled.errors.get("")
    call = calling.call_asked(filled.brought.first("call") or request.GET.get("call", ""), by)
    about = (("call", str(call.id)),) if call is not None else ()
    return ReportPage(
        shell=shell_for(request, heading, at=at, current="report", notices=calling.notice_of(call)),
        heading=heading,
        form=Form(
            reverse("report"),
            (*problem, *where, *photos, *reporter),
            _("上报") if in_field else _("登记"),
            draft_key="report",
            hidden=(("key", str(uuid4())), *about),
            errors=(_("还没有登记。%(why)s") % {"why": whole},) if whole else (),
        ),
        problem=problem,
        where=where,
        photos=photos,
        reporter=reporter,
        similar_url=reverse("report_similar"),
        suggested_url=reverse("report_suggested") if not in_field and suggesting.is_trained() else "",
        suggested=_suggested(filled, by) if not in_field else Suggestions(),
        near=nearby.near_of(filled.brought, by, at) if filled.errors or filled.looked else Near(),
    )


def _suggested(filled: _Filled, by: Actor) -> Suggestions:
    """Suggestions drawn with the page, where it was asked for what is known of the matter."""
    words = filled.brought.first("description")
    return suggesting.suggestions_for(words, by, owners=False) if filled.looked and words else Suggestions()


def _source_fields(sources: tuple[Entry, ...], by: Actor) -> tuple[Field, ...]:
    if len(sources) > 1:
        choices = tuple(Choice(row.source, labels.word("source", row.source)) for row in sources)
        default = "collector" if by.holds("collector") else "public"
        value = default if default in {row.source for row in sources} else ""
        return (Field("source", labels.argument_name("source"), FieldKind.CHOICE, choices=choices, value=value),)
    if sources and sources[0].self_handled and set(FIELD_ENTRIES) <= {sources[0].entry, sources[0].stated_entry}:
        choices = (
            Choice("report", _("需要派单处置")),
            Choice("report_self_handled", _("我已当场处置"), hint=_("附处置后照片")),
        )
        return (Field("entry", _("怎么办理"), FieldKind.CHOICE, choices=choices, value="report"),)
    return ()


def _matter_fields(rules: Rulebook, sources: Iterable[Entry]) -> tuple[Field, ...]:
    desk = any(DESK_ENTRY in (row.entry, row.stated_entry) for row in sources)
    description = Field(
        "description", labels.argument_name("description"), FieldKind.LONG_TEXT, required=desk, max_length=2000,
        placeholder=_("什么问题、多大、有没有危险"),
    )  # fmt: skip
    return category_field(rules.edition, required=not desk), description


def place_fields(at: datetime, *, needs_point: bool = False) -> tuple[Field, ...]:
    """Where it is: words of an address and a point of the map."""
    help_text = "" if needs_point else _("在地图上点一下，或填写坐标；只有地址也可以登记。")
    point = Field(
        "location", labels.argument_name("location"), FieldKind.POINT, required=needs_point,
        map=map_at(None, None, at), help=help_text,
    )  # fmt: skip
    address = Field(
        "address", labels.argument_name("address"), FieldKind.ADDRESS, required=False, max_length=200,
        placeholder=_("路名、门牌、参照物，可输拼音首字母"), places_url=reverse("find_places"),
        words_url=reverse("place_at"),
    )  # fmt: skip
    return (point, address) if needs_point else (address, point)


def _photo_fields(sources: tuple[Entry, ...], *, in_field: bool) -> tuple[Field, ...]:
    help_text = picture_limits()
    before = Field(
        "photo_before", labels.argument_name("photo_before"), FieldKind.PHOTOS, required=in_field,
        from_camera=in_field, help=help_text,
    )  # fmt: skip
    if not any(row.self_handled for row in sources):
        return (before,)
    after = Field(
        "photo_after", labels.argument_name("photo_after"), FieldKind.PHOTOS, required=False, from_camera=in_field,
        help=_("当场处置的，附处置后照片。"),
    )  # fmt: skip
    return before, after


def _reporter_fields() -> tuple[Field, ...]:
    names = (("reporter_name", ""), ("reporter_phone", "tel"))
    secret = Field(
        "denounces", _("保密"), FieldKind.MANY, required=False, choices=(Choice("yes", _("举报，身份保密")),),
        help=_("登记后只有中心领导能调阅，调阅须写事由并留记录。"),
    )  # fmt: skip
    return (
        *(
            Field(
                name,
                labels.argument_name(name),
                FieldKind.TEXT,
                required=False,
                is_personal=True,
                input_mode=mode,
                max_length=40,
            )
            for name, mode in names
        ),
        *answering.question(),
        secret,
    )


def _with(filled: _Filled, fields: Iterable[Field]) -> tuple[Field, ...]:
    return tuple(_filled(question, filled) for question in fields)


def _filled(question: Field, filled: _Filled) -> Field:
    brought = filled.brought
    errors = (filled.errors[question.name],) if filled.errors.get(question.name) else ()
    kept = brought.photos.get(question.name, ())
    changed = replace(question, errors=errors, kept=kept, required=question.required and not kept)
    if question.kind is FieldKind.POINT:
        lon, lat = brought.first("location_lon"), brought.first("location_lat")
        return replace(changed, value=f"{lon},{lat}") if lon and lat else changed
    if question.kind is FieldKind.PHOTOS or question.name not in brought.values:
        return changed
    if question.kind is FieldKind.MANY:
        return replace(changed, values=tuple(brought.values[question.name]))
    return replace(changed, value=brought.first(question.name))

"""The registers 台账 of what has no other system: listed, entered, corrected, withdrawn; kinds and fields are data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from wangge.domains.budgeting.logic.money import plain_yuan, yuan_text
from wangge.domains.budgeting.operations.recording import correct_record, enter_record, withdraw_record
from wangge.domains.budgeting.policies import may_keep_books
from wangge.domains.budgeting.queries.records import RecordLine, history_of, newest, records
from wangge.domains.budgeting.queries.service_levels import service_levels
from wangge.domains.budgeting.refusals import LedgerRefused
from wangge.domains.organizations.logic import Actor
from wangge.groundwork import clock
from wangge.standards.budgeting import RecordField, RecordKind, record_kinds
from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form
from wangge.surfaces.web.elements.pieces import Fact, Notice, NoticeKind
from wangge.surfaces.web.finance.choosing import Chosen, chosen
from wangge.surfaces.web.finance.office_pages import (
    LevelRow,
    RecordPage,
    RecordVersion,
    RegisterKindLine,
    RegisterPage,
    RegisterRow,
    RegistersPage,
)
from wangge.surfaces.web.finance.term_rows import terms_piece
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.shells import shell_for, tell

_KINDS = {"fen": FieldKind.TEXT, "integer": FieldKind.NUMBER, "choice": FieldKind.SELECT, "yes_no": FieldKind.SELECT}
_SHOWN_FIELDS = 6


def own_kinds() -> dict[str, RecordKind]:
    """The registers that people keep here; words of the account have their own page."""
    return {name: kind for name, kind in record_kinds().items() if kind.entry == "own" and name != "narrative_text"}


@require_safe
def registers(request: HttpRequest) -> HttpResponse:
    """Every register with how much it holds; one statement behind the gate and the choice of unit."""
    by, at = actor_on(request), clock.now()
    where = chosen(request, by, at, "registers")
    kinds = own_kinds()
    found = records(kinds=list(kinds), units=[where.unit], year=where.year) if where.unit else ()
    lines = tuple(
        _kind_line(where, kind, [each for each in found if each.kind == name]) for name, kind in kinds.items()
    )
    shell = shell_for(request, _("台账登记"), at=at, current="registers")
    page = RegistersPage(shell, where.name, where.year, where.years, where.units, lines if where.unit else ())
    return render(request, "web/finance/registers.html", {"page": page})


def _kind_line(where: Chosen, kind: RecordKind, lines: list[RecordLine]) -> RegisterKindLine:
    amount = yuan_text(sum(line.amount_fen or 0 for line in lines)) if kind.amount and lines else ""
    url = _url(where, kind)
    if kind.kind == "stocktake":  # entered by scanning, on a page of its own
        url = f"{reverse('stocktaking')}?unit={where.unit}&year={where.year}"
    return RegisterKindLine(url, _(kind.name_zh), str(len(lines)) if lines else "", amount)


def _url(where: Chosen, kind: RecordKind, key: str = "") -> str:
    found = reverse("register_record", args=[kind.kind, key]) if key else reverse("register", args=[kind.kind])
    return f"{found}?unit={where.unit}&year={where.year}"


@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, kind: str) -> HttpResponse:
    """One register; a POST enters a record."""
    by, at = actor_on(request), clock.now()
    row = _known(kind)
    where = chosen(request, by, at, "registers")
    if not where.unit:
        raise Http404(kind)
    errors: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            key = enter_record(
                kind=kind, unit=where.unit, year=where.year, told=_told(request, row), by=by, at=at,
                key=request.POST.get("key", "").strip(),
            )  # fmt: skip
        except LedgerRefused as refused:
            errors = tuple(getattr(refused, "faults", ())) or (str(refused),)
        else:
            tell(request, Notice(NoticeKind.DONE, _("已登记：%(key)s。") % {"key": key}))
            return HttpResponseRedirect(_url(where, row))
    page = _register_page(request, where, row, by, errors)
    return render(request, "web/finance/register.html", {"page": page}, status=422 if errors else 200)


def _known(kind: str) -> RecordKind:
    found = own_kinds().get(kind)
    if found is None:
        raise Http404(kind)
    return found


def _told(request: HttpRequest, row: RecordKind) -> dict[str, object]:
    return {field.field: request.POST.get(field.field, "").strip() for field in row.fields}


def _register_page(
    request: HttpRequest, where: Chosen, row: RecordKind, by: Actor, errors: tuple[str, ...]
) -> RegisterPage:
    found = newest(kind=row.kind, pairs=[(where.unit, where.year)])
    shown = row.fields[:_SHOWN_FIELDS]
    rows = tuple(
        RegisterRow(_url(where, row, line.key), line.key, tuple(_shown(each, line) for each in shown), line.withdrawn)
        for _key, line in sorted(found.items(), reverse=True)
    )
    form, is_asked = None, False
    if may_keep_books(by, where.unit):
        given = _told(request, row) if request.method == "POST" else request.GET
        typed = {each.field: str(given.get(each.field, "")) for each in row.fields}
        is_asked = bool(errors) or not rows or any(typed.values())
        key = Field(
            "key", _("编号"), FieldKind.TEXT, required=False, value=request.POST.get("key", ""), max_length=60,
            help=_("不填则按年度顺编。"),
        )  # fmt: skip
        form = Form(_url(where, row), (key, *_fields(row, typed, where)), _("登记"), errors=errors)
    return RegisterPage(
        shell_for(request, _(row.name_zh), at=clock.now(), current="registers"), _(row.name_zh), where.name, where.year,
        _turned(where.years, row), _turned(where.units, row), (_("编号"), *(_(each.name_zh) for each in shown)),
        tuple(each.type in {"fen", "integer"} for each in shown), rows, form,
        f"{reverse('registers')}?unit={where.unit}&year={where.year}", is_asked,
        _levels(where) if row.kind == "service_fault" else (),
        terms_piece(where) if row.kind == "contract_delivery" else None,
    )  # fmt: skip


def _levels(where: Chosen) -> tuple[LevelRow, ...]:
    """What the faults come to beside the contracts: the ground of a deduction at acceptance."""
    return tuple(
        LevelRow(
            each.month, each.name, each.contract, str(each.minutes),
            _("未约定") if each.allowed is None else str(each.allowed), str(each.beyond) if each.beyond else "",
        )
        for each in service_levels(unit=where.unit, year=where.year)
    )  # fmt: skip


def _turned(ways: tuple, row: RecordKind) -> tuple:  # type: ignore[type-arg]
    """The ways to other units and years lead to the same register there."""
    base, own = reverse("registers"), reverse("register", args=[row.kind])
    return tuple(replace(way, url=way.url.replace(base, own, 1)) for way in ways)


def _fields(row: RecordKind, typed: Mapping[str, str], where: Chosen) -> tuple[Field, ...]:
    """The questions of a kind; a reference offers what there is to refer to."""
    return tuple(_field(each, typed.get(each.field, ""), where) for each in row.fields)


def _field(each: RecordField, value: str, where: Chosen) -> Field:
    kind = _KINDS.get(each.type, FieldKind.TEXT)
    choices: tuple[Choice, ...] = ()
    if each.type == "choice":
        choices = tuple(Choice(name, _(name)) for name in each.choices)
    elif each.type == "yes_no":
        choices = (Choice("是", _("是")), Choice("否", _("否")))
    elif each.type == "ref":
        kind = FieldKind.SELECT
        there = records(kinds=[each.choices[0]], units=[where.unit], year=where.year)
        choices = tuple(Choice(line.key, f"{line.key} {_title(line)}".strip()) for line in there)
    hint = {"date": "2024-06-01", "fen": "1234.56"}.get(each.type, "")
    name = _(each.name_zh)
    label = _("%(name)s（元）") % {"name": name} if each.type == "fen" else name
    return Field(
        each.field, label, kind, required=each.required, value=value, choices=choices, placeholder=hint,
        max_length=200 if kind is FieldKind.TEXT else None,
    )  # fmt: skip


def _title(line: RecordLine) -> str:
    """A word that tells a record from others: its first text."""
    fields = record_kinds()[line.kind].fields
    return next((str(line.data[each.field]) for each in fields if each.type == "text" and each.field in line.data), "")


def _shown(each: RecordField, line: RecordLine) -> str:
    value = line.data.get(each.field)
    if value is None:
        return ""
    if each.type == "fen":
        return yuan_text(int(value))
    if each.type == "yes_no":
        return _("是") if value else _("否")
    return _(str(value)) if each.type == "choice" else str(value)


def _as_typed(each: RecordField, line: RecordLine) -> str:
    value = line.data.get(each.field)
    if value is None:
        return ""
    if each.type == "fen":
        return plain_yuan(int(value))
    if each.type == "yes_no":
        return "是" if value else "否"
    return str(value)


@require_http_methods(["GET", "HEAD", "POST"])
def register_record(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """One record with every version; a POST corrects or withdraws it."""
    by, at = actor_on(request), clock.now()
    row = _known(kind)
    where = chosen(request, by, at, "registers")
    versions = history_of(kind=kind, unit=where.unit, year=where.year, key=key) if where.unit else ()
    if not versions:
        raise Http404(key)
    errors: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            _change(request, row, where, key, by)
        except LedgerRefused as refused:
            errors = tuple(getattr(refused, "faults", ())) or (str(refused),)
        else:
            tell(request, Notice(NoticeKind.DONE, _("已更新：%(key)s。") % {"key": key}))
            return HttpResponseRedirect(_url(where, row, key))
    page = _record_page(request, where, row, versions, by, errors)
    return render(request, "web/finance/register_record.html", {"page": page}, status=422 if errors else 200)


def _change(request: HttpRequest, row: RecordKind, where: Chosen, key: str, by: Actor) -> None:
    at, reason = clock.now(), request.POST.get("reason", "")
    if request.POST.get("order") == "withdraw":
        withdraw_record(kind=row.kind, unit=where.unit, year=where.year, key=key, reason=reason, by=by, at=at)
        return
    correct_record(
        kind=row.kind, unit=where.unit, year=where.year, key=key, told=_told(request, row), reason=reason, by=by, at=at
    )


def _record_page(
    request: HttpRequest, where: Chosen, row: RecordKind, versions: tuple[RecordLine, ...], by: Actor,
    errors: tuple[str, ...],
) -> RecordPage:  # fmt: skip
    last = versions[-1]
    correct = withdraw = None
    if may_keep_books(by, where.unit) and not last.withdrawn:
        is_correcting = request.method == "POST" and request.POST.get("order") != "withdraw"
        typed = {each.field: _as_typed(each, last) for each in row.fields}
        if is_correcting:
            typed = {name: str(value) for name, value in _told(request, row).items()}
        reason = Field("reason", _("理由"), FieldKind.TEXT, max_length=200)
        url = _url(where, row, last.key)
        correct = Form(url, (*_fields(row, typed, where), reason), _("更正"), hidden=(("order", "correct"),),
                       errors=errors if is_correcting else ())  # fmt: skip
        withdraw = Form(url, (reason,), _("作废"), hidden=(("order", "withdraw"),),
                        errors=() if is_correcting else errors)  # fmt: skip
    told = tuple(
        RecordVersion(
            _("第 %(number)d 版　%(by)s") % {"number": line.version, "by": line.by_name}
            + (_("　已作废") if line.withdrawn else ""),
            tuple(Fact(_(each.name_zh), _shown(each, line)) for each in row.fields if each.field in line.data),
        )
        for line in reversed(versions)
    )
    return RecordPage(
        shell_for(request, last.key, at=clock.now(), current="registers"), _(row.name_zh), last.key, told, correct,
        withdraw, _url(where, row),
    )  # fmt: skip

"""The page of what-if: other weights, limits or bands laid on a frozen month, and whose rank moves; nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from wangge.domains.evaluation.logic.what_if import GRADES, Compared, Setup, Wish, WishRefused, parse_wish
from wangge.domains.evaluation.queries import what_if as asking
from wangge.domains.evaluation.queries.results import newest_of_month
from wangge.groundwork import clock
from wangge.surfaces.web.assessment import words
from wangge.surfaces.web.assessment.drawing import source_of
from wangge.surfaces.web.elements.pieces import Notice, NoticeKind
from wangge.surfaces.web.pages import Shell
from wangge.surfaces.web.shells import shell_for

_NO_NUMBER = gettext_noop("“%(text)s”不是数：写作 0.35。")
_KINDS = ("district", "department")


@dataclass(frozen=True, slots=True)
class WishField:
    """A number that may be another: its name in the form, its label, as it is in force, as it is tried."""

    name: str
    label: str
    in_force: str
    value: str


@dataclass(frozen=True, slots=True)
class BandTable:
    """A table of bands: each with its lower edge and, where it is a number, its score."""

    caption: str
    rows: tuple[tuple[WishField, WishField | None, str], ...]


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """One object before and after."""

    name: str
    url: str
    rank: str
    total: str
    grade: str
    index: str
    moved: bool


@dataclass(frozen=True, slots=True)
class WhatIfPage:
    """What may be changed, and what comes out."""

    shell: Shell
    period: str
    kinds: tuple[tuple[str, str, bool], ...]
    kind: str
    weights: tuple[WishField, ...]
    least: WishField
    bands: tuple[BandTable, ...]
    lines: tuple[OutcomeLine, ...]
    notes: tuple[str, ...]
    moved: int
    form_url: str
    back_url: str
    source: str


@require_safe
def what_if(request: HttpRequest, period: str) -> HttpResponse:
    """The page."""
    result = newest_of_month(period)
    kind = request.GET.get("kind", "district")
    if result is None or kind not in _KINDS:
        raise Http404(period)
    shell = shell_for(request, _("考评试算"), at=clock.now(), current="assessment")
    setup = asking.setup_of(result, kind, settings.ENVIRONMENT.city_overlay)
    given = {name: str(value).strip() for name, value in request.GET.items() if str(value).strip()}
    weights, least, bands = _fields(setup, given)
    try:
        outcome = asking.what_if(result, kind, setup, _wish(setup, given))
    except WishRefused as wrong:
        refused = _(wrong.message) % wrong.values
        shell = replace(shell, notices=(*shell.notices, Notice(NoticeKind.REFUSED, refused)))
        outcome = asking.what_if(result, kind, setup, Wish())
    notes = []
    if outcome.weight_sum != 1:
        notes.append(_("权重之和是 %(sum)s，按比例折算；采用前须改为 1。") % {"sum": outcome.weight_sum.normalize()})
    if not outcome.reproduces:
        notes.append(_("方案在冻结之后改过版：不改任何一项，得分也与冻结的不同。"))
    page = WhatIfPage(
        shell=shell,
        period=period,
        kinds=(("district", _("各区"), kind == "district"), ("department", _("责任单位"), kind == "department")),
        kind=kind,
        weights=weights,
        least=least,
        bands=bands,
        lines=tuple(_line(each, kind, period) for each in outcome.objects),
        notes=tuple(notes),
        moved=sum(each.moved for each in outcome.objects),
        form_url=reverse("assessment_what_if", args=[period]),
        back_url=reverse("assessment_month", args=[period]),
        source=source_of(result),
    )
    return render(request, "web/assessment/what_if.html", {"page": page})


def _fields(setup: Setup, given: Mapping[str, str]) -> tuple[tuple[WishField, ...], WishField, tuple[BandTable, ...]]:
    def field(name: str, label: str, in_force: str) -> WishField:
        return WishField(name, label, in_force, given.get(name, in_force)[:12])

    weights = tuple(field(f"weight_{each.part}", _(each.name_zh), str(each.weight)) for each in setup.scheme)
    least = field("least", _("少于此数不排名（件）"), str(setup.least_cases))
    tables = []
    for name, caption in _band_tables(setup):
        rows = []
        for row in setup.bands[name]:
            key = f"{name}/{row.band_seq}"
            score = None
            if name != GRADES:
                score = field(f"score_{key}", _("得分"), row.score)
            rows.append((field(f"edge_{key}", _("下限"), row.from_value), score, row.label_zh or row.score))
        tables.append(BandTable(caption, tuple(rows)))
    return weights, least, tuple(tables)


def _band_tables(setup: Setup) -> list[tuple[str, str]]:
    """The bands that score or grade this kind of object: (table, caption)."""
    found = [(GRADES, _("等次"))]
    parts = setup.formula.parts if setup.formula is not None else ()
    used = {setup.first_class.get(part.band_table, part.band_table) for part in parts if part.band_table}
    used |= {table for classes in setup.classes.values() for table in classes.values()}
    found += [(name, _("综合指标的分档 %(name)s") % {"name": name}) for name in sorted(used)]
    return [each for each in found if each[0] in setup.bands]


def _wish(setup: Setup, given: Mapping[str, str]) -> Wish:
    """What the form changes: only that which differs from what is in force."""
    in_force = {f"weight_{each.part}": str(each.weight) for each in setup.scheme}
    for name, rows in setup.bands.items():
        for row in rows:
            in_force |= {f"edge_{name}/{row.band_seq}": row.from_value, f"score_{name}/{row.band_seq}": row.score}
    changed = {name: value for name, value in given.items() if in_force.get(name, "") != value}

    def of(kind: str) -> list[str]:
        return [f"{name.removeprefix(kind)}={value}" for name, value in changed.items() if name.startswith(kind)]

    least = given.get("least", "")
    if least and not (least.isascii() and least.isdigit() and len(least) < 8):
        raise WishRefused(_NO_NUMBER, text=least)
    return parse_wish(
        weights=of("weight_"), least_cases=int(least) if least else None, edges=of("edge_"), scores=of("score_")
    )


def _line(each: Compared, kind: str, period: str) -> OutcomeLine:
    old, new = each.before, each.after
    return OutcomeLine(
        words.object_name(kind, each.code),
        reverse("assessment_object", args=[period, kind, each.code]),
        _change(old.rank, new.rank),
        _change(old.total, new.total),
        _change(old.grade, new.grade),
        f"{_change(old.index, new.index)}（{_change(old.index_rank, new.index_rank)}）"
        if old.index is not None
        else "—",
        each.moved,
    )


def _change(old: Decimal | int | str | None, new: Decimal | int | str | None) -> str:
    """``2`` where nothing changes, ``2 → 1`` where it does."""
    before, after = ("—" if each in (None, "") else str(each) for each in (old, new))
    return before if before == after else f"{before} → {after}"

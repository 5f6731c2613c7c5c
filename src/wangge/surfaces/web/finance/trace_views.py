"""Where a printed figure comes from: cells below down to payments, or results and cases that were counted."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wangge.domains.budgeting.logic.money import yuan_text
from wangge.domains.disclosure.logic.labels import formula_text, label_of
from wangge.domains.disclosure.logic.tracing import Traced, Voucher, restated_from
from wangge.domains.disclosure.narrative.numbers import amount_in_table, hundredths
from wangge.domains.disclosure.queries.counted import Proof, proof_of
from wangge.domains.disclosure.queries.tracing import trace
from wangge.domains.organizations.logic import Actor
from wangge.domains.organizations.models import District
from wangge.domains.self_evaluation.models import Reading, Statement
from wangge.domains.self_evaluation.policies import city_performance_tables
from wangge.groundwork import clock
from wangge.standards.accounts.library import load_accounts
from wangge.surfaces.web.elements.drawing.marks import full_moment
from wangge.surfaces.web.finance.choosing import Chosen, chosen
from wangge.surfaces.web.finance.comparing_rows import beside_facts
from wangge.surfaces.web.finance.pages import TracePage, TraceRow
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.shells import opens, shell_for

MOST_VOUCHERS = 200
Figure = tuple[tuple[TraceRow, ...], str, str, str]
"""Rows, formula, check code, and the figure as it is printed."""


def trace_url(where: Chosen, name: str) -> str:
    """The page of a figure."""
    return f"{reverse('account_trace')}?unit={where.unit}&year={where.year}&cell={quote(name)}"


@require_safe
def trace_page(request: HttpRequest) -> HttpResponse:
    """One figure with what is directly below it."""
    by, at = actor_on(request), clock.now()
    where = chosen(request, by, at, "account_draft")
    name = request.GET.get("cell", "")
    if not where.unit or not name:
        raise Http404(name)
    rows, formula, code, amount = _figure(where, name, by)
    page = TracePage(
        shell_for(request, _("数据溯源"), at=at, current="account_draft"), name, where.name, where.year, formula, code,
        rows, f"{reverse('account_draft')}?unit={where.unit}&year={where.year}",
        _label(where, name), amount, beside_facts(where, name),
    )  # fmt: skip
    return render(request, "web/finance/trace.html", {"page": page})


def _figure(where: Chosen, name: str, by: Actor) -> Figure:
    if name[:2].isdigit():
        return _cell(where, name)
    proof = proof_of(unit=where.unit, year=where.year, name=name)
    if proof is not None:
        return _proven(where, proof, by)
    told = restated_from(name, load_accounts(str(where.year)))
    cells = dict.fromkeys(cell for each in told for cell in each.cells)
    formula = "；".join(each.formula for each in told) or _("由人填写，或取自台账记录。")
    rows = tuple(TraceRow(cell, "", "", trace_url(where, cell), _label(where, cell)) for cell in cells)
    return rows, formula, "", ""


def _label(where: Chosen, cell: str) -> str:
    return label_of(cell, load_accounts(str(where.year)))


def _formula(where: Chosen, formula: str) -> str:
    return formula_text(formula, load_accounts(str(where.year)))


def _cell(where: Chosen, name: str) -> Figure:
    try:
        found, vouchers = trace(year=where.year, unit=where.unit, cell=name)
    except KeyError as absent:
        raise Http404(name) from absent
    own = vouchers.get(name, ())
    rows = [_part(where, part) for part in found.parts] or [_voucher(each) for each in own[:MOST_VOUCHERS]]
    return tuple(rows), _formula(where, found.formula), found.code, amount_in_table(hundredths(found.fen))


def _part(where: Chosen, part: Traced) -> TraceRow:
    detail = _("%(count)s 笔") % {"count": part.facts} if part.facts else _formula(where, part.formula)
    amount = amount_in_table(hundredths(part.fen))
    return TraceRow(part.name, amount, detail, trace_url(where, part.name), _label(where, part.name))


def _voucher(each: Voucher) -> TraceRow:
    words = " · ".join(word for word in (each.dated_on, each.summary, each.payee) if word)
    return TraceRow(each.number, f"{yuan_text(each.fen)} {_('元')}", words)


def _proven(where: Chosen, proof: Proof, by: Actor) -> Figure:
    if proof.statement is not None:
        return _stated(proof.statement)
    assert proof.reading is not None
    return _counted(where, proof.reading, by)


def _stated(statement: Statement) -> Figure:
    words = " · ".join(part for part in (statement.words, statement.evidence, statement.signed_by) if part)
    value = "" if statement.value is None else f"{statement.value.normalize():f}"
    row = TraceRow(_("签字说明"), value, f"{words}，{statement.signed_on:%Y-%m-%d}")
    return (row,), _("没有查询口径，由人签字说明。"), bytes(statement.check_code).hex(), ""


def _counted(where: Chosen, reading: Reading, by: Actor) -> Figure:
    ratio = "" if reading.denominator is None else f"（{reading.numerator} ÷ {reading.denominator}）"
    cut = _("截至 %(cut)s") % {"cut": full_moment(reading.cut_off_at)}
    opens_cases = opens(by, "case")
    rows = _results(reading, by) if reading.parts else [_all_cases(where, reading, cut, opens_cases)]
    rows += [
        TraceRow(str(number), "", _("样本案卷"), reverse("case", args=[number]) if opens_cases else "")
        for number in reading.samples
    ]
    return tuple(rows), f"{reading.query}{ratio}，{cut}", bytes(reading.check_code).hex(), ""


def _all_cases(where: Chosen, reading: Reading, cut: str, opens_cases: bool) -> TraceRow:
    """The whole of what a query over cases counted, as a search in the office."""
    is_cases = city_performance_tables().facts[reading.fact].source_kind == "cases"
    first, last = f"{where.year}-01-01", f"{where.year + 1}-01-01"
    url = f"{reverse('case_search')}?from={first}&to={last}" if opens_cases and is_cases else ""
    return TraceRow(_("全部案卷") if is_cases else _("全部记录"), str(reading.counted), cut, url)


def _results(reading: Reading, by: Actor) -> list[TraceRow]:
    """One row for each published figure that the sum takes in; it leads into the result and on to its cases."""
    names = dict(District.objects.values_list("code", "name"))
    may_open = opens(by, "assessment_figure")
    return [_result(part, names, may_open) for part in reading.parts]


def _result(part: Mapping[str, str | int | None], names: Mapping[str, str], may_open: bool) -> TraceRow:
    figure = str(part["figure"])
    code = figure.partition("/")[0].partition("=")[2]
    amount = str(part["number"]) if part["of"] is None else f"{part['number']} ÷ {part['of']}"
    url = f"{reverse('assessment_figure', args=[part['result']])}?figure={quote(figure)}" if may_open and figure else ""
    detail = _("已发布的考评结果 %(result)s") % {"result": part["result"]}
    return TraceRow(
        " · ".join(word for word in (str(part["period"]), names.get(code, code)) if word), amount, detail, url
    )

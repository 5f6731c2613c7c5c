"""The stocktaking of assets 资产盘点: scan or type a code, see what deviates and what still waits."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from wangge.domains.budgeting.logic.money import yuan_text
from wangge.domains.budgeting.logic.stocktaking import (
    AGREES,
    DAMAGED,
    MISSING,
    AssetCard,
    Standing,
    Stocktaking,
    Surplus,
)
from wangge.domains.budgeting.operations.stocktaking import count_asset
from wangge.domains.budgeting.policies import may_keep_books
from wangge.domains.budgeting.queries.stocktaking import stocktaking
from wangge.domains.budgeting.refusals import LedgerRefused
from wangge.groundwork import clock
from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form
from wangge.surfaces.web.elements.pieces import Fact, Notice, NoticeKind
from wangge.surfaces.web.finance.choosing import Chosen, chosen
from wangge.surfaces.web.finance.stocktaking_pages import CardRow, StocktakingPage, SurplusRow
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.shells import shell_for, tell

_SHOWN = 200
WHOLE = "完好"


@require_http_methods(["GET", "HEAD", "POST"])
def stocktaking_page(request: HttpRequest) -> HttpResponse:
    """How far the count has come; a POST counts one asset and asks for the next."""
    by, at = actor_on(request), clock.now()
    where = chosen(request, by, at, "stocktaking")
    errors: tuple[str, ...] = ()
    if request.method == "POST":
        if not where.unit:
            raise Http404
        told = {name: request.POST.get(name, "").strip() for name in ("code", "place", "holder", "condition")}
        try:
            result = count_asset(unit=where.unit, year=where.year, by=by, at=at, **told)
        except LedgerRefused as refused:
            errors = tuple(getattr(refused, "faults", ())) or (str(refused),)
        else:
            kind = NoticeKind.DONE if result == AGREES else NoticeKind.WARNING
            tell(request, Notice(kind, _("%(code)s：%(result)s。") % {"code": told["code"], "result": _(result)}))
            # whoever goes through a room need not say the room again
            return HttpResponseRedirect(_url(where, place=told["place"], holder=told["holder"]))
    found = stocktaking(unit=where.unit, year=where.year) if where.unit else Stocktaking(())
    form = None
    if where.unit and may_keep_books(by, where.unit):
        form = _form(request, where, errors)
    more = len(found.waiting) - _SHOWN
    page = StocktakingPage(
        shell_for(request, _("资产盘点"), at=at, current="registers"), where.name, where.year, where.years, where.units,
        _facts(found) if where.unit else (), tuple(_deviation(each) for each in found.deviations),
        tuple(_card(card) for card in found.waiting[:_SHOWN]),
        _("另有 %(count)d 张未列出。") % {"count": more} if more > 0 else "",
        tuple(_surplus(each, where) for each in found.surplus), _surplus_url(where, request, form), form,
        f"{reverse('registers')}?unit={where.unit}&year={where.year}", bool(found.standings),
    )  # fmt: skip
    return render(request, "web/finance/stocktaking.html", {"page": page}, status=422 if errors else 200)


def _url(where: Chosen, **kept: str) -> str:
    told = {"unit": where.unit, "year": str(where.year), **{name: text for name, text in kept.items() if text}}
    return f"{reverse('stocktaking')}?{urlencode(told)}"


def _form(request: HttpRequest, where: Chosen, errors: tuple[str, ...]) -> Form:
    typed = request.POST if request.method == "POST" else request.GET
    conditions = (Choice(WHOLE, _("完好")), Choice(DAMAGED, _("损坏")), Choice(MISSING, _("没有找到")))
    code = typed.get("code", "") if errors else ""
    return Form(
        _url(where),
        (
            Field("code", _("资产编号"), FieldKind.TEXT, value=code, max_length=60, help=_("扫码枪扫描后自动提交。")),
            Field("place", _("实际地点"), FieldKind.TEXT, required=False, value=typed.get("place", ""), max_length=200),
            Field("holder", _("实际使用人"), FieldKind.TEXT, required=False, value=typed.get("holder", ""),
                  max_length=60),
            Field("condition", _("状况"), FieldKind.SELECT, required=False, value=typed.get("condition", WHOLE),
                  choices=conditions),
        ),
        _("盘点"), errors=errors,
    )  # fmt: skip


def _facts(found: Stocktaking) -> tuple[Fact, ...]:
    counted = len(found.standings) - len(found.waiting)
    return (
        Fact(_("在账资产"), str(len(found.standings))),
        Fact(_("已盘"), str(counted)),
        Fact(_("未盘"), str(len(found.waiting))),
        Fact(_("不符"), str(len(found.deviations))),
        Fact(_("盘亏原值（元）"), yuan_text(found.missing_fen)),
        Fact(_("盘盈（待建卡）"), str(len(found.surplus_waiting))),
    )


def _surplus_url(where: Chosen, request: HttpRequest, form: Form | None) -> str:
    """The way to enter an asset without a card; a code that was just scanned goes along."""
    if form is None:
        return ""
    code = request.POST.get("code", "").strip()
    told = {"unit": where.unit, "year": str(where.year), **({"code": code} if code else {})}
    return f"{reverse('register', args=['stocktake_surplus'])}?{urlencode(told)}#record"


def _surplus(each: Surplus, where: Chosen) -> SurplusRow:
    url = reverse("register_record", args=["stocktake_surplus", each.key])
    return SurplusRow(
        each.key, f"{url}?unit={where.unit}&year={where.year}", each.name, each.code, each.place, each.holder,
        yuan_text(each.estimate_fen) if each.estimate_fen else "", f"{each.on} {each.by_name}", each.card,
    )  # fmt: skip


def _card(card: AssetCard) -> CardRow:
    return CardRow(card.code, card.name, card.place, card.holder)


def _deviation(each: Standing) -> CardRow:
    card, scan = each.card, each.scan
    assert scan is not None
    when = f"{scan.on} {scan.by_name}"
    return CardRow(
        card.code, card.name, card.place, card.holder, _(scan.result), scan.place, scan.holder, when
    )  # fmt: skip

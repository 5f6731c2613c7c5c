"""The page of signs: where figures of a month may have been made to look better, with measure and cases; no verdict."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wangge.domains.cases.queries.seen import numbers_seen
from wangge.domains.evaluation.logic.periods import Period, PeriodUnknown, last_ended, parse_period
from wangge.domains.evaluation.logic.signs import Showing
from wangge.domains.evaluation.queries.settings import month_begins_on
from wangge.domains.evaluation.queries.signs import MOST_DAYS, Sign, signs_of
from wangge.domains.evaluation.snapshots import latest
from wangge.groundwork import clock
from wangge.groundwork.warehouse.manifest import WarehouseRefused
from wangge.surfaces.object_names import object_name
from wangge.surfaces.web.elements.drawing.marks import full_moment
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.pages import Shell
from wangge.surfaces.web.shells import shell_for

_SHOWN_CASES = 12


@dataclass(frozen=True, slots=True)
class CaseLink:
    """A case one may open."""

    number: str
    url: str


@dataclass(frozen=True, slots=True)
class ShowingLine:
    """An object at which a sign shows."""

    name: str
    measure: str
    made_of: str
    cases: tuple[CaseLink, ...]
    more: str


@dataclass(frozen=True, slots=True)
class SignBlock:
    """A sign: what is measured, from where on it shows, where it shows."""

    key: str
    name: str
    measure: str
    threshold: str
    origin: str
    lines: tuple[ShowingLine, ...]
    more: str


@dataclass(frozen=True, slots=True)
class SignsPage:
    """The signs of a month."""

    shell: Shell
    period: str
    form_url: str
    signs: tuple[SignBlock, ...]
    refused: str
    source: str
    back_url: str


@require_safe
def signs(request: HttpRequest) -> HttpResponse:
    """The page."""
    by, at, environment = actor_on(request), clock.now(), settings.ENVIRONMENT
    shell = shell_for(request, _("考评迹象"), at=at, current="assessment")
    blocks: tuple[SignBlock, ...] = ()
    refused = source = ""
    asked = request.GET.get("period", "").strip()
    try:
        period = _month(asked)
        snapshot = latest(environment.warehouse_root)
        found = signs_of(period, snapshot=snapshot, at=at, overlay=environment.city_overlay)
        seen = numbers_seen(by=by, numbers=(case for sign in found for each in sign.showings for case in each.cases))
        blocks = tuple(_block(sign, at, seen) for sign in found)
        source = _("快照 %(snapshot)s · %(at)s 计算 · 照片与地点按现在的数据库") % {
            "snapshot": snapshot.id, "at": full_moment(at),
        }  # fmt: skip
        asked = period.name
    except (PeriodUnknown, WarehouseRefused) as wrong:
        refused = str(wrong)
    page = SignsPage(shell, asked, reverse("assessment_signs"), blocks, refused, source, reverse("assessment"))
    return render(request, "web/assessment/signs.html", {"page": page})


def _month(asked: str) -> Period:
    """The month asked for, or the last that is over."""
    starts_on = month_begins_on()
    if not asked:
        return last_ended(clock.today(), starts_on=starts_on)
    period = parse_period(asked, starts_on=starts_on)
    if (period.end - period.first).days > MOST_DAYS:
        raise PeriodUnknown(_("期间最长一个月，例如 2024-03。"))
    return period


def _block(sign: Sign, at: datetime, seen: frozenset[str]) -> SignBlock:
    row = sign.row
    reach = _("范围 %(window)s · ") % {"window": row.window} if row.window else ""
    words = {"reach": reach, "least": row.least, "limit": row.limit}
    rest = sign.shows - len(sign.showings)
    return SignBlock(
        key=row.sign,
        name=_(row.name_zh),
        measure=_(row.measure_zh),
        threshold=_("%(reach)s基数至少 %(least)s · 达到 %(limit)s 时列出") % words,
        origin=f"{row.source}（{row.confidence}）",
        lines=tuple(_line(each, row.object, at, seen) for each in sign.showings),
        more=_("另有 %(n)d 个对象，此处列出最明显的。") % {"n": rest} if rest else "",
    )


def _line(each: Showing, kind: str, at: datetime, seen: frozenset[str]) -> ShowingLine:
    name = object_name(kind, each.code, at=at) or _("（不在网格内）")
    if each.hour is not None:
        name = _("%(name)s %(from)d–%(to)d 时") % {"name": name, "from": each.hour, "to": each.hour + 1}
    shown = [case for case in each.cases if case in seen][:_SHOWN_CASES]
    rest = each.all_cases - len(shown)
    return ShowingLine(
        name,
        str(each.measure),
        f"{each.part} / {each.whole}",
        tuple(CaseLink(case, reverse("case", args=[case])) for case in shown),
        _("另有 %(n)d 件") % {"n": rest} if rest else "",
    )

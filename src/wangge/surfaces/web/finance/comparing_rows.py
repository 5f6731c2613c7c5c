"""What a cell stands beside: last year, the budget, and the official tables."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from wangge.domains.disclosure.logic.comparing import Beside, Cause, OfficialDifference
from wangge.domains.disclosure.logic.labels import label_of
from wangge.domains.disclosure.narrative.numbers import amount_in_table, hundredths, percent
from wangge.domains.disclosure.queries.comparing import (
    against_official,
    beside_last_year_and_budget,
    official_of_records,
)
from wangge.standards.accounts.library import load_accounts
from wangge.surfaces.web.elements.pieces import Fact
from wangge.surfaces.web.finance.choosing import Chosen
from wangge.surfaces.web.finance.pages import FindingNote

CAUSES = {
    Cause.TAIL: gettext_noop("尾差：各自四舍五入"),
    Cause.FOLLOWS: gettext_noop("由下级单元格的差异引起"),
    Cause.MOVED: gettext_noop("归入了另一科目"),
    Cause.PAYMENT: gettext_noop("恰等于这些支付"),
    Cause.UNPAID: gettext_noop("恰等于未支付或退单"),
    Cause.MISSING: gettext_noop("台账没有对应的事实"),
    Cause.ONLY_OURS: gettext_noop("官方表没有这一项"),
    Cause.OPEN: gettext_noop("待查"),
}
_GRAVE = frozenset({Cause.OPEN, Cause.MISSING, Cause.ONLY_OURS})
_POINTED = 6


def beside_facts(where: Chosen, cell: str) -> tuple[Fact, ...]:
    """Last year and the budget of a cell, in 万元 as printed; nothing for what no table holds."""
    if not cell[:2].isdigit():
        return ()
    found = next((each for each in beside_last_year_and_budget(year=where.year, unit=where.unit) if each.cell == cell),
                 None)  # fmt: skip
    return () if found is None else (*_last_year(found), *_budget(found))


def _last_year(found: Beside) -> tuple[Fact, ...]:
    if found.last_fen is None:
        return ()
    now, last = hundredths(found.fen), hundredths(found.last_fen)
    rate = percent(now - last, last)
    sign = "-" if now < last else "+"
    change = amount_in_table(now - last)
    return (
        Fact(_("上年决算"), amount_in_table(last)),
        Fact(_("比上年"), f"{change}（{sign}{rate}%）" if rate is not None else change),
    )


def _budget(found: Beside) -> tuple[Fact, ...]:
    if found.budget_fen is None:
        return ()
    now, budget = hundredths(found.fen), hundredths(found.budget_fen)
    rate = percent(now, budget)
    printed = amount_in_table(budget)
    return (Fact(_("全年预算"), f"{printed}（{_('完成')} {rate}%）" if rate is not None else printed),)


def official_notes(where: Chosen) -> tuple[FindingNote, ...]:
    """Each official cell that differs from ours, with its cause; nothing where no official table was taken in."""
    official = official_of_records(year=where.year, unit=where.unit)
    if not official:
        return ()
    return tuple(_note(each, where) for each in against_official(year=where.year, unit=where.unit, official=official))


def _note(each: OfficialDifference, where: Chosen) -> FindingNote:
    pointed = "、".join(each.points_to[:_POINTED])
    message = _("台账 %(ours)s，官方表 %(official)s，相差 %(off)s：%(cause)s") % {
        "ours": amount_in_table(each.ours), "official": amount_in_table(each.official),
        "off": amount_in_table(each.off), "cause": _(CAUSES[each.cause]),
    }  # fmt: skip
    severity = "warning" if each.cause in _GRAVE else "note"
    label = label_of(each.cell, load_accounts(str(where.year))) or each.cell
    return FindingNote(severity, _("与官方表"), pointed, label, message, each.cell)

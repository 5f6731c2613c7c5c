"""The terms of payment of contracts as rows of their register."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from wangge.domains.budgeting.logic.money import yuan_text
from wangge.domains.budgeting.logic.payment_terms import Term, TermStanding
from wangge.domains.budgeting.queries.payment_terms import payment_terms
from wangge.groundwork import clock
from wangge.surfaces.web.finance.choosing import Chosen
from wangge.surfaces.web.finance.office_pages import TermRow, TermsPiece

_STANDINGS = {
    TermStanding.IN_TIME: gettext_noop("按期付清"),
    TermStanding.LATE: gettext_noop("逾期 %(days)d 天付清"),
    TermStanding.RUNNING: gettext_noop("未到期"),
    TermStanding.OVERDUE: gettext_noop("逾期 %(days)d 天未付清"),
    TermStanding.NO_TERM: gettext_noop("没有约定期限"),
}
_SHOWN = 12


def terms_piece(where: Chosen) -> TermsPiece:
    """The deliveries of the year beside their terms, those paid in time only counted; two statements."""
    found = payment_terms(unit=where.unit, year=where.year, today=timezone.localdate(clock.now()))
    overdue = [term for term in found.terms if term.standing is TermStanding.OVERDUE]
    shown_terms = [term for term in found.terms if term.standing is not TermStanding.IN_TIME]
    late = sum(term.standing is TermStanding.LATE for term in found.terms)
    summary = ""
    if found.terms:
        told = _("交付 %(count)d 次：按期付清 %(good)d，逾期付清 %(late)d，逾期未付清 %(overdue)d，计 %(yuan)s 元。")
        summary = told % {
            "count": len(found.terms), "good": len(found.terms) - len(shown_terms), "late": late,
            "overdue": len(overdue), "yuan": yuan_text(sum(term.open_fen for term in overdue)),
        }  # fmt: skip
    bases = sorted({term.limit.source for term in found.terms if term.limit is not None})
    shown = "、".join(found.undelivered[:_SHOWN])
    undelivered = ""
    if found.undelivered:
        undelivered = _("%(count)d 份合同还没有交付（验收）日期，期限无从计算：%(names)s。") % {
            "count": len(found.undelivered),
            "names": shown if len(found.undelivered) <= _SHOWN else _("%(names)s等") % {"names": shown},
        }
    return TermsPiece(tuple(_row(term) for term in shown_terms), summary, "；".join(bases), undelivered)


def _row(term: Term) -> TermRow:
    agreed, limit = term.contract.agreed_days, term.limit
    days = "" if agreed is None else str(agreed)
    if agreed is None and limit is not None:
        days = _("未约定，按 %(days)d") % {"days": limit.default_days}
    remark = ""
    if term.agreed_too_long and limit is not None:
        remark = _("约定超过 %(days)d 天上限，按上限计") % {"days": limit.longest_days}
    return TermRow(
        term.contract.key, _(term.contract.supplier_size), f"{term.delivery.on:%Y-%m-%d}", yuan_text(term.delivery.fen),
        days, f"{term.due_on:%Y-%m-%d}" if term.due_on else "—",
        f"{term.settled_on:%Y-%m-%d}" if term.settled_on else "", yuan_text(term.open_fen) if term.open_fen else "",
        _(_STANDINGS[term.standing]) % {"days": term.late_days},
        term.standing in (TermStanding.LATE, TermStanding.OVERDUE), remark,
    )  # fmt: skip

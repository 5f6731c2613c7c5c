"""Who may keep the books of a budget unit: finance staff, of their own unit where their post names one."""

from __future__ import annotations

from django.utils.translation import gettext as _

from wangge.domains.budgeting.refusals import LedgerRefused
from wangge.domains.organizations.logic import SYSTEM, TERMINAL, Actor

FINANCE = "finance"


def may_keep_books(by: Actor, unit: str) -> bool:
    """Whether ``by`` may enter facts of this unit; a finance post without a unit is for all of them."""
    if by is TERMINAL or by is SYSTEM:
        return True
    return any(holding.department_code in (None, unit) for holding in by.holdings_of(FINANCE))


def check_may_keep_books(by: Actor, unit: str) -> None:
    """Raise ``LedgerRefused`` unless ``by`` may enter facts of this unit."""
    if not may_keep_books(by, unit):
        raise LedgerRefused(_("只有该预算单位的财务人员可以录入，您没有这个岗位。"), "not_yours")

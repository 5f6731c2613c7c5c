"""The checks of the tables: what must hold between rows before anything may run by them."""

from __future__ import annotations

from wangge.standards.access import access_findings
from wangge.standards.checks.counting import COUNTING_CHECKS
from wangge.standards.checks.deciding import DECIDING_CHECKS
from wangge.standards.checks.hotline import HOTLINE_CHECKS
from wangge.standards.checks.letters import LETTER_CHECKS
from wangge.standards.checks.limits import LIMIT_CHECKS
from wangge.standards.checks.moving import MOVING_CHECKS
from wangge.standards.checks.wording import WORDING_CHECKS
from wangge.standards.findings import Finding
from wangge.standards.tables import Tables

CHECKS = (
    *LIMIT_CHECKS,
    *MOVING_CHECKS,
    *DECIDING_CHECKS,
    *COUNTING_CHECKS,
    *WORDING_CHECKS,
    *HOTLINE_CHECKS,
    *LETTER_CHECKS,
    access_findings,
)


def check_tables(tables: Tables) -> list[Finding]:
    """Every fault between the rows of ``tables``; an empty list when they fit together."""
    return [finding for check in CHECKS for finding in check(tables)]

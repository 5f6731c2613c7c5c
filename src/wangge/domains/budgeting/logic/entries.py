"""What an event books: the lines of a voucher in both systems, from the templates of ``entry_templates.csv``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from wangge.domains.budgeting.logic.facts import Dims
from wangge.standards.budgeting import EntryTemplate, entry_templates, fiscal_funds

DEBIT, CREDIT = "D", "C"


class NoTemplate(LookupError):
    """No template says how this event is booked; the text names event and dimensions."""


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One line of a voucher before it has numbers of rows."""

    system: str
    account: str
    side: str
    amount_fen: int


def entry_lines(event: str, dims: Dims, unit_kind: str, amount_fen: int) -> tuple[EntryLine, ...]:
    """The balanced lines of an event; a negative amount (退款) stands on the other sides."""
    if amount_fen == 0:
        return ()
    first, second = (DEBIT, CREDIT) if amount_fen > 0 else (CREDIT, DEBIT)
    amount = abs(amount_fen)
    found: list[EntryLine] = []
    accounts = accounts_of(event, dims.fund_type, dims.fund_year, dims.nature, unit_kind, dims.economic_item[:3])
    for system, debit, credit in accounts:
        found += [EntryLine(system, debit, first, amount), EntryLine(system, credit, second, amount)]
    return tuple(found)


@lru_cache(maxsize=4096)
def accounts_of(
    event: str, fund_type: str, fund_year: str, nature: str, unit_kind: str, economic: str
) -> tuple[tuple[str, str, str], ...]:
    """(system, debit account, credit account) of an event; the first fitting template of each system holds."""
    found: dict[str, tuple[str, str, str]] = {}
    for row in entry_templates():
        if row.system not in found and _fits(row, event, fund_type, fund_year, nature, unit_kind, economic):
            found[row.system] = (row.system, row.debit, row.credit)
    if not found:
        raise NoTemplate(f"{event} {fund_type} {fund_year} {nature} {unit_kind}")
    return tuple(found.values())


def _fits(
    row: EntryTemplate, event: str, fund_type: str, fund_year: str, nature: str, unit_kind: str, economic: str
) -> bool:
    funds = "fiscal" if fund_type in fiscal_funds() else "own"
    return (
        row.event == event
        and (not row.funds or bool(row.funds & {fund_type, funds}))
        and row.fund_year in ("", fund_year)
        and (not row.nature or nature in row.nature)
        and (not row.unit_kind or unit_kind in row.unit_kind)
        and economic.startswith(row.economic)
    )

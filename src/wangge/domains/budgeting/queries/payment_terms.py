"""How long the suppliers of a unit's contracts wait for their money."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from wangge.domains.budgeting.logic.payment_terms import Contract, Delivery, Term, terms_of
from wangge.domains.budgeting.queries.records import RecordLine, records_of_years
from wangge.standards.budgeting import payment_limits

_YEARS_BACK = 2
"""Contracts are delivered and paid in years after the one they were signed in."""

_PAID = """
SELECT p.contract, s.dated_on, p.amount_fen
FROM budgeting_payment p JOIN budgeting_payment_step s ON s.payment_id = p.id AND s.state = 'paid'
WHERE p.unit_code = %s AND p.year BETWEEN %s AND %s AND p.contract = ANY(%s)
  AND NOT EXISTS (SELECT FROM budgeting_payment_step r WHERE r.payment_id = p.id AND r.state = 'replaced')
"""


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """The deliveries of a year and those still open from before; contracts whose delivery nobody told."""

    terms: tuple[Term, ...]
    undelivered: tuple[str, ...]


def payment_terms(*, unit: str, year: int, today: date) -> PaymentTerms:
    """The deliveries of a year beside what was paid for them, the longest overdue first; two statements."""
    years = range(year - _YEARS_BACK, year + 1)
    held = sorted(records_of_years(kinds=("contract", "contract_delivery"), unit=unit, years=years),
                  key=lambda line: line.year)  # fmt: skip
    contracts = {line.key: line for line in held if line.kind == "contract"}
    delivered = _deliveries(contracts, [line for line in held if line.kind == "contract_delivery"])
    paid = _paid(unit, years, sorted(delivered))
    limits = payment_limits()
    found = [
        term
        for key, deliveries in delivered.items()
        for term in terms_of(_contract(contracts[key]), deliveries, paid[key], limits=limits, today=today)
    ]
    shown = [term for term in found if term.delivery.on.year == year or term.open_fen]
    shown.sort(key=lambda term: (-term.late_days, term.due_on or date.max, term.contract.key))
    without = [key for key, line in contracts.items() if line.year == year and key not in delivered]
    return PaymentTerms(tuple(shown), tuple(sorted(without)))


def _deliveries(contracts: dict[str, RecordLine], parts: Sequence[RecordLine]) -> dict[str, list[Delivery]]:
    """What was told in parts; else the whole contract on the day that its list gives."""
    found: dict[str, list[Delivery]] = defaultdict(list)
    for line in parts:
        key = str(line.data["contract"])
        if key in contracts:
            found[key].append(Delivery(date.fromisoformat(str(line.data["delivered_on"])), int(line.data["amount"])))
    for key, contract in contracts.items():
        if key not in found and contract.data.get("accepted_on"):
            found[key].append(Delivery(date.fromisoformat(str(contract.data["accepted_on"])), contract.amount_fen or 0))
    return dict(found)


def _contract(line: RecordLine) -> Contract:
    days = line.data.get("payment_days")
    return Contract(
        line.key,
        str(line.data.get("supplier", "")),
        str(line.data["supplier_size"]),
        None if days is None else int(days),
    )


def _paid(unit: str, years: range, keys: Sequence[str]) -> dict[str, list[tuple[date, int]]]:
    found: dict[str, list[tuple[date, int]]] = {key: [] for key in keys}
    with connection.cursor() as cursor:
        cursor.execute(_PAID, [unit, years[0], years[-1] + 1, list(keys)])
        for key, day, fen in cursor.fetchall():
            found[key].append((day, fen))
    return found

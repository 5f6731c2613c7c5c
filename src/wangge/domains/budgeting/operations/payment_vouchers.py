"""Books paid payments in bulk: the rows of their vouchers and the lines of their postings, straight into COPY.

What a payment books hangs on its dimensions and the kind of its unit alone, so it is worked out once for each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from wangge.domains.budgeting.logic.entries import EntryLine, entry_lines
from wangge.domains.budgeting.logic.facts import PaymentFact
from wangge.domains.budgeting.operations.writing import (
    POSTING_COLUMNS,
    VOUCHER_COLUMNS,
    copy_lines,
    copy_rows,
    refused_plainly,
    reserve_ids,
)
from wangge.domains.organizations.logic import Actor

_NULL = "\\N"


@dataclass(frozen=True, slots=True)
class BookedPayment:
    """A payment with the rows its voucher points to."""

    fact: PaymentFact
    dimension_id: int
    allotment_id: int | None


def book_payments(
    paid: Sequence[BookedPayment], kinds: Mapping[str, str], *, import_id: int, by: Actor, at: datetime
) -> list[int]:
    """Write a voucher for each; answers their numbers in this order. Raises ``LedgerRefused``."""
    ids = reserve_ids("budgeting_voucher", len(paid))
    with refused_plainly():
        copy_rows(
            "budgeting_voucher",
            VOUCHER_COLUMNS,
            (
                (number, f.unit, f.year, f.dated_on.month, f.dated_on, "payment", "current", f.number, f.purpose,
                 f.handler, None, import_id, by.person_id, by.display_name, at)
                for number, f in zip(ids, (each.fact for each in paid), strict=True)
            ),
        )  # fmt: skip
        copy_lines("budgeting_posting", POSTING_COLUMNS, _posting_lines(ids, paid, kinds))
    return ids


def _posting_lines(ids: Sequence[int], paid: Sequence[BookedPayment], kinds: Mapping[str, str]) -> Iterator[str]:
    """The columns of a posting in their order; accounts and systems are rows of our own tables."""
    known: dict[tuple[int, str, bool], tuple[EntryLine, ...]] = {}
    for number, each in zip(ids, paid, strict=True):
        fact = each.fact
        key = (each.dimension_id, fact.unit, fact.amount_fen > 0)
        lines = known.get(key)
        if lines is None:
            lines = entry_lines("payment", fact.dims, kinds[fact.unit], 1 if fact.amount_fen > 0 else -1)
            known[key] = lines
        amount, allotment = abs(fact.amount_fen), each.allotment_id or _NULL
        for line in lines:
            spent = allotment if line.account[0] == "7" else _NULL
            yield (f"{number}\t{line.system}\t{line.account}\t{line.side}\t{amount}\t{each.dimension_id}\t{spent}\n")

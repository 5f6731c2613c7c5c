"""The facts that come in, as plain values: dimensions, allotments, payments, receipts, records.

A fact knows the line of the file it came from. Amounts are whole fen; who reads a file turns 元 or 万元 into them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import TypeVar

from wangge.standards.budgeting import words_of

_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class Dims:
    """One combination of dimensions 辅助核算."""

    function_item: str
    nature: str
    fund_type: str
    economic_item: str = ""
    project: str = ""
    fund_year: str = "current"
    three_public: str = "none"
    spending_kind: str = "none"
    section: str = ""
    counterparty: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """In the order of ``DIMENSION_COLUMNS``."""
        return (
            self.function_item, self.economic_item, self.nature, self.project, self.fund_type, self.fund_year,
            self.three_public, self.spending_kind, self.section, self.counterparty,
        )  # fmt: skip


DIMENSION_COLUMNS = (
    "function_item", "economic_item", "nature", "project", "fund_type", "fund_year",
    "three_public", "spending_kind", "section", "counterparty",
)  # fmt: skip


@lru_cache(maxsize=65536)
def completed(dims: Dims) -> Dims:
    """The dimensions with what the economic item says by itself: 30217 is a reception, 30215 a meeting."""
    if dims.three_public == "none" and (three := words_of("three_public").get(dims.economic_item)):
        dims = replace(dims, three_public=three)
    if dims.spending_kind == "none" and (kind := words_of("spending_kind").get(dims.economic_item)):
        dims = replace(dims, spending_kind=kind)
    return dims


_WithDims = TypeVar("_WithDims", bound="AllotmentFact | PaymentFact | MoneyFact | EntryLineFact")


def with_whole_dims(fact: _WithDims) -> _WithDims:
    """The fact with its dimensions completed; the same one when they are."""
    dims = completed(fact.dims)
    return fact if dims is fact.dims else replace(fact, dims=dims)


@dataclass(frozen=True, slots=True)
class UnitFact:
    """A budget unit with its superior."""

    line: int
    code: str
    name: str
    kind: str
    parent: str = ""


@dataclass(frozen=True, slots=True)
class AllotmentFact:
    """One change of an allotment, with the allotment it belongs to."""

    line: int
    unit: str
    year: int
    number: str
    dims: Dims
    stage: str
    amount_fen: int
    dated_on: date
    document: str = ""
    approver: str = ""
    stated_adjusted_fen: int | None = None
    """The full-year budget that the file itself states: proven after the import."""

    @property
    def key(self) -> tuple[object, ...]:
        """What makes two rows of two imports the same change."""
        return (self.unit, self.year, self.number, self.stage, self.document, self.dated_on)


@dataclass(frozen=True, slots=True)
class PaymentFact:
    """One payment order as another system lists it."""

    line: int
    unit: str
    year: int
    number: str
    dims: Dims
    amount_fen: int
    dated_on: date
    state: str = "paid"
    allotment: str = ""
    payee: str = ""
    purpose: str = ""
    contract: str = ""
    handler: str = ""
    reason: str = ""

    @property
    def digest(self) -> bytes:
        """Of everything but the line: equal digests are the same payment."""
        text = _SEPARATOR.join(
            (
                self.unit, str(self.year), self.number, *self.dims.key, str(self.amount_fen), str(self.dated_on),
                self.allotment, self.payee, self.purpose, self.contract, self.handler,
            )
        )  # fmt: skip
        return hashlib.new("sm3", text.encode()).digest()


@dataclass(frozen=True, slots=True)
class MoneyFact:
    """A receipt, an opening balance, a surplus used or distributed: money that is no payment."""

    line: int
    unit: str
    year: int
    number: str
    event: str  # receipt, opening, surplus_opening, surplus_used, distribution
    dims: Dims
    amount_fen: int
    dated_on: date
    summary: str = ""


@dataclass(frozen=True, slots=True)
class EntryLineFact:
    """One line of another system's voucher 记账凭证, with its own account."""

    line: int
    unit: str
    year: int
    number: str
    account: str
    debit_fen: int
    credit_fen: int
    dims: Dims
    dated_on: date
    summary: str = ""


@dataclass(frozen=True, slots=True)
class RecordFact:
    """One record of a kind; ``data`` holds its fields as they are kept."""

    line: int
    unit: str
    year: int
    kind: str
    key: str
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that is not taken in, and why, in words for the user."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What a file is against what was there: counts, and some of the keys of each."""

    new: int = 0
    changed: int = 0
    same: int = 0
    vanished: tuple[str, ...] = ()
    changed_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LedgerSum:
    """What the ledger holds for one unit, phase, account and combination of dimensions."""

    unit: str
    phase: str
    account: str
    dims: Dims
    dimension_id: int
    debit_fen: int
    credit_fen: int
    postings: int


@dataclass(frozen=True, slots=True)
class BudgetSum:
    """What the allotments of one unit with the same dimensions come to."""

    unit: str
    dims: Dims
    dimension_id: int
    approved_fen: int
    adjusted_fen: int
    allotments: int

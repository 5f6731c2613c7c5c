"""Terms of payment: until when what a contract delivered is to be paid, and when it was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from wangge.standards.budgeting import PaymentLimit


class TermStanding(StrEnum):
    """How a delivery stands on a day."""

    IN_TIME = "in_time"
    LATE = "late"  # paid, but after the end of its term
    RUNNING = "running"
    OVERDUE = "overdue"
    NO_TERM = "no_term"  # nothing was agreed and no limit of law holds


@dataclass(frozen=True, slots=True)
class Contract:
    """What of a contract decides its terms."""

    key: str
    supplier: str
    supplier_size: str
    agreed_days: int | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was delivered or accepted on a day, and what is to be paid for it."""

    on: date
    fen: int


@dataclass(frozen=True, slots=True)
class Term:
    """A delivery with its end and what was paid; ``late_days`` up to payment or, unpaid, up to today."""

    contract: Contract
    delivery: Delivery
    limit: PaymentLimit | None
    due_on: date | None
    settled_on: date | None
    open_fen: int
    late_days: int
    standing: TermStanding

    @property
    def agreed_too_long(self) -> bool:
        """Whether the contract agrees on more days than the law allows."""
        agreed = self.contract.agreed_days
        return self.limit is not None and agreed is not None and agreed > self.limit.longest_days


def terms_of(
    contract: Contract, deliveries: Iterable[Delivery], paid: Iterable[tuple[date, int]], *,
    limits: Sequence[PaymentLimit], today: date,
) -> list[Term]:  # fmt: skip
    """Every delivery of a contract; what is paid settles the earliest end first, a refund undoes the last payment."""
    ends = [(delivery, *_end(contract, delivery, limits)) for delivery in deliveries]
    ends.sort(key=lambda each: (each[2] or date.max, each[0].on))
    money = _kept(paid)
    found = []
    for delivery, limit, due in ends:
        settled, left = _settle(delivery.fen, money)
        found.append(_term(contract, delivery, limit, due, settled, left, today))
    return found


def _end(
    contract: Contract, delivery: Delivery, limits: Sequence[PaymentLimit]
) -> tuple[PaymentLimit | None, date | None]:
    limit = next((each for each in limits if each.covers(contract.supplier_size, delivery.on)), None)
    days = contract.agreed_days
    if limit is not None:
        days = limit.default_days if days is None else min(days, limit.longest_days)
    return limit, None if days is None else delivery.on + timedelta(days=days)


def _kept(paid: Iterable[tuple[date, int]]) -> list[tuple[date, int]]:
    """Payments in order of their days; a refund is taken off the last of them."""
    kept: list[tuple[date, int]] = []
    for day, fen in sorted(paid):
        if fen > 0:
            kept.append((day, fen))
            continue
        back = -fen
        while back and kept:
            last, amount = kept.pop()
            if amount > back:
                kept.append((last, amount - back))
            back -= min(back, amount)
    return kept


def _settle(fen: int, money: list[tuple[date, int]]) -> tuple[date | None, int]:
    """Take from the payments what a delivery needs; the day of the last one, and what stays open."""
    left, settled = fen, None
    while left and money:
        settled, amount = money[0]
        taken = min(left, amount)
        left -= taken
        if taken == amount:
            money.pop(0)
        else:
            money[0] = (settled, amount - taken)
    return (None if left else settled), left


def _term(
    contract: Contract, delivery: Delivery, limit: PaymentLimit | None, due: date | None, settled: date | None,
    left: int, today: date,
) -> Term:  # fmt: skip
    until = settled or today
    late = max(0, (until - due).days) if due is not None else 0
    if due is None:
        standing = TermStanding.NO_TERM
    elif settled is not None:
        standing = TermStanding.LATE if late else TermStanding.IN_TIME
    else:
        standing = TermStanding.OVERDUE if late else TermStanding.RUNNING
    return Term(contract, delivery, limit, due, settled, left, late, standing)

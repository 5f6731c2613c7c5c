"""A small invented ledger for the tests: units, allotments and payments as an import would hand them over."""

from __future__ import annotations

from datetime import UTC, date, datetime

from wangge.domains.budgeting.logic.facts import AllotmentFact, Dims, PaymentFact, UnitFact
from wangge.domains.budgeting.operations.allotment_import import take_in_allotments, take_in_units
from wangge.domains.budgeting.operations.importing import ImportResult, ImportSource
from wangge.domains.budgeting.operations.payment_import import take_in_payments
from wangge.domains.organizations.logic import TERMINAL, Actor

AT = datetime(2024, 12, 30, 2, 0, tzinfo=UTC)
YEAR = 2024
UNIT = "101001"
BASIC = Dims("2120101", "basic", "general", "30201")
PROJECT = Dims("2120102", "project", "general", "30227", "井盖巡检")
LINE_OF_BASIC = Dims("2120101", "basic", "general")
LINE_OF_PROJECT = Dims("2120102", "project", "general", "", "井盖巡检")
MANAGER = Actor(7, "accountant", "会计甲")


def source(kind: str, mapping: str = "tests") -> ImportSource:
    return ImportSource(kind, mapping, f"{kind}.csv", "0" * 64)


def with_units(*units: UnitFact) -> None:
    """One institution, unless others are named."""
    rows = units or (UnitFact(2, UNIT, "示例中心", "institution"),)
    take_in_units(rows, source=source("units"), by=TERMINAL, at=AT)


def allot(amount_fen: int, dims: Dims = LINE_OF_BASIC, number: str = "Z-001", **more: object) -> ImportResult:
    values: dict[str, object] = {"unit": UNIT, "year": YEAR, "stage": "approved", "dated_on": date(YEAR, 1, 5)}
    values |= more
    fact = AllotmentFact(line=2, number=number, dims=dims, amount_fen=amount_fen, **values)  # type: ignore[arg-type]
    return take_in_allotments([fact], source=source("allotments"), by=TERMINAL, at=AT)


def payment(number: str, amount_fen: int, dims: Dims = BASIC, line: str = "Z-001", **more: object) -> PaymentFact:
    values: dict[str, object] = {"unit": UNIT, "year": YEAR, "dated_on": date(YEAR, 3, 4), "payee": "某公司"}
    values |= more
    return PaymentFact(2, number=number, dims=dims, amount_fen=amount_fen, allotment=line, **values)  # type: ignore[arg-type]


def pay(*facts: PaymentFact, **more: object) -> ImportResult:
    return take_in_payments(facts, source=source("payments"), by=TERMINAL, at=AT, **more)  # type: ignore[arg-type]

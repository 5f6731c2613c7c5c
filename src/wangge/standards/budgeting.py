"""The tables of budget execution as data: dimensions, ledger accounts, entry templates, record kinds, cells.

They lie under ``data/budgeting``, one frozen row type each. A file that cannot be read is a fault of the build,
not of a user, so the first wrong cell raises ``BudgetingDataWrong`` with file and line.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TypeVar

_DATA = Path(__file__).parent / "data" / "budgeting"


class BudgetingDataWrong(ValueError):
    """A shipped table of budgeting is wrong; the text names file, line and cell."""


@dataclass(frozen=True, slots=True)
class DimensionValue:
    """One value of a dimension 辅助核算 with the words other systems write for it."""

    dimension: str
    value: str
    name_zh: str
    also: tuple[str, ...]
    fiscal: bool


@dataclass(frozen=True, slots=True)
class LedgerAccount:
    """An account 会计科目 of one of the two systems; ``carries``: part of 年初（末）结转和结余."""

    code: str
    name_zh: str
    system: str  # budget, financial
    kind: str
    carries: bool
    confidence: str


@dataclass(frozen=True, slots=True)
class EntryTemplate:
    """What one event books in one accounting system; an empty condition is met by everything."""

    event: str
    funds: frozenset[str]  # values of fund_type, or the words fiscal and own
    fund_year: str
    nature: frozenset[str]
    unit_kind: frozenset[str]
    economic: str  # beginning of the code
    system: str
    debit: str
    credit: str


@dataclass(frozen=True, slots=True)
class RecordKind:
    """A kind of record 台账: who enters it, which field is its day, amount, quantity, and what bounds it.

    ``within`` names the field that points to the record which bounds this one: all records that point there
    may together not exceed its ``within_measure`` (amount or quantity).
    """

    kind: str
    name_zh: str
    entry: str  # import, own
    day: str
    amount: str
    quantity: str
    within: str
    within_measure: str
    fields: tuple[RecordField, ...]

    def field(self, name: str) -> RecordField | None:
        """The field of this name."""
        return next((each for each in self.fields if each.field == name), None)


@dataclass(frozen=True, slots=True)
class RecordField:
    """One field of a kind of record; ``choices`` are the allowed words, or the kind a ``ref`` points to."""

    kind: str
    field: str
    name_zh: str
    type: str  # text, integer, fen, date, choice, yes_no, ref
    required: bool
    choices: tuple[str, ...]
    confidence: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A sum of facts that a cell may name: of balances of accounts, or of allotments."""

    measure: str
    name_zh: str
    of: str  # balances, allotments
    accounts: tuple[str, ...]  # beginnings of codes
    side: str  # the side that counts up
    phases: frozenset[str]
    column: str  # of allotments: approved, adjusted
    between_units: str  # which facts are dealings that consolidation leaves out: a dimension and its values


@dataclass(frozen=True, slots=True)
class CellRow:
    """A cell that comes from facts, as written; what follows from other cells is a formula of the form.

    ``{row}`` stands for every function item, ``{class}`` for every row of the form with a function class,
    ``{code}`` for that class or, in table 06, for every economic item.
    """

    table: str
    cell: str
    expression: str
    confidence: str


@dataclass(frozen=True, slots=True)
class DisclosureStep:
    """One step 环节 of making an account public: from which state to which, and who may not do it again."""

    verb: str
    name_zh: str
    from_states: tuple[str, ...]
    to_state: str
    posts: tuple[str, ...]
    apart_from: tuple[str, ...]
    needs_reason: bool
    after_units: bool  # the units below have taken theirs before


@dataclass(frozen=True, slots=True)
class PaymentLimit:
    """Within how many days after delivery suppliers of these sizes are paid, for deliveries of these days."""

    supplier_sizes: frozenset[str]
    first_day: date
    last_day: date | None
    default_days: int
    longest_days: int
    source: str
    confidence: str

    def covers(self, size: str, on: date) -> bool:
        """Whether it holds for a supplier of this size and a delivery of this day."""
        return size in self.supplier_sizes and self.first_day <= on and (self.last_day is None or on <= self.last_day)


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """One date of the year's calendar: a day of the following year, or days after another step."""

    form: str
    step: str
    name_zh: str
    month_day: str
    after_step: str
    days: int
    warn_days: int
    source: str
    confidence: str


def dimension_values() -> tuple[DimensionValue, ...]:
    """Every value of every dimension, in the order of the file."""
    return _rows(
        "dimension_values.csv",
        lambda row: DimensionValue(
            row["dimension"], row["value"], row["name_zh"], _split(row["also"], ";"), row["fiscal"] == "yes"
        ),
    )


def values_of(dimension: str) -> Mapping[str, DimensionValue]:
    """Value → row of one dimension."""
    return {row.value: row for row in dimension_values() if row.dimension == dimension}


@cache
def words_of(dimension: str) -> Mapping[str, str]:
    """Every word for a value of the dimension (its key, its name, what others write) → value."""
    found: dict[str, str] = {}
    for row in values_of(dimension).values():
        for word in (row.value, row.name_zh, *row.also):
            found.setdefault(word, row.value)
    return found


@cache
def fiscal_funds() -> frozenset[str]:
    """The fund types that are 财政拨款."""
    return frozenset(row.value for row in values_of("fund_type").values() if row.fiscal)


def ledger_accounts() -> tuple[LedgerAccount, ...]:
    """The accounts of both systems."""
    return _rows(
        "ledger_accounts.csv",
        lambda row: LedgerAccount(
            row["code"], row["name_zh"], row["system"], row["kind"], row["carries"] == "yes", row["confidence"]
        ),
    )


def entry_templates() -> tuple[EntryTemplate, ...]:
    """What each event books; of the rows of one event and system the first that fits holds."""
    return _rows(
        "entry_templates.csv",
        lambda row: EntryTemplate(
            row["event"], frozenset(row["funds"].split()), row["fund_year"], frozenset(row["nature"].split()),
            frozenset(row["unit_kind"].split()), row["economic"], row["system"], row["debit"], row["credit"],
        ),
    )  # fmt: skip


@cache
def record_kinds() -> Mapping[str, RecordKind]:
    """Kind → its row with its fields."""
    fields = _rows(
        "record_fields.csv",
        lambda row: RecordField(
            row["kind"], row["field"], row["name_zh"], row["type"], row["required"] == "yes",
            _split(row["choices"], ";"), row["confidence"],
        ),
    )  # fmt: skip
    kinds = _rows(
        "record_kinds.csv",
        lambda row: RecordKind(
            row["kind"], row["name_zh"], row["entry"], row["day"], row["amount"], row["quantity"], row["within"],
            row["within_measure"], tuple(each for each in fields if each.kind == row["kind"]),
        ),
    )  # fmt: skip
    return {kind.kind: kind for kind in kinds}


@cache
def form_cells(form: str = "cells") -> tuple[CellRow, ...]:
    """Every cell of a form's tables with its expression; ``form`` is the directory that holds one file a table."""
    return tuple(
        CellRow(path.stem, row["cell"], row["expression"], row["confidence"])
        for path in sorted((_DATA / form).glob("*.csv"))
        for row in _rows(f"{form}/{path.name}", dict)
    )


@cache
def measures() -> Mapping[str, Measure]:
    """Name → what it sums."""
    carrying = tuple(account.code for account in ledger_accounts() if account.carries)
    return {
        row["measure"]: Measure(
            row["measure"], row["name_zh"], row["of"],
            carrying if row["accounts"] == "carry" else tuple(row["accounts"].split()), row["side"],
            frozenset(row["phases"].split()), row["accounts"] if row["of"] == "allotments" else "",
            row["between_units"],
        )
        for row in _rows("measures.csv", dict)
    }  # fmt: skip


def budget_titles() -> Mapping[str, tuple[str, str]]:
    """Table of the form → (title, number) under which it is printed as a table of the published budget."""
    return {row["of"]: (row["title"], row["number"]) for row in _rows("budget_forms.csv", dict)}


def disclosure_steps() -> tuple[DisclosureStep, ...]:
    """The steps of an edition's way to the public, in order."""
    return _rows(
        "disclosure_steps.csv",
        lambda row: DisclosureStep(
            row["verb"], row["name_zh"], tuple(row["from_states"].split()), row["to_state"],
            tuple(row["posts"].split()), tuple(row["apart_from"].split()), row["needs_reason"] == "yes",
            row["after_units"] == "yes",
        ),
    )  # fmt: skip


def calendar_lines() -> tuple[CalendarLine, ...]:
    """The dates of the year's work on accounts and budgets."""
    return _rows(
        "calendar.csv",
        lambda row: CalendarLine(
            row["form"], row["step"], row["name_zh"], row["month_day"], row["after_step"],
            int(row["days"] or 0), int(row["warn_days"] or 0), row["source"], row["confidence"],
        ),
    )  # fmt: skip


def payment_limits() -> tuple[PaymentLimit, ...]:
    """Every limit on how long suppliers wait for their money."""
    return _rows(
        "payment_limits.csv",
        lambda row: PaymentLimit(
            frozenset(row["supplier_sizes"].split(";")), date.fromisoformat(row["first_day"]),
            date.fromisoformat(row["last_day"]) if row["last_day"] else None, int(row["default_days"]),
            int(row["longest_days"]), row["source"], row["confidence"],
        ),
    )  # fmt: skip


Row = TypeVar("Row")


@cache
def _raw(file: str) -> tuple[tuple[int, Mapping[str, str]], ...]:
    with (_DATA / file).open(encoding="utf-8", newline="") as opened:
        reader = csv.DictReader(opened)
        return tuple((reader.line_num, row) for row in reader)


def _rows(file: str, build: Callable[[Mapping[str, str]], Row]) -> tuple[Row, ...]:
    return tuple(_built(file, build))


def _built(file: str, build: Callable[[Mapping[str, str]], Row]) -> Iterator[Row]:
    for line, row in _raw(file):
        if row.get("confidence") not in ("A", "B", "C") or not row.get("source"):
            raise BudgetingDataWrong(f"{file}:{line}: source or confidence missing")
        try:
            yield build(row)
        except (KeyError, ValueError) as wrong:
            raise BudgetingDataWrong(f"{file}:{line}: {wrong}") from wrong


def _split(text: str, separator: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(separator) if part.strip())

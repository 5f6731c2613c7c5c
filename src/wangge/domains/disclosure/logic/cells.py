"""The nine tables computed: every cell of a form from the facts, in whole fen, with what it is made of.

A cell is either a sum of facts (``data/budgeting/cells``) or a formula over other cells (the form itself). Both are
data of an edition; nothing here knows a table by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from wangge.domains.disclosure.logic.sums import Facts, Filter, parse_sum
from wangge.standards.accounts.expressions import (
    Call,
    Expression,
    Figure,
    Number,
    Operation,
    SumOf,
    parse_expression,
    spread,
)
from wangge.standards.accounts.library import Accounts, load_accounts
from wangge.standards.accounts.names import BY_CODE, TOTAL
from wangge.standards.accounts.rows import FormRow
from wangge.standards.budgeting import form_cells

Formula: TypeAlias = "Filter | Expression"


@dataclass(frozen=True, slots=True)
class ComputedCell:
    """One cell: its exact value and what it came from. ``parts`` are cells, ``filter`` a sum of facts."""

    name: str
    fen: int
    formula: str
    parts: tuple[str, ...] = ()
    filter: Filter | None = None


@dataclass(frozen=True, slots=True)
class Computed:
    """All cells of the nine tables of one unit, or of a bureau with its units."""

    cells: Mapping[str, ComputedCell]
    items: Mapping[str, tuple[str, ...]]  # table by code → its function items, in order

    def fen(self, name: str) -> int:
        """The exact value; a cell that is not there is nothing."""
        found = self.cells.get(name)
        return found.fen if found else 0


@dataclass(frozen=True, slots=True)
class _Form:
    """A form made ready: fixed cells in no order, and the columns of tables by code."""

    fixed: Mapping[str, tuple[Formula, str]]
    by_code: Mapping[str, Mapping[str, tuple[str, str]]]  # table → column → (expression over {row}, of a sum of facts?)
    children: Mapping[str, tuple[str, ...]]  # 06.[301] → cells below


def compute(facts: Facts, accounts: Accounts, *, source: str = "cells") -> Computed:
    """Every cell of the form ``accounts`` from ``facts``."""
    form = _form(accounts.edition, source)
    return _Computing(form, facts).all()


class _Computing:
    """One computation: cells are worked out when they are asked for, each once."""

    def __init__(self, form: _Form, facts: Facts) -> None:
        self._form, self._facts = form, facts
        self._formulas: dict[str, tuple[Formula, str]] = dict(form.fixed)
        self._done: dict[str, ComputedCell] = {}
        self.items: dict[str, tuple[str, ...]] = {}
        for table, columns in form.by_code.items():
            self._add_table(table, columns)

    def all(self) -> Computed:
        for name in self._formulas:
            self._cell(name)
        return Computed({name: self._done[name] for name in self._formulas}, self.items)

    def _add_table(self, table: str, columns: Mapping[str, tuple[str, str]]) -> None:
        """The rows of a table by code: every item with a fact of one of its columns."""
        filters = [parse_sum(text) for text, kind in columns.values() if kind == "sum"]
        items = sorted({item for each in filters for item in self._facts.items(each)})
        self.items[table] = tuple(items)
        for column, (text, kind) in columns.items():
            for item in items:
                name = f"{table}.{item}.{column}"
                if kind == "sum":
                    self._formulas[name] = (parse_sum(text).with_item(item), text)
                else:
                    filled = text.replace("{row}", item)
                    self._formulas[name] = (_parsed(filled), filled)
            names = tuple(f"{table}.{item}.{column}" for item in items)
            self._formulas[f"{table}.{TOTAL}.{column}"] = (SumOf(names), f"sum({table}.[].{column})")

    def _cell(self, name: str) -> ComputedCell:
        found = self._done.get(name)
        if found is None:
            formula, text = self._formulas[name]
            if isinstance(formula, Filter):
                found = ComputedCell(name, self._facts.total(formula), text, filter=formula)
            else:
                parts = tuple(self._parts(formula))
                found = ComputedCell(name, self._value(formula), text, parts)
            self._done[name] = found
        return found

    def _value(self, expression: Expression) -> int:
        if isinstance(expression, Figure):
            return self._fen(expression.name)
        if isinstance(expression, SumOf):
            return sum(self._fen(name) for item in expression.items for name in self._names(item))
        if isinstance(expression, Operation) and expression.sign in "+-":
            left, right = self._value(expression.left), self._value(expression.right)
            return left + right if expression.sign == "+" else left - right
        raise TypeError(f"a cell is no {expression}")

    def _fen(self, name: str) -> int:
        return self._cell(name).fen if name in self._formulas else 0

    def _names(self, item: str) -> tuple[str, ...]:
        return self._form.children.get(item) or spread(item)

    def _parts(self, expression: Expression) -> Iterator[str]:
        if isinstance(expression, Figure):
            yield expression.name
        elif isinstance(expression, SumOf):
            yield from (name for item in expression.items for name in self._names(item))
        elif isinstance(expression, Operation):
            yield from self._parts(expression.left)
            yield from self._parts(expression.right)
        elif isinstance(expression, (Call, Number)):
            return


@lru_cache(maxsize=512)
def _parsed(text: str) -> Expression:
    return parse_expression(text)


@lru_cache(maxsize=8)
def _form(edition: str, source: str) -> _Form:
    accounts = load_accounts(edition)
    told = {row.cell: row.expression for row in form_cells(source)}
    fixed: dict[str, tuple[Formula, str]] = {}
    by_code: dict[str, dict[str, tuple[str, str]]] = {}
    for form in accounts.forms:
        if form.table in BY_CODE:
            by_code[form.table] = dict(_columns_by_code(form.table, accounts, told))
        else:
            for name, text in _fixed_cells(form.table, accounts, told):
                fixed[name] = (parse_sum(text) if is_sum(text) else _parsed(text), text)
    children = {
        f"06.[{row.code}]": tuple(
            f"06.{below.row}" for below in accounts.rows_of("06") if len(below.code) == 5 and below.code[:3] == row.code
        )
        for row in accounts.rows_of("06")
        if len(row.code) == 3
    }
    return _Form(fixed, by_code, children)


def is_sum(text: str) -> bool:
    """Whether an expression is a sum of facts rather than one of cells."""
    return bool(re.fullmatch(r"[a-z_]+\([^.]*\)", text))


def _columns_by_code(table: str, accounts: Accounts, told: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, str]]]:
    for column in accounts.columns_of(table):
        text = told.get(f"{table}.{{row}}.{column.column}")
        if text is not None:
            yield column.column, (text, "sum")
        elif column.formula:
            yield column.column, (column.formula, "cells")


def _fixed_cells(table: str, accounts: Accounts, told: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    rows = accounts.rows_of(table)
    if not rows:
        for only in accounts.columns_of(table):
            name = f"{table}.{only.column}"
            text = told.get(name) or only.formula
            if text:
                yield name, text
        return
    for row in rows:
        # a side with one column of amounts names its cells by the row alone: 01.r27, 04.r29, 06.30101
        several = [column.column for column in accounts.columns_of(table) if column.side == row.side]
        for column in several if len(several) > 1 else [""]:
            name = f"{table}.{row.row}.{column}".rstrip(".")
            text = _told_for(table, row, column, told) or _of_form(table, row, column, several, accounts, told)
            if text:
                yield name, text


def _told_for(table: str, row: FormRow, column: str, told: Mapping[str, str]) -> str:
    """What the data say of this very cell, of its function class, of its economic item."""
    own = told.get(f"{table}.{row.row}.{column}".rstrip("."))
    if own or not row.code or row.formula:
        return own or ""
    shared = told.get(f"{table}.{{class}}.{column}".rstrip(".")) or told.get(f"{table}.{{code}}.{column}".rstrip("."))
    return (shared or "").replace("{code}", row.code)


def _of_form(
    table: str, row: FormRow, column: str, several: Sequence[str], accounts: Accounts, told: Mapping[str, str]
) -> str:
    """The form's own formula: of the row for its first column, of the column for rows that have amounts."""
    if row.formula and column in ("", *several[:1]):
        return row.formula
    has_amounts = row.code or any(f"{table}.{row.row}.{other}" in told for other in several)
    if not column or not has_amounts:
        return ""
    return next(c.formula for c in accounts.columns_of(table) if c.column == column).replace("{row}", row.row)


__all__ = ["Computed", "ComputedCell", "compute", "is_sum"]

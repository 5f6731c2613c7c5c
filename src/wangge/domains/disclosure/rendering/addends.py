"""Which cells a cell of the tables is the sum of, by the formulas of the form: what stays alive in Excel."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from wangge.standards.accounts.expressions import Expression, Figure, Operation, SumOf, parse_expression, spread
from wangge.standards.accounts.library import Accounts
from wangge.standards.accounts.names import BY_CODE, TOTAL, parse_name

_CODES = re.compile(r"(?P<table>0\d)\.\[(?P<prefix>\d*)\](?P<column>\.c\d+)?")
Addend = tuple[int, str]  # sign, name


def addends_of(name: str, cells: Mapping[str, int], forms: Accounts) -> tuple[Addend, ...]:
    """Signed names that add up to the cell by its form; empty where the cell comes from the facts themselves."""
    formula = _formula(name, cells, forms)
    if formula is None:
        return ()
    if isinstance(formula, tuple):
        return formula
    row = parse_name(name).row
    found = tuple(_terms(parse_expression(formula.replace("{row}", row)), 1, cells))
    return found if any(term in cells for _sign, term in found) else ()


def _formula(name: str, cells: Mapping[str, int], forms: Accounts) -> str | tuple[Addend, ...] | None:
    parsed = parse_name(name)
    if parsed.table in BY_CODE and parsed.row == TOTAL:
        codes = _codes(parsed.table, cells)
        return tuple((1, f"{parsed.table}.{code}.{parsed.column}") for code in codes)
    rows = {row.row: row for row in forms.rows_of(parsed.table)}
    if parsed.row in rows and rows[parsed.row].formula:
        # A formula of table 04's expenditure side is written for its first column and holds in each.
        formula = rows[parsed.row].formula
        return re.sub(r"\.c2\b", f".{parsed.column}", formula) if parsed.column else formula
    columns = {column.column: column for column in forms.columns_of(parsed.table)}
    return columns[parsed.column].formula or None if parsed.column in columns else None


def _codes(table: str, cells: Mapping[str, int], prefix: str = "") -> list[str]:
    codes = {name.split(".")[1] for name in cells if name.startswith(f"{table}.{prefix}")}
    return sorted(code for code in codes if code.isdigit() and len(code) > len(prefix))


def _terms(tree: Expression, sign: int, cells: Mapping[str, int]) -> Iterator[Addend]:
    match tree:
        case Figure(name):
            yield sign, name
        case SumOf(items):
            for item in items:
                yield from ((sign, name) for name in _spread(item, cells))
        case Operation("+" | "-" as operator, left, right):
            yield from _terms(left, sign, cells)
            yield from _terms(right, sign if operator == "+" else -sign, cells)


def _spread(item: str, cells: Mapping[str, int]) -> Iterator[str]:
    found = _CODES.fullmatch(item)
    if found is None:
        yield from spread(item)
        return
    for code in _codes(found["table"], cells, found["prefix"]):
        yield f"{found['table']}.{code}{found['column'] or ''}"

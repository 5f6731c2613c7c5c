"""What a cell is called in the words of its form: 公开05表 行政运行 · 基本支出."""

from __future__ import annotations

from wangge.standards.accounts.library import Accounts
from wangge.standards.accounts.names import NameRefused, parse_name

_TWO_SIDED = frozenset({"01", "04"})
_TOTALS = frozenset({"合计", "人员经费合计", "公用经费合计"})


def label_of(name: str, accounts: Accounts) -> str:
    """The words for a cell of a table; empty for what is no cell of one."""
    try:
        cell = parse_name(name)
    except NameRefused:
        return ""
    if not cell.table.isdigit() or not cell.parts:
        return ""
    words = (_row(cell.table, cell.row, accounts), _column(cell.table, cell.column, accounts))
    told = " · ".join(word for word in words if word)
    return f"公开{cell.table}表 {told}" if told else ""


def _row(table: str, row: str, accounts: Accounts) -> str:
    """Of a fixed row its label; of a row by code the code's name."""
    fixed = next((each for each in accounts.rows_of(table) if each.row == row), None)
    if fixed is not None:
        return f"{fixed.side} · {fixed.label}" if table in _TWO_SIDED else fixed.label
    if row in _TOTALS:
        return row
    code = accounts.function_codes.get(row) or accounts.economic_codes.get(row)
    return code.name if code else row


def _column(table: str, column: str, accounts: Accounts) -> str:
    found = next((each for each in accounts.columns_of(table) if each.column == column), None)
    if found is None:
        return ""
    return f"{found.side} {found.label}".strip() if table == "09" else found.label

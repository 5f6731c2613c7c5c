"""What a cell is called in the words of its form (公开05表 行政运行 · 基本支出), and how its formula reads."""

from __future__ import annotations

import re
from functools import cache

from wangge.standards.accounts.library import Accounts
from wangge.standards.accounts.names import NameRefused, parse_name
from wangge.standards.budgeting import dimension_values, measures

_TWO_SIDED = frozenset({"01", "04"})
_CALL = re.compile(r"([a-z_]+)\(([^()]*)\)")
_RANGE = re.compile(r"(\S+)\.\.(\S+)")
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


def formula_text(formula: str, accounts: Accounts) -> str:
    """A formula as people read it: 本年支出（城乡社区支出、项目支出）; cells keep their names."""
    return _CALL.sub(lambda call: _call_text(call[1], call[2], accounts), formula)


def _call_text(name: str, inside: str, accounts: Accounts) -> str:
    if name == "sum":
        spans = _RANGE.fullmatch(inside)
        return f"{spans[1]} 至 {spans[2]} 之和" if spans else f"{inside} 之和"
    if name not in measures():
        return f"{name}({inside})"
    conditions = [_condition_text(part, accounts) for part in inside.split()]
    return measures()[name].name_zh + (f"（{'、'.join(conditions)}）" if conditions else "")


def _condition_text(part: str, accounts: Accounts) -> str:
    dimension, _equals, values = part.partition("=")
    return "或".join(_value_text(dimension, value, accounts) for value in values.split("|"))


def _value_text(dimension: str, value: str, accounts: Accounts) -> str:
    named = _names().get((dimension, value))
    if named:
        return named
    bare = value.removesuffix("*")
    code = accounts.function_codes.get(bare) or accounts.economic_codes.get(bare)
    return f"{bare} {code.name}" if code else bare


@cache
def _names() -> dict[tuple[str, str], str]:
    return {(each.dimension, each.value): each.name_zh for each in dimension_values()}

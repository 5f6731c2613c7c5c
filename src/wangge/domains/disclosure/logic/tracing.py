"""The trace 数据溯源 of a printed figure: formula, what it is made of, and a check code over all of it.

The code of a leaf is SM3 over its facts, of any other figure over its name, its value and the codes below: one changed
payment changes every code above it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from wangge.domains.disclosure.logic.cells import Computed
from wangge.standards.accounts.expressions import (
    Comparison,
    Expression,
    Figure,
    Operation,
    Relation,
    SumOf,
    parse_clauses,
    spread,
)
from wangge.standards.accounts.library import Accounts
from wangge.standards.accounts.names import is_name


@dataclass(frozen=True, slots=True)
class Voucher:
    """A fact at the bottom of a trace: a voucher's share in a figure."""

    id: int
    unit: str
    number: str
    dated_on: str
    summary: str
    payee: str
    fen: int


@dataclass(frozen=True, slots=True)
class Traced:
    """One figure with what is below it, as far down as was asked."""

    name: str
    fen: int
    formula: str
    code: str
    parts: tuple[Traced, ...] = ()
    facts: int = 0  # how many vouchers a leaf sums


def sm3(text: str) -> str:
    """SM3 in hex."""
    return hashlib.new("sm3", text.encode()).hexdigest()


def code_of_voucher(voucher: Voucher) -> str:
    """The check code of one fact."""
    return sm3(f"{voucher.id}|{voucher.unit}|{voucher.number}|{voucher.dated_on}|{voucher.summary}|{voucher.fen}")


def code_of_facts(vouchers: Iterable[Voucher]) -> str:
    """The check code of a sum of facts, in the order of their numbers."""
    return sm3("|".join(code_of_voucher(v) for v in sorted(vouchers, key=lambda v: v.id)))


def trace_cell(name: str, computed: Computed, vouchers_of: Callable[[str], Sequence[Voucher]]) -> Traced:
    """The whole tree below a cell; ``vouchers_of`` gives the facts of a leaf. KeyError for no such cell."""
    cell = computed.cells[name]
    if not cell.parts:
        found = vouchers_of(name)
        return Traced(name, cell.fen, cell.formula, code_of_facts(found), facts=len(found))
    below = tuple(trace_cell(part, computed, vouchers_of) for part in cell.parts if part in computed.cells)
    code = sm3("|".join([name, str(cell.fen), *(each.code for each in below)]))
    return Traced(name, cell.fen, cell.formula, code, tuple(each for each in below if each.fen or each.parts))


@dataclass(frozen=True, slots=True)
class Restated:
    """A figure of the narrative or an annex, and the rule that says where it comes from."""

    name: str
    rule: str
    formula: str
    cells: tuple[str, ...]


def restated_from(name: str, accounts: Accounts) -> tuple[Restated, ...]:
    """Where a figure that is no cell of the tables comes from, by the rules of the forms that tie it."""
    found = []
    for rule in accounts.rules:
        if rule.detector or name.split(".", maxsplit=1)[0] not in rule.check:
            continue
        for text in filter(str.strip, rule.check.replace("1-3*", "1-3a").split(";")):
            told = _other_side(parse_clauses(text)[0].holds, name)
            if told is not None:
                cells = tuple(dict.fromkeys(each for each in _names(told) if each != name and is_name(each)))
                found.append(Restated(name, rule.id, text.strip(), cells))
    return tuple(found)


def _other_side(comparison: Comparison, name: str) -> Expression | None:
    if comparison.relation is not Relation.EQUAL:
        return None
    for side, other in ((comparison.left, comparison.right), (comparison.right, comparison.left)):
        if isinstance(side, Figure) and side.name == name:
            return other
    return None


def _names(expression: Expression) -> Iterable[str]:
    if isinstance(expression, Figure):
        yield expression.name
    elif isinstance(expression, SumOf):
        yield from (name for item in expression.items for name in spread(item))
    elif isinstance(expression, Operation):
        yield from _names(expression.left)
        yield from _names(expression.right)
    elif hasattr(expression, "arguments"):
        for argument in expression.arguments:
            yield from _names(argument)

"""From clauses with variables to constraints over named cells of one paper."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from wangge.domains.disclosure.checking.recognition.papers import Paper
from wangge.standards.accounts.expressions import (
    Binding,
    Call,
    Clause,
    Comparison,
    Expression,
    Figure,
    Number,
    Operation,
    Relation,
    SetKind,
    SumOf,
    parse_clauses,
    spread,
)
from wangge.standards.accounts.library import Accounts
from wangge.standards.accounts.rows import Rule

_CLASS = re.compile(r"^(01|04)\.class(\d{3})")
_WILDCARD = re.compile(r"\[([^\]]*)\]")
_SISTERS = ("02", "03", "05")
ITEM_RANGE = re.compile(r"N\.s53\.(\d+)\.final")


@dataclass(frozen=True, slots=True)
class Constraint:
    """One statement about cells of one paper: a rule's clause with every variable filled in."""

    rule: Rule
    rule_id: str
    left: Expression
    relation: Relation
    right: Expression
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bound:
    """A constraint with the conditions under which it is asked for."""

    conditions: tuple[Comparison, ...]
    constraint: Constraint


_PARSED: dict[str, tuple[Clause, ...]] = {}


def parsed(check: str) -> tuple[Clause, ...]:
    """The clauses of a rule's text, parsed once per process."""
    if check not in _PARSED:
        _PARSED[check] = parse_clauses(check)
    return _PARSED[check]


def bound_rules(rule: Rule, paper: Paper, accounts: Accounts) -> Iterator[tuple[str, str]]:
    """The ids and texts of a rule in a paper: a rule on 1-3 forms stands once per form."""
    if "*" not in rule.id:
        yield rule.id, rule.check
        return
    for form in paper.forms:
        if form.startswith("1-3"):
            letter = form[3:]
            yield rule.id.replace("*", letter.upper()), rule.check.replace("1-3*", form)


def constraints_of(rule: Rule, rule_id: str, check: str, paper: Paper, accounts: Accounts) -> Iterator[Bound]:
    """Every constraint that a rule's text makes in a paper."""
    for clause in parsed(check):
        ranges = [_range(binding, paper, accounts) for binding in clause.bindings]
        for chosen in product(*ranges):
            given = {binding.name: value for binding, value in zip(clause.bindings, chosen, strict=True)}
            filler = _Filler(given, paper, accounts)
            left, right = filler.fill(clause.holds.left), filler.fill(clause.holds.right)
            conditions = tuple(
                Comparison(filler.fill(each.left), each.relation, filler.fill(each.right)) for each in clause.conditions
            )
            names = tuple(dict.fromkeys((*names_in(left), *names_in(right))))
            yield Bound(conditions, Constraint(rule, rule_id, left, clause.holds.relation, right, names))


def names_in(expression: Expression) -> Iterator[str]:
    if isinstance(expression, Figure):
        yield expression.name
    elif isinstance(expression, SumOf):
        yield from expression.items
    elif isinstance(expression, Operation):
        yield from names_in(expression.left)
        yield from names_in(expression.right)
    elif isinstance(expression, Call):
        for each in expression.arguments:
            yield from names_in(each)


def _range(binding: Binding, paper: Paper, accounts: Accounts) -> list[str]:
    if binding.kind is SetKind.RANGE:
        return [str(number) for number in range(binding.first, binding.last + 1)]
    if binding.kind is SetKind.CLASSES:
        return list(accounts.classes)
    if binding.kind is SetKind.ITEMS:
        return sorted({found[1] for name in paper.cells if (found := ITEM_RANGE.fullmatch(name))})
    if binding.kind is SetKind.LINES:
        form = paper.forms.get(binding.table)
        return [line.name for line in form.lines] if form else []
    if binding.kind is SetKind.BLOCKS:
        form = paper.forms.get(binding.table)
        return [block for block, weight in form.blocks.items() if weight is not None] if form else []
    codes = codes_of(paper, *binding.table.split())
    if binding.kind is SetKind.ROWS:
        return ["合计", *codes]
    if binding.kind is SetKind.LEAVES:
        return leaves(codes)
    if binding.kind is SetKind.PARENTS:
        lowest = set(leaves(codes))
        return [code for code in codes if code not in lowest]
    return codes


def codes_of(paper: Paper, *tables: str) -> list[str]:
    """The codes of the tables together, in order, each once."""
    found = {row.code for table in tables if table in paper.tables for row in paper.tables[table].codes}
    return sorted(found)


def leaves(codes: list[str]) -> list[str]:
    """The codes with none below them."""
    return [code for code in codes if not any(other != code and other.startswith(code) for other in codes)]


class _Filler:
    """Fills variables and spreads ranges and wildcards into single names."""

    def __init__(self, given: Mapping[str, str], paper: Paper, accounts: Accounts) -> None:
        self.given, self.paper, self.accounts = given, paper, accounts

    def fill(self, expression: Expression) -> Expression:
        if isinstance(expression, Number):
            return expression
        if isinstance(expression, Figure):
            return Figure(self.name(expression.name))
        if isinstance(expression, SumOf):
            return SumOf(tuple(name for item in expression.items for name in self.spread(item)))
        if isinstance(expression, Operation):
            return Operation(expression.sign, self.fill(expression.left), self.fill(expression.right))
        return Call(expression.function, tuple(self.fill(each) for each in expression.arguments))

    def name(self, template: str) -> str:
        for variable, value in self.given.items():
            template = template.replace(f"{{{variable}}}", value)
        found = _CLASS.match(template)
        if found:
            row = self.accounts.row_of_class(found[1], found[2])
            template = f"{found[1]}.{row}{template[found.end() :]}"
        return template

    def spread(self, item: str) -> Iterator[str]:
        name = self.name(item)
        found = _WILDCARD.search(name)
        if not found:
            yield from spread(name)
            return
        before, after, wanted = name[: found.start()], name[found.end() :], found[1]
        for middle in self._members(before, wanted, after):
            yield f"{before}{middle}{after}"

    def _codes_due(self, table: str) -> list[str]:
        """The codes of a table, and those of its sisters at the same level: a row that is missing may be one."""
        own = codes_of(self.paper, table)
        if table not in _SISTERS or not own:
            return own
        levels = {len(code) for code in own}
        return sorted({*own, *(code for code in codes_of(self.paper, *_SISTERS) if len(code) in levels)})

    def _members(self, before: str, wanted: str, after: str) -> list[str]:
        table = before.rstrip(".")
        if table == "06":
            return [
                row.row for row in self.accounts.rows_of("06") if len(row.code) == 5 and row.code.startswith(wanted)
            ]
        if table in self.paper.tables or table in ("02", "03", "05", "07", "08"):
            below = [code for code in leaves(self._codes_due(table)) if code.startswith(wanted)]
            return [code for code in below if code != wanted] or below
        if table == "1-1":
            return [project.key for project in self.paper.projects]
        if table in self.paper.forms:
            return [line.name for line in self.paper.forms[table].lines if not wanted or line.block == wanted]
        shape = re.compile(rf"{re.escape(before)}([^.]+){re.escape(after)}")
        return [match[1] for name in self.paper.cells if (match := shape.fullmatch(name))]

"""The tables of a published budget 预算公开: the same machinery over approved budgets, and the targets declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from wangge.domains.budgeting.models import BudgetUnit
from wangge.domains.budgeting.queries.records import records
from wangge.domains.disclosure.document import Cell, Document, Grid, Heading
from wangge.domains.disclosure.queries.cells import account_of_form
from wangge.domains.disclosure.rendering.tables import Tables, nine_tables
from wangge.domains.self_evaluation.logic.lines import plain
from wangge.domains.self_evaluation.policies import city_performance_tables
from wangge.domains.self_evaluation.queries.forms import FormView, forms_of
from wangge.standards.accounts.library import Accounts, load_accounts
from wangge.standards.budgeting import budget_titles, record_kinds

_TARGET_FIELDS = ("form", "block", "level2", "name", "direction", "value", "unit_word", "weight")


_UNDECLARED = frozenset({"draft", "returned"})


def budget_document(*, year: int, unit: str) -> tuple[Document, Mapping[str, int], Accounts]:
    """The document of the year's budget with its cells and forms. BudgetUnit.DoesNotExist for an unknown unit."""
    row = BudgetUnit.objects.get(code=unit)
    forms = load_accounts(str(year))
    computed, _facts = account_of_form(year=year, unit=unit, form="budget")
    cells = {name: cell.fen for name, cell in computed.cells.items()}
    names = {code: told.name for code, told in forms.function_codes.items()}
    grids = nine_tables(Tables(row.name, cells, names, *["本单位本年度没有安排此项预算。"] * 3), forms)
    titles = budget_titles()
    printed = tuple(replace(grid, title=titles[grid.id][0], number=titles[grid.id][1], notes=()) for grid in grids)
    title = f"{year}年度{row.name}部门预算"
    targets = _targets(year, unit)
    blocks = (Heading(0, title, in_contents=False), *printed, *((targets,) if targets else ()))
    return Document(title, row.name, year, blocks), cells, forms


def _targets(year: int, unit: str) -> Grid | None:
    """The performance targets: those declared here, else the list of the budget system."""
    found = _declared(year, unit) or [
        tuple(str(line.data.get(name, "")) for name in _TARGET_FIELDS)
        for line in records(kinds=("performance_target",), units=[unit], year=year)
    ]
    if not found:
        return None
    labels = {field.field: field.name_zh for field in record_kinds()["performance_target"].fields}
    head = tuple(Cell(labels[name], is_head=True) for name in _TARGET_FIELDS)
    rows = tuple(tuple(Cell(word) for word in row) for row in found)
    return Grid("targets", "绩效目标表", "预算公开10表", "", "", (head, *rows), 1, (3, 2, 2, 4, 1, 2, 1, 1))


def _declared(year: int, unit: str) -> list[tuple[str, ...]]:
    """The indicators of the forms whose targets were declared; what is still written is nobody's promise."""
    views = (view for view in forms_of(unit_code=unit, year=year) if view.state not in _UNDECLARED)
    return [row for view in views for row in _of_form(view)]


def _of_form(view: FormView) -> list[tuple[str, ...]]:
    blocks = {row.block: row.block_zh for row in city_performance_tables().blocks_of(view.form.edition, view.form.kind)}
    return [
        (
            view.name, blocks.get(each.line.block, each.line.block), each.line.second, each.line.name, each.line.sign,
            each.line.target_text, each.line.unit, plain(each.line.weight),
        )
        for each in view.lines
    ]  # fmt: skip

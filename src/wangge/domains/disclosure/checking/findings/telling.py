"""From causes to findings: which rule leads, which cells are named, what is printed, expected and said."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from wangge.domains.disclosure.checking.findings.causes import Cause as Found
from wangge.domains.disclosure.checking.findings.causes import Suspect
from wangge.domains.disclosure.checking.findings.finding import Cause, Finding, Repair, Severity
from wangge.domains.disclosure.checking.reading.blocks import Place
from wangge.domains.disclosure.checking.recognition.cells import DOUBTFUL, Cell
from wangge.domains.disclosure.checking.rules.binding import Constraint
from wangge.domains.disclosure.checking.rules.figures import Figures
from wangge.domains.disclosure.checking.rules.weighing import Weighed

_HINTS = {
    "truncated": "百分比被截尾，应四舍五入",
    "current_base": "增减率以本年数为分母，应以上年数为分母",
}
_SIGNS = {"=": "应等于", "<=": "应不大于", ">=": "应不小于"}


def finding_of_cause(cause: Found, figures: Figures) -> Finding:
    """The finding that tells of a cause."""
    leading = _leading(cause)
    also = list(dict.fromkeys(each.rule_id for each in cause.constraints if each.rule_id != leading.rule_id))
    severity = Severity(min((each.rule.severity for each in cause.constraints), key=["error", "warning", "note"].index))
    if not cause.suspects:
        return _unexplained(leading, cause.first, severity, also, figures)
    first = cause.suspects[0]
    cell = figures.cell(first.name)
    printed = cell.printed if cell else ""
    expected = shown(first.value, cell, first.name)
    difference = (cell.value - first.value) if cell is not None and cell.value is not None else None
    others = [each.name for each in cause.suspects[1:]]
    return Finding(
        leading.rule_id,
        severity,
        [first.name, *others],
        cell.where if cell else first.name,
        printed,
        expected,
        _plain(difference) if difference is not None else None,
        _cause_of(cell, expected, figures),
        _message(leading, cause, first, cell, figures),
        leading.rule.basis,
        Repair(first.name, expected),
        also,
        cell.place if cell else _row_place(first.name, figures),
        leading.rule.title,
    )


def _row_place(name: str, figures: Figures) -> Place:
    table = figures.paper.tables.get(name.partition(".")[0])
    return table.grid.place if table else Place()


def _leading(cause: Found) -> Constraint:
    return cause.constraints[0]


def _cause_of(cell: Cell | None, expected: str, figures: Figures) -> Cause:
    """Reading: a doubtful figure, or a blank whose figure stands elsewhere in its row of a copy without exact cells."""
    if cell is None:
        return Cause.DOCUMENT
    if cell.confidence <= DOUBTFUL:
        return Cause.READING
    if figures.paper.document.exact_cells or cell.value is not None:
        return Cause.DOCUMENT
    rows = [row for grid in figures.paper.document.grids for row in grid.rows if row.place == cell.place]
    beside = any(text.replace(",", "") == expected.replace(",", "") for row in rows for text in row.cells)
    return Cause.READING if beside else Cause.DOCUMENT


def _message(leading: Constraint, cause: Found, first: Suspect, cell: Cell | None, figures: Figures) -> str:
    hint = _HINTS.get(cause.first.hint, "")
    said = hint or leading.rule.title
    if cell is None and first.name[0] == "0":
        said = f"表中没有这一行或这一格；{said}"
    if len(cause.suspects) > 1:
        names = "、".join(each.name for each in cause.suspects[:6])
        said += f"；{names}{' 等' if len(cause.suspects) > 6 else ''}之一有误，各数均可使其相符"
    if len(cause.constraints) > 1:
        said += f"；同一处使 {len(cause.constraints)} 条关系不符"
    return said


def _unexplained(
    leading: Constraint, weighed: Weighed, severity: Severity, also: list[str], figures: Figures
) -> Finding:
    """A broken statement that no single cell of the paper mends."""
    named = [name for name in leading.names if ":" not in name]
    printed_cells = [name for name in named if figures.cell(name) is not None and figures.cells[name].value is not None]
    names = (printed_cells or named)[:12]
    cell = figures.cell(names[0]) if names else None
    return Finding(
        leading.rule_id,
        severity,
        names,
        cell.where if cell else "",
        _plain(weighed.left),
        _plain(weighed.right),
        _plain(weighed.difference),
        Cause.DOCUMENT,
        f"{leading.rule.title}：{_SIGNS.get(leading.relation, '')}",
        leading.rule.basis,
        None,
        also,
        cell.place if cell else Place(),
        leading.rule.title,
    )


def finding_of_tail(constraint: Constraint, weighed: Weighed, figures: Figures) -> Finding:
    """A difference that rounding explains: told, and no fault."""
    names = [name for name in constraint.names if figures.cell(name) is not None and figures.cells[name].value]
    cell = figures.cell(names[0]) if names else None
    return Finding(
        constraint.rule_id,
        Severity.NOTE,
        names[:1],
        cell.where if cell else "",
        _plain(weighed.left),
        _plain(_cent(weighed.right)),
        _plain(_cent(weighed.difference)),
        Cause.DOCUMENT,
        f"尾差：{constraint.rule.title}，相差在四舍五入的范围内",
        constraint.rule.basis,
        None,
        [],
        cell.place if cell else Place(),
        constraint.rule.title,
    )


def finding_of_note(constraint: Constraint, weighed: Weighed, figures: Figures) -> Finding:
    """A statement of weight note that does not hold: a question, its figures named."""
    names = [name for name in constraint.names if figures.cell(name) is not None][:6]
    cell = figures.cell(names[0]) if names else None
    return Finding(
        constraint.rule_id,
        Severity.NOTE,
        names,
        cell.where if cell else "",
        _plain(_cent(weighed.left)),
        _plain(_cent(weighed.right)),
        _plain(_cent(weighed.difference)),
        Cause.DOCUMENT,
        f"{constraint.rule.title}：请确认",
        constraint.rule.basis,
        None,
        [],
        cell.place if cell else Place(),
        constraint.rule.title,
    )


def _cent(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _plain(value: Decimal) -> str:
    return f"{value:f}"


def shown(value: Decimal, cell: Cell | None, name: str) -> str:
    """A value as it would be printed where it belongs."""
    if cell is not None and cell.signed_by:
        same_way = cell.value is None or (value < 0) == (cell.value < 0)
        return f"{abs(value):f}" if same_way else f"{'减少' if value < 0 else '增加'} {abs(value):f}"
    if cell is not None and "%" in cell.printed:
        return f"{value:f}%"
    if name[0] == "0" and abs(value) >= 1000:
        return f"{value:,}"
    return f"{value:f}"

"""The evidence book 佐证册 of a unit and year: per line the query, cut-off, count and sample cases, or the statement.

It names cases and signatories and is for inside use only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils import timezone

from wangge.domains.disclosure.document import Align, Block, Cell, Contents, Document, Grid, Heading, NewPage, Paragraph
from wangge.domains.self_evaluation.logic.lines import plain, rounded
from wangge.domains.self_evaluation.models import Reading, Statement
from wangge.domains.self_evaluation.queries.forms import FormView, LineView, forms_of

_HEADS = (
    "三级指标",
    "指标值",
    "完成值",
    "分值",
    "得分",
    "取数口径或签字说明",
    "截止时点",
    "条数",
    "样本案卷",
    "校验码",
)
_WIDTHS = (14, 9, 9, 6, 6, 24, 11, 7, 18, 10)
_CODE_SHOWN = 12


def evidence_book(*, unit_code: str, unit_name: str, year: int) -> Document:
    """The book of every form of a unit and year; a constant number of statements."""
    views = forms_of(unit_code=unit_code, year=year)
    title = f"{year}年度{unit_name}绩效自评佐证册"
    return Document(title, unit_name, year, tuple(_blocks(title, unit_name, views)))


def _blocks(title: str, unit_name: str, views: Sequence[FormView]) -> Iterator[Block]:
    yield Heading(0, title, in_contents=False)
    yield Paragraph(("内部资料，含案卷编号，不对外公开。",))
    yield NewPage()
    yield Contents()
    for number, view in enumerate(views, start=1):
        yield NewPage()
        yield Heading(1, f"{number}．{view.name}")
        yield _grid(view, number, unit_name)


def _grid(view: FormView, number: int, unit_name: str) -> Grid:
    heads = tuple(Cell(text, align=Align.CENTER, is_head=True) for text in _HEADS)
    rows = [heads, *(_money_rows(view)), *(_line_row(each) for each in view.lines)]
    return Grid(
        f"book-{number}", f"{view.name}自评佐证", f"佐证{number}", f"部门：{unit_name}", f"年度：{view.form.year}",
        tuple(rows), 1, _WIDTHS, ("校验码为国密 SM3 摘要前十二位，全文存于系统。",), is_landscape=True, small=True,
    )  # fmt: skip


def _money_rows(view: FormView) -> Iterator[tuple[Cell, ...]]:
    names = {"budget_initial": "年初预算数", "budget_adjusted": "全年预算数", "spending": "全年执行数"}
    for fact, reading in sorted(view.money.items()):
        value = f"{rounded(reading.value, 2)}万元"
        yield tuple(Cell(text) for text in (names.get(fact, fact), "", value, "", "", *_of_reading(reading)))


def _line_row(each: LineView) -> tuple[Cell, ...]:
    line = each.line
    target = line.target_text if line.target is None else f"{line.sign}{plain(line.target)}{line.unit}"
    reached = each.reached
    actual = reached.text or reached.band if reached.value is None else f"{plain(reached.value)}{line.unit}"
    score = plain(each.result.score) if each.result else ""
    proof = _of_reading(each.reading) if each.reading else _of_statement(each.statement)
    return tuple(Cell(text) for text in (line.name, target, actual, plain(line.weight), score, *proof))


def _of_reading(reading: Reading) -> tuple[str, str, str, str, str]:
    ratio = "" if reading.denominator is None else f"（{reading.numerator} ÷ {reading.denominator}）"
    cut = f"{timezone.localtime(reading.cut_off_at):%Y-%m-%d %H:%M}"
    samples = "、".join(str(sample) for sample in reading.samples)
    return f"{reading.query}{ratio}", cut, str(reading.counted), samples, bytes(reading.check_code).hex()[:_CODE_SHOWN]


def _of_statement(statement: Statement | None) -> tuple[str, str, str, str, str]:
    if statement is None:
        return "尚未取数，也没有签字说明", "", "", "", ""
    words = f"{statement.words}　佐证：{statement.evidence}　签字：{statement.signed_by}".strip()
    code = bytes(statement.check_code).hex()[:_CODE_SHOWN]
    return words, f"{statement.signed_on:%Y-%m-%d}", "", "", code

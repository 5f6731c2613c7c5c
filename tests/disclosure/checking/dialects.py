"""Correct papers written otherwise: other phrases, amounts in yuan, codes of three levels, copies with stray blanks."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from tests.disclosure.checking.generated import FORMS, Made
from wangge.domains.disclosure.document import Block, Cell, Document, Grid, Paragraph

PHRASES: tuple[tuple[tuple[str, str], ...], ...] = (
    (
        ("收入总计与支出总计均为", "收、支总计"),
        ("比上年", "与上年相比，"),
        ("。主要原因：", "，主要是因为"),
        ("，构成如下：", "，其中："),
        ("，按功能分类：", "，主要用于以下方面："),
        ("决算为", "支出决算为"),
        ("全年预算为", "支出预算为"),
        ("，包括：", "，主要包括"),
        ("占全部支出的", "占本年支出合计的"),
        ("（类）", "（类）支出"),
        ("与上年持平", "与上年相比金额一致"),
    ),
    (
        ("收入总计与支出总计均为", "收入支出总计"),
        ("比上年", "较上年决算数"),
        ("主要原因：", "主要原因是"),
        ("构成如下：", "具体为："),
        ("万元，占", "万元，占比"),
        ("决算为", "决算数为"),
        ("年初预算为", "年初预算数为"),
        ("完成预算的", "完成全年预算的"),
        ("下降", "降低"),
        ("增长", "上升"),
        ("与上年持平", "与上年无变化"),
    ),
    (
        ("收入总计与支出总计均为", "收入和支出总计各为"),
        ("比上年", "与上年度相比，"),
        ("增长", "上升"),
        ("下降", "减少"),
        ("决算为", "支出决算数为"),
        ("，构成如下：", "，其中："),
    ),
    (("万元，占", "万元(占"), ("。主要原因：", "。增减变化的主要原因是")),
)
_LEVELS = (3, 5)


def in_other_words(document: Document, phrases: tuple[tuple[str, str], ...]) -> Document:
    """The paper with each phrase said in another way; no figure is touched."""

    def said(text: str) -> str:
        for ours, theirs in phrases:
            text = text.replace(ours, theirs)
        return text

    blocks: list[Block] = []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            block = replace(block, runs=tuple(said(run) if isinstance(run, str) else run for run in block.runs))
        blocks.append(block)
    return replace(document, blocks=tuple(blocks))


def in_yuan(made: Made) -> Document:
    """The nine tables in yuan, the narrative still in ten thousands."""

    def cell(each: Cell) -> Cell:
        fen = made.account.cells.get(each.id)
        if fen is None or not re.fullmatch(r"-?[\d,]+\.\d{2}", each.text):
            return each
        return replace(each, text=f"{Decimal(fen) / 100:,.2f}")

    def grid(each: Grid) -> Grid:
        if each.id[0] != "0":
            return each
        return replace(each, measure="单位：元", rows=tuple(tuple(cell(c) for c in row) for row in each.rows))

    blocks = tuple(grid(block) if isinstance(block, Grid) else block for block in made.document.blocks)
    return replace(made.document, blocks=blocks)


def with_levels(made: Made) -> Document:
    """Tables 02, 03 and 05 with rows of 类 and 款 above the 项, each printed from its own fen."""
    blocks = tuple(
        _with_levels(block, made) if isinstance(block, Grid) and block.id in ("02", "03", "05") else block
        for block in made.document.blocks
    )
    return replace(made.document, blocks=blocks)


def _with_levels(grid: Grid, made: Made) -> Grid:
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for name, fen in made.account.cells.items():
        table, code, *rest = name.split(".")
        if table == grid.id and code.isdigit() and len(rest) == 1:
            for length in _LEVELS:
                sums[code[:length]][rest[0]] += fen
    rows: list[tuple[Cell, ...]] = []
    seen: set[str] = set()
    for row in grid.rows:
        code = row[0].text
        if re.fullmatch(r"\d{7}", code):
            for upper in (code[:3], code[:5]):
                if upper not in seen:
                    seen.add(upper)
                    rows.append(_upper_row(row, upper, sums[upper], grid.id))
        rows.append(row)
    return replace(grid, rows=tuple(rows))


def _upper_row(row: tuple[Cell, ...], code: str, sums: dict[str, int], table: str) -> tuple[Cell, ...]:
    name = FORMS.function_codes[code].name
    cells = [replace(row[0], text=code, id=""), replace(row[1], text=name, id="")]
    for place, cell in enumerate(row[2:], 1):
        value = (Decimal(sums.get(f"c{place}", 0)) / 1_000_000).quantize(Decimal("0.01"), ROUND_HALF_UP)
        cells.append(replace(cell, text=f"{value:,}", id=""))
    return tuple(cells)


def with_stray_blank(text: str, random: Random) -> str:
    """A copy in which one row of a table has a blank too many or too few at its end or before its amounts."""
    lines = text.split("\n")
    rows = [at for at, line in enumerate(lines) if re.match(r"\d{7}\t", line) and line.count("\t") >= 4]
    at = random.choice(rows)
    cells = lines[at].split("\t")
    if random.random() < 0.5:
        cells.insert(2, "")
    else:
        while cells and not cells[-1]:
            cells.pop()
    lines[at] = "\t".join(cells)
    return "\n".join(lines)

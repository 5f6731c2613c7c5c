"""Which grid is which table: by number, title, headers and codes; merged sheets taken apart, pages put together."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from wangge.domains.disclosure.checking.reading.blocks import Document, Grid, Paragraph, Place, Row
from wangge.domains.disclosure.checking.recognition.cells import tight
from wangge.standards.accounts.library import Accounts

_NUMBER = re.compile(r"公开0?(\d{1,2})表")
_UNIT = re.compile(r"单位[:：]?(?:人民币)?(万元|元|亿元)")
_DEPARTMENT = re.compile(
    r"(?:部门|单位)(?:名称)?[（部门单位）]*[:：](?!万元|元|人民币)([^:：]*?)(?=金额|单位[:：]|公开|$)"
)
_ORDINAL = re.compile(r"^(?:[-•]|（?[一二三四五六七八九十]+[）、.]|\d+[、.])+")
_CLOSE = 90
_NEAR_PARAGRAPHS = 7


@dataclass(slots=True)
class Found:
    """A grid with what it was recognised as, and the lines that belong to it."""

    table: str  # 01 … 09, 1-1, 1-2, 1-3; empty
    grid: Grid
    before: list[Paragraph] = field(default_factory=list)
    after: list[Paragraph] = field(default_factory=list)
    title: str = ""
    number: str = ""

    @property
    def context(self) -> str:
        """Lines before the grid and head rows, tight, for what stands in them."""
        heads = ["".join(row.cells) for row in self.grid.rows[:5]]
        return "\n".join(tight(text) for text in (*(p.text for p in self.before), *heads))

    def unit(self) -> str:
        found = _UNIT.search(self.context)
        return found[1] if found else ""

    def department(self) -> tuple[str, bool]:
        """The name after 部门：, and whether the field stands there."""
        for line in self.context.split("\n"):
            found = _DEPARTMENT.search(line)
            if found:
                return found[1], True
        return "", False


def found_tables(document: Document, accounts: Accounts) -> list[Found]:
    """Every grid with its kind, in order; grids that continue the one before are joined to it."""
    found: list[Found] = []
    waiting: list[Paragraph] = []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            waiting.append(block)
            continue
        for grid, heads in _parts(block, accounts):
            before = [*waiting[-_NEAR_PARAGRAPHS:], *heads]
            if found:
                found[-1].after = list(waiting[:_NEAR_PARAGRAPHS])
            waiting = []
            one = _named(Found("", grid, before), accounts)
            if _continues(found, one):
                last = found[-1]
                found[-1] = Found(
                    last.table, Grid((*last.grid.rows, *grid.rows)), last.before, [], last.title, last.number
                )
            else:
                found.append(one)
    if found:
        found[-1].after = list(waiting[:_NEAR_PARAGRAPHS])
    _see_content(found, accounts)
    return found


def _parts(grid: Grid, accounts: Accounts) -> Iterator[tuple[Grid, list[Paragraph]]]:
    """A sheet that holds several tables one below the other, cut before each title; heading rows taken out."""
    starts = [place for place, row in enumerate(grid.rows) if _is_title_row(row, accounts)]
    starts = [place for k, place in enumerate(starts) if k == 0 or place - starts[k - 1] > 3]
    bounds = [0, *starts[1:], len(grid.rows)] if starts else [0, len(grid.rows)]
    for first, last in itertools.pairwise(bounds):
        rows = list(grid.rows[first:last])
        heads: list[Paragraph] = []
        tails: list[Paragraph] = []
        while rows and _is_head(rows[0]):
            heads += [Paragraph(cell, rows[0].place) for cell in rows[0].filled]
            rows.pop(0)
        if rows:
            yield Grid(tuple(rows)), [*heads, *tails]


def _is_head(row: Row) -> bool:
    """A row above the table proper: title, number, department, unit."""
    text = tight("".join(row.cells))
    few = len(row.filled) <= 3
    return few and bool(
        _NUMBER.search(text)
        or _UNIT.search(text)
        or text.startswith(("部门：", "部门:", "单位名称"))
        or _title_like(text)
    )


def _title_like(text: str) -> bool:
    return text.endswith(("决算表", "决算总表", "明细表", "自评表", "数据表")) or bool(re.match(r"附件\d", text))


def _is_title_row(row: Row, accounts: Accounts) -> bool:
    text = tight("".join(row.filled[:1]))
    return len(row.filled) <= 3 and bool(text) and (_title_like(text) or bool(_NUMBER.fullmatch(text)))


def _named(found: Found, accounts: Accounts) -> Found:
    """The kind of a grid by title first, then by number."""
    texts = [(tight(p.text), p) for p in found.before]
    by_title = ""
    for text, _ in reversed(texts):
        kind = annex_of(text) or table_of_title(text, accounts)
        if kind:
            by_title, found.title = kind, text
            break
    for text, _ in reversed(texts):
        number = _NUMBER.search(text)
        if number and len(text) < 40:
            found.number = f"{int(number[1]):02d}"
            break
    known = {form.table for form in accounts.forms}
    found.table = by_title or (found.number if found.number in known else "")
    return found


def table_of_title(text: str, accounts: Accounts) -> str:
    """The table whose title a line is; empty. Exact first, then nearly, since letters may be misread."""
    bare = _ORDINAL.sub("", text)
    bare = re.sub(r"^\d{4}年度?", "", bare)
    bare = _NUMBER.sub("", bare).strip("：:（）")
    if not (5 <= len(bare) <= 40) or "说明" in bare:
        return ""
    best, score = "", 0.0
    for form in accounts.forms:
        for title in (form.title, *form.aliases):
            known = tight(title)
            if bare == known:
                return form.table
            likeness = fuzz.ratio(bare, known)
            if likeness > score:
                best, score = form.table, likeness
    return best if score >= _CLOSE and bare.endswith(("表", "表）")) else ""


def annex_of(text: str) -> str:
    """1-1, 1-2 or 1-3 by title; empty."""
    if len(text) > 40:
        return ""
    if "基础数据表" in text:
        return "1-1"
    if "自评表" in text:
        return "1-3" if "项目" in text and "整体" not in text else "1-2"
    return ""


def _continues(found: list[Found], one: Found) -> bool:
    """A grid without any title of its own right behind another of the same width goes on with it."""
    if not found or one.table or one.title:
        return False
    last = found[-1]
    if not last.table or (one.before and any(len(tight(p.text)) > 12 for p in one.before)):
        return False
    return abs(last.grid.width - one.grid.width) <= 1


def _see_content(found: list[Found], accounts: Accounts) -> None:
    """Grids without title or number: told by what stands in them."""
    taken = {one.table for one in found if one.table}
    for one in found:
        if not one.table:
            guess = table_of_content(one.grid)
            if guess and (guess not in taken or guess == "1-3"):
                one.table = guess
                taken.add(guess)


def table_of_content(grid: Grid) -> str:
    """The kind of a grid by its headers and labels; empty when they do not tell."""
    text = tight("".join("".join(row.cells) for row in grid.rows[:8]))
    whole = tight("".join(row.cells[0] for row in grid.rows if row.cells))
    if "财政供养人员" in text:
        return "1-1"
    if "三级指标" in tight("".join("".join(row.cells) for row in grid.rows)):
        return "1-3" if "项目支出名称" in text or "项目名称" in text else "1-2"
    if "行次" in text:
        return "04" if "政府性基金预算财政拨款" in text and "上级补助" not in whole else "01"
    if "人员经费" in text and "公用经费" in text:
        return "06"
    if "公务接待费" in text or ("公务用车" in text and "因公出国" in text):
        return "09"
    if "附属单位上缴" in text:
        return "02"
    if "上缴上级" in text:
        return "03"
    if "科目" in text and "年末结转" in text:
        return "07"
    return ""


def place_of(found: Found) -> Place:
    return found.before[-1].place if found.before else found.grid.place

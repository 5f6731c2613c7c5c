"""Recognition as a whole: from the blocks of a document to the paper with its figures."""

from __future__ import annotations

import re
from decimal import Decimal

from wangge.domains.disclosure.checking.reading.blocks import Document, Paragraph
from wangge.domains.disclosure.checking.recognition.annexes import read_basics, read_form, read_report_projects
from wangge.domains.disclosure.checking.recognition.by_code import recognise_by_code
from wangge.domains.disclosure.checking.recognition.cells import TEN_THOUSAND, Gathered, tight
from wangge.domains.disclosure.checking.recognition.fixed import recognise_economic, recognise_three_public
from wangge.domains.disclosure.checking.recognition.narrative import read_narrative
from wangge.domains.disclosure.checking.recognition.papers import Paper, Table
from wangge.domains.disclosure.checking.recognition.tables import Found, found_tables, place_of
from wangge.domains.disclosure.checking.recognition.two_sided import recognise_two_sided
from wangge.standards.accounts.library import Accounts

_ARTEFACT = re.compile("扫描全能王|由.{0,12}创建$|^第?\\d+页?$|^[-—]?\\d+[-—]$")
_EMPTY_STATEMENT = re.compile("(?:没有|无|未安排|不涉及|未发生)[^。]{0,60}|无数据|空表")
_READERS = {
    "two_sided": recognise_two_sided,
    "by_code": recognise_by_code,
    "economic": recognise_economic,
    "three_public": recognise_three_public,
}
_SCALES = {"元": TEN_THOUSAND, "亿元": Decimal(1) / TEN_THOUSAND}


def recognise(document: Document, accounts: Accounts) -> Paper:
    """The paper that a document is, as far as it can be made out."""
    paper = Paper(document)
    gathered = Gathered()
    forms = 0
    kinds = {form.table: form.kind for form in accounts.forms}
    heads: list[Paragraph] = []
    for found in found_tables(document, accounts):
        heads += [paragraph for paragraph in found.before if paragraph not in document.blocks]
        if found.table in kinds:
            _read_table(found, paper, kinds[found.table], accounts, gathered)
        elif found.table == "1-1" and not paper.has_basics:
            read_basics(found, paper, gathered)
        elif found.table == "1-2" and "1-2" not in paper.forms:
            read_form(found, "1-2", paper, gathered)
        elif found.table in ("1-2", "1-3"):
            read_form(found, f"1-3{'abcdefghijklmnopqrstuvwxyz'[min(forms, 25)]}", paper, gathered)
            forms += 1
    paragraphs = [p for p in document.paragraphs if not _ARTEFACT.search(tight(p.text))]
    read_narrative(paper, paragraphs, accounts, gathered)
    read_report_projects(paper, gathered)
    paper.cells = gathered.cells
    _see_unit_and_year(paper, heads)
    return paper


def _read_table(found: Found, paper: Paper, kind: str, accounts: Accounts, gathered: Gathered) -> None:
    unit = found.unit()
    table = Table(found.table, found.grid, found.title, found.number, unit=unit, place=place_of(found))
    table.scale = _SCALES.get(unit, Decimal(1))
    table.department, table.department_printed = found.department()
    below = [tight(p.text) for p in found.after[:4]]
    inside = [tight(row.filled[0]) for row in found.grid.rows if len(row.filled) == 1]
    table.statement = next((text for text in (*below, *inside) if _EMPTY_STATEMENT.search(text)), "")
    if found.table in paper.tables:
        paper.twice.append(table)
        return
    paper.tables[found.table] = table
    _READERS[kind](table, accounts, gathered)


_YEAR = re.compile(r"(20\d\d)年度?")
_UNIT = re.compile(
    r"(?:^|\n)(?:20\d\d年度?)?([\u4e00-\u9fff（）]{4,40}?)(?:20\d\d年度?)?(?:部门|单位)决算(?:公开)?(?:\n|$)"
)


def _see_unit_and_year(paper: Paper, heads: list[Paragraph]) -> None:
    """The year that most of the paper speaks of, and the unit named on the cover, in the tables or by part one."""
    cover = "\n".join(text for text, _ in paper.paragraphs[:25])
    texts = [text for text, _ in paper.paragraphs] + [tight(p.text) for p in heads]
    years = [int(found) for text in texts for found in _YEAR.findall(text)]
    on_cover = [int(found) for found in re.findall(r"(20\d\d)年度", "\n".join(t for t, _ in paper.paragraphs[:6]))]
    paper.year = on_cover[0] if on_cover else max(set(years), key=years.count, default=0)
    named = _UNIT.search(cover) or re.search(
        r"第一部分([\u4e00-\u9fff（）]{4,40}?)概况", "\n".join(texts).replace("第一部分\n", "第一部分")
    )
    departments = [table.department for table in paper.tables.values() if table.department]
    paper.unit = named[1] if named else max(set(departments), key=departments.count, default="")

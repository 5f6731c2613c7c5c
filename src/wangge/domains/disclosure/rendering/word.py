"""The document as Word: headings by style, a contents field that is already filled, tables with rules, page numbers.

Tables are written as XML: python-docx looks every cell up again and is slow on the 1,500 cells of a document.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

import docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from wangge.domains.disclosure.document import (
    Cell,
    Contents,
    Document,
    Grid,
    Heading,
    NewPage,
    Paragraph,
)

SONG, HEI = "宋体", "黑体"
_STYLES = (
    ("Normal", 12, SONG),
    ("Heading 1", 18, HEI),
    ("Heading 2", 14, HEI),
    ("Heading 3", 12, HEI),
    ("Heading 4", 12, HEI),
)
_WIDTH_PORTRAIT, _WIDTH_LANDSCAPE = 9000, 14200  # twentieths of a point


def as_word(document: Document) -> bytes:
    """The whole document."""
    word = docx.Document()
    _styles(word)
    word.core_properties.title = document.title
    word.core_properties.author = document.unit
    landscape = False
    for block, after in zip(document.blocks, (*document.blocks[1:], None), strict=True):
        lies = isinstance(block, Grid) and block.is_landscape
        lies_next = isinstance(block, Heading) and isinstance(after, Grid) and after.is_landscape
        if (lies or lies_next) != landscape and not isinstance(block, NewPage):
            landscape = lies or lies_next
            _section(word, landscape=landscape)
        write_block(word, block, document)
    _page_numbers(word)
    made = io.BytesIO()
    word.save(made)
    return made.getvalue()


def write_block(word: Any, block: object, document: Document) -> None:
    """One block at the end of a Word document."""
    match block:
        case Heading(level=0):
            paragraph = word.add_paragraph(block.text)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            paragraph.paragraph_format.space_before = Pt(120 if block.text.endswith("年度") else 12)
            for run in paragraph.runs:
                run.font.size = Pt(26)
                run.bold = True
        case Heading():
            word.add_heading(block.text, level=block.level)
        case Paragraph():
            word.add_paragraph(block.text).paragraph_format.first_line_indent = Pt(24)
        case Contents():
            _contents(word, document)
        case NewPage():
            if not _begins_page(word):
                word.add_page_break()
        case Grid():
            _grid(word, block)


def _begins_page(word: Any) -> bool:
    """Whether nothing has been written since the last section began."""
    last = word.element.body[-2] if len(word.element.body) > 1 else None
    return last is not None and last.tag == qn("w:p") and last.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None


def _styles(word: Any) -> None:
    for name, size, family in _STYLES:
        style = word.styles[name]
        style.font.name = family
        style.font.size = Pt(size)
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), family)
    word.styles["Heading 1"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    word.styles["Normal"].paragraph_format.line_spacing = 1.5
    word.styles["Normal"].paragraph_format.space_after = Pt(0)
    section = word.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.6)


def _section(word: Any, *, landscape: bool) -> None:
    section = word.add_section(WD_SECTION.NEW_PAGE)
    wide, high = Cm(29.7), Cm(21)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (wide, high) if landscape else (high, wide)
    section.left_margin = section.right_margin = Cm(2 if landscape else 2.6)


def _page_numbers(word: Any) -> None:
    paragraph = word.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph._p.append(parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>'))


def _contents(word: Any, document: Document) -> None:
    """A field that Word renews, already holding the headings."""
    title = word.add_paragraph("目　录")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.runs[0].bold = True
    lines = [(heading.level, heading.text) for heading in document.headings() if heading.level in {1, 2}]
    for index, (level, text) in enumerate(lines):
        paragraph = word.add_paragraph()
        paragraph.paragraph_format.left_indent = Pt(24 * (level - 1))
        if index == 0:
            for kind in ("begin", "instr", "separate"):
                paragraph._p.append(parse_xml(_field(kind)))
        paragraph.add_run(text)
        if index == len(lines) - 1:
            paragraph._p.append(parse_xml(_field("end")))


def _field(kind: str) -> str:
    if kind == "instr":
        inner = '<w:instrText xml:space="preserve"> TOC \\o "1-2" \\h \\z \\u </w:instrText>'
    else:
        inner = f'<w:fldChar w:fldCharType="{kind}"/>'
    return f"<w:r {nsdecls('w')}>{inner}</w:r>"


def _grid(word: Any, grid: Grid) -> None:
    for text, alignment, size in (
        (grid.title, WD_ALIGN_PARAGRAPH.CENTER, 15),
        (grid.number, WD_ALIGN_PARAGRAPH.RIGHT, 10),
    ):
        paragraph = word.add_paragraph()
        paragraph.alignment = alignment
        run = paragraph.add_run(text)
        run.font.size = Pt(size)
        run.bold = size > 10
    head = word.add_paragraph(f"{grid.head}\t{grid.measure}")
    head.paragraph_format.tab_stops.add_tab_stop(
        Pt((_WIDTH_LANDSCAPE if grid.is_landscape else _WIDTH_PORTRAIT) / 20), WD_TAB_ALIGNMENT.RIGHT
    )
    body = word.element.body
    body.insert(len(body) - 1, parse_xml(_table(grid)))
    for note in grid.notes:
        paragraph = word.add_paragraph()
        paragraph.add_run(note).font.size = Pt(9)


def _table(grid: Grid) -> str:
    total = _WIDTH_LANDSCAPE if grid.is_landscape else _WIDTH_PORTRAIT
    widths = [width * total // sum(grid.widths) for width in grid.widths]
    size = 15 if grid.small else 18  # half points
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    rows = "".join(_rows(grid, widths, size))
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="555555"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    return (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{total}" w:type="dxa"/><w:jc w:val="center"/>'
        f"<w:tblBorders>{borders}</w:tblBorders>"
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="40" w:type="dxa"/><w:right w:w="40" w:type="dxa"/>'
        f"</w:tblCellMar></w:tblPr><w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>"
    )


def _rows(grid: Grid, widths: list[int], size: int) -> Iterator[str]:
    """Rows with cells that reach down continued in the rows below, as Word wants them."""
    hanging: dict[int, tuple[int, int]] = {}  # column → rows left, columns
    for index, row in enumerate(grid.rows):
        cells: list[str] = []
        column = 0
        given = iter(row)
        while column < len(widths):
            if hanging.get(column, (0, 0))[0]:
                left, span = hanging[column]
                hanging[column] = (left - 1, span)
                cells.append(_cell_xml(None, sum(widths[column : column + span]), span, size, merge="continue"))
                column += span
                continue
            cell = next(given, None)
            if cell is None:
                break
            merge = "restart" if cell.rows > 1 else ""
            cells.append(_cell_xml(cell, sum(widths[column : column + cell.columns]), cell.columns, size, merge=merge))
            if cell.rows > 1:
                hanging[column] = (cell.rows - 1, cell.columns)
            column += cell.columns
        repeat = "<w:tblHeader/>" if index < grid.head_rows else ""
        yield f"<w:tr><w:trPr><w:cantSplit/>{repeat}</w:trPr>{''.join(cells)}</w:tr>"


def _cell_xml(cell: Cell | None, width: int, span: int, size: int, *, merge: str = "") -> str:
    spanning = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    merging = f'<w:vMerge w:val="{merge}"/>' if merge == "restart" else "<w:vMerge/>" if merge else ""
    align = cell.align.value if cell is not None else "left"
    text = ""
    if cell is not None and cell.text:
        bold = "<w:b/>" if cell.is_head else ""
        text = (
            f'<w:r><w:rPr><w:rFonts w:eastAsia="{SONG}"/>{bold}<w:sz w:val="{size}"/></w:rPr>'
            f'<w:t xml:space="preserve">{escape(cell.text)}</w:t></w:r>'
        )
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spanning}{merging}<w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:spacing w:line="240" w:lineRule="auto"/><w:jc w:val="{align}"/></w:pPr>{text}</w:p></w:tc>'
    )

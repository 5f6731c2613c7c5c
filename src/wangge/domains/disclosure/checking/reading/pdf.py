"""Reading of PDF: text of every page by pypdfium2, tables by pdfplumber on the pages that bear one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pdfplumber
import pypdfium2

from wangge.domains.disclosure.checking.reading.blocks import Block, Grid, Paragraph, Place, Row
from wangge.domains.disclosure.checking.reading.ocr import OcrAbsent, recognised_text
from wangge.domains.disclosure.checking.reading.plain import read_plain
from wangge.domains.disclosure.checking.reading.refusing import MOST_PAGES, ReadingRefused, damaged

_TABLE_SIGNS = re.compile(
    r"公开\s*\d+\s*表|单位\s*[:：]\s*[万亿]?元|行\s*次|栏\s*次|科目(?:代码|编码|名称)|[一二三]级指标|决算数"
)
_AMOUNT = re.compile(r"-?\d[\d,]*\.\d{2}")
_LEAST_TEXT = 12
_TABLE = {
    "vertical_strategy": "lines",
    "horizontal_strategy": "lines",
    "snap_tolerance": 3,
    "intersection_tolerance": 4,
}


def read_pdf(data: bytes, *, ocr: bool) -> tuple[tuple[Block, ...], bool, tuple[str, ...]]:
    """The blocks, whether cells were ruled (not guessed), and remarks; refused: scans without OCR."""
    texts, pictures = _texts(data)
    readable = sum(len(text.strip()) >= _LEAST_TEXT for text in texts)
    if readable < len(texts) / 2 and pictures:
        return _scanned(data, ocr)
    pages = [number for number, text in enumerate(texts, 1) if _bears_table(text)]
    gridded = _gridded(data, pages)
    blocks: list[Block] = []
    for number, text in enumerate(texts, 1):
        blocks += gridded.get(number) or _lines(text, number)
    remarks: tuple[str, ...] = ()
    if readable < len(texts) and pictures:
        remarks = (f"{len(texts) - readable} 页只有图像，未读入。",)
    return tuple(_renumbered(blocks)), True, remarks


def _texts(data: bytes) -> tuple[list[str], bool]:
    """The text of each page, and whether some page is a picture without text."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise ReadingRefused("encrypted", "PDF 已加密：请去掉密码后再校核。") from None
        raise damaged("PDF") from None
    try:
        count = len(document)
        if count > MOST_PAGES:
            raise ReadingRefused("too_long", f"PDF 有 {count} 页，超过 {MOST_PAGES} 页：请按单位拆开后再校核。")
        if not count:
            raise ReadingRefused("empty", "PDF 没有页面：请重新导出后再校核。")
        texts, pictures = [], False
        for page in document:
            text = page.get_textpage().get_text_bounded()
            texts.append(text)
            if len(text.strip()) < _LEAST_TEXT:
                pictures = pictures or any(True for _ in page.get_objects(filter=[3], max_depth=2))
        return texts, pictures
    except pypdfium2.PdfiumError:
        raise damaged("PDF") from None
    finally:
        document.close()


def _scanned(data: bytes, ocr: bool) -> tuple[tuple[Block, ...], bool, tuple[str, ...]]:
    offer = "这份 PDF 是扫描图像，没有文字层。"
    if not ocr:
        raise ReadingRefused(
            "scanned", offer + "请用原始 Word、Excel 校核；或装好 tesseract 与 chi_sim 后加 --ocr 识别（结果须核对）。"
        )
    try:
        text = recognised_text(data)
    except OcrAbsent as absent:
        raise ReadingRefused("scanned", offer + str(absent)) from None
    return read_plain(text.encode(), markdown=False), False, ("扫描件经 OCR 识别，读数须与原件核对。",)


def _bears_table(text: str) -> bool:
    return len(_AMOUNT.findall(text)) >= 12 or (len(_TABLE_SIGNS.findall(text)) >= 2 and "……" not in text)


def _gridded(data: bytes, pages: list[int]) -> dict[int, list[Block]]:
    if not pages:
        return {}
    found: dict[int, list[Block]] = {}
    with pdfplumber.open(BytesIO(data), pages=pages) as paper:
        for page in paper.pages:
            found[page.page_number] = list(_page_blocks(page))
            page.close()
    return found


def _page_blocks(page: Any) -> Iterator[Block]:
    """Lines of text above, between and below the ruled tables of a page, in order."""
    tables = sorted(page.find_tables(_TABLE), key=lambda table: table.bbox[1])
    tables = [table for table in tables if len(table.rows) > 1]
    number = page.page_number
    lines = page.extract_text_lines(return_chars=False, strip=True)
    outside = [
        line
        for line in lines
        if not any(t.bbox[1] - 1 <= (line["top"] + line["bottom"]) / 2 <= t.bbox[3] + 1 for t in tables)
    ]
    for table in tables:
        above = [line for line in outside if line["bottom"] <= table.bbox[1] + 2]
        yield from _lines("\n".join(line["text"] for line in above), number)
        outside = [line for line in outside if line not in above]
        rows = [tuple((cell or "").replace("\n", "").strip() for cell in row) for row in table.extract()]
        yield Grid(tuple(Row(cells, Place(page=number, row=count)) for count, cells in enumerate(rows, 1)))
    yield from _lines("\n".join(line["text"] for line in outside), number)


def _lines(text: str, page: int) -> list[Block]:
    """Text of a page as paragraphs; lines that look like rows become grids."""
    found: list[Block] = []
    for block in read_plain(text.encode(), markdown=False) if text.strip() else ():
        if isinstance(block, Paragraph):
            found.append(Paragraph(block.text, Place(page=page)))
        else:
            found.append(Grid(tuple(Row(row.cells, Place(page=page, row=n)) for n, row in enumerate(block.rows, 1))))
    return found


def _renumbered(blocks: list[Block]) -> Iterator[Block]:
    for number, block in enumerate(blocks, 1):
        if isinstance(block, Paragraph):
            yield Paragraph(block.text, Place(page=block.place.page, block=number))
        else:
            rows = (Row(row.cells, Place(page=row.place.page, row=row.place.row, block=number)) for row in block.rows)
            yield Grid(tuple(rows))

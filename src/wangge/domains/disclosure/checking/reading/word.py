"""Reading of Word files (.docx) from their XML, merged cells resolved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from wangge.domains.disclosure.checking.reading.blocks import Block, Grid, Paragraph, Place, Row
from wangge.domains.disclosure.checking.reading.refusing import damaged, opened_package

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PART = "word/document.xml"


def read_word(data: bytes) -> tuple[Block, ...]:
    """The blocks of the body, in order; headers, footers and comments are not part of the paper's figures."""
    with opened_package(data) as package:
        if _PART not in package.namelist():
            raise damaged("Word 文件（.docx）")
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        try:
            root = etree.fromstring(package.read(_PART), parser)
        except etree.XMLSyntaxError:
            raise damaged("Word 文件（.docx）") from None
    body = root.find(f"{_W}body")
    return tuple(_blocks(body)) if body is not None else ()


def _blocks(body: Any) -> Iterator[Block]:
    number = 0
    for element in _flowing(body):
        if element.tag == f"{_W}p":
            text = _text(element)
            if text:
                number += 1
                yield Paragraph(text, Place(block=number))
        else:
            number += 1
            rows = tuple(
                Row(tuple(_cells(row)), Place(row=count, block=number))
                for count, row in enumerate(element.iterchildren(f"{_W}tr"), 1)
            )
            if rows:
                yield Grid(rows)


def _flowing(body: Any) -> Iterator[Any]:
    """Paragraphs and tables, also those inside content controls."""
    for element in body:
        if element.tag in (f"{_W}p", f"{_W}tbl"):
            yield element
        elif element.tag == f"{_W}sdt":
            content = element.find(f"{_W}sdtContent")
            if content is not None:
                yield from _flowing(content)


def _cells(row: Any) -> Iterator[str]:
    for cell in row.iterchildren(f"{_W}tc"):
        properties = cell.find(f"{_W}tcPr")
        span, continued = 1, False
        if properties is not None:
            width = properties.find(f"{_W}gridSpan")
            span = int(width.get(f"{_W}val", "1")) if width is not None else 1
            merge = properties.find(f"{_W}vMerge")
            continued = merge is not None and merge.get(f"{_W}val", "continue") == "continue"
        yield "" if continued else "".join(filter(None, (_text(each) for each in cell.iter(f"{_W}p"))))
        yield from [""] * (min(span, 64) - 1)


def _text(paragraph: Any) -> str:
    pieces = []
    for node in paragraph.iter(f"{_W}t", f"{_W}tab", f"{_W}br"):
        pieces.append(node.text or "" if node.tag == f"{_W}t" else " ")
    return "".join(pieces).strip()

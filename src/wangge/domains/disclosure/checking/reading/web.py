"""Reading of web pages (.html): text blocks and tables, spans resolved, nothing fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree, html

from wangge.domains.disclosure.checking.reading.blocks import Block, Grid, Paragraph, Place, Row
from wangge.domains.disclosure.checking.reading.plain import decoded
from wangge.domains.disclosure.checking.reading.refusing import damaged

_BLOCKS = frozenset(
    [
        "p",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "dt",
        "dd",
        "section",
        "article",
        "header",
        "footer",
        "main",
        "ul",
        "ol",
        "dl",
        "figure",
        "figcaption",
        "caption",
        "td",
        "th",
        "tr",
        "tbody",
        "thead",
        "table",
        "body",
        "center",
        "blockquote",
    ]
)
_SKIPPED = frozenset(("script", "style", "head", "nav", "noscript", "template"))
_SPACES = re.compile(r"\s+")


def read_web(data: bytes) -> tuple[Block, ...]:
    """The blocks of the body in order of reading."""
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", decoded(data))
    try:
        root = html.document_fromstring(text, parser=html.HTMLParser(no_network=True, huge_tree=False))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        raise damaged("网页（.html）") from None
    body = root.find("body")
    return tuple(_numbered(_blocks(body if body is not None else root)))


def _numbered(found: Iterator[Paragraph | list[tuple[str, ...]]]) -> Iterator[Block]:
    for number, block in enumerate(found, 1):
        if isinstance(block, Paragraph):
            yield Paragraph(block.text, Place(block=number))
        else:
            yield Grid(tuple(Row(cells, Place(row=count, block=number)) for count, cells in enumerate(block, 1)))


def _blocks(element: Any) -> Iterator[Paragraph | list[tuple[str, ...]]]:
    gathered: list[str] = [element.text or ""]

    def told() -> Iterator[Paragraph]:
        text = _SPACES.sub(" ", "".join(gathered)).strip()
        gathered.clear()
        if text:
            yield Paragraph(text, Place())

    for child in element:
        if not isinstance(child.tag, str) or child.tag in _SKIPPED:
            gathered.append(child.tail or "")
            continue
        if child.tag == "table" and _is_grid(child):
            yield from told()
            for caption in child.iterchildren("caption"):
                yield Paragraph(_SPACES.sub(" ", caption.text_content()).strip(), Place())
            yield _grid(child)
        elif child.tag == "br":
            yield from told()
        elif child.tag in _BLOCKS:
            yield from told()
            yield from _blocks(child)
        else:
            gathered.append(child.text_content())
        gathered.append(child.tail or "")
    yield from told()


def _is_grid(table: Any) -> bool:
    """A table that only lays a page out is read through, not as a grid."""
    return table.find(".//table") is None and table.find(".//tr") is not None


def _grid(table: Any) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    hanging: dict[int, int] = {}  # column -> rows that a span from above still covers
    for tr in table.iter("tr"):
        cells: list[str] = []
        for cell in tr.iterchildren("td", "th"):
            _fill(cells, hanging)
            down, across = _span(cell, "rowspan"), _span(cell, "colspan")
            text = _SPACES.sub(" ", cell.text_content()).strip()
            for place in range(across):
                if down > 1:
                    hanging[len(cells)] = down - 1
                cells.append("" if place else text)
        _fill(cells, hanging)
        rows.append(tuple(cells))
    return rows


def _fill(cells: list[str], hanging: dict[int, int]) -> None:
    while hanging.get(len(cells)):
        hanging[len(cells)] -= 1
        cells.append("")


def _span(cell: Any, name: str) -> int:
    text = cell.get(name, "1").strip()
    return max(1, min(int(text), 200)) if text.isdigit() else 1

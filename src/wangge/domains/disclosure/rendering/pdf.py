"""The document as PDF: typst sets it from the tree."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wangge.domains.disclosure.document import Cell, Contents, Document, Grid, Heading, NewPage, Paragraph
from wangge.groundwork.typesetting import set_pdf

TEMPLATE = Path(__file__).parent / "paper.typ"


def as_pdf(document: Document) -> bytes:
    """The whole document."""
    return set_pdf(TEMPLATE, {"title": document.title, "unit": document.unit, "blocks": list(_blocks(document))})


def _blocks(document: Document) -> Iterator[dict[str, Any]]:
    covers = 0
    heading: dict[str, Any] | None = None
    for block, after in zip(document.blocks, (*document.blocks[1:], None), strict=True):
        if isinstance(block, Heading) and isinstance(after, Grid) and block.level:
            heading = _heading(block)
            continue  # goes with its table, so that it is not left alone before a page that lies
        match block:
            case Heading(level=0):
                yield {"kind": "cover", "text": block.text, "first": covers == 0}
                covers += 1
            case Heading():
                yield _heading(block)
            case Paragraph():
                yield {"kind": "paragraph", "text": block.text}
            case Contents():
                yield {"kind": "contents"}
            case NewPage():
                yield {"kind": "newpage"}
            case Grid():
                yield {"heading": heading} | _grid(block)
        heading = None


def _heading(block: Heading) -> dict[str, Any]:
    return {"kind": "heading", "level": block.level, "outlined": block.in_contents, "text": block.text}


def _grid(grid: Grid) -> dict[str, Any]:
    return {
        "kind": "grid",
        "title": grid.title,
        "number": grid.number,
        "head": grid.head,
        "measure": grid.measure,
        "widths": list(grid.widths),
        "headrows": [[_cell(cell) for cell in row] for row in grid.rows[: grid.head_rows]],
        "rows": [[_cell(cell) for cell in row] for row in grid.rows[grid.head_rows :]],
        "notes": list(grid.notes),
        "landscape": grid.is_landscape,
        "small": grid.small,
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "text": cell.text,
        "columns": cell.columns,
        "rows": cell.rows,
        "align": cell.align.value,
        "head": cell.is_head,
    }

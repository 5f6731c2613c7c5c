"""The document's figures for machines: JSON with every figure by name, CSV with one line per figure."""

from __future__ import annotations

import csv
import io
from typing import Any

import orjson

from wangge.domains.disclosure.document import Document, Figure, Grid, Heading, Paragraph


def as_json(document: Document) -> bytes:
    """Unit, year, tables, sections and figures; numbers stay texts as printed."""
    content = {
        "document": {"title": document.title, "unit": document.unit, "year": document.year},
        "figures": {figure.id: figure.text for figure in document.figures()},
        "tables": [_table(grid) for grid in document.grids()],
        "text": list(_texts(document)),
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2)


def as_csv(document: Document) -> str:
    """name,where,printed; with the mark that Excel needs to read Chinese."""
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(["name", "where", "printed"])
    where = ""
    for block in document.blocks:
        if isinstance(block, Heading):
            where = block.text
        elif isinstance(block, Paragraph):
            writer.writerows((run.id, where, run.text) for run in block.runs if isinstance(run, Figure))
        elif isinstance(block, Grid):
            writer.writerows((cell.id, block.title, cell.text) for row in block.rows for cell in row if cell.id)
    return "\ufeff" + made.getvalue()


def _table(grid: Grid) -> dict[str, Any]:
    return {
        "id": grid.id,
        "title": grid.title,
        "number": grid.number,
        "cells": {cell.id: cell.text for row in grid.rows for cell in row if cell.id},
        "notes": list(grid.notes),
    }


def _texts(document: Document) -> list[dict[str, str]]:
    found = []
    heading = ""
    for block in document.blocks:
        if isinstance(block, Heading):
            heading = block.text
        elif isinstance(block, Paragraph):
            found.append({"section": heading, "text": block.text})
    return found

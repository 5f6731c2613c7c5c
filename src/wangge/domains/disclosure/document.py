"""The document as a tree that every format is made from: headings, paragraphs and grids, each figure under its id.

A figure is the printed text together with its name in the grammar of cells (``01.r27``, ``N.s51.growth``); formats
that can carry names keep them, so that a printed figure can be opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed figure and its name."""

    id: str
    text: str


Run = str | Figure


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is a part, 2 a section, 3 a sub-section. ``in_contents`` puts it into the contents."""

    level: int
    text: str
    anchor: str = ""
    in_contents: bool = True


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """The text as read."""
        return "".join(run if isinstance(run, str) else run.text for run in self.runs)


class Align(StrEnum):
    """Where a cell's text stands."""

    LEFT = "left"
    RIGHT = "right"
    CENTER = "center"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a grid; ``id`` names its figure, ``formula`` is an expression over ids of the same workbook."""

    text: str
    id: str = ""
    align: Align = Align.LEFT
    columns: int = 1
    rows: int = 1
    is_head: bool = False
    formula: str = ""
    hundredths: int | None = None  # the amount behind the text


@dataclass(frozen=True, slots=True)
class Grid:
    """A printed table with its head lines, rows and notes. ``widths`` are shares of the width."""

    id: str  # 01 … 09, 1-1, 1-2, 1-3a …
    title: str
    number: str  # 公开01表; 附件1-2
    head: str  # 部门：…
    measure: str  # 单位：万元
    rows: tuple[tuple[Cell, ...], ...]
    head_rows: int
    widths: tuple[int, ...]
    notes: tuple[str, ...] = ()
    is_landscape: bool = False
    small: bool = False


@dataclass(frozen=True, slots=True)
class Contents:
    """Where the table of contents stands."""


@dataclass(frozen=True, slots=True)
class NewPage:
    """A page break."""


Block = Heading | Paragraph | Grid | Contents | NewPage


@dataclass(frozen=True, slots=True)
class Gap:
    """Something only a person can say and has not said yet: under which id, and what is asked."""

    id: str
    question: str


@dataclass(frozen=True, slots=True)
class Document:
    """The whole paper. A document with gaps is a draft and is not published."""

    title: str
    unit: str
    year: int
    blocks: tuple[Block, ...]
    gaps: tuple[Gap, ...] = ()

    def figures(self) -> Iterator[Figure]:
        """Every named figure in printed order."""
        for block in self.blocks:
            if isinstance(block, Paragraph):
                yield from (run for run in block.runs if isinstance(run, Figure))
            elif isinstance(block, Grid):
                yield from (Figure(cell.id, cell.text) for row in block.rows for cell in row if cell.id)

    def grids(self) -> Iterator[Grid]:
        """The tables in printed order."""
        return (block for block in self.blocks if isinstance(block, Grid))

    def headings(self) -> Iterator[Heading]:
        """The headings that stand in the contents."""
        return (block for block in self.blocks if isinstance(block, Heading) and block.in_contents)

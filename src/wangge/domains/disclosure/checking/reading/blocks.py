"""What reading gives: a document as paragraphs and grids in their order, each with its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """The format that was read."""

    PDF = "pdf"
    WORD = "docx"
    SHEET = "xlsx"
    WEB = "html"
    MARKDOWN = "md"
    TEXT = "txt"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a line of a text, a page, a paragraph or table of a Word file, a cell of a sheet."""

    line: int = 0
    page: int = 0
    sheet: str = ""
    row: int = 0
    block: int = 0  # number of the block in the document: finds the spot again for highlighting

    def __str__(self) -> str:
        parts = []
        if self.page:
            parts.append(f"第 {self.page} 页")
        if self.sheet:
            parts.append(f"工作表“{self.sheet}”")
        if self.line:
            parts.append(f"第 {self.line} 行")
        elif self.row:
            parts.append(f"第 {self.row} 行" if self.sheet else f"表内第 {self.row} 行")
        elif self.block and not parts:
            parts.append(f"第 {self.block} 段")
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A piece of running text, or a heading."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a grid; a merged cell gives its text once and blanks for the rest."""

    cells: tuple[str, ...]
    place: Place

    @property
    def filled(self) -> tuple[str, ...]:
        return tuple(cell for cell in self.cells if cell)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as it stands on the paper."""

    rows: tuple[Row, ...]

    @property
    def place(self) -> Place:
        return self.rows[0].place

    @property
    def width(self) -> int:
        return max((len(row.cells) for row in self.rows), default=0)


Block = Paragraph | Grid


@dataclass(frozen=True, slots=True)
class Document:
    """A paper as read."""

    name: str
    sha256: str
    kind: Kind
    blocks: tuple[Block, ...]
    exact_cells: bool = True  # cells come from the format itself, not from the look of a text
    remarks: tuple[str, ...] = field(default=())  # what reading wants the reader of the report to know

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Paragraph))

    @property
    def grids(self) -> tuple[Grid, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Grid))

"""The recognised paper: its figures, and what else the rules ask: tables, headings, items, lists, forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from wangge.domains.disclosure.checking.reading.blocks import Document, Grid, Paragraph, Place
from wangge.domains.disclosure.checking.recognition.cells import Cell


@dataclass(slots=True)
class CodeRow:
    """A row of a table by code, as printed."""

    code: str  # as the paper means it
    printed: str
    name: str
    place: Place


@dataclass(slots=True)
class Table:
    """One of the nine tables as found."""

    table: str
    grid: Grid
    title: str = ""
    number: str = ""  # 公开03表 as printed; empty
    department: str = ""
    department_printed: bool = False  # a field 部门 stands there at all
    unit: str = ""  # 万元, 元; empty when not stated
    scale: Decimal = Decimal(1)
    statement: str = ""  # the sentence of an empty table
    codes: list[CodeRow] = field(default_factory=list)
    row_numbers: dict[str, tuple[str, Place]] = field(default_factory=dict)  # row -> printed 行次
    row_labels: dict[str, tuple[str, Place]] = field(default_factory=dict)
    shifts: list[str] = field(default_factory=list)  # what had to be moved to be read, in words
    column_numbers_off: bool = False
    place: Place = field(default_factory=Place)

    @property
    def title_zh(self) -> str:
        return f"公开{self.table}表"


@dataclass(slots=True)
class Heading:
    """A numbered heading, in the list of contents or in the body."""

    number: str
    title: str
    paragraph: Paragraph
    section: str = ""  # s1 …


@dataclass(slots=True)
class Item:
    """An item of five (three): names, code, direction word, reason."""

    code: str
    names: tuple[str, str, str]  # 类 款 项 as printed
    direction: str
    reason: str
    place: Place
    rate_printed: bool = False
    order: str = ""  # its printed number


@dataclass(slots=True)
class Line:
    """An indicator of a self-evaluation form."""

    name: str
    label: str
    block: str
    sublevel: str
    target: str
    actual: str
    weight: str
    score: str
    deviation: str
    place: Place


@dataclass(slots=True)
class EvaluationForm:
    """A form 附件1-2 or 1-3."""

    form: str  # 1-2, 1-3a …
    grid: Grid
    project: str = ""
    blocks: dict[str, Decimal | None] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    sublevels: list[tuple[str, str, bool]] = field(default_factory=list)  # block, label, filled
    has_deviation_column: bool = False
    target_text: str = ""
    actual_text: str = ""
    signed: dict[str, str] = field(default_factory=dict)
    signature_printed: bool = False
    place: Place = field(default_factory=Place)


@dataclass(slots=True)
class Project:
    """A project in annex 1-1 or in the report."""

    name: str
    key: str  # part of the cell names
    place: Place
    purpose: str = ""


@dataclass(slots=True)
class Paper:
    """Everything recognised of a document."""

    document: Document
    unit: str = ""
    year: int = 0
    cells: dict[str, Cell] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    twice: list[Table] = field(default_factory=list)  # tables that stand there again
    headings: list[Heading] = field(default_factory=list)
    contents: list[Heading] = field(default_factory=list)
    sections: dict[str, str] = field(default_factory=dict)  # s1 … s14, p1 …, R: tight text
    paragraphs: list[tuple[str, Place]] = field(default_factory=list)  # tight, broken lines joined
    items: list[Item] = field(default_factory=list)
    lists: dict[str, tuple[list[str], bool, Place]] = field(
        default_factory=dict
    )  # s6.personnel … -> names, ends with 等
    forms: dict[str, EvaluationForm] = field(default_factory=dict)
    annex_rows: dict[str, tuple[str, Place]] = field(default_factory=dict)  # 1-1 row -> printed label
    projects: list[Project] = field(default_factory=list)  # of annex 1-1
    report_projects: list[Project] = field(default_factory=list)
    has_basics: bool = False  # annex 1-1 is there
    basics_signed: dict[str, str] = field(default_factory=dict)
    previous: Paper | None = None
    budget: Paper | None = None
    official: Paper | None = None

    def value(self, name: str) -> Decimal | None:
        cell = self.cells.get(name)
        return cell.value if cell else None

"""The names of the figures of a disclosure: their grammar, read and written in one place.

``01.r27`` · ``04.r33.c3`` · ``05.2120101.c2`` · ``03.2019999.code`` · ``06.30101`` · ``09.c7`` · ``N.s51.rate`` ·
``R.personnel`` · ``1-1.三公经费.c3`` · ``1-2.total.score`` · ``1-3a.fund.budget``. A figure of another paper bears
the paper before its name: ``previous:01.r59``, ``budget:05.合计.c1``, ``tables:02.合计.c1``. The whole grammar with
the meaning of each part: ``docs/accounts-cells.md``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Paper(StrEnum):
    """Which paper a figure stands in: the one that is checked, or one laid beside it."""

    OWN = ""
    PREVIOUS = "previous"  # the disclosure of the year before
    BUDGET = "budget"  # the budget published for the year
    TABLES = "tables"  # the official tables out of the finance system


class Part(StrEnum):
    """The part of the document that a name belongs to."""

    TABLE = "table"
    NARRATIVE = "narrative"
    REPORT = "report"
    ANNEX = "annex"


TOTAL = "合计"
PERSONNEL_TOTAL = "人员经费合计"
PUBLIC_TOTAL = "公用经费合计"
TWO_SIDED = ("01", "04")
BY_CODE = ("02", "03", "05", "07", "08")
ECONOMIC = "06"
THREE_PUBLIC = "09"
LINE_FIELDS = ("target", "actual", "weight", "score", "deviation")
FUND_FIELDS = ("initial", "budget", "final", "weight", "rate", "score")

_FREE = r"[^.\s()\[\]{}]+"
_COLUMN = r"c[1-9][0-9]?"
_SHAPES: tuple[tuple[Part, re.Pattern[str]], ...] = (
    (Part.TABLE, re.compile(r"01\.r[1-9][0-9]?(?:\.label)?")),
    (Part.TABLE, re.compile(rf"04\.r[1-9][0-9]?(?:\.(?:{_COLUMN}|label))?")),
    (Part.TABLE, re.compile(rf"(?:02|03|05|07|08)\.(?:{TOTAL}|[0-9]{{3,9}})(?:\.(?:{_COLUMN}|code|name))?")),
    (Part.TABLE, re.compile(rf"06\.(?:[0-9]{{3,7}}|{PERSONNEL_TOTAL}|{PUBLIC_TOTAL})(?:\.(?:code|name))?")),
    (Part.TABLE, re.compile(rf"09\.{_COLUMN}")),
    (Part.TABLE, re.compile(r"0[1-9](?:\.(?:department|unit|number|header|note|statement))?")),
    (Part.NARRATIVE, re.compile(rf"N\.s[0-9]{{1,2}}(?:\.{_FREE}){{0,2}}")),
    (Part.NARRATIVE, re.compile(rf"T(?:\.{_FREE}){{1,3}}")),
    (Part.REPORT, re.compile(rf"R(?:\.{_FREE}){{1,2}}")),
    (Part.ANNEX, re.compile(rf"1-1\.(?:staff\.(?:posts|actual|rate)|building\.{_FREE}|{_FREE}\.(?:c[1-3]|name))")),
    (Part.ANNEX, re.compile(rf"1-(?:2|3[a-z]?)\.(?:total\.(?:weight|score)|fund\.(?:{'|'.join(FUND_FIELDS)}))")),
    (
        Part.ANNEX,
        re.compile(rf"1-(?:2|3[a-z]?)\.(?:split\.{_FREE}|block\.{_FREE}\.weight|text\.{_FREE}|project\.name)"),
    ),
    (Part.ANNEX, re.compile(rf"1-3[a-z]?\.(?:current|carried|other)\.(?:{'|'.join(FUND_FIELDS[:3])})")),
    (Part.ANNEX, re.compile(rf"1-(?:2|3[a-z]?)\.{_FREE}\.(?:{'|'.join(LINE_FIELDS)})")),
    (Part.ANNEX, re.compile(r"1-(?:1|2|3[a-z]?)(?:\.(?:signature|columns|sublevels|targets))?")),
)


class NameRefused(ValueError):
    """Not a name of this grammar; the text shows what one looks like."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"“{text}”不是单元格名称，写法如 01.r27、05.2120101.c2、06.30101、09.c7、1-2.total.score、N.s51。"
        )


@dataclass(frozen=True, slots=True)
class CellName:
    """A name taken apart: the paper, the table, form or narrative, and the parts after it."""

    table: str  # 01 … 09, N, R, T, 1-1, 1-2, 1-3a …
    parts: tuple[str, ...]
    paper: Paper = Paper.OWN

    def __str__(self) -> str:
        bare = ".".join((self.table, *self.parts))
        return f"{self.paper}:{bare}" if self.paper else bare

    @property
    def part(self) -> Part:
        bare = ".".join((self.table, *self.parts))
        return next(part for part, shape in _SHAPES if shape.fullmatch(bare))

    @property
    def row(self) -> str:
        """The row: its number ``r27``, its code, its label; empty where a table has one row only."""
        return "" if self.table == THREE_PUBLIC or not self.parts else self.parts[0]

    @property
    def column(self) -> str:
        """The column ``c3`` or the field ``score``; empty where a row has one figure only."""
        if self.table == THREE_PUBLIC:
            return self.parts[0] if self.parts else ""
        return self.parts[-1] if len(self.parts) > 1 else ""


def parse_name(text: str) -> CellName:
    """The parts of a name; refused: :class:`NameRefused`."""
    prefix, colon, bare = text.rpartition(":")
    if not any(shape.fullmatch(bare) for _, shape in _SHAPES) or (colon and not prefix):
        raise NameRefused(text)
    try:
        paper = Paper(prefix)
    except ValueError:
        raise NameRefused(text) from None
    table, *parts = bare.split(".")
    return CellName(table, tuple(parts), paper)


def is_name(text: str) -> bool:
    """Whether a text is a name of this grammar."""
    try:
        parse_name(text)
    except NameRefused:
        return False
    return True


def name_part(label: str) -> str:
    """A label of the document as a part of a name: without what the grammar uses itself."""
    kept = re.sub(r"[\s()\[\]{}（）〔〕]", "", label)
    return kept.replace(".", "·").replace(":", "：") or "-"

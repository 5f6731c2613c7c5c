"""Reading of calendar files cell by cell: each fault becomes a finding with file, line and remedy."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from wangge.standards.findings import Finding, gettext_noop
from wangge.standards.tables import Origin

CONFIDENCES = ("A", "B", "C")


@dataclass(slots=True)
class Cells:
    """The cells of one row while they are read, with the faults found so far."""

    at: Origin
    by_column: Mapping[str, str]
    findings: list[Finding] = field(default_factory=list)

    def text(self, column: str) -> str:
        """The cell without blanks around it."""
        return self.by_column.get(column, "").strip()

    def required(self, column: str) -> str:
        """The cell, which must not be empty."""
        text = self.text(column)
        if not text:
            self.wrong(column, gettext_noop("这一列不能为空。"))
        return text

    def one_of(self, column: str, allowed: Sequence[str]) -> str:
        """The cell, which must be one of a closed set."""
        text = self.text(column)
        if text not in allowed:
            self.wrong(column, gettext_noop("只能写 %(allowed)s。"), {"allowed": " ".join(allowed)})
        return text

    def day(self, column: str) -> date | None:
        """The cell as a day written 2024-06-01."""
        try:
            return date.fromisoformat(self.text(column))
        except ValueError:
            self.wrong(column, gettext_noop("日期写作 2024-06-01。"))
            return None

    def number(self, column: str) -> int | None:
        """The cell as a whole number."""
        text = self.text(column)
        if not (text.isascii() and text.isdigit()):
            self.wrong(column, gettext_noop("请写整数。"))
            return None
        return int(text)

    def wrong(self, column: str, do: str, values: Mapping[str, str] | None = None) -> None:
        """Note that a cell is wrong and what to do about it."""
        what = gettext_noop("“%(column)s”列的值“%(cell)s”无效。")
        self.findings.append(
            Finding(self.at, what, do, {"column": column, "cell": self.text(column), **(values or {})})
        )

    def fault(self, text: str) -> None:
        """Note a fault of the row as a whole in words that already say what to do."""
        self.findings.append(Finding(self.at, "%(text)s", "", {"text": text}))


def read_cells(
    path: Path, columns: Sequence[str], *, shown_as: str, overlay: bool
) -> tuple[list[Cells], list[Finding]]:
    """The rows of a CSV file that has exactly these columns (in any order); blank lines are passed over."""
    top = Origin(shown_as, 1, overlay)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError:
        return [], [Finding(top, gettext_noop("文件打不开。"), gettext_noop("请检查路径和权限。"))]
    except UnicodeDecodeError:
        return [], [Finding(top, gettext_noop("文件不是 UTF-8 编码。"), gettext_noop("请另存为 UTF-8。"))]
    reader = csv.reader(text.splitlines(keepends=True))
    header = [name.strip() for name in next(reader, [])]
    if sorted(header) != sorted(columns):
        what, do = gettext_noop("表头不对。"), gettext_noop("应有且只有这些列：%(columns)s。")
        return [], [Finding(top, what, do, {"columns": ",".join(columns)})]
    rows: list[Cells] = []
    findings: list[Finding] = []
    line = reader.line_num
    for cells in reader:
        at, line = Origin(shown_as, line + 1, overlay), reader.line_num
        if not any(cells):
            continue
        if len(cells) != len(header):
            what, do = (
                gettext_noop("有 %(n)s 列，表头有 %(m)s 列。"),
                gettext_noop("请补齐或删去多余的逗号。"),
            )
            findings.append(Finding(at, what, do, {"n": str(len(cells)), "m": str(len(header))}))
        else:
            rows.append(Cells(at, dict(zip(header, cells, strict=True))))
    return rows, findings

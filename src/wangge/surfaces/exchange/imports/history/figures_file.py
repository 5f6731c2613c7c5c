"""Owns the reading of an old system's printed figures and of refused rows, and the comparison's workbook."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import orjson
from openpyxl import Workbook
from openpyxl.styles import Font
from pydantic import BaseModel, ConfigDict, Field, field_validator

from wangge.standards.findings import gettext_noop
from wangge.surfaces.exchange.imports.columns import Findings, TimeReader
from wangge.surfaces.exchange.imports.declaration import Name, known_encoding
from wangge.surfaces.exchange.imports.findings import FindingKind, RowRefused
from wangge.surfaces.exchange.imports.foreign import ForeignStatus
from wangge.surfaces.exchange.imports.history.comparing import (
    CAUSE_LABELS,
    Cause,
    Comparison,
    LostRow,
    TheirFigure,
    month_of,
)
from wangge.surfaces.exchange.imports.history.mapping import HistoryMapping
from wangge.surfaces.exchange.imports.mapping import declared, found_text
from wangge.surfaces.exchange.imports.reading import FileFormat, FileRefused, Layout, Progress, Unreadable, read_rows
from wangge.surfaces.exchange.imports.toml_lines import lines_of_keys

SHIPPED_FIGURES = "wangge.surfaces.exchange.mappings.figures"
_MONTH = re.compile(r"(\d{4})\D{0,2}(\d{1,2})(?:\D.*)?")
_CASE_REASONS_LEFT_OUT = ("step_", "photo_")


class FiguresMapping(BaseModel):
    """Which column of the printed figures is which of our counts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Name
    encoding: str = "auto"
    sheet: str = ""
    month: Name
    object: str = ""
    figures: dict[str, Name] = Field(min_length=1)
    """Id of an indicator (``n_file``) → the column it stands in."""

    @field_validator("encoding")
    @classmethod
    def _encoding(cls, name: str) -> str:
        return known_encoding(name)


def load_figures_mapping(name_or_file: str) -> FiguresMapping:
    """A shipped mapping by name, or one in a file. Raises MappingRefused."""
    shown_as, text = found_text(name_or_file, SHIPPED_FIGURES)
    return declared(FiguresMapping, shown_as, text, lines_of_keys(text))


def their_figures(path: Path, mapping: FiguresMapping) -> list[TheirFigure]:
    """Every figure of the file. Raises FileRefused for a row that cannot be read."""
    columns = tuple(filter(None, (mapping.month, mapping.object, *mapping.figures.values())))
    layout = Layout(FileFormat.CSV, mapping.encoding, columns=columns, sheet=mapping.sheet, needed=(mapping.month,))
    found = []
    for line, record in read_rows(path, layout, Progress(path)):
        if isinstance(record, Unreadable):
            raise FileRefused(gettext_noop("第 %(line)d 行无法读取：%(what)s。"), line=line, what=record.stated)
        month = _MONTH.fullmatch(str(record.get(mapping.month, "")).strip())
        if month is None or not 1 <= int(month[2]) <= 12:
            continue  # totals and notes under a table
        for figure, column in mapping.figures.items():
            text = str(record.get(column) or "").replace(",", "").strip()
            if not text:
                continue
            if not re.fullmatch(r"-?\d+(\.0+)?", text):
                raise FileRefused(
                    gettext_noop("第 %(line)d 行的“%(column)s”不是整数：%(text)s。"),
                    line=line,
                    column=column,
                    text=text,
                )
            name = str(record.get(mapping.object, "")).strip() if mapping.object else ""
            found.append(TheirFigure(f"{month[1]}-{int(month[2]):02d}", name, figure, int(float(text))))
    return found


def lost_rows(path: Path, mapping: HistoryMapping) -> Iterator[LostRow]:
    """The case rows a file of refused rows holds, with the month of their report where it can be read."""
    told = mapping.declaration
    reader = TimeReader("reported_at", told.cases.reported_at, told.zone)
    findings = Findings(told)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["reason"].startswith(_CASE_REASONS_LEFT_OUT):
                continue
            record = orjson.loads(row["row"]) if row["row"] else {}
            findings.begin()
            try:
                at = reader.read(record, findings, ForeignStatus.OPEN, FindingKind.UNREADABLE_TIME)
            except RowRefused:
                at = None
            yield LostRow(row["reason"], month_of(at) if at else "")


def write_workbook(comparison: Comparison, path: Path) -> None:
    """The comparison as a workbook: figures by month with their causes, then causes with cases."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "对照"
    causes = [cause for cause in Cause if any(cause in line.causes for line in comparison.lines)]
    sheet.append(["月份", "对象", "指标", "旧系统", "本系统", "差额", *(CAUSE_LABELS[cause] for cause in causes)])
    for row, line in enumerate(comparison.lines, start=2):
        amounts = [line.causes.get(cause) for cause in causes]
        sheet.append(
            [line.month, _plain(line.object), line.figure, line.theirs, line.ours, f"=D{row}-E{row}", *amounts]
        )
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "D2"
    behind = book.create_sheet("案卷")
    behind.append(["原因", "旧系统编号"])
    for cause, numbers in comparison.named.items():
        for number in numbers:
            behind.append([CAUSE_LABELS[cause], _plain(number)])
    book.save(path)


def _plain(text: str) -> str:
    """Text a spreadsheet will not run as a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text

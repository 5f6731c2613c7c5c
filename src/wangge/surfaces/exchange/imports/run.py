"""Owns one import run: every row of a file read, translated, counted, and handed on or refused."""

from __future__ import annotations

import csv
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

import orjson

from wangge.groundwork.spreadsheet_cells import quoted
from wangge.standards.findings import gettext_noop
from wangge.surfaces.exchange.imports.findings import LABELS, FindingKind, RowFinding, RowRefused
from wangge.surfaces.exchange.imports.foreign import ForeignReport, RefusedRow
from wangge.surfaces.exchange.imports.mapping import MappingFile, columns_of, needed_columns
from wangge.surfaces.exchange.imports.reading import (
    FileFormat,
    FileRefused,
    Progress,
    Unreadable,
    read_rows,
    table_header,
)
from wangge.surfaces.exchange.imports.translating import Translator

Refuse = Callable[[RefusedRow], None]
Sink = Callable[[Iterable[ForeignReport]], dict[str, int]]
"""Takes the reports in as cases and answers what it did, by name: written, already there, and so on."""


@dataclass(slots=True)
class Tally:
    """What a run has seen so far."""

    rows: int = 0
    taken: int = 0
    refused: Counter[FindingKind] = field(default_factory=Counter)
    findings: Counter[FindingKind] = field(default_factory=Counter)
    unknown_codes: dict[str, Counter[str]] = field(default_factory=dict)
    absent_columns: tuple[str, ...] = ()
    absent_tables: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The tally for ``--json``: counts by name, the most frequent first."""
        return {
            "rows": self.rows,
            "taken": self.taken,
            "refused": self.refused.total(),
            "refused_by_reason": {kind.value: n for kind, n in self.refused.most_common()},
            "findings": {kind.value: n for kind, n in self.findings.most_common()},
            "unknown_codes": {name: dict(codes.most_common()) for name, codes in self.unknown_codes.items() if codes},
            "absent_columns": list(self.absent_columns),
            "absent_tables": list(self.absent_tables),
        }


class ImportRun:
    """One pass over one file, to be walked through once; ``tally`` and ``progress`` follow it."""

    def __init__(self, path: Path, mapping: MappingFile, *, at: datetime, refuse: Refuse) -> None:
        """``at`` is the present moment. FileRefused when columns the mapping needs are not there."""
        self.path, self.mapping = path, mapping
        self.progress = Progress(path)
        self.tally = Tally(
            absent_columns=_absent_columns(path, mapping),
            absent_tables=tuple(name for name in mapping.declaration.tables if name not in mapping.tables),
        )
        self._refuse = refuse
        self._translator = Translator(mapping, at=at)
        for name, reader in self._translator.code_readers:
            self.tally.unknown_codes[name] = reader.unknown_codes

    def reports(self) -> Iterator[ForeignReport]:
        """Every report that can be taken, in the order of the file. FileRefused where it breaks."""
        tally, translate, findings = self.tally, self._translator.translate, self.tally.findings
        with _SeenKeys() as seen:
            for line, record in read_rows(self.path, self.mapping.layout, self.progress):
                tally.rows += 1
                if isinstance(record, Unreadable):
                    self._refused(RefusedRow(line, "", RowFinding(record.kind, "row", record.stated), ""))
                    continue
                try:
                    report = translate(line, record)
                    if not seen.add(report.external_key):
                        repeated = RowFinding(FindingKind.REPEATED_KEY, "external_key", report.external_key)
                        raise RowRefused(repeated)
                except RowRefused as refused:
                    key = self._translator.key_of(record)
                    row = orjson.dumps(record, default=str).decode()
                    self._refused(RefusedRow(line, key, refused.finding, row))
                    continue
                tally.taken += 1
                for finding in report.findings:
                    findings[finding.kind] += 1
                yield report

    def _refused(self, row: RefusedRow) -> None:
        self.tally.refused[row.finding.kind] += 1
        self._refuse(row)


def _absent_columns(path: Path, mapping: MappingFile) -> tuple[str, ...]:
    """The columns the mapping names and a CSV file lacks; FileRefused when it cannot do without."""
    if mapping.declaration.format not in (FileFormat.CSV, FileFormat.EXCEL):
        return ()
    header = set(table_header(path, mapping.layout))
    absent = [column for column in dict.fromkeys(columns_of(mapping.declaration)) if column not in header]
    missing = needed_columns(mapping.declaration).intersection(absent)
    if missing:
        raise FileRefused(
            gettext_noop("表头缺少映射必需的列：%(missing)s。文件的表头是：%(header)s。"),
            missing=" ".join(sorted(missing)),
            header=" ".join(sorted(header)),
        )
    return tuple(absent)


class _SeenKeys:
    """The external keys met so far, in a private file that SQLite keeps small in memory and deletes."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("create table seen (key text primary key) without rowid")
        self._database.execute("begin")

    def add(self, key: str) -> bool:
        """Whether the key is new."""
        return self._database.execute("insert or ignore into seen values (?)", (key,)).rowcount == 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()


class RefusedFile:
    """The file of refused rows: line, key, reason, what was stated, and the row as JSON for repair.

    It comes into being with the first refused row, readable by its owner alone: rows hold people's words.
    """

    COLUMNS = ("line", "external_key", "reason", "reason_zh", "field", "stated", "row")

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stream: TextIO | None = None

    def write(self, row: RefusedRow) -> None:
        """Add one row."""
        stream = self._stream or self._opened()
        kind = row.finding.kind
        csv.writer(stream).writerow(
            (
                row.line,
                quoted(row.external_key),
                kind.value,
                LABELS[kind],
                row.finding.field,
                quoted(row.finding.stated),
                row.row,
            )
        )

    def _opened(self) -> TextIO:
        self.path.unlink(missing_ok=True)
        self.path.touch(mode=0o600)
        # the mark in front lets spreadsheet programs see that it is UTF-8
        self._stream = self.path.open("w", encoding="utf-8-sig", newline="")
        csv.writer(self._stream).writerow(self.COLUMNS)
        return self._stream

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stream:
            with closing(self._stream):
                self._stream = None

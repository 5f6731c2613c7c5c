"""Owns the reading of foreign files: CSV, JSON, JSON lines, plain or gzipped, row by row in constant memory; workbooks.

What cannot be a row is handed on as an ``Unreadable`` in its place, with its line, so that reading goes on
behind it. Only a file that breaks as a whole (a torn archive, JSON that never closes) raises ``FileRefused``.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson

from wangge.standards.findings import gettext_noop
from wangge.surfaces.exchange.imports.findings import FindingKind
from wangge.surfaces.exchange.imports.spreadsheets import (
    UNCOMPUTED,
    SheetRefused,
    is_spreadsheet,
    read_sheet,
    records,
)

AUTO = "auto"
"""In place of an encoding: UTF-8 when the file begins so, else GB 18030 (of which GBK is a part)."""
LARGEST_ROW_BYTES = 16 * 1024 * 1024
"""A longer row is a broken file or an attack on the memory; the row is refused."""
_CHUNK = 256 * 1024
_QUOTED_CHARACTERS = 200
_TORN = gettext_noop("压缩文件不完整或已损坏，请重新获取该文件。")
_GZIP_MAGIC = b"\x1f\x8b"
_LOOKED_AT_BYTES = 1 << 20

Record = dict[str, Any]
Row = tuple[int, "Record | Unreadable"]


class FileFormat(StrEnum):
    """The shapes of foreign files."""

    CSV = "csv"
    EXCEL = "excel"
    """A workbook; a mapping for CSV takes one as well, and the other way round: the content decides."""
    JSON = "json"
    JSONL = "jsonl"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """In the place of a row: why there is none, and the beginning of what stood there."""

    kind: FindingKind
    stated: str


class FileRefused(Exception):
    """The file as a whole cannot be read further; the text is Chinese with the line where reading ended."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message % values if values else message)
        self.message, self.values = message, values


class Progress:
    """How far into the file reading has come, in bytes as they lie on the disk (compressed ones, if so)."""

    def __init__(self, path: Path) -> None:
        self.total_bytes = path.stat().st_size
        self._raw: BinaryIO | None = None
        self._share: float | None = None

    def told(self, share: float) -> None:
        """How far a reader that takes the whole file at once has come, from 0 to 1."""
        self._share = share

    @property
    def read_bytes(self) -> int:
        if self._share is not None:
            return round(self.total_bytes * self._share)
        return self.total_bytes if self._raw is None or self._raw.closed else self._raw.tell()

    @contextmanager
    def opened(self, path: Path) -> Iterator[BinaryIO]:
        """The plain bytes of the file, unpacked when it is gzip by content (the name is not asked)."""
        with path.open("rb") as raw:
            self._raw = cast(BinaryIO, raw)
            packed = raw.peek(2)[:2] == _GZIP_MAGIC
            if packed:
                with gzip.open(raw, "rb") as plain:
                    yield cast(BinaryIO, io.BufferedReader(cast(io.RawIOBase, plain), _CHUNK))
            else:
                yield cast(BinaryIO, raw)


@dataclass(frozen=True, slots=True)
class Layout:
    """What of a mapping concerns reading: format, encoding, CSV dialect, the header, the JSON path."""

    file_format: FileFormat
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    columns: tuple[str, ...] = ()
    """The columns the mapping names; of a CSV header, these and no others reach the rows."""
    ignore_case: bool = False
    records: str = ""
    """In a JSON object: the member that holds the array of rows. Empty: the document is the array."""
    sheet: str = ""
    """Of a workbook: the sheet's name. Empty: the first."""
    needed: tuple[str, ...] = ()
    """The columns by which the header of a sheet is known."""


def read_rows(path: Path, layout: Layout, progress: Progress) -> Iterator[Row]:
    """Every row of the file with the line it begins on. Raises FileRefused when the whole file is broken."""
    if _is_workbook(path, layout):
        yield from _excel(path, layout, progress)
        return
    reader = _READERS[layout.file_format]
    layout = replace(layout, encoding=encoding_of(path, layout.encoding))
    try:
        with progress.opened(path) as stream:
            yield from reader(stream, layout)
    except (EOFError, gzip.BadGzipFile, zlib.error) as broken:
        raise FileRefused(_TORN) from broken


def check_whole(path: Path) -> None:
    """Read the file once to its end, so that a torn archive is known before anything is written of it."""
    progress = Progress(path)
    try:
        with progress.opened(path) as stream:
            while stream.read(_CHUNK):
                pass
    except (EOFError, gzip.BadGzipFile, zlib.error) as broken:
        raise FileRefused(_TORN) from broken


def encoding_of(path: Path, told: str) -> str:
    """The encoding told, or for ``auto`` the one the file's beginning can be read in."""
    if told != AUTO:
        return told
    try:
        with Progress(path).opened(path) as stream:
            beginning = stream.read(_LOOKED_AT_BYTES)
    except (EOFError, gzip.BadGzipFile, zlib.error) as broken:
        raise FileRefused(_TORN) from broken
    try:
        # a character cut at the end of what was looked at is no sign of another encoding
        codecs.getincrementaldecoder("utf-8")().decode(beginning)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8-sig"


def _is_workbook(path: Path, layout: Layout) -> bool:
    if layout.file_format not in (FileFormat.CSV, FileFormat.EXCEL):
        return False
    with path.open("rb") as raw:
        return is_spreadsheet(raw.read(8))


def _excel(path: Path, layout: Layout, progress: Progress) -> Iterator[Row]:
    try:
        sheet = read_sheet(path, sheet=layout.sheet, needed=layout.needed, ignore_case=layout.ignore_case)
    except SheetRefused as refused:
        raise FileRefused(refused.message, **refused.values) from refused
    spelled = dict(zip(sheet.names, header_names(list(sheet.names), layout), strict=True))
    kept = set(layout.columns)
    for done, (number, texts) in enumerate(records(sheet), start=1):
        progress.told(done / len(sheet.rows))
        if texts is None:
            continue
        record = {spelled[name]: text for name, text in texts.items() if spelled[name] in kept}
        if UNCOMPUTED in record.values():
            name = next(name for name, text in record.items() if text == UNCOMPUTED)
            yield number, Unreadable(FindingKind.UNCOMPUTED_FORMULA, name)
        else:
            yield number, record


def _lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | Unreadable]]:
    """Each line with its number; one longer than allowed becomes an Unreadable and is read over."""
    number = 0
    while line := stream.readline(LARGEST_ROW_BYTES):
        number += 1
        if len(line) < LARGEST_ROW_BYTES or line.endswith(b"\n"):
            yield number, line
            continue
        while (rest := stream.readline(LARGEST_ROW_BYTES)) and not rest.endswith(b"\n"):
            pass
        start = line[:_QUOTED_CHARACTERS].decode("utf-8", "replace")
        yield number, Unreadable(FindingKind.UNREADABLE_ROW, start)


def _jsonl(stream: BinaryIO, _layout: Layout) -> Iterator[Row]:
    for number, line in _lines(stream):
        if isinstance(line, Unreadable):
            yield number, line
        elif not line.isspace():
            yield number, _object(line if number > 1 else line.removeprefix(b"\xef\xbb\xbf"))


def _object(line: bytes) -> Record | Unreadable:
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        record = None
    if isinstance(record, dict):
        return record
    return Unreadable(FindingKind.UNREADABLE_ROW, line[:_QUOTED_CHARACTERS].decode("utf-8", "replace").strip())


def header_names(header: list[str], layout: Layout) -> list[str]:
    """The header in the mapping's own spelling, so that rows of either header style look the same."""
    spelled = {c.casefold() if layout.ignore_case else c: c for c in layout.columns}
    names = (name.strip() for name in header)
    return [spelled.get(name.casefold() if layout.ignore_case else name, name) for name in names]


def _csv(stream: BinaryIO, layout: Layout) -> Iterator[Row]:
    # a bad byte becomes U+FFFD and is reported with its row: one broken cell does not end the file
    text = io.TextIOWrapper(stream, layout.encoding, errors="replace", newline="")
    reader = csv.reader(text, delimiter=layout.delimiter)
    names = header_names(next(reader, []), layout)
    begins = reader.line_num + 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as broken:
            yield begins, Unreadable(FindingKind.UNREADABLE_ROW, str(broken))
            cells = []
        if cells is None:
            break
        if len(cells) == len(names):
            yield begins, dict(zip(names, cells, strict=True))
        elif cells:
            yield begins, Unreadable(FindingKind.WRONG_COLUMN_COUNT, f"{len(cells)} ≠ {len(names)}")
        begins = reader.line_num + 1
    text.detach()


def table_header(path: Path, layout: Layout) -> list[str]:
    """The names in the header of a CSV file or a sheet, in the mapping's spelling."""
    if _is_workbook(path, layout):
        try:
            sheet = read_sheet(path, sheet=layout.sheet, needed=layout.needed, ignore_case=layout.ignore_case)
        except SheetRefused as refused:
            raise FileRefused(refused.message, **refused.values) from refused
        return header_names(list(sheet.names), layout)
    layout = replace(layout, encoding=encoding_of(path, layout.encoding))
    try:
        with Progress(path).opened(path) as stream:
            text = io.TextIOWrapper(stream, layout.encoding, errors="replace", newline="")
            return header_names(next(csv.reader(text, delimiter=layout.delimiter), []), layout)
    except (EOFError, gzip.BadGzipFile, zlib.error) as broken:
        raise FileRefused(_TORN) from broken


def _json(stream: BinaryIO, layout: Layout) -> Iterator[Row]:
    document = _JsonText(io.TextIOWrapper(stream, layout.encoding, errors="replace"))
    if layout.records:
        document.enter_member(layout.records)
    document.expect("[")
    if document.peek() != "]":
        while True:
            line = document.line
            # read again by the stricter reader: no lone surrogates, no NaN, nothing that is no object
            yield line, _object(document.value_text().encode())
            if document.peek() == "]":
                break
            document.expect(",")
            document.peek()
    document.text.detach()


class _JsonText:
    """A window that moves over one JSON document, holding no more than a value and a chunk."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self.text = text
        self.line = 1
        self._window = ""
        self._at = 0
        self._decoder = json.JSONDecoder()

    def peek(self) -> str:
        """The next character that is no blank, or nothing at the end."""
        while True:
            while self._at < len(self._window) and self._window[self._at] in " \t\r\n":
                self.line += self._window[self._at] == "\n"
                self._at += 1
            if self._at < len(self._window) or not self._more():
                return self._window[self._at : self._at + 1]

    def expect(self, character: str) -> None:
        if self.peek() != character:
            raise self._broken()
        self._at += 1

    def value_text(self) -> str:
        """The text of the value that begins here."""
        self.peek()
        while True:
            try:
                _, end = self._decoder.raw_decode(self._window, self._at)
            except (json.JSONDecodeError, RecursionError) as broken:
                if len(self._window) - self._at > LARGEST_ROW_BYTES or not self._more():
                    raise self._broken() from broken
                continue
            if end == len(self._window) and self._more():
                continue  # a number cut by the window's edge looks whole
            self.line += self._window.count("\n", self._at, end)
            text, self._at = self._window[self._at : end], end
            return text

    def enter_member(self, name: str) -> None:
        """Step over the members of the object before ``name`` and stand at its value."""
        self.expect("{")
        while self.peek() != "}":
            key = self.value_text()
            self.expect(":")
            if json.loads(key) == name:
                return
            self.value_text()
            if self.peek() == ",":
                self.expect(",")
        raise FileRefused(gettext_noop("JSON 文档中没有成员“%(name)s”，请检查映射的 records。"), name=name)

    def _more(self) -> bool:
        chunk = self.text.read(_CHUNK)
        self._window, self._at = self._window[self._at :] + chunk, 0
        return bool(chunk)

    def _broken(self) -> FileRefused:
        return FileRefused(gettext_noop("第 %(line)d 行起不是合法的 JSON，读取到此为止。"), line=self.line)


_READERS: dict[FileFormat, Callable[[BinaryIO, Layout], Iterator[Row]]] = {
    FileFormat.CSV: _csv,
    FileFormat.EXCEL: _csv,
    FileFormat.JSON: _json,
    FileFormat.JSONL: _jsonl,
}

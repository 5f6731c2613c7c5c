"""Reading of plain text and Markdown: lines with tabs, bars or wide gaps are rows of a grid."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wangge.domains.disclosure.checking.reading.blocks import Block, Grid, Paragraph, Place, Row
from wangge.domains.disclosure.checking.reading.refusing import ReadingRefused

_RULE = re.compile(r"\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?")
_GAP = re.compile(r" {2,}|\u3000{2,}")
_AMOUNT = re.compile(r"-?[\d,，]+\.\d{2}%?")
_HEADING = re.compile(r"#{1,6}\s+|\*\*")


def read_plain(data: bytes, *, markdown: bool) -> tuple[Block, ...]:
    """The blocks of a text; a bar separates cells in Markdown and in texts that draw their tables."""
    return tuple(_blocks(decoded(data).splitlines(), markdown))


def decoded(data: bytes) -> str:
    """The text of bytes in the encodings that offices use; refused: none of them."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise ReadingRefused("binary", "文件不是可读的格式：请另存为 PDF、DOCX、XLSX、HTML、MD 或 TXT。")


def _blocks(lines: list[str], markdown: bool) -> Iterator[Block]:
    waiting: list[Row] = []
    number = 0
    for count, line in enumerate(lines, 1):
        cells = _cells(line)
        if cells is not None:
            if cells:
                waiting.append(Row(tuple(cells), Place(line=count, block=number + 1)))
            continue
        text = line.strip()
        if not text:
            continue
        if waiting:
            number += 1
            yield Grid(tuple(waiting))
            waiting = []
        number += 1
        yield Paragraph(_HEADING.sub("", text).strip() if markdown else text, Place(line=count, block=number))
    if waiting:
        yield Grid(tuple(waiting))


def _cells(line: str) -> list[str] | None:
    """The cells of a row; None for running text; empty for a rule under a header."""
    if "\t" in line:
        return [cell.strip() for cell in line.rstrip("\r\n").split("\t")]
    stripped = line.strip()
    if "|" in stripped:
        if _RULE.fullmatch(stripped):
            return []
        return [_HEADING.sub("", cell).strip() for cell in stripped.strip("|").split("|")]
    if "│" in stripped or "┃" in stripped:
        return [cell.strip() for cell in re.split("[│┃]", stripped.strip("│┃"))]
    pieces = [piece.strip() for piece in _GAP.split(stripped) if piece.strip()]
    if len(pieces) >= 3:
        return pieces
    words = stripped.split()
    if (
        len(words) >= 3
        and not re.search("[。；，：]", stripped)
        and sum(bool(_AMOUNT.fullmatch(word)) for word in words) >= 1
    ):
        return words
    return None

"""Anchor files: lists of chain heads kept outside the database, each file chained to the one before by SM3.

A directory holds ``0001-20241128T181700Z.anchor.gz`` and so on, and ``anchors.txt`` with one line for each: number,
moment, lines, whether whole, the file's digest, the digest of the one before. The digest is SM3 of the uncompressed
bytes; the first line of a file repeats the digest before it, so that none can be exchanged or taken out unseen. The
last line of ``anchors.txt`` is short enough to be printed, sealed, or sent to another house.
"""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path

import orjson

INDEX = "anchors.txt"
GENESIS = "0" * 64
_ENDING = ".anchor.gz"


@dataclass(frozen=True, slots=True)
class Anchor:
    """One file of the directory as the index names it."""

    number: int
    at: datetime
    lines: int
    whole: bool
    digest: str
    previous: str

    @property
    def name(self) -> str:
        return f"{self.number:04}-{self.at:%Y%m%dT%H%M%SZ}{_ENDING}"

    def line(self) -> str:
        """How the index says it."""
        kind = "whole" if self.whole else "since"
        return f"{self.number} {self.at.isoformat()} {self.lines} {kind} {self.digest} {self.previous}"


class AnchorBroken(Exception):
    """A file is changed, exchanged or gone, or the index is; the text says which."""


def anchors_in(directory: Path) -> list[Anchor]:
    """The anchors of a directory by its index, oldest first; none where there is no index."""
    index = directory / INDEX
    if not index.exists():
        return []
    found: list[Anchor] = []
    for row, line in enumerate(index.read_text("ascii").splitlines(), 1):
        try:
            number, at, lines, kind, digest, previous = line.split(" ")
            anchor = Anchor(int(number), datetime.fromisoformat(at), int(lines), kind == "whole", digest, previous)
        except ValueError:
            raise AnchorBroken(f"{INDEX}:{row}") from None
        if anchor.number != row or anchor.previous != (found[-1].digest if found else GENESIS):
            raise AnchorBroken(f"{INDEX}:{row}")
        found.append(anchor)
    return found


def write_anchor(directory: Path, rows: Iterable[bytes], *, at: datetime, whole: bool) -> Anchor:
    """Write the next file from rows (each ends in a newline) and then its line in the index: all of it or nothing."""
    directory.mkdir(parents=True, exist_ok=True)
    earlier = anchors_in(directory)
    previous = earlier[-1].digest if earlier else GENESIS
    number, lines = len(earlier) + 1, 0
    digest = hashlib.new("sm3")
    head = orjson.dumps({"anchor": number, "at": at.isoformat(), "whole": whole, "previous": previous}) + b"\n"
    draft = directory / f".{number:04}.{os.getpid()}"
    try:
        with gzip.open(draft, "wb", compresslevel=1) as file:
            for row in chain((head,), rows):
                digest.update(row)
                file.write(row)
                lines += 1
        anchor = Anchor(number, at, lines - 1, whole, digest.hexdigest(), previous)
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        os.replace(draft, directory / anchor.name)
    finally:
        draft.unlink(missing_ok=True)
    with (directory / INDEX).open("a", encoding="ascii") as index:
        index.write(anchor.line() + "\n")
        index.flush()
        os.fsync(index.fileno())
    return anchor


def read_anchor(directory: Path, anchor: Anchor) -> Iterator[bytes]:
    """The rows of a file; after the last one the digest is compared, and AnchorBroken says when it differs."""
    digest = hashlib.new("sm3")
    lines = -1
    try:
        with gzip.open(directory / anchor.name, "rb") as file:
            for row in file:
                digest.update(row)
                lines += 1
                if lines:
                    yield row
    except (OSError, EOFError) as failed:
        raise AnchorBroken(f"{anchor.name}: {failed}") from failed
    if digest.hexdigest() != anchor.digest or lines != anchor.lines:
        raise AnchorBroken(anchor.name)

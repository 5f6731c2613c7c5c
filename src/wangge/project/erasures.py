"""The list of erasures beside the database, so that what was erased stays erased when the city goes back.

One line of JSON for each: kind, the key under which the product keeps the thing, the moment. Neither words nor numbers
of a person, nor a reason somebody typed. It lies under ``var``, in the folder of backups and in every backup. A line is
written before its erasure is committed: whatever was acknowledged is here, and a line cut off never was acknowledged.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wangge.domains.citizens.operations.erasing import Erasure

NAME = "erasures.jsonl"


def note_erasures(directory: Path, erasures: Iterable[Erasure]) -> None:
    """Append them to the list of this directory, and have them on the disk."""
    _append(directory, [json.dumps({**asdict(each), "at": each.at.isoformat()}) for each in erasures])


def bring_erasures(source: Path, target: Path) -> int:
    """Add to the list of ``target`` what only that of ``source`` holds; how many lines were added."""
    known = set(_lines(target))
    new = [line for line in _lines(source) if line not in known]
    _append(target, new)
    return len(new)


def erasures_noted(directory: Path) -> list[Erasure]:
    """Everything the list of this directory holds, oldest first; a line that was cut off is passed over."""
    from wangge.domains.citizens.operations.erasing import Erasure

    rows = [json.loads(line) for line in _lines(directory)]
    found = [Erasure(row["kind"], row["key"], datetime.fromisoformat(row["at"])) for row in rows]
    return sorted(found, key=lambda each: each.at)


def _lines(directory: Path) -> list[str]:
    path = directory / NAME
    if not path.is_file():
        return []
    return [line for line in path.read_text(encoding="utf-8", errors="replace").split("\n") if _is_whole(line)]


def _is_whole(line: str) -> bool:
    try:
        row = json.loads(line)
        return isinstance(row, dict) and {"kind", "key", "at"} <= set(row)
    except ValueError:
        return False


def _append(directory: Path, lines: list[str]) -> None:
    if not lines:
        return
    path = directory / NAME
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "r+b") as file:
        # A line that a crash cut off must not take the next one with it.
        size = file.seek(0, os.SEEK_END)
        is_cut = size > 0 and os.pread(file.fileno(), 1, size - 1) != b"\n"
        file.write(("\n" * is_cut + "".join(f"{line}\n" for line in lines)).encode())
        file.flush()
        os.fsync(file.fileno())

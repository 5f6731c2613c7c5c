"""Many deadlines at once: reads a CSV of limits and writes it again with ``due_at`` and ``error``.

A bad row gets its error and does not stop the others.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO

from wangge.groundwork.working_time import (
    Allowance,
    Clock,
    WorkingTimeError,
    due_with_pauses,
    iso_of,
    parse_moment,
    parse_pauses,
)
from wangge.project.commands.reckoning import Reckoning

_NEEDED = ("from", "limit", "unit")
_ADDED = ("due_at", "error")


class BatchRefused(ValueError):
    """The whole file cannot be worked through; the text says what to do."""


def fill_batch(source: Path, target: Path, reckoning: Reckoning) -> tuple[int, int]:
    """Write ``target`` from ``source`` with ``due_at`` and ``error``; answers rows and rows with an error.

    The target is put in place only when whole, so it may be the source. Refused: :class:`BatchRefused`.
    """
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with (
            source.open(encoding="utf-8-sig", newline="") as read,
            part.open("w", encoding="utf-8", newline="") as written,
        ):
            counts = _fill(read, written, _Rows(reckoning))
        part.replace(target)
    except UnicodeDecodeError:
        raise BatchRefused(f"{source} 不是 UTF-8 编码：请另存为 UTF-8。") from None
    except (OSError, csv.Error) as error:
        raise BatchRefused(f"{source} → {target}：{error}") from None
    finally:
        part.unlink(missing_ok=True)
    return counts


def _fill(read: TextIO, written: TextIO, rows: _Rows) -> tuple[int, int]:
    reader = csv.reader(read)
    header = [name.strip() for name in next(reader, [])]
    missing = [name for name in _NEEDED if name not in header]
    if missing:
        raise BatchRefused(f"缺少列 {','.join(missing)}：至少要有 {','.join(_NEEDED)}。")
    kept = [place for place, name in enumerate(header) if name not in _ADDED]
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow([*(header[place] for place in kept), *_ADDED])
    places = {name: place for place, name in enumerate(header)}
    count = errors = 0
    for cells, due_at, error in _answers(reader, len(header), places, rows):
        count += 1
        errors += bool(error)
        writer.writerow([*(cells[place] for place in kept), due_at, error])
    return count, errors


def _answers(
    reader: Iterator[list[str]], width: int, places: Mapping[str, int], rows: _Rows
) -> Iterator[tuple[list[str], str, str]]:
    start, limit, unit = (places[name] for name in _NEEDED)
    pauses, extend = places.get("pauses"), places.get("extend")
    for written in reader:
        cells = written + [""] * (width - len(written))
        if not written:
            continue
        if len(cells) > width:
            yield cells, "", f"有 {len(cells)} 列，表头只有 {width} 列：含逗号的内容请加引号"
            continue
        try:
            due_at = rows.due_at(
                cells[start],
                cells[limit],
                cells[unit].strip(),
                pauses=cells[pauses] if pauses is not None else "",
                extend=cells[extend] if extend is not None else "",
            )
        except WorkingTimeError as error:
            yield cells, "", str(error)
        else:
            yield cells, due_at, ""


class _Rows:
    """Answers row by row and remembers amounts, of which a file has few different ones."""

    def __init__(self, reckoning: Reckoning) -> None:
        self._reckoning = reckoning
        self._allowances: dict[tuple[str, str], tuple[int, Clock]] = {}

    def due_at(self, start: str, limit: str, unit: str, *, pauses: str, extend: str) -> str:
        """The due moment as ISO text; every fault of the row is a :class:`WorkingTimeError`."""
        known = self._allowances.get((limit, unit))
        minutes, clock = known or self._remember(limit, unit)
        if extend.strip():
            more = self._allowances.get((extend, unit)) or self._remember(extend, unit)
            minutes += more[0]
        begin = parse_moment(start)
        if pauses:
            return iso_of(due_with_pauses(clock, begin, minutes, parse_pauses(pauses)))
        return iso_of(clock.due(begin, minutes))

    def _remember(self, number: str, unit: str) -> tuple[int, Clock]:
        allowance: Allowance = self._reckoning.allowance(number, unit)
        answer = allowance.minutes, self._reckoning.clock(allowance.clock)
        self._allowances[number, unit] = answer
        return answer

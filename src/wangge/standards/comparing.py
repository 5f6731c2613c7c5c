"""Comparing a directory of new tables with those in use, and taking it over into the city's overlay.

Nothing is deleted: rows the new tables lack end on the day the new ones begin, changed rows get a dated
version, and a new edition stands beside the old ones. Old cases go on reading what held on their day.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from wangge.standards.findings import Finding, StandardsRefused
from wangge.standards.library import (
    Stack,
    find_faults,
    forget_loaded_tables,
    load_tables,
    read_directory,
    read_stack,
)
from wangge.standards.reading import FORM_OF_FILE, RawRow, TableForm

# what an import may bring: the standards proper; moves and settings are changed in the overlay itself
IMPORTED = (
    "editions.csv",
    "components.csv",
    "events.csv",
    "time_units.csv",
    "time_limits.csv",
    "editions_in_force.csv",
)


class Change(StrEnum):
    """How a row of the new tables differs from the one in use."""

    ADDED = "added"
    CHANGED = "changed"
    ENDED = "ended"  # the new tables lack it: it stays for old cases, no longer for new ones


@dataclass(frozen=True, slots=True)
class Difference:
    """One row that differs: ``columns`` maps a changed column to (old, new)."""

    file: str
    key: tuple[str, ...]
    change: Change
    columns: Mapping[str, tuple[str, str]]
    row: RawRow  # the new row, or the old one that ends


def compare(directory: Path, *, overlay: Path | None, on: date) -> tuple[Difference, ...]:
    """How the tables in ``directory`` differ from those in use, both as they hold ``on`` a day.

    Raises StandardsRefused when the directory's files cannot be read. Only tables present in the directory
    are compared, and a table of classes or limits only ends rows of the editions it contains.
    """
    new, findings = read_directory(directory)
    if findings:
        raise StandardsRefused(findings)
    in_use = read_stack(overlay)
    found: list[Difference] = []
    for file in IMPORTED:
        if (directory / file).is_file():
            found += _differences(file, FORM_OF_FILE[file], new, in_use, on)
    return tuple(found)


def _differences(file: str, form: TableForm, new: Stack, in_use: Stack, on: date) -> list[Difference]:
    fresh = _rows_of_file(new.national, file, form, on)
    old = _rows_of_file(in_use.national, file, form, on)
    for key, row in _rows_of_file(in_use.overlay, file, form, on).items():
        if row.removes:
            old.pop(key, None)
        else:
            below = old.get(key)
            old[key] = RawRow(form, {**(below.cells if below else {}), **row.cells}, row.at)
    found = []
    for key, row in fresh.items():
        if key not in old:
            found.append(Difference(file, key, Change.ADDED, {}, row))
        else:
            columns = {
                column: (old[key].cells.get(column, ""), cell)
                for column, cell in row.cells.items()
                if column not in _DATES and cell != old[key].cells.get(column, "")
            }
            if columns:
                found.append(Difference(file, key, Change.CHANGED, columns, row))
    if form.name in ("categories", "time_limits"):
        editions = {key[0] for key in fresh}
        found += [
            Difference(file, key, Change.ENDED, {}, row)
            for key, row in old.items()
            if key not in fresh and key[0] in editions
        ]
    return found


_DATES = ("valid_from", "valid_to", "remove")


def _rows_of_file(
    side: Mapping[str, list[RawRow]], file: str, form: TableForm, on: date
) -> dict[tuple[str, ...], RawRow]:
    return {
        row.at.key: row for row in side.get(form.name, []) if row.at.file.endswith(f"/{file}") and row.at.holds_on(on)
    }


def take_over(differences: tuple[Difference, ...], *, overlay: Path, valid_from: date) -> tuple[Path, ...]:
    """Write ``differences`` into the overlay as rows that hold from a day on; gives the files written.

    All or nothing: when the overlay would be refused afterwards, its files are as before and StandardsRefused
    says why.
    """
    files = sorted({difference.file for difference in differences})
    before = {file: _bytes_of(overlay / file) for file in files}
    overlay.mkdir(parents=True, exist_ok=True)
    national = read_stack(None).national
    for file in files:
        rows = [difference for difference in differences if difference.file == file]
        _write(overlay / file, _merged(overlay / file, rows, valid_from, national))
    forget_loaded_tables()
    faults: tuple[Finding, ...] = find_faults(overlay)
    if faults:
        for file, content in before.items():
            _restore(overlay / file, content)
        forget_loaded_tables()
        raise StandardsRefused(faults)
    load_tables(overlay)
    return tuple(overlay / file for file in files)


def _merged(
    path: Path, rows: list[Difference], valid_from: date, national: Mapping[str, list[RawRow]]
) -> list[dict[str, str]]:
    """The overlay's rows with the dated versions behind them; an earlier version of the same key ends."""
    form = FORM_OF_FILE[path.name]
    below = {row.at.key: row.cells for row in national[form.name]}
    day = valid_from.isoformat()
    changed = {difference.key for difference in rows}
    merged: list[dict[str, str]] = []
    for old in _rows_as_written(path):
        key = tuple(old.get(column, "") for column in form.key)
        if key in changed and not (old.get("valid_to") and old["valid_to"] <= day):
            old["valid_to"] = day
        # the file gets every column now, so what the row left out is written into it
        merged.append({**below.get(key, {}), **old})
    for difference in rows:
        ends = difference.change is Change.ENDED
        if ends and difference.key not in below:
            continue  # only the overlay had it, and its row has just got its last day
        cells = {column: cell for column, cell in difference.row.cells.items() if column not in _DATES}
        merged.append({**cells, "valid_from": day, "remove": "yes" if ends else ""})
    return merged


def _rows_as_written(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    columns = list(dict.fromkeys(column for row in rows for column in row if column not in _DATES))
    partial = path.with_suffix(".partial")
    with partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*columns, *_DATES], restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    os.replace(partial, path)


def _bytes_of(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _restore(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(content)

"""Sums beside the facts: how many rows of each kind fall into each statistical month, object by object, file by file.

A count is a signed sum over rows, so rows of one kind, object and month may be added up before the definitions are
held against them. For each file of steps there is one of sums for each key column, made when it is first asked for.
They can be thrown away at any time: they are named after the SM3 of the facts they come from, carry their own, and are
made again where they are missing or were changed. What was known earlier, and periods that are not made of whole
months, are counted from the facts.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from wangge.domains.evaluation.logic.counting_request import KEY_COLUMNS, Request
from wangge.domains.evaluation.logic.periods import Period
from wangge.domains.evaluation.logic.scans import NOBODY, changes_of, moment_of, scan_name
from wangge.domains.evaluation.logic.terms import Term, terms_of
from wangge.domains.evaluation.snapshots import STEPS, Snapshot
from wangge.groundwork.warehouse.keeping import changed_files
from wangge.groundwork.warehouse.manifest import FactFile, facts_directory, sm3_of
from wangge.standards.library import load_tables

_LAST_BORDER = 28
"""Months may begin on every day that each month has."""
_FORM = 1
"""Raised when the sums of a file come to look otherwise."""


def month_number(period_begins: Any) -> int:
    """The statistical month that begins on a day."""
    return int(period_begins.year) * 12 + int(period_begins.month) - 1


def borders_of(periods: Sequence[Period]) -> list[int]:
    """The numbers of the months that periods begin with, and of the one after the last."""
    return [*(month_number(period.first) for period in periods), month_number(periods[-1].end)]


def serves(request: Request, terms: Sequence[Term]) -> str:
    """The key column whose sums answer a request; empty where only the facts do."""
    columns = [key for key in request.keys if key != "source"]
    days = {period.first.day for period in request.periods} | {request.periods[-1].end.day}
    if not request.monthly or request.known_until is not None or request.only is not None or len(days) != 1:
        return ""
    if max(days) > _LAST_BORDER or len(columns) != 1:
        return ""
    names = {scan_name(moment_of(term), changes_of(term.whose, columns)) for term in terms}
    return columns[0] if names <= set(_scans(columns[0])) else ""


@cache
def _scans(column: str) -> Mapping[str, tuple[str, str]]:
    """The scans that sums of a key column hold: name → (moment, the key's expression)."""
    found: dict[str, tuple[str, str]] = {}
    for each in load_tables(None).indicators:
        for term in terms_of(each.id, each.counted) if each.kind == "count" else ():
            changes = changes_of(term.whose, (column,))
            found[scan_name(moment_of(term), changes)] = moment_of(term), _key(column, changes.get(column, ""))
    return dict(sorted(found.items()))


def _key(column: str, instead: str) -> str:
    if instead in ("", column):
        return f'"{column}"'
    if instead == NOBODY:
        return "0"
    if instead == "author":
        return '"author"'
    if instead == "former_unit":
        return f'CASE WHEN "former_unit" <> 0 THEN "former_unit" ELSE "{column}" END'
    return f'CASE WHEN "{instead}" = 0 THEN "{column}" ELSE greatest("{instead}", 0) END'


def paths_of(snapshot: Snapshot, column: str, begins_on: int, link: Any) -> list[str]:
    """The files of sums of a key column; those that are missing or were changed are made first."""
    root = snapshot.root / "sums"
    wanted = {_name(file, column, begins_on): file for file in snapshot.manifest.of_table(STEPS)}
    known = _read_index(root)
    kept = [known[name] for name in wanted if name in known]
    wrong = set(changed_files(root, kept)) if kept else set()
    missing = [name for name in wanted if name not in known or name in wrong]
    if missing:
        facts_directory(root).mkdir(parents=True, exist_ok=True)
        made = [_make(snapshot.root, wanted[name], root, name, column, begins_on, link) for name in missing]
        _add_to_index(root, made)
    return [str(facts_directory(root) / name) for name in wanted]


def prepare(snapshot: Snapshot, *, begins_on: int, link: Any) -> None:
    """Make the sums that questions will want, before anybody waits for them."""
    for column in KEY_COLUMNS:
        if column not in ("source", "component"):
            paths_of(snapshot, column, begins_on, link)


def _name(file: FactFile, column: str, begins_on: int) -> str:
    told = json.dumps([_FORM, dict(_scans(column))])
    mark = hashlib.new("sm3", told.encode()).hexdigest()[:8]
    return f"{column}-{begins_on:02d}-{mark}-{file.sm3[:24]}.parquet"


def _make(warehouse: Path, file: FactFile, root: Path, name: str, column: str, begins_on: int, link: Any) -> FactFile:
    """Add one file of steps up."""
    source = facts_directory(warehouse) / file.name
    parts = [
        f"SELECT '{scan}' AS scan, what, {_month('at', begins_on)} AS made, {_month(moment, begins_on)} AS told,"
        f' {key} AS "{column}", count(*)::int AS "rows" FROM read_parquet(\'{source}\') WHERE "{moment}" > 0'
        " GROUP BY 1, 2, 3, 4, 5"
        for scan, (moment, key) in _scans(column).items()
    ]
    path = facts_directory(root) / name
    draft = path.with_name(f".{name}.{os.getpid()}")
    ordered = f"SELECT * FROM ({' UNION ALL '.join(parts)}) ORDER BY ALL"
    link.execute(f"COPY ({ordered}) TO '{draft}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20480)")
    draft.replace(path)
    return FactFile(name, column, file.month, file.rows, path.stat().st_size, sm3_of(path))


def _month(moment: str, begins_on: int) -> str:
    """The number of the statistical month a moment lies in, as SQL."""
    day = f"(DATE '1970-01-01' + (\"{moment}\" // 1440 - {begins_on - 1})::int)"
    return f"(year({day}) * 12 + month({day}) - 1)::int"


def _read_index(root: Path) -> dict[str, FactFile]:
    try:
        return {row[0]: FactFile(*row) for row in json.loads((root / "index.json").read_bytes())}
    except (OSError, ValueError, TypeError):
        return {}


def _add_to_index(root: Path, made: Sequence[FactFile]) -> None:
    """Two that make sums at once may lose an entry, not a figure: what is not in the index is made again."""
    known = _read_index(root) | {file.name: file for file in made}
    draft = root / f".index.{os.getpid()}"
    draft.write_text(json.dumps([[f.name, f.table, f.month, f.rows, f.bytes, f.sm3] for f in known.values()]))
    draft.replace(root / "index.json")

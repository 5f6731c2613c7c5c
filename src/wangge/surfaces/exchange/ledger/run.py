"""Runs a ledger import: file → rows → facts → the domain's writer, with everything that was refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from wangge.domains.budgeting.logic.facts import RefusedRow, UnitFact
from wangge.domains.budgeting.operations.allotment_import import take_in_allotments, take_in_units
from wangge.domains.budgeting.operations.importing import ImportResult, ImportSource
from wangge.domains.budgeting.operations.money_import import take_in_entries, take_in_money
from wangge.domains.budgeting.operations.payment_import import take_in_payments
from wangge.domains.budgeting.operations.recording import take_in_records
from wangge.domains.budgeting.policies import may_keep_books
from wangge.domains.organizations.logic import Actor
from wangge.groundwork.collector_at_rest import collector_at_rest
from wangge.surfaces.exchange.imports.findings import LABELS
from wangge.surfaces.exchange.imports.reading import FileFormat, FileRefused, Layout, Progress, Unreadable, read_rows
from wangge.surfaces.exchange.ledger.declaration import LedgerMapping
from wangge.surfaces.exchange.ledger.remarks import remarks_on
from wangge.surfaces.exchange.ledger.rows import Fact, FactReader, RowRefused


@dataclass(slots=True)
class ReadFile:
    """What a file came to: its facts, the rows that are none, and the total it prints itself."""

    facts: list[Any] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)
    stated_total_fen: int | None = None
    sources: dict[int, Mapping[str, str]] = field(default_factory=dict)


def import_ledger(
    path: Path, mapping: LedgerMapping, *, by: Actor, at: datetime, dry_run: bool, progress: Progress | None = None
) -> tuple[ImportResult, ReadFile]:
    """Import a file; raises ``FileRefused`` or ``LedgerRefused``: then nothing of it was taken in."""
    with collector_at_rest():
        return _imported(path, mapping, by, at, dry_run, progress or Progress(path))


def _imported(
    path: Path, mapping: LedgerMapping, by: Actor, at: datetime, dry_run: bool, progress: Progress
) -> tuple[ImportResult, ReadFile]:
    read = _his_own(read_file(path, mapping, progress), by)
    source = ImportSource(mapping.kind, mapping.name, path.name, _digest(path))
    common: dict[str, Any] = {
        "source": source, "by": by, "at": at, "dry_run": dry_run, "unreadable": tuple(read.refused),
    }  # fmt: skip
    if mapping.kind == "payments":
        result = take_in_payments(
            read.facts, without_allotments=mapping.without_allotments, stated_total_fen=read.stated_total_fen, **common
        )
    elif mapping.record_kind:
        result = take_in_records(read.facts, kind=mapping.kind, **common)
    else:
        writers: dict[str, Callable[..., ImportResult]] = {
            "units": take_in_units,
            "allotments": take_in_allotments,
            "money": take_in_money,
            "entries": take_in_entries,
        }
        result = writers[mapping.kind](read.facts, **common)
    return replace(result, notes=(*result.notes, *remarks_on(read.facts, mapping.kind))), read


def _his_own(read: ReadFile, by: Actor) -> ReadFile:
    """Rows of units whose books he does not keep are refused."""
    mine: dict[str, bool] = {}
    kept = []
    for fact in read.facts:
        unit = fact.code if isinstance(fact, UnitFact) else fact.unit
        if unit not in mine:
            mine[unit] = may_keep_books(by, unit)
        if mine[unit]:
            kept.append(fact)
        else:
            read.refused.append(RefusedRow(fact.line, _("“%(code)s”不由您记账。") % {"code": unit}))
    read.facts = kept
    return read


def read_file(path: Path, mapping: LedgerMapping, progress: Progress) -> ReadFile:
    """Read a whole file into facts."""
    reader = FactReader(mapping)
    found = ReadFile()
    for line, record in _rows(path, mapping, progress):
        if isinstance(record, Unreadable):
            found.refused.append(RefusedRow(line, f"{_(LABELS[record.kind])}：{record.stated}"))
            continue
        if _is_total(mapping, record):
            found.stated_total_fen = _stated(mapping, reader, record)
            continue
        try:
            found.facts.append(reader.read(line, record))
        except RowRefused as refused:
            found.refused.append(RefusedRow(line, str(refused)))
            found.sources[line] = record
    return found


def _is_total(mapping: LedgerMapping, record: Mapping[str, Any]) -> bool:
    row = mapping.total_row
    return row is not None and str(record.get(row.column, "")).replace(" ", "") == row.value


def _stated(mapping: LedgerMapping, reader: FactReader, record: Mapping[str, Any]) -> int | None:
    for column in mapping.columns.get("amount", ()):
        if record.get(column):
            return reader.amount(str(record[column]).strip())
    return None


def _rows(path: Path, mapping: LedgerMapping, progress: Progress) -> Iterator[tuple[int, Any]]:
    if mapping.format == "xml":
        yield from _xml_rows(path, mapping.record)
        return
    columns = {column for columns in mapping.columns.values() for column in columns}
    if mapping.total_row:
        columns.add(mapping.total_row.column)
    # a field may stand in one of several columns: only the first field's sole column must be there
    needed = tuple(mapping.columns[f][0] for f in mapping.needed if len(mapping.columns.get(f, ())) == 1)
    layout = Layout(
        FileFormat(mapping.format), mapping.encoding, mapping.delimiter, tuple(sorted(columns)), sheet=mapping.sheet,
        needed=needed,
    )  # fmt: skip
    yield from read_rows(path, layout, progress)


def _xml_rows(path: Path, element: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The rows of a GB/T 24589 file: every ``element``, its children's texts by their names."""
    try:
        for _event, node in etree.iterparse(
            str(path), events=("end",), resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False
        ):
            if etree.QName(node).localname != element:
                continue
            yield int(node.sourceline or 0), {etree.QName(child).localname: (child.text or "") for child in node}
            node.clear()
            while node.getprevious() is not None:
                del node.getparent()[0]
    except etree.XMLSyntaxError as broken:
        raise FileRefused(_("第 %(line)d 行起不是合法的 XML，请重新导出。") % {"line": broken.lineno or 0}) from broken


def _digest(path: Path) -> str:
    digest = hashlib.new("sm3")
    with path.open("rb") as opened:
        while chunk := opened.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


__all__ = ["Fact", "ReadFile", "import_ledger", "read_file"]

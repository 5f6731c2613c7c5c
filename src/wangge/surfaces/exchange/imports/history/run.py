"""Owns one run over an export: its files put in order, each case translated, counted, handed on or refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from wangge.domains.cases.operations.full_history import Family
from wangge.domains.cases.told_history import ToldCase
from wangge.standards.findings import gettext_noop
from wangge.surfaces.exchange.imports.findings import FindingKind, RowFinding, RowRefused
from wangge.surfaces.exchange.imports.foreign import RefusedRow
from wangge.surfaces.exchange.imports.history.declaration import HistoryDeclaration
from wangge.surfaces.exchange.imports.history.mapping import HistoryMapping
from wangge.surfaces.exchange.imports.history.staging import Shelf, Source, Staged, sources_of
from wangge.surfaces.exchange.imports.history.translating import (
    HistoryTranslator,
    PersonOf,
    TakePhoto,
    UnitOf,
)
from wangge.surfaces.exchange.imports.reading import (
    FileFormat,
    FileRefused,
    Layout,
    Progress,
    Unreadable,
    check_whole,
    read_rows,
    table_header,
)

Refuse = Callable[[RefusedRow], None]
_K = FindingKind


@dataclass(slots=True)
class HistoryTally:
    """What a run has seen so far."""

    cases: int = 0
    steps: int = 0
    photos: int = 0
    taken: int = 0
    refused: Counter[FindingKind] = field(default_factory=Counter)
    findings: Counter[FindingKind] = field(default_factory=Counter)
    absent_columns: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The tally for ``--json``."""
        return {
            "cases": self.cases,
            "steps": self.steps,
            "photos": self.photos,
            "taken": self.taken,
            "refused": self.refused.total(),
            "refused_by_reason": {kind.value: n for kind, n in self.refused.most_common()},
            "findings": {kind.value: n for kind, n in self.findings.most_common()},
            "absent_columns": list(self.absent_columns),
        }


class HistoryRun:
    """One pass over one export: ``shelve`` first, then ``families`` once."""

    def __init__(
        self,
        export: Path,
        mapping: HistoryMapping,
        *,
        at: datetime,
        refuse: Refuse,
        unit_of: UnitOf,
        person_of: PersonOf,
        take_photo: TakePhoto,
        shelf: Shelf,
    ) -> None:
        self.export, self.mapping, self.shelf = export, mapping, shelf
        self.tally = HistoryTally()
        self._refuse = refuse
        self.translator = HistoryTranslator(
            mapping,
            at=at,
            unit_of=unit_of,
            person_of=person_of,
            take_photo=take_photo,
            refuse_step=lambda row, finding: self._refused(row, "", finding),
        )

    def shelve(self, told: Callable[[Source, int, int], None] | None = None) -> None:
        """Read every file of the export; ``told`` hears of bytes read and in all. Raises FileRefused.

        Whole files first: a torn one is known before anything of it is written.
        """
        files = self.mapping.declaration.files
        groups: list[tuple[str, list[Source]]] = [
            ("case", sources_of(self.export, files.cases)),
            ("step", sources_of(self.export, files.steps)),
        ]
        if files.photos and self.mapping.declaration.photos:
            groups.append(("photo", sources_of(self.export, files.photos)))
        for _kind, sources in groups:
            for source in sources:
                check_whole(source.path)
        absent: dict[str, None] = {}
        for kind, sources in groups:
            for source in sources:
                absent.update(dict.fromkeys(self._absent(kind, source)))
                self._read(kind, source, told)
        self.tally.absent_columns = tuple(absent)
        self.shelf.sort()

    def families(self) -> Iterator[Family]:
        """Every case that can be taken, each with its children, in the order of the file."""
        for table, kind in (("step", _K.STEP_WITHOUT_CASE), ("photo", _K.PHOTO_WITHOUT_CASE)):
            for key, row in self.shelf.without_case(table):
                self._refused(row, key, RowFinding(kind, "key", key))
        for key in self.shelf.case_keys():
            case = self._case(key)
            if case is None:
                continue
            children = [child for each in self.shelf.children_of(key) if (child := self._case(each)) is not None]
            yield Family(case, tuple(children))

    def _case(self, key: str) -> ToldCase | None:
        row = self.shelf.case(key)
        lead_column = self.mapping.declaration.cases.lead
        lead = str(row.record.get(lead_column) or "").strip() if lead_column else ""
        findings = self.translator.findings
        try:
            case = self.translator.case(
                row,
                self.shelf.steps_of(key),
                self.shelf.photos_of(key),
                has_lead=bool(lead) and self.shelf.has_case(lead),
            )
            if case.parent and not self.shelf.has_case(case.parent):
                findings.found(_K.PARENT_NOT_IN_FILE, "parent", case.parent)
                case = case._replace(parent="")
        except RowRefused as refused:
            self._refused(row, key, refused.finding)
            return None
        self.tally.taken += 1
        for finding in findings.of_row:
            self.tally.findings[finding.kind] += 1
        return case

    def _read(self, kind: str, source: Source, told: Callable[[Source, int, int], None] | None) -> None:
        declaration = self.mapping.declaration
        progress = Progress(source.path)
        put = {"case": self._put_case, "step": self._put_step, "photo": self._put_photo}[kind]
        for count, (line, record) in enumerate(read_rows(source.path, _layout(declaration, kind, source), progress)):
            if isinstance(record, Unreadable):
                self._refused(Staged(line, {}), "", RowFinding(record.kind, "row", record.stated))
            else:
                put(Staged(line, record))
            if told is not None and count % 2000 == 0:
                told(source, progress.read_bytes, progress.total_bytes)

    def _put_case(self, row: Staged) -> None:
        self.tally.cases += 1
        key = self.translator.key_of(row.record)
        if not key:
            self._refused(row, "", RowFinding(_K.MISSING_KEY, "key", ""))
            return
        parent_column = self.mapping.declaration.cases.parent
        parent = str(row.record.get(parent_column) or "").strip() if parent_column else ""
        if not self.shelf.put_case(key, parent, row):
            self._refused(row, key, RowFinding(_K.REPEATED_KEY, "key", key))

    def _put_step(self, row: Staged) -> None:
        self.tally.steps += 1
        self.shelf.put_step(self.translator.step_key_of(row.record), row)

    def _put_photo(self, row: Staged) -> None:
        self.tally.photos += 1
        self.shelf.put_photo(self.translator.photo_key_of(row.record), row)

    def _refused(self, row: Staged, key: str, finding: RowFinding) -> None:
        self.tally.refused[finding.kind] += 1
        self._refuse(RefusedRow(row.line, key, finding, orjson.dumps(row.record).decode()))

    def _absent(self, kind: str, source: Source) -> list[str]:
        """The columns the mapping names and the file lacks; FileRefused when it cannot do without."""
        layout = _layout(self.mapping.declaration, kind, source)
        header = set(table_header(source.path, layout))
        missing = sorted(set(layout.needed) - header)
        if missing:
            raise FileRefused(
                gettext_noop("“%(file)s”的表头缺少映射必需的列：%(missing)s。文件的表头是：%(header)s。"),
                file=source.path.name,
                missing=" ".join(missing),
                header=" ".join(sorted(header)),
            )
        return [column for column in layout.columns if column not in header]


def _layout(told: HistoryDeclaration, kind: str, source: Source) -> Layout:
    columns, needed = {"case": _case_columns, "step": _step_columns, "photo": _photo_columns}[kind](told)
    return Layout(
        file_format=FileFormat.CSV,
        encoding=told.encoding,
        delimiter=told.delimiter,
        columns=tuple(dict.fromkeys(filter(None, columns))),
        sheet=source.sheet,
        needed=tuple(dict.fromkeys(filter(None, needed))),
    )


def _case_columns(told: HistoryDeclaration) -> tuple[list[str], list[str]]:
    cases = told.cases
    needed = [*cases.key, cases.reported_at.column, *cases.source.column, *cases.category.column]
    columns = [
        *needed, *(cases.status.column if cases.status else ()), cases.condition, *cases.description, *cases.address,
        cases.reporter_name, cases.reporter_phone, cases.component, cases.unit_grid, cases.district, cases.parent,
        cases.lead, *((cases.point.lon, cases.point.lat) if cases.point else ()), *cases.kept.values(),
    ]  # fmt: skip
    return columns, needed


def _step_columns(told: HistoryDeclaration) -> tuple[list[str], list[str]]:
    steps = told.steps
    needed = [*steps.key, steps.at.column, *steps.action]
    optional = [steps.order, steps.person, steps.post, steps.unit, *steps.note, *steps.args.values()]
    return [*needed, *optional], needed


def _photo_columns(told: HistoryDeclaration) -> tuple[list[str], list[str]]:
    photos: Any = told.photos
    needed = [*photos.key, photos.path, *photos.kind.column]
    return [*needed, photos.order], needed

"""Owns the way from a case's row and its step rows to what the cases take in: columns, codes, true times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise, takewhile
from pathlib import Path
from typing import Any

from wangge.domains.cases.logic.narrowing import SYSTEM
from wangge.domains.cases.told_history import ToldCase, ToldStep
from wangge.groundwork.coordinates import CoordinateSystem
from wangge.surfaces.exchange.imports.columns import Findings, PointReader, TimeReader, text_getter
from wangge.surfaces.exchange.imports.declaration import TimeColumn
from wangge.surfaces.exchange.imports.findings import FindingKind, RowFinding, RowRefused
from wangge.surfaces.exchange.imports.foreign import ForeignStatus
from wangge.surfaces.exchange.imports.history.declaration import CodedColumns
from wangge.surfaces.exchange.imports.history.mapping import HistoryMapping
from wangge.surfaces.exchange.imports.history.staging import Staged
from wangge.surfaces.exchange.imports.reading import Record

_K = FindingKind
_UNIT_ARGS = frozenset({"department", "departments"})
_PERSON_ARGS = frozenset({"assignee", "handler"})

UnitOf = Callable[[str], tuple[str, bool]]
"""A foreign unit → our code, and whether it was known here."""
PersonOf = Callable[[str], str]
"""A foreign person → our person's id as text, or empty."""
TakePhoto = Callable[[Path], tuple[str, str] | FindingKind]
"""A picture's path → (photo id, sha256), or why it could not be taken."""
Refuse = Callable[[Staged, RowFinding], None]


class Coded:
    """One coded value of a row, and the codes its table does not know."""

    def __init__(self, told: CodedColumns, mapping: HistoryMapping, unknown: FindingKind) -> None:
        self.told, self._unknown = told, unknown
        self._text = text_getter(told.column)
        table = mapping.declaration.tables.get(told.table)
        codes = mapping.tables.get(told.table, {})
        self._fold = table is not None and table.ignore_case
        self._codes = {code.casefold(): value for code, value in codes.items()} if self._fold else dict(codes)
        if unknown is FindingKind.UNKNOWN_CATEGORY:
            self._codes = {**mapping.numbered, **self._codes}
        self._fallback = table.fallback if table else ""
        self.may_be_empty = unknown is FindingKind.UNKNOWN_CATEGORY
        """A report nobody has classed yet has no class."""
        self.unknown_codes: Counter[str] = Counter()

    def read(self, record: Record, findings: Findings) -> tuple[str, str]:
        """Our value and the foreign text. Raises RowRefused for a code nobody mapped."""
        if self.told.value:
            return self.told.value, self._text(record)
        text = self._text(record)
        if not text.strip("/ ") and self.may_be_empty:
            return "", ""
        value = self._codes.get(text.casefold() if self._fold else text)
        if value is not None:
            return value, text
        if not self.told.table:
            return text, text
        self.unknown_codes[text] += 1
        if not self._fallback:
            raise RowRefused(RowFinding(self._unknown, " ".join(self.told.column), text))
        findings.found(self._unknown, " ".join(self.told.column), text)
        return self._fallback, text


class HistoryTranslator:
    """Turns the rows of one export into cases with their steps."""

    def __init__(
        self,
        mapping: HistoryMapping,
        *,
        at: datetime,
        unit_of: UnitOf,
        person_of: PersonOf,
        take_photo: TakePhoto,
        refuse_step: Refuse,
    ) -> None:
        told = mapping.declaration
        self._mapping, self._told, self._now = mapping, told, at
        self._unit_of, self._person_of, self._take_photo = unit_of, person_of, take_photo
        self._refuse_step = refuse_step
        self.findings = Findings(told)
        self.key_of = text_getter(told.cases.key)
        self.step_key_of = text_getter(told.steps.key)
        self.photo_key_of = text_getter(told.photos.key) if told.photos else text_getter(())
        self._source = Coded(told.cases.source, mapping, _K.UNKNOWN_SOURCE)
        self._category = Coded(told.cases.category, mapping, _K.UNKNOWN_CATEGORY)
        self._status = Coded(told.cases.status, mapping, _K.UNKNOWN_STATUS) if told.cases.status else None
        self._kind = Coded(told.photos.kind, mapping, _K.PHOTO_UNUSABLE) if told.photos else None
        self._reported_at = TimeReader("reported_at", told.cases.reported_at, told.zone)
        self._step_at = TimeReader("at", told.steps.at, told.zone)
        until = TimeColumn(column=told.steps.args.get("until", "until"), styles=told.steps.at.styles,
                           reading=told.steps.at.reading)  # fmt: skip
        self._until = TimeReader("until", until, told.zone)
        self._description, self._address = text_getter(told.cases.description), text_getter(told.cases.address)
        self._action, self._note = text_getter(told.steps.action), text_getter(told.steps.note)
        self._point = PointReader(told.cases.point) if told.cases.point else None
        self._arg_tables = {arg: mapping.tables.get(name, {}) for arg, name in told.steps.arg_tables.items()}
        self._amount_units = mapping.tables.get(told.steps.amount_units, {})
        self._posts = mapping.tables.get(told.posts, {})
        self.unknown_actions: Counter[str] = Counter()
        self.unknown_people: Counter[str] = Counter()
        self.unknown_units: Counter[str] = Counter()

    @property
    def unknown_codes(self) -> dict[str, Counter[str]]:
        """What no table knew, by what it was looked for."""
        coded = {"source": self._source, "category": self._category, "status": self._status}
        found = {name: reader.unknown_codes for name, reader in coded.items() if reader is not None}
        return found | {"action": self.unknown_actions, "person": self.unknown_people, "unit": self.unknown_units}

    def case(self, row: Staged, steps: Sequence[Staged], photos: Sequence[Staged], *, has_lead: bool) -> ToldCase:
        """The case of its rows. Raises RowRefused; ``findings.of_row`` holds what was doubtful."""
        told, record, findings = self._told.cases, row.record, self.findings
        findings.begin()
        key = self.key_of(record)
        reported_at = self._reported_at.read(record, findings, ForeignStatus.OPEN, _K.UNREADABLE_REPORTED_AT)
        if reported_at is None:
            findings.found(_K.MISSING_REPORTED_AT, "reported_at")
            raise AssertionError("a row without a time of reporting is always refused")
        if reported_at > self._now:
            findings.found(_K.REPORTED_IN_FUTURE, "reported_at", self._reported_at.text(record))
        source, source_text = self._source.read(record, findings)
        category, category_text = self._category.read(record, findings)
        stage, status_text = self._status.read(record, findings) if self._status else ("", "")
        lon, lat = self._point.read(record, findings) if self._point else (None, None)
        system = told.point.system if told.point else CoordinateSystem.WGS84
        lead = _cell(record, told.lead)
        if lead and not has_lead:
            findings.found(_K.LEAD_NOT_IN_FILE, "lead", lead)
        taken = self._steps(steps, self._pictures(photos, findings), reported_at)
        foreign: dict[str, Any] = {
            "category": category_text,
            "source": source_text,
            "status": status_text,
            "district": _cell(record, told.district),
            "unit_grid": _cell(record, told.unit_grid),
            "kept": {name: text for name, column in told.kept.items() if (text := _cell(record, column))},
            "doubts": sorted({finding.kind.value for finding in findings.of_row}),
        }
        return ToldCase(
            system=self._told.system,
            key=key,
            source=source,
            category=category,
            condition=self._condition(record),
            description=self._description(record),
            address=self._address(record),
            lon=lon,
            lat=lat,
            given_system=system.value,
            given=None if lon is None or lat is None else (lon, lat),
            component=_cell(record, told.component),
            reported_at=reported_at,
            stage=stage,
            reporter_name=_cell(record, told.reporter_name),
            reporter_phone=_cell(record, told.reporter_phone),
            told={name: value for name, value in foreign.items() if value},
            steps=taken,
            line=row.line,
            parent=_cell(record, told.parent),
            lead=lead,
        )

    def _condition(self, record: Record) -> int:
        text = _cell(record, self._told.cases.condition)
        if not text:
            return 0
        if text.isdecimal() and int(text) < 100:
            return int(text)
        self.findings.found(_K.UNKNOWN_CONDITION, "condition", text)
        return 0

    # ---- steps -----------------------------------------------------------------------------------------------------

    def _steps(
        self, rows: Sequence[Staged], pictures: dict[str, list[tuple[str, str, str]]], reported_at: datetime
    ) -> tuple[ToldStep, ...]:
        """The steps in the order of their moments; those of one moment as the file has them."""
        read = []
        for row in rows:
            try:
                read.append((row, self._step(row, reported_at)))
            except RowRefused as refused:
                self._refuse_step(row, refused.finding)
        order = self._told.steps.order
        if order:
            read.sort(key=lambda pair: _number(_cell(pair[0].record, order)))
        steps = [step for _row, step in read]
        if any(late.at < early.at for early, late in pairwise(steps)):
            self.findings.found(_K.STEPS_OUT_OF_ORDER, "order")
            steps.sort(key=lambda step: step.at)
        return tuple(self._with_pictures(steps, pictures))

    def _step(self, row: Staged, reported_at: datetime) -> ToldStep:
        told, record, findings = self._told.steps, row.record, self.findings
        at = self._step_at.read(record, findings, ForeignStatus.OPEN, _K.STEP_WITHOUT_TIME)
        if at is None:
            raise RowRefused(RowFinding(_K.STEP_WITHOUT_TIME, "at", self._step_at.text(record)))
        if at > self._now:
            findings.found(_K.STEP_IN_FUTURE, "at", self._step_at.text(record))
        if at < reported_at:
            findings.found(_K.STEP_BEFORE_REPORTED, "at", self._step_at.text(record))
        name = self._action(record)
        actions = self._mapping.actions.get(name)
        if actions is None:
            self.unknown_actions[name] += 1
            findings.found(_K.UNKNOWN_ACTION, "action", name)
        post = self._posts.get(_cell(record, told.post), "") if told.post else ""
        return ToldStep(
            name=name,
            at=at,
            actions=actions or (),
            by="" if post == SYSTEM else self._person(_cell(record, told.person)),
            post=post,
            unit=self._unit(_cell(record, told.unit)),
            args=self._arguments(record),
            note=self._note(record),
            order=_cell(record, told.order) if told.order else str(row.line),
        )

    def _arguments(self, record: Record) -> dict[str, str]:
        args: dict[str, str] = {}
        found: dict[str, str] = {}  # one column may tell several arguments: it is looked up and counted once
        for name, column in self._told.steps.args.items():
            text = _cell(record, column)
            if not text:
                continue
            text = self._arg_tables.get(name, {}).get(text, text)
            if name in _UNIT_ARGS:
                if column not in found:
                    names = text.replace("、", " ").replace(",", " ").split()
                    found[column] = " ".join(self._unit(each) for each in names)
                text = found[column]
            elif name in _PERSON_ARGS:
                if column not in found:
                    found[column] = self._person(text)
                text = found[column]
            elif name == "amount":
                text = self._amount(text)
            elif name == "child" and text.isdecimal():
                text = f"child-{text}"
            elif name == "until":
                moment = self._until.read(record, self.findings, ForeignStatus.OPEN, _K.UNREADABLE_TIME)
                text = moment.astimezone(self._told.zone).strftime("%Y-%m-%d %H:%M") if moment else ""
            if text:
                args[name] = text
        return args

    def _amount(self, text: str) -> str:
        """``2 工作日`` → ``2 work_day``; what has no number in front stays as it is."""
        number = "".join(takewhile(str.isdecimal, text))
        unit = text[len(number) :].strip()
        return f"{number} {self._amount_units.get(unit, unit)}" if number else text

    def _person(self, text: str) -> str:
        found = self._person_of(text) if text else ""
        if text and not found:
            self.unknown_people[text] += 1
            self.findings.found(_K.UNKNOWN_PERSON, "person", text)
        return found

    def _unit(self, text: str) -> str:
        if not text:
            return ""
        code, known = self._unit_of(text)
        if not known:
            self.unknown_units[text] += 1
            self.findings.found(_K.UNKNOWN_UNIT, "unit", text)
        return code

    # ---- photos ----------------------------------------------------------------------------------------------------

    def _pictures(self, rows: Sequence[Staged], findings: Findings) -> dict[str, list[tuple[str, str, str]]]:
        """The pictures by the step they belong to (empty: whichever asks for their kind)."""
        found: dict[str, list[tuple[str, str, str]]] = {}
        told = self._told.photos
        if told is None or self._kind is None:
            return found
        for row in rows:
            path = _cell(row.record, told.path)
            kind, _text = self._kind.read(row.record, findings)
            taken = self._take_photo(Path(path))
            if isinstance(taken, FindingKind):
                findings.found(taken, "photo", path)
                picture = (kind, "", path)
            else:
                picture = (kind, *taken)
            found.setdefault(_cell(row.record, told.order) if told.order else "", []).append(picture)
        return found

    def _with_pictures(
        self, steps: Sequence[ToldStep], pictures: dict[str, list[tuple[str, str, str]]]
    ) -> Sequence[ToldStep]:
        if not pictures:
            return steps
        loose = list(pictures.get("", ()))
        shown = []
        for step in steps:
            own = list(pictures.get(step.order, ())) if step.order else []
            for picture in [each for each in loose if _asks_for(step, each[0])]:
                loose.remove(picture)
                own.append(picture)
            shown.append(step._replace(photos=tuple(own)) if own else step)
        return shown


_ASKING = {
    "photo_before": frozenset({"entry", "report", "report_self_handled", "register_report", "receive_report"}),
    "photo_after": frozenset({"report_handled", "report_self_handled", "district_report_handled"}),
    "photo_site": frozenset({"reply_verification", "pass_inspection", "fail_inspection", "close_outside"}),
}


def _asks_for(step: ToldStep, kind: str) -> bool:
    return any(action.verb in _ASKING.get(kind, ()) for action in step.actions)


def _cell(record: Record, column: str) -> str:
    value = record.get(column) if column else None
    return "" if value is None else str(value).replace("\0", "").strip()


def _number(text: str) -> tuple[int, str]:
    return (int(text), "") if text.isdecimal() else (1 << 60, text)

"""Enters, corrects and withdraws records 台账 of every kind; what a kind's fields and bounds are is data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import orjson
from django.db import transaction
from django.utils.translation import gettext as _

from wangge.domains.budgeting.logic.facts import Difference, RecordFact, RefusedRow
from wangge.domains.budgeting.logic.money import plain_yuan
from wangge.domains.budgeting.logic.records import digest, read_fields
from wangge.domains.budgeting.models import Record
from wangge.domains.budgeting.operations import importing as shared
from wangge.domains.budgeting.operations.importing import ImportResult, ImportSource
from wangge.domains.budgeting.operations.writing import copy_rows, refused_plainly
from wangge.domains.budgeting.policies import check_may_keep_books
from wangge.domains.budgeting.queries.records import RecordLine, bound_used, newest, newest_of
from wangge.domains.budgeting.refusals import LedgerRefused
from wangge.domains.organizations.logic import Actor
from wangge.standards.budgeting import RecordKind, record_kinds

_COLUMNS = (
    "unit_code", "year", "kind", "key", "version", "dated_on", "amount_fen", "quantity", "data", "withdrawn", "reason",
    "digest", "imported_id", "by_id", "by_name", "at",
)  # fmt: skip


class RecordRefused(LedgerRefused):
    """A record whose fields do not hold; ``faults`` are the messages, one per field."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("；".join(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class _Draft:
    unit: str
    year: int
    kind: RecordKind
    key: str
    version: int
    data: Mapping[str, object]


@transaction.atomic
def enter_record(
    *, kind: str, unit: str, year: int, told: Mapping[str, object], by: Actor, at: datetime, key: str = ""
) -> str:
    """Enter a new record; answers its key (given, or the next number of its kind). Raises ``RecordRefused``."""
    check_may_keep_books(by, unit)
    row = _kind(kind)
    shared.lock_years([(unit, year)])
    number = key or _next_key(kind, unit, year)
    if newest_of(kind=kind, unit=unit, year=year, key=number) is not None:
        raise RecordRefused([_("编号“%(key)s”已有记录，请改用更正。") % {"key": number}])
    draft = _Draft(unit, year, row, number, 1, _read(row, told))
    _check_bounds(draft)
    _write([draft], "", None, by, at)
    return number


@transaction.atomic
def correct_record(
    *, kind: str, unit: str, year: int, key: str, told: Mapping[str, object], reason: str, by: Actor, at: datetime
) -> int:
    """A further version of a record; answers its number. Raises ``RecordRefused``."""
    check_may_keep_books(by, unit)
    row = _kind(kind)
    shared.lock_years([(unit, year)])
    before = _there(kind, unit, year, key)
    if not reason.strip():
        raise RecordRefused([_("请写明更正的理由。")])
    draft = _Draft(unit, year, row, key, before.version + 1, _read(row, told))
    _check_bounds(draft)
    _write([draft], reason, None, by, at)
    return draft.version


@transaction.atomic
def withdraw_record(*, kind: str, unit: str, year: int, key: str, reason: str, by: Actor, at: datetime) -> None:
    """Withdraw a record; its versions stay readable. Raises ``RecordRefused``."""
    check_may_keep_books(by, unit)
    row = _kind(kind)
    shared.lock_years([(unit, year)])
    before = _there(kind, unit, year, key)
    if not reason.strip():
        raise RecordRefused([_("请写明作废的理由。")])
    draft = _Draft(unit, year, row, key, before.version + 1, before.data)
    _write([draft], reason, None, by, at, withdrawn=True)


def take_in_records(
    facts: Iterable[RecordFact], *, kind: str, source: ImportSource, by: Actor, at: datetime, dry_run: bool = False,
    unreadable: Sequence[RefusedRow] = (),
) -> ImportResult:  # fmt: skip
    """Take in a list of records of one kind: new ones, further versions of changed ones; vanished ones are named."""
    rows, row = list(facts), _kind(kind)
    refused = [*unreadable]
    units = shared.unit_kinds()
    pairs = {(fact.unit, fact.year) for fact in rows}
    import_id = None
    with shared.tried(dry_run=dry_run):
        shared.lock_years(pairs)
        known = newest(kind=kind, pairs=sorted(pairs))
        drafts, changed, same, seen = [], [], 0, set()
        for fact in rows:
            key = (fact.unit, fact.year, fact.key)
            data, faults = read_fields(row, fact.data)
            if reason := _refusal(fact, key in seen, units, tuple(_(f.message) % f.values for f in faults)):
                refused.append(RefusedRow(fact.line, reason))
                continue
            seen.add(key)
            before = known.get(key)
            draft = _Draft(fact.unit, fact.year, row, fact.key, before.version + 1 if before else 1, data)
            if before is None:
                drafts.append(draft)
            elif before.digest == digest(data) and not before.withdrawn:
                same += 1
            else:
                changed.append(draft)
        gone = tuple(sorted(k[2] for k, was in known.items() if k not in seen and was.mapping == source.mapping))
        difference = Difference(len(drafts), len(changed), same, gone, tuple(d.key for d in changed))
        count = len(rows) + len(unreadable)
        if drafts or changed:
            import_id = shared.record_import(
                source, rows=count, difference=difference, refused=len(refused), proof={}, by=by, at=at
            )
            _write([*drafts, *changed], source.file_name, import_id, by, at)
        proof = _proof(row, rows, refused, sorted(pairs))
    return ImportResult(kind, dry_run, count, difference, tuple(refused), proof, None if dry_run else import_id)


def _proof(
    row: RecordKind, rows: Sequence[RecordFact], refused: Sequence[RefusedRow], pairs: Sequence[tuple[str, int]]
) -> dict[str, object]:
    """The file's amounts against the records that now hold under the same keys."""
    if not row.amount:
        return {"lines": []}
    bad = {each.line for each in refused}
    kept = [fact for fact in rows if fact.line not in bad]
    now = newest(kind=row.kind, pairs=pairs)
    lines = []
    for unit, year in pairs:
        mine = [fact for fact in kept if (fact.unit, fact.year) == (unit, year)]
        file = sum(int(str(read_fields(row, f.data)[0].get(row.amount, 0))) for f in mine)
        ours = sum(now[unit, year, f.key].amount_fen or 0 for f in mine)
        lines.append({"unit": unit, "year": year, "file_fen": file, "ledger_fen": ours, "off_fen": file - ours})
    return {"lines": lines}


def _refusal(fact: RecordFact, twice: bool, units: Mapping[str, str], faults: Sequence[str]) -> str:
    if fact.unit not in units:
        return shared.unknown_unit(fact.unit)
    if not fact.key.strip():
        return _("没有编号。")
    if twice:
        return _("编号“%(key)s”在文件中重复。") % {"key": fact.key}
    return "；".join(faults)


def _kind(kind: str) -> RecordKind:
    found = record_kinds().get(kind)
    if found is None:
        raise RecordRefused([_("没有“%(kind)s”这类台账。") % {"kind": kind}])
    return found


def _there(kind: str, unit: str, year: int, key: str) -> RecordLine:
    found = newest_of(kind=kind, unit=unit, year=year, key=key)
    if found is None or found.withdrawn:
        raise RecordRefused([_("没有编号为“%(key)s”的有效记录。") % {"key": key}])
    return found


def _read(row: RecordKind, told: Mapping[str, object]) -> Mapping[str, object]:
    data, faults = read_fields(row, told)
    if faults:
        raise RecordRefused([_(fault.message) % fault.values for fault in faults])
    return data


def _check_bounds(draft: _Draft) -> None:
    """What is pointed to exists and holds; together the records that point there stay within it."""
    for field in draft.kind.fields:
        target = draft.data.get(field.field)
        if field.type != "ref" or target is None:
            continue
        above = newest_of(kind=field.choices[0], unit=draft.unit, year=None, key=str(target))
        if above is None or above.withdrawn:
            raise RecordRefused([_("“%(name)s”指向的“%(key)s”不存在。") % {"name": field.name_zh, "key": target}])
        if field.field == draft.kind.within:
            _check_within(draft, field.field, above)


def _check_within(draft: _Draft, field: str, above: RecordLine) -> None:
    measure = draft.kind.within_measure
    column = "amount_fen" if measure == "amount" else "quantity"
    limit = above.amount_fen if measure == "amount" else above.quantity
    name = draft.kind.amount if measure == "amount" else draft.kind.quantity
    used = bound_used(
        kind=draft.kind.kind, unit=draft.unit, field=field, target=above.key, column=column, beside=draft.key
    )
    wanted = int(str(draft.data.get(name, 0)))
    if used + wanted > (limit or 0):
        left = (limit or 0) - used
        shown = f"{plain_yuan(left)} 元" if measure == "amount" else str(left)
        raise RecordRefused([_("超出“%(key)s”的余量，最多还可登记 %(left)s。") % {"key": above.key, "left": shown}])


def _next_key(kind: str, unit: str, year: int) -> str:
    count = Record.objects.filter(kind=kind, unit=unit, year=year, version=1).count()
    return f"{year}-{count + 1:04}"


def _write(
    drafts: Sequence[_Draft], reason: str, import_id: int | None, by: Actor, at: datetime, *, withdrawn: bool = False
) -> None:
    with refused_plainly():
        copy_rows(
            "budgeting_record",
            _COLUMNS,
            (
                (d.unit, d.year, d.kind.kind, d.key, d.version, _day(d), d.data.get(d.kind.amount),
                 d.data.get(d.kind.quantity), orjson.dumps(d.data).decode(), withdrawn, reason, digest(d.data),
                 import_id, by.person_id, by.display_name, at)
                for d in drafts
            ),
        )  # fmt: skip


def _day(draft: _Draft) -> date | None:
    text = draft.data.get(draft.kind.day)
    return date.fromisoformat(str(text)) if text else None

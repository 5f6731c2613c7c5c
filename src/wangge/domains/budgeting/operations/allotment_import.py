"""Takes in budget units and allotments 指标明细: what is new is added, what changed is taken back and made anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from wangge.domains.budgeting.logic.facts import AllotmentFact, Difference, RefusedRow, UnitFact, with_whole_dims
from wangge.domains.budgeting.logic.money import plain_yuan
from wangge.domains.budgeting.models import BudgetUnit
from wangge.domains.budgeting.operations import importing as shared
from wangge.domains.budgeting.operations.importing import ImportResult, ImportSource
from wangge.domains.budgeting.operations.writing import copy_rows, dimension_ids, refused_plainly, reserve_ids
from wangge.domains.budgeting.queries.allotments import KnownChange, allotment_sums, known_changes
from wangge.domains.budgeting.queries.payments import AllotmentRoom, allotment_rooms
from wangge.domains.organizations.logic import Actor
from wangge.standards.budgeting import values_of

_CHANGE_COLUMNS = (
    "allotment_id", "stage", "amount_fen", "document", "dated_on", "approver", "reverses_id", "imported_id", "by_id",
    "by_name", "at",
)  # fmt: skip
_LATER = ("added", "cut", "moved", "recovered")
_Key = tuple[object, ...]


def take_in_units(
    facts: Iterable[UnitFact], *, source: ImportSource, by: Actor, at: datetime, dry_run: bool = False,
    unreadable: Sequence[RefusedRow] = (),
) -> ImportResult:  # fmt: skip
    """Take in budget units; superiors may stand anywhere in the file. A unit's name and superior may change."""
    rows = list(facts)
    refused = list(unreadable)
    new = changed = same = 0
    import_id = None
    with shared.tried(dry_run=dry_run):
        known = {unit.code: unit for unit in BudgetUnit.objects.all()}
        codes = {*known, *(row.code for row in rows)}
        for row in _superiors_first(rows):
            if row.parent and row.parent not in codes:
                refused.append(RefusedRow(row.line, shared.unknown_unit(row.parent)))
                continue
            there = known.get(row.code)
            told = (row.name, row.kind, row.parent or None)
            if there is None:
                new += 1
            elif (there.name, there.kind, there.parent_id) == told:
                same += 1
                continue
            else:
                changed += 1
            with refused_plainly():
                known[row.code], _made = BudgetUnit.objects.update_or_create(
                    code=row.code, defaults={"name": row.name, "kind": row.kind, "parent_id": row.parent or None}
                )
        difference = Difference(new, changed, same)
        count = len(rows) + len(unreadable)
        if new or changed:
            import_id = shared.record_import(
                source, rows=count, difference=difference, refused=len(refused), proof={}, by=by, at=at
            )
    return ImportResult("units", dry_run, count, difference, tuple(refused), {}, None if dry_run else import_id)


def _superiors_first(rows: Sequence[UnitFact]) -> list[UnitFact]:
    by_code = {row.code: row for row in rows}
    found: dict[str, UnitFact] = {}

    def place(row: UnitFact, below: frozenset[str]) -> None:
        above = by_code.get(row.parent)
        if above is not None and above.code not in found and above.code not in below:
            place(above, below | {above.code})
        found.setdefault(row.code, row)

    for row in rows:
        place(row, frozenset({row.code}))
    return list(found.values())


def take_in_allotments(
    facts: Iterable[AllotmentFact], *, source: ImportSource, by: Actor, at: datetime, dry_run: bool = False,
    unreadable: Sequence[RefusedRow] = (),
) -> ImportResult:  # fmt: skip
    """Take in changes of allotments; raises ``LedgerRefused`` when the whole would overspend a line."""
    rows = [with_whole_dims(fact) for fact in facts]
    pairs = sorted({(fact.unit, fact.year) for fact in rows})
    import_id = None
    with shared.tried(dry_run=dry_run):
        shared.lock_years(pairs)
        kinds = shared.unit_kinds()
        rooms = allotment_rooms(pairs)
        taken, refused = _judged(rows, kinds, rooms, shared.year_states(pairs))
        taken = _moves_come_to_nothing(taken, refused)
        merged = _merged(taken)
        known = known_changes(pairs)
        new = [fact for key, fact in merged.items() if key not in known]
        changed = [(fact, known[key]) for key, fact in merged.items()
                   if key in known and known[key].amount_fen != fact.amount_fen]  # fmt: skip
        vanished = tuple(sorted(
            f"{k[2]} {k[3]}" for k, was in known.items() if k not in merged and was.mapping == source.mapping
        ))  # fmt: skip
        counted = _counted(rows, taken, {f.key for f in new}, {f.key for f, _w in changed})
        difference = Difference(*counted, vanished, tuple(fact.number for fact, _was in changed))
        refused = [*unreadable, *refused]
        count = len(rows) + len(unreadable)
        shared.open_years([pair for pair in pairs if pair[0] in kinds], by=by, at=at)
        if new or changed:
            import_id = shared.record_import(
                source, rows=count, difference=difference, refused=len(refused), proof={}, by=by, at=at
            )
            _write(new, changed, rooms, import_id, by, at)
        proof = _proof(taken, merged)
    return ImportResult("allotments", dry_run, count, difference, tuple(refused), proof,
                        None if dry_run else import_id)  # fmt: skip


def _judged(
    rows: Sequence[AllotmentFact], kinds: dict[str, str], rooms: dict[tuple[str, int, str], AllotmentRoom],
    years: dict[tuple[str, int], tuple[str, int]],
) -> tuple[list[AllotmentFact], list[RefusedRow]]:  # fmt: skip
    taken: list[AllotmentFact] = []
    refused: list[RefusedRow] = []
    dims = {key: room.dims for key, room in rooms.items()}
    for fact in rows:
        key = (fact.unit, fact.year, fact.number)
        state = years.get((fact.unit, fact.year))
        if fact.unit not in kinds:
            refused.append(RefusedRow(fact.line, shared.unknown_unit(fact.unit)))
        elif state is not None and state[0] == "approved":
            refused.append(RefusedRow(fact.line, shared.not_open("approved", 12)))
        elif dims.setdefault(key, fact.dims) != fact.dims:
            words = _("指标“%(number)s”的科目、项目或资金性质与已有的不同。") % {"number": fact.number}
            refused.append(RefusedRow(fact.line, words))
        elif fact.stage in _LATER and not fact.document:
            words = _("%(stage)s须写明文号。") % {"stage": values_of("stage")[fact.stage].name_zh}
            refused.append(RefusedRow(fact.line, words))
        else:
            taken.append(fact)
    return taken, refused


def _moves_come_to_nothing(taken: Sequence[AllotmentFact], refused: list[RefusedRow]) -> list[AllotmentFact]:
    """Moves 调剂 of one document take from some lines what they give to others; else none of them is taken in."""
    sums: dict[tuple[int, str], int] = defaultdict(int)
    for fact in taken:
        if fact.stage == "moved":
            sums[fact.year, fact.document] += fact.amount_fen
    kept = []
    for fact in taken:
        off = sums.get((fact.year, fact.document), 0) if fact.stage == "moved" else 0
        if not off:
            kept.append(fact)
            continue
        words = _("调剂“%(document)s”调出与调入不相等，差 %(yuan)s 元。")
        told = {"document": fact.document, "yuan": plain_yuan(off)}
        refused.append(RefusedRow(fact.line, words % told))
    return kept


def _merged(rows: Sequence[AllotmentFact]) -> dict[_Key, AllotmentFact]:
    """Rows of one line, stage, document and day are one change."""
    found: dict[_Key, AllotmentFact] = {}
    for fact in rows:
        before = found.get(fact.key)
        found[fact.key] = replace(fact, amount_fen=fact.amount_fen + (before.amount_fen if before else 0))
    return found


def _counted(
    rows: Sequence[AllotmentFact], taken: Sequence[AllotmentFact], new: set[_Key], changed: set[_Key]
) -> tuple[int, int, int]:
    fresh = sum(fact.key in new for fact in taken)
    other = sum(fact.key in changed for fact in taken)
    return fresh, other, len(taken) - fresh - other


def _write(
    new: Sequence[AllotmentFact], changed: Sequence[tuple[AllotmentFact, KnownChange]],
    rooms: dict[tuple[str, int, str], AllotmentRoom], import_id: int, by: Actor, at: datetime,
) -> None:  # fmt: skip
    ids = {key: room.allotment_id for key, room in rooms.items()}
    unmade = {(f.unit, f.year, f.number): f for f in new if (f.unit, f.year, f.number) not in ids}
    dims = dimension_ids({fact.dims for fact in unmade.values()})
    numbers = reserve_ids("budgeting_allotment", len(unmade))
    ids |= dict(zip(unmade, numbers, strict=True))
    with refused_plainly():
        copy_rows(
            "budgeting_allotment",
            ("id", "unit_code", "year", "number", "dimension_id"),
            ((ids[key], *key, dims[fact.dims]) for key, fact in unmade.items()),
        )
        end = (import_id, by.person_id, by.display_name, at)
        going = [*new, *(fact for fact, _was in changed)]
        copy_rows(
            "budgeting_allotment_change",
            _CHANGE_COLUMNS,
            [
                *((ids[f.unit, f.year, f.number], f.stage, f.amount_fen, f.document, f.dated_on, f.approver, None, *end)
                  for f in going if f.amount_fen or f.stage in ("approved", "carried")),
                *((was.allotment_id, f.stage, -was.amount_fen, was.document, was.dated_on, "", was.change_id, *end)
                  for f, was in changed),
            ],
        )  # fmt: skip


def _proof(taken: Sequence[AllotmentFact], merged: dict[_Key, AllotmentFact]) -> dict[str, object]:
    """The file's full-year budget of each unit against ours, and every stated balance of a line."""
    sums = allotment_sums(sorted({(f.unit, f.year) for f in taken}))
    file: dict[tuple[str, int, str], int] = defaultdict(int)
    stated: dict[tuple[str, int, str], int] = {}
    for fact in taken:
        file[fact.unit, fact.year, fact.number] += fact.amount_fen
        if fact.stated_adjusted_fen is not None:
            stated[fact.unit, fact.year, fact.number] = fact.stated_adjusted_fen
    units: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    for key, fen in file.items():
        units[key[0], key[1]][0] += fen
        units[key[0], key[1]][1] += sums.get(key, 0)
    lines: list[dict[str, object]] = [
        {"unit": unit, "year": year, "file_fen": fen, "ledger_fen": ours, "off_fen": fen - ours}
        for (unit, year), (fen, ours) in sorted(units.items())
    ]
    lines += [
        {"unit": unit, "year": year, "line": number, "file_fen": fen, "ledger_fen": sums.get((unit, year, number), 0),
         "off_fen": fen - sums.get((unit, year, number), 0)}
        for (unit, year, number), fen in sorted(stated.items())
        if fen != sums.get((unit, year, number), 0)
    ]  # fmt: skip
    return {"lines": lines, "file_total_fen": sum(f.amount_fen for f in merged.values())}

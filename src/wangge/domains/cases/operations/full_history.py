"""Takes in whole histories of another system as cases: known ones are left alone, new ones written batch by batch.

The calling process reads on while workers draft and write. Merged cases come last, when the cases they were merged into
are there. A dry run drafts everything and writes nothing. To be run as the owner of the tables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import chain
from typing import NamedTuple
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from wangge.domains.cases.choosing_moves import Outcome
from wangge.domains.cases.drafting import civil
from wangge.domains.cases.foreign_history import first_condition
from wangge.domains.cases.full_history import draft_told
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.operations.bulk import filling, settle_after_bulk, take_numbers, write_drafted
from wangge.domains.cases.operations.bulk_rows import DraftedCase
from wangge.domains.cases.operations.foreign import (
    alone,
    ensure_months_of,
    in_wgs84,
    known_numbers,
    places_of,
)
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.cases.surroundings import own_calendar, units
from wangge.domains.cases.told_history import ALONE, Kin, ToldCase
from wangge.domains.geography.areas import Place
from wangge.domains.organizations.logic import Actor
from wangge.groundwork.attachments.operations import mark_used
from wangge.groundwork.worker_pool import worked

BATCH = 400


class Family(NamedTuple):
    """A case with its child cases, in their order."""

    case: ToldCase
    children: tuple[ToldCase, ...] = ()

    @property
    def members(self) -> tuple[ToldCase, ...]:
        return (self.case, *self.children)


class NotTaken(NamedTuple):
    """A case that was not written, and why (the name of a finding, and what the other system states)."""

    key: str
    line: int
    reason: str
    stated: str


@dataclass(frozen=True, slots=True)
class Batch:
    """New families to be written in one transaction, and the moment of the import."""

    families: tuple[Family, ...]
    by: Actor
    at: datetime
    archive_after: timedelta | None
    dry_run: bool


@dataclass(slots=True)
class HistoryTaken:
    """What was done so far."""

    written: int = 0
    already_there: int = 0
    steps: int = 0
    told_steps: int = 0
    stages: Counter[str] = field(default_factory=Counter)
    stage_differs: Counter[str] = field(default_factory=Counter)
    """``stated → reached`` → how often the moves do not lead where the other system says the case stands."""
    remarks: Counter[str] = field(default_factory=Counter)
    bridged: Counter[str] = field(default_factory=Counter)
    would_refuse: Counter[str] = field(default_factory=Counter)
    not_taken: list[NotTaken] = field(default_factory=list)

    def add(self, other: HistoryTaken) -> None:
        """Take a batch's answer in."""
        self.written += other.written
        self.steps += other.steps
        self.told_steps += other.told_steps
        for name in ("stages", "stage_differs", "remarks", "bridged", "would_refuse"):
            getattr(self, name).update(getattr(other, name))
        self.not_taken += other.not_taken


def take_in_history(
    *,
    families: Iterable[Family],
    by: Actor,
    at: datetime,
    jobs: int = 1,
    archive_after: timedelta | None = None,
    dry_run: bool = False,
    told: Callable[[int], None] | None = None,
) -> HistoryTaken:
    """Draft and write every case that is not known yet; ``told`` hears how many more cases were looked at.

    Raises ImportRefused. What was written before a failure stays, and is known the next time.
    """
    taken = HistoryTaken()
    merged: list[Family] = []
    with alone(), filling() if not dry_run else nullcontext():
        first = _not_merged(families, merged)
        for group in (first, merged):
            batches = _new_batches(group, by, at, archive_after, dry_run, taken, told)
            for answer in worked(write_history, batches, jobs=jobs):
                taken.add(answer)
        if taken.written and not dry_run:
            settle_after_bulk()
    return taken


def _not_merged(families: Iterable[Family], merged: list[Family]) -> Iterator[Family]:
    """Those that lead their own life; the others are put aside: they are few, and their leads must come first."""
    for family in families:
        if family.case.lead:
            merged.append(family)
        else:
            yield family


def _new_batches(
    families: Iterable[Family],
    by: Actor,
    at: datetime,
    archive_after: timedelta | None,
    dry_run: bool,
    taken: HistoryTaken,
    told: Callable[[int], None] | None,
) -> Iterator[Batch]:
    months: set[date] = set()
    for batch in _gathered(families):
        known = known_numbers([case.external_no for family in batch for case in family.members])
        new = tuple(family for family in batch if family.case.external_no not in known)
        looked = sum(len(family.members) for family in batch)
        taken.already_there += looked - sum(len(family.members) for family in new)
        if new:
            if not dry_run:
                ensure_months_of(months, (civil_day(case.reported_at) for family in new for case in family.members))
            yield Batch(new, by, at, archive_after, dry_run)
        if told is not None:
            told(looked)


def _gathered(families: Iterable[Family]) -> Iterator[list[Family]]:
    batch: list[Family] = []
    for family in families:
        batch.append(family)
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def civil_day(at: datetime) -> date:
    """The civil day of an exact moment."""
    return day_of(civil(at))


# ---- in a worker ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AroundTold:
    """The surroundings of history: units as they are known; nobody is on duty, nothing is drawn."""

    def on_duty(self) -> str:
        return ""

    def drawn(self, rule: str, percent: int, cycle: int) -> bool:
        return False

    def lead_is_open(self, lead_case: str) -> bool:
        return bool(lead_case)

    def is_district(self, unit: str) -> bool:
        known = units().get(unit)
        return known is not None and known.kind == "district_platform"

    def calendar_of(self, unit: str) -> str:
        return own_calendar(unit)

    def plausible(self) -> bool:
        return False

    def told_end(self) -> int:
        return 0


def write_history(batch: Batch) -> HistoryTaken:
    """Draft and write one batch; those another import was faster with are left out."""
    try:
        return _write(batch)
    except IntegrityError:
        numbers = [case.external_no for family in batch.families for case in family.members]
        known = known_numbers(numbers)
        if not known:
            raise
        left = tuple(family for family in batch.families if family.case.external_no not in known)
        return _write(Batch(left, batch.by, batch.at, batch.archive_after, batch.dry_run))


def _write(batch: Batch) -> HistoryTaken:
    taken = HistoryTaken()
    families = [family for family in batch.families if _can_be_filed(family, taken)]
    families.sort(key=lambda family: family.case.reported_at)
    if not families:
        return taken
    members = [in_wgs84(case) for family in families for case in family.members]
    days = [civil_day(case.reported_at) for case in members]
    places = iter(places_of(members, days))
    placed = iter(zip(members, days, places, strict=True))
    rows = [[next(placed) for _member in family.members] for family in families]
    with transaction.atomic():
        wanted = [(row[0][2].district or "", row[0][1]) for row in rows]
        numbers = [f"000000-{day:%Y%m%d}-00000" for _district, day in wanted] if batch.dry_run else take_numbers(wanted)
        drafted = _Drafting(batch, _leads_of(families), taken).drafted(rows, numbers)
        if batch.dry_run:
            for _case in drafted:
                pass
        else:
            photos = _Photos()
            detail = {"system": members[0].system, "first": members[0].key, "last": members[-1].key}
            write_drafted(cases=photos.noted(drafted), by=batch.by, at=batch.at, detail=detail)
            photos.mark()
    return taken


def _can_be_filed(family: Family, taken: HistoryTaken) -> bool:
    for case in family.members:
        if not case.category:
            continue
        try:
            first_condition(rulebook_on(civil_day(case.reported_at)), case.category)
        except KeyError:
            taken.not_taken += [
                NotTaken(member.key, member.line, "class_without_limit", case.category) for member in family.members
            ]
            return False
    return True


def _leads_of(families: Sequence[Family]) -> dict[str, tuple[str, UUID]]:
    """External number → number and id of the cases others were merged into, as far as they are here."""
    wanted = sorted({f"{case.system}:{case.lead}" for family in families for case in family.members if case.lead})
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT external_no, number, id FROM cases_case WHERE external_no = ANY(%s)", [wanted])
        return {external: (number, case_id) for external, number, case_id in cursor.fetchall()}


Row = tuple[ToldCase, date, Place]


@dataclass(slots=True)
class _Drafting:
    """The cases of one batch being drafted, each parent before its children."""

    batch: Batch
    leads: dict[str, tuple[str, UUID]]
    taken: HistoryTaken

    def drafted(self, rows: Sequence[Sequence[Row]], numbers: Sequence[str]) -> Iterator[DraftedCase]:
        return chain.from_iterable(self._family(family, number) for family, number in zip(rows, numbers, strict=True))

    def _family(self, rows: Sequence[Row], number: str) -> Iterator[DraftedCase]:
        first = self._case(rows[0], number, self._kin_of(rows[0][0]))
        yield first
        for order, row in enumerate(rows[1:], start=1):
            yield self._case(row, f"{number}-{order}", Kin(number, first.draft.case_id))

    def _kin_of(self, case: ToldCase) -> Kin:
        lead = self.leads.get(f"{case.system}:{case.lead}") if case.lead else None
        return Kin(lead_number=lead[0], lead_id=lead[1]) if lead else ALONE

    def _case(self, row: Row, number: str, kin: Kin) -> DraftedCase:
        case, day, place = row
        rules = rulebook_on(day)
        drafted, outcome = draft_told(
            _with_condition(case, rules),
            number=number,
            rules=rules,
            day=day,
            place=place,
            recorded_at=self.batch.at,
            around=AroundTold(),
            rules_on=rulebook_on,
            kin=kin,
            archive_after=self.batch.archive_after if case.stage in ("closed", "") else None,
        )
        self._count(case, outcome)
        return drafted

    def _count(self, case: ToldCase, outcome: Outcome) -> None:
        taken = self.taken
        taken.written += 1
        taken.steps += outcome.made
        taken.told_steps += len(case.steps)
        taken.stages[outcome.stage] += 1
        taken.remarks.update(outcome.remarks)
        taken.bridged.update(outcome.bridged)
        taken.would_refuse.update(outcome.would_refuse)
        archived = case.stage == "closed" and outcome.stage == "archived"
        if case.stage and case.stage != outcome.stage and not archived:
            taken.stage_differs[f"{case.stage} → {outcome.stage}"] += 1


def _with_condition(case: ToldCase, rules: Rulebook) -> ToldCase:
    """The case with a filing condition of its class: the first one where the other system named none we know."""
    if not case.category or (case.category, case.condition) in rules.limits:
        return case
    told = {**case.told, "condition": case.condition, "condition_by_class": True} if case.condition else case.told
    return case._replace(condition=first_condition(rules, case.category), told=told)


@dataclass(slots=True)
class _Photos:
    """The photos the drafted cases name, to be marked as used with them."""

    ids: set[str] = field(default_factory=set)

    def noted(self, cases: Iterable[DraftedCase]) -> Iterator[DraftedCase]:
        for case in cases:
            self.ids.update(photo for _kind, photo, _seq in case.draft.photos)
            yield case

    def mark(self) -> None:
        if self.ids:
            mark_used(ids=sorted(self.ids))

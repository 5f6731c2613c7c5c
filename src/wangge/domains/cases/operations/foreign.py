"""Takes in reports of other systems as cases: known ones are left alone, new ones become history, batch by batch.

The calling process reads on while workers write. A report is known by (system, key), whatever its source; the same
rows again change nothing. To be run as the owner of the tables: months and receiving units may have to be made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from django.db import IntegrityError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from wangge.domains.cases.chain import sm3
from wangge.domains.cases.drafting import civil
from wangge.domains.cases.foreign_history import NOWHERE, ForeignCase, first_condition, history_of
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.cases.operations.bulk import ensure_months, filling, settle_after_bulk, take_numbers, write_drafted
from wangge.domains.cases.operations.bulk_rows import DraftedCase
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.cases.surroundings import forget_units, units
from wangge.domains.components.queries.many_places import Asked, nearest_of_class
from wangge.domains.geography.areas import Place
from wangge.domains.geography.queries import city_epsg, locate_many
from wangge.domains.organizations.logic import Actor
from wangge.domains.organizations.models import DepartmentKind
from wangge.domains.organizations.operations.units import add_department
from wangge.groundwork.coordinates import CoordinateError, CoordinateSystem, to_wgs84
from wangge.groundwork.worker_pool import worked

if TYPE_CHECKING:
    from wangge.domains.cases.told_history import ToldCase

BATCH = 1500
_UNITS_FROM = date(2000, 1, 1)
_NAME_MOST = 80
_KEY_MOST = 79
_TEXTS = ("description", "address", "outcome_note", "status", "photo")
_texts_of = attrgetter(*_TEXTS)


class ImportRefused(Exception):
    """The import cannot go on; the text says what to do. What was written before stays, and is known next time."""


class ImportUnderWay(ImportRefused):
    """Another import is writing."""


class ClassWithoutLimit(ImportRefused):
    """A class of the mapping has no filing condition in the edition in force, so its cases cannot be filed."""


@dataclass(frozen=True, slots=True)
class Batch:
    """New reports to be written in one transaction, and the moment of the import."""

    cases: tuple[ForeignCase, ...]
    by: Actor
    at: datetime
    bind_within_metres: float = 0.0


@dataclass(slots=True)
class Taken:
    """What was done so far: cases written, by the stage they came to, those that were there already, those bound to a
    component (None: nobody asked for it).
    """

    written: int = 0
    steps: int = 0
    already_there: int = 0
    bound: int | None = None
    stages: Counter[str] | None = None

    def as_counts(self) -> dict[str, int]:
        """By name, for the end of an import."""
        stages = {f"stage_{stage}": count for stage, count in (self.stages or Counter()).most_common()}
        bound = {} if self.bound is None else {"bound_to_component": self.bound}
        return {"written": self.written, "already_there": self.already_there, "steps": self.steps, **bound, **stages}


def take_in(
    *, cases: Iterable[ForeignCase], by: Actor, at: datetime, jobs: int = 1, bind_within_metres: float = 0.0
) -> Taken:
    """Write every report that is not known yet; answers what was done. Raises ImportRefused.

    ``bind_within_metres``: a case of a component class is bound to the nearest component of its class so near.
    """
    taken = Taken(stages=Counter(), bound=0 if bind_within_metres else None)
    assert taken.stages is not None
    with alone(), filling():
        batches = _new_batches(cases, by, at, taken, bind_within_metres)
        for stages, steps, bound in worked(write_batch, batches, jobs=jobs):
            taken.written += stages.total()
            taken.steps += steps
            taken.stages.update(stages)
            if taken.bound is not None:
                taken.bound += bound
        if taken.written:
            settle_after_bulk()
    return taken


@contextmanager
def alone() -> Iterator[None]:
    """Only one import writes at a time. Raises ImportUnderWay.

    The lock lies in a transaction of a connection of its own: a pooler that lends connections by the transaction would
    hand a session's lock to whoever comes next.
    """
    apart = connection.copy()
    try:
        with transaction_on(apart), apart.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('wangge import reports'))")
            if not cursor.fetchone()[0]:
                raise ImportUnderWay(_("另一次导入正在写入案卷，请等它结束再试。"))
            yield
    finally:
        apart.close()


@contextmanager
def transaction_on(apart: BaseDatabaseWrapper) -> Iterator[None]:
    """A transaction that only holds a lock: it ends by rolling back, whatever happened meanwhile."""
    apart.set_autocommit(False)
    try:
        yield
    finally:
        apart.rollback()
        apart.set_autocommit(True)


def _new_batches(
    cases: Iterable[ForeignCase], by: Actor, at: datetime, taken: Taken, bind_within_metres: float
) -> Iterator[Batch]:
    months: set[date] = set()
    receiving = ReceivingUnits(by, at)
    for batch in _by_days(cases):
        _check_classes(batch)
        known = known_numbers([case.external_no for case in batch])
        new = tuple(case for case in batch if case.external_no not in known)
        taken.already_there += len(batch) - len(new)
        if not new:
            continue
        ensure_months_of(months, map(_day_of, new))
        yield Batch(tuple(receiving.named(case) for case in new), by, at, bind_within_metres)


def _by_days(cases: Iterable[ForeignCase]) -> Iterator[list[ForeignCase]]:
    """Batches cut where the civil day changes, so that in a file in order no day's numbers are given in two."""
    batch: list[ForeignCase] = []
    day: date | None = None
    for case in cases:
        case_day = _day_of(case)
        if len(batch) >= BATCH and (case_day != day or len(batch) >= 3 * BATCH):
            yield batch
            batch = []
        day = case_day
        batch.append(_storable(case))
    if batch:
        yield batch


def _storable(case: ForeignCase) -> ForeignCase:
    """The report without what PostgreSQL cannot keep: NUL characters, and numbers too long for their column."""
    if len(case.external_no) > _KEY_MOST:
        case = case._replace(key=sm3(case.key.encode()).hex()[:32])
    if not any("\0" in text for text in _texts_of(case)):
        return case
    return case._replace(**{name: text.replace("\0", "") for name, text in zip(_TEXTS, _texts_of(case), strict=True)})


def _day_of(case: ForeignCase) -> date:
    return day_of(civil(case.reported_at))


def _check_classes(cases: Sequence[ForeignCase]) -> None:
    for category, day in {(case.category, _day_of(case)) for case in cases}:
        try:
            first_condition(rulebook_on(day), category)
        except KeyError:
            told = _("类别 %(category)s 在 %(day)s 的标准中没有立案条件。请在映射中改用有时限的类别。")
            raise ClassWithoutLimit(told % {"category": category, "day": day}) from None


def ensure_months_of(made: set[date], days: Iterable[date]) -> None:
    """Make the months of these days that are not in ``made``, and note them there."""
    months = {day.replace(day=1) for day in days}
    for month in sorted(months - made):
        ensure_months(month, month)
    made |= months


def known_numbers(numbers: Sequence[str]) -> set[str]:
    """Which of these external numbers are known, under any source."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT external_no FROM cases_case WHERE source = ANY(%s) AND external_no = ANY(%s)",
            [_sources(), list(numbers)],
        )
        return {row[0] for row in cursor.fetchall()}


def _sources() -> list[str]:
    return sorted(rulebook_on(date.today()).entries)  # noqa: DTZ011 - the names of sources, not a moment


class ReceivingUnits:
    """The units that receive foreign cases: one for each owner the other system names, or one for the system."""

    def __init__(self, by: Actor, at: datetime) -> None:
        self._by, self._at = by, at
        self._codes: dict[tuple[str, str], str] = {}

    def named(self, case: ForeignCase) -> ForeignCase:
        """The case with its unit's code in place of the owner's name."""
        return case._replace(department=self.code_of(case.system, case.department))

    def code_of(self, system: str, owner: str) -> str:
        """The code of the unit that stands for an owner of the other system."""
        code = self._codes.get((system, owner))
        if code is None:
            code = self._codes[system, owner] = self._made(system, owner)
        return code

    def _made(self, system: str, owner: str) -> str:
        safe = "".join(letter if letter.isalnum() and letter.isascii() else "-" for letter in system)[:20]
        code = f"F-{safe}" + (f"-{sm3(owner.encode()).hex()[:8]}" if owner else "")
        forget_units()
        if code not in units():
            name = owner[:_NAME_MOST] or _("外部系统 %(system)s") % {"system": system}
            add_department(
                by=self._by, at=self._at, code=code, name=name, kind=DepartmentKind.DEPARTMENT, valid_from=_UNITS_FROM
            )
        return code


# ---- in a worker ---------------------------------------------------------------------------------------------------


def write_batch(batch: Batch) -> tuple[Counter[str], int, int]:
    """Write one batch; (cases by the stage they came to, steps, cases bound to a component).

    Those another import was faster with are left out.
    """
    try:
        return _write(batch)
    except IntegrityError:
        known = known_numbers([case.external_no for case in batch.cases])
        if not known:
            raise
        left = tuple(case for case in batch.cases if case.external_no not in known)
        return _write(replace(batch, cases=left))


def _write(batch: Batch) -> tuple[Counter[str], int, int]:
    cases = sorted((in_wgs84(case) for case in batch.cases), key=lambda case: case.reported_at)
    if not cases:
        return Counter(), 0, 0
    if batch.bind_within_metres:
        cases = bound_to_components(cases, batch.bind_within_metres)
    days = [_day_of(case) for case in cases]
    places = places_of(cases, days)
    with transaction.atomic():
        numbers = take_numbers([(place.district or "", day) for place, day in zip(places, days, strict=True)])
        stages: Counter[str] = Counter()

        def drafted() -> Iterator[DraftedCase]:
            for case, number, day, place in zip(cases, numbers, days, places, strict=True):
                rules = rulebook_on(day)
                made = history_of(case, number=number, rules=rules, day=day, place=place, recorded_at=batch.at)
                stages[made.draft.state.stage] += 1
                yield made

        detail: Mapping[str, str] = {"system": cases[0].system, "first": cases[0].key, "last": cases[-1].key}
        written = write_drafted(cases=drafted(), by=batch.by, at=batch.at, detail=detail)
    return stages, written.steps, sum(case.component != "" for case in cases)


def bound_to_components(cases: Sequence[ForeignCase], within_metres: float) -> list[ForeignCase]:
    """The cases, those of a component class with the nearest component of that class so near. One statement."""
    bound = list(cases)
    asked: dict[int, Asked] = {}
    for index, case in enumerate(cases):
        if case.lon is not None and case.lat is not None and case.category.startswith("component:"):
            asked[index] = Asked(case.lon, case.lat, case.category)
    nearest = nearest_of_class(asked=list(asked.values()), within_metres=within_metres)
    for index, found in zip(asked, nearest, strict=True):
        if found is not None:
            bound[index] = bound[index]._replace(component=found.code, component_metres=found.metres)
    return bound


Placed = TypeVar("Placed", "ForeignCase", "ToldCase")


def in_wgs84(case: Placed) -> Placed:
    """The case with its point in WGS-84; without a point where it is none in its system."""
    if case.lon is None or case.lat is None or case.given_system == CoordinateSystem.WGS84:
        return case
    try:
        lon, lat = to_wgs84(case.lon, case.lat, system=case.given_system, city_epsg=city_epsg())
    except CoordinateError:
        return case._replace(lon=None, lat=None)
    return case._replace(lon=lon, lat=lat)


def places_of(cases: Sequence[Placed], days: Sequence[date]) -> list[Place]:
    """The areas of each case on its day; a place outside the city has none."""
    known = [index for index, case in enumerate(cases) if case.lon is not None]
    places = [NOWHERE] * len(cases)
    if known:
        found = locate_many(
            lons=np.array([cases[index].lon for index in known], dtype=np.float64),
            lats=np.array([cases[index].lat for index in known], dtype=np.float64),
            on=[days[index] for index in known],
        )
        for order, index in enumerate(known):
            places[index] = found[order]
    return places

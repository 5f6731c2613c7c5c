"""The platform's own writers over rows kept in memory: ``report_case`` and ``move_case`` as they are, no database.

What a writer loads is made anew from the plain columns and the JSON that were kept, as from a table's row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import orjson
import pytest

from tests.living_city.auditors import Kept, Step, told_of
from wangge.domains.cases import intake, rows, surroundings
from wangge.domains.cases.drafting import Draft, StepRow, civil, exact, standing_of
from wangge.domains.cases.failures import BadInput
from wangge.domains.cases.logic.case_ids import case_id_of, milliseconds_of
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import from_plain
from wangge.domains.cases.operations import families, moving, reporting, timing
from wangge.domains.cases.operations.writing import Matter, NewCase
from wangge.domains.cases.replaying import KeptCase, KeptStep, check_case
from wangge.domains.cases.rows import CaseRow
from wangge.domains.cases.surroundings import AroundCase, Unit

UNITS = {
    code: Unit(code, code, kind, district)
    for code, kind, district in (
        ("dept-a", "department", ""),
        ("dept-b", "company", ""),
        ("street-1", "street", "430202"),
        ("platform-1", "district_platform", "430202"),
    )
}
DISTRICTS = ("430202", "430203")


class NumberTaken(Exception):
    """The database would refuse it: a number is given once."""


@dataclass(slots=True)
class Entry:
    """A case as it is kept: plain columns, its state as the JSON text of the row, its steps."""

    row: CaseRow  # with an empty state
    state: str
    photos: str
    standing: dict[str, Any]
    steps: tuple[StepRow, ...]


@dataclass(slots=True)
class Memory:
    """The rows of a city, and what the writers ask of their surroundings."""

    rules: Rulebook
    people: frozenset[str]
    on_duty: str
    entries: dict[str, Entry] = field(default_factory=dict)
    counters: dict[tuple[str, date], int] = field(default_factory=dict)
    facts: list[tuple[str, int]] = field(default_factory=list)
    born: int = 0

    def new_case_id(self, at: datetime) -> UUID:
        """As the product's, but the same each time a story is lived."""
        self.born += 1
        return case_id_of(milliseconds_of(at), self.born)

    def load(self, number: str, *, lock: bool = False) -> CaseRow | None:
        entry = self.entries.get(number)
        if entry is None:
            return None
        return replace(
            entry.row, state=from_plain(orjson.loads(entry.state)), photos=orjson.loads(entry.photos),
            past_people=list(entry.row.past_people), past_departments=list(entry.row.past_departments),
        )  # fmt: skip

    def load_by_id(self, case_id: UUID, *, lock: bool = False) -> CaseRow | None:
        number = next((number for number, entry in self.entries.items() if entry.row.id == case_id), None)
        return None if number is None else self.load(number)

    def insert(self, draft: Draft, new: NewCase, *, by: Any, address: str, receipt: Any) -> str:
        number = new.number
        if number is None:
            key = new.district_code or "000000", new.day
            self.counters[key] = self.counters.get(key, 0) + 1
            number = f"{key[0]}-{new.day:%Y%m%d}-{self.counters[key]:05}"
        if number in self.entries:
            raise NumberTaken(number)
        row = replace(rows.new_row(draft, new), number=number, parent_id=new.parent_id)  # type: ignore[arg-type]
        self._keep(row, draft, ())
        return number

    def update(
        self,
        draft: Draft,
        *,
        by: Any,
        address: str,
        receipt: Any,
        past_people: Sequence[int],
        past_departments: Sequence[str],
        lead_id: Any = None,
        kind: str = "move",
    ) -> str:
        before = self.load_by_id(draft.case_id)
        assert before is not None
        standing = standing_of(draft.rules, draft.state)
        columns = {
            name: getattr(standing, name)
            for name in ("stage", "category", "department_code", "inner_department_code", "assignee_id", "burns_at")
        }
        row = replace(
            before, **columns, version=draft.version, tail_hash=draft.tail, filed_at=draft.filed_at,
            closed_at=draft.closed_at, rules_on=draft.rules_on, past_people=list(past_people),
            past_departments=list(past_departments), lead_id=lead_id, handling_due_at=standing.handling_due_at,
        )  # fmt: skip
        self._keep(row, draft, self.entries[before.number].steps)
        return before.number

    def _keep(self, row: CaseRow, draft: Draft, before: tuple[StepRow, ...]) -> None:
        standing = standing_of(draft.rules, draft.state)
        kept = {each.name: getattr(standing, each.name) for each in fields(standing)}
        photos = orjson.dumps(draft.photos).decode()
        self.entries[row.number] = Entry(row, standing.state, photos, kept, (*before, *draft.steps))
        self.facts += [(str(draft.case_id), step.seq) for step in draft.steps]

    @contextmanager
    def atomic(self) -> Iterator[None]:
        entries, counters, facts = dict(self.entries), dict(self.counters), len(self.facts)
        try:
            yield
        except BaseException:
            self.entries, self.counters = entries, counters
            del self.facts[facts:]
            raise

    def fire_timers(self, at: datetime) -> None:
        """As the job's round: every case whose end has come, alone."""
        for number, entry in sorted(self.entries.items()):
            timer = entry.standing["timer_at"]
            if timer is not None and timer <= at:
                row = self.load(number)
                assert row is not None
                with self.atomic():
                    timing._act(row, at)

    def let_rules_act(self, at: datetime) -> None:
        for number in sorted(self.entries):
            row = self.load(number)
            assert row is not None
            with self.atomic():
                timing._act(row, at)

    # ---- what auditors get -----------------------------------------------------------------------------------------

    def kept(self, number: str) -> Kept:
        entry = self.entries[number]
        steps = [Step(civil(step.at), step.payload, step.hash, told_of(step.payload)) for step in entry.steps]
        columns = {
            name: None if entry.standing[name] is None else civil(entry.standing[name])
            for name in ("stage_due_at", "handling_due_at", "burns_at", "timer_at")
        }
        columns["unknown_year"] = entry.standing["unknown_year"]
        children = [self.kept(each) for each, other in self.entries.items() if other.row.parent_id == entry.row.id]
        return Kept(
            number, entry.row.id.bytes, entry.row.stage, entry.row.version, columns, orjson.loads(entry.state), steps,
            entry.row.district_code, str(entry.row.reporter_id or ""), children,
        )  # fmt: skip

    def verified(self, number: str) -> list[str]:
        """What the product's own verification says of the case: it must agree with the auditors that all is well."""
        entry = self.entries[number]
        kept, row, standing = [_step(entry.row, step) for step in entry.steps], entry.row, entry.standing
        values: tuple[bytes, ...] = (
            str(row.id).encode(), row.number.encode(), str(row.version).encode(), row.stage.encode(),
            row.category.encode(), row.department_code.encode(), row.inner_department_code.encode(),
            str(row.assignee_id or "").encode(), _at(row.reported_at), _at(row.filed_at), _at(row.closed_at),
            *[_at(standing[name]) for name in ("stage_due_at", "handling_due_at", "burns_at", "timer_at")],
            str(standing["unknown_year"] or "").encode(), row.rules_on.isoformat().encode(), entry.state.encode(),
            entry.photos.encode(), row.tail_hash.hex().encode(), row.entry.encode(), str(row.id).encode(), b"", b"",
            b"", b"",
        )  # fmt: skip
        found = check_case(KeptCase(*values), kept, {}, lambda _day: self.rules)
        return [f"{each.kind} at {each.seq}: {each.told}" for each in found if not each.kind.endswith("_words")]


def _step(row: CaseRow, step: StepRow) -> KeptStep:
    return KeptStep(
        str(row.id).encode(), str(step.seq).encode(), step.verb.encode(), step.post.encode(),
        str(step.person_id or "").encode(), _at(step.at), _at(step.recorded_at), step.from_stage.encode(),
        step.to_stage.encode(), step.payload, step.hash.hex().encode(),
    )  # fmt: skip


def _at(moment: datetime | None) -> bytes:
    return b"" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}+00".encode()


def use_memory(patch: pytest.MonkeyPatch, current: Callable[[], Memory]) -> None:
    """Let the writers work on the memory that is current, instead of the database."""

    class Around(AroundCase):
        def lead_is_open(self, lead_case: str) -> bool:
            entry = current().entries.get(lead_case)
            if entry is None or str(entry.row.id) == self.case_id or entry.row.closed_at is not None:
                return False
            if current().rules.stages[entry.row.stage].is_ending:
                return False
            self.lead_ids[lead_case] = str(entry.row.id)
            return True

        def plausible(self) -> bool:
            return True

    def spot_of(location: Mapping[str, Any] | None, *, at: datetime) -> intake.Spot:
        if not location:
            return intake.NOWHERE
        place = Matter(lon=location["lon"], lat=location["lat"], given_system="wgs84")
        return intake.Spot(place, str(location.get("district", "")), "G1")

    def person_key(name: str, username: str) -> str:
        if username not in current().people:
            raise BadInput(name, "nobody")
        return username

    def photos(*, ids: Sequence[str], by: int) -> dict[str, Any]:
        return {photo: SimpleNamespace(sha256="00" * 32) for photo in ids}

    known = surroundings._Known(UNITS, dict.fromkeys(DISTRICTS, ""), float("inf"))
    atomic = SimpleNamespace(atomic=lambda: current().atomic())
    patch.setattr(surroundings, "_fresh", lambda: known)
    patch.setattr(surroundings, "_duty", [lambda **_asked: int(current().on_duty) if current().on_duty else None])
    patch.setattr(intake, "spot_of", spot_of)
    patch.setattr(intake, "person_key", person_key)
    for module in (rows, reporting, families):
        patch.setattr(module, "AroundCase", Around)
    for module in (moving, reporting):
        patch.setattr(module, "transaction", atomic)
        patch.setattr(module, "use_photos", photos)
    for module in (rows, moving, reporting):
        patch.setattr(module, "rulebook_on", lambda _day: current().rules)
    patch.setattr(moving, "load", lambda number, lock=False: current().load(number))
    patch.setattr(moving, "update_case", lambda *told, **named: current().update(*told, **named))
    patch.setattr(moving, "proposal_for", lambda *_told, **_named: None)
    patch.setattr(moving, "keep_ruling", lambda **_named: None)
    patch.setattr(reporting, "new_case_id", lambda at: current().new_case_id(at))
    patch.setattr(reporting, "insert_case", lambda *told, **named: current().insert(*told, **named))
    patch.setattr(families, "insert_case", lambda *told, **named: current().insert(*told, **named))
    patch.setattr(families, "update_case", lambda *told, **named: current().update(*told, **named))
    patch.setattr(families, "load_by_id", lambda case_id, lock=False: current().load_by_id(case_id))


__all__ = ["DISTRICTS", "UNITS", "Entry", "Memory", "NumberTaken", "exact", "use_memory"]

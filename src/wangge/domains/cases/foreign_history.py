"""A report of another system as the history of a case here: the same moves, at the moments that are known.

Pure. The rule (docs/decisions/foreign-history.md): what is only known to have happened at the report stands at the
report's moment (entry, acceptance, filing, dispatch), what is only known to have ended stands at the ending moment
(handled, forwarded, inspected, closed). Nothing is judged: who did it there held no post here.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from wangge.domains.cases.chain import SALT_BYTES
from wangge.domains.cases.drafting import NO_MATTER, Draft, StepMatter, civil
from wangge.domains.cases.logic.attempt import Allowed, Attempt
from wangge.domains.cases.logic.case_ids import CHANCE_BITS, case_id_of, milliseconds_of
from wangge.domains.cases.logic.narrowing import SYSTEM
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import CaseState
from wangge.domains.cases.operations.bulk_rows import DraftedCase
from wangge.domains.cases.operations.writing import Matter, NewCase
from wangge.domains.cases.surroundings import AsRecorded
from wangge.domains.geography.areas import Place

ARCHIVED_AFTER = timedelta(days=7)
NOWHERE = Place()


class ForeignCase(NamedTuple):
    """What is known of a report of another system; moments are aware, in UTC.

    ``ending``: open, closed, cancelled or referred. ``ended_at`` is the moment of an ending that may be believed;
    ``told`` goes into the first step as it is (texts of the other system, no personal words).
    """

    system: str
    key: str
    source: str
    category: str
    description: str
    address: str
    lon: float | None
    lat: float | None
    given_system: str
    reported_at: datetime
    ending: str
    ended_at: datetime | None
    self_handled: bool
    status: str
    outcome_note: str
    photo: str
    department: str
    told: Mapping[str, Any]
    component: str = ""  # bound by nearness, as the mapping allows; so far from the point
    component_metres: float = 0.0

    @property
    def external_no(self) -> str:
        """The number under which it is known here, once per source."""
        return f"{self.system}:{self.key}"

    @property
    def by(self) -> str:
        """Who the steps say made them: the import, no person."""
        return f"import:{self.system}"


def history_of(
    case: ForeignCase, *, number: str, rules: Rulebook, day: date, place: Place, recorded_at: datetime
) -> DraftedCase:
    """The case with every step that is known; ``day`` is the civil day of the report, whose rules hold."""
    writing = _Writing(case, rules, day, recorded_at)
    entry = writing.report()
    ended_at = case.ended_at or case.reported_at
    if case.ending != "open":
        _END[case.ending, case.self_handled](writing, ended_at)
        if writing.draft.state.stage == "closed" and recorded_at - ended_at >= ARCHIVED_AFTER:
            writing.step("archive_case", recorded_at)
    departments = (writing.draft.state.unit,) if writing.draft.state.unit else ()
    return DraftedCase(writing.draft, _new_case(case, entry, number, day, place), (), departments)


class _Writing:
    """One foreign case being drafted."""

    __slots__ = ("case", "draft", "recorded_at")

    def __init__(self, case: ForeignCase, rules: Rulebook, day: date, recorded_at: datetime) -> None:
        self.case, self.recorded_at = case, recorded_at
        month = date(day.year, day.month, 1)
        case_id = fresh_case_id(case.reported_at)
        self.draft = Draft(case_id, month, rules, day, CaseState(), AsRecorded(), salt=next_salt)

    def report(self) -> str:
        """The entry verb of the source, with everything the other system told."""
        case, rules = self.case, self.draft.rules
        entry = rules.entries[case.source]
        verb = "report_self_handled" if case.self_handled and entry.stated_entry else entry.entry
        evidence: dict[str, Any] = {}
        if case.lon is not None:
            evidence["location"] = {"lon": case.lon, "lat": case.lat, "system": case.given_system}
        elif case.address:
            evidence["location"] = {"address_only": True}
        if case.description:
            evidence["description"] = True
        if case.photo:
            evidence["photo_before"] = {"foreign": case.photo}
        words = {"description": case.description, "address": case.address}
        extra: dict[str, Any] = {"foreign": case.told}
        if case.component:
            extra["bound"] = {"component": case.component, "metres": f"{case.component_metres:.1f}"}
        matter = StepMatter(evidence, {name: text for name, text in words.items() if text}, extra)
        args = {"source": case.source, "external_no": case.external_no, "category": case.category}
        self.step(verb, case.reported_at, args, matter)
        return verb

    def step(
        self, verb: str, at: datetime, args: Mapping[str, str] | None = None, matter: StepMatter | None = None
    ) -> None:
        """One move; evidence the table asks for lies in the other system, under the report's number there."""
        draft, case = self.draft, self.case
        row = draft.rules.moves[verb, draft.state.stage]
        if matter is None:
            matter = StepMatter({kind: {"foreign": case.key} for kind in row.evidence}) if row.evidence else NO_MATTER
        attempt = Attempt(verb, case.by, SYSTEM, civil(at), args or {}, frozenset(matter.evidence))
        draft.add(attempt, Allowed(row), at=at, recorded_at=max(at, self.recorded_at), matter=matter)

    def ended(self, verb: str, at: datetime, args: Mapping[str, str] | None = None) -> None:
        """The move that ends the case, with the words of the ending; those may name people and stand apart."""
        row = self.draft.rules.moves[verb, self.draft.state.stage]
        note = self.case.outcome_note
        matter = StepMatter(
            {kind: {"foreign": self.case.key} for kind in row.evidence},
            {"outcome_note": note} if note else {},
            {"foreign": {"status": self.case.status, "ended_at_unknown": self.case.ended_at is None}},
        )
        self.step(verb, at, args, matter)


def _closed(writing: _Writing, ended_at: datetime) -> None:
    case, rules = writing.case, writing.draft.rules
    condition = str(first_condition(rules, case.category))
    writing.step("accept", case.reported_at, {"category": case.category})
    writing.step("file_case", case.reported_at, {"category": case.category, "condition_seq": condition})
    writing.step("dispatch", case.reported_at, {"department": case.department})
    writing.step("report_handled", ended_at)
    writing.step("forward_result", ended_at)
    writing.step("send_inspection", ended_at, {"assignee": case.by})
    writing.step("pass_inspection", ended_at)
    writing.ended("close_case", ended_at)


def _confirmed(writing: _Writing, ended_at: datetime) -> None:
    writing.ended("confirm_self_handled", ended_at)


def _declined(writing: _Writing, ended_at: datetime) -> None:
    writing.ended("decline_report", ended_at, {"reason": writing.case.status or "cancelled"})


def _referred(writing: _Writing, ended_at: datetime) -> None:
    """Passed to a body outside: the reason names it, as the table of moves says."""
    writing.ended("decline_report", ended_at, {"reason": f"outside_jurisdiction {writing.case.status}".strip()})


def _declined_self_handled(writing: _Writing, ended_at: datetime) -> None:
    writing.ended("decline_self_handled", ended_at, {"reason": writing.case.status or "cancelled"})


_END: dict[tuple[str, bool], Callable[[_Writing, datetime], None]] = {
    ("closed", False): _closed, ("closed", True): _confirmed, ("cancelled", False): _declined,
    ("cancelled", True): _declined_self_handled, ("referred", False): _referred,
    ("referred", True): _declined_self_handled,
}  # fmt: skip


def first_condition(rules: Rulebook, category: str) -> int:
    """The first filing condition of a class; KeyError where the edition gives it no limit."""
    for condition in range(1, 100):
        if (category, condition) in rules.limits:
            return condition
    raise KeyError(category)


def _new_case(case: ForeignCase, entry: str, number: str, day: date, place: Place) -> NewCase:
    return NewCase(
        source=case.source,
        entry=entry,
        district_code=place.district or "",
        grid_code=place.responsibility_grid or "",
        reporter_id=None,
        reported_at=case.reported_at,
        day=day,
        external_no=case.external_no,
        number=number,
        matter=Matter(
            description=case.description,
            address=case.address,
            lon=case.lon,
            lat=case.lat,
            given_system=case.given_system if case.lon is not None else "",
            given_x=case.lon,
            given_y=case.lat,
            component=case.component,
            unit_grid_code=place.unit_grid or "",
            street_code=place.street or "",
            community_code=place.community or "",
        ),
    )


def _salts_in_bulk() -> Iterator[bytes]:
    """Salts by chance, asked of the system many at a time."""
    while True:
        many = secrets.token_bytes(SALT_BYTES * 1024)
        yield from (many[start : start + SALT_BYTES] for start in range(0, len(many), SALT_BYTES))


_salts = _salts_in_bulk()


def next_salt() -> bytes:
    """A salt by chance."""
    return next(_salts)


_chance = random.Random(secrets.randbits(128))  # noqa: S311 - ids need not be secret, only apart


def fresh_case_id(at: datetime) -> UUID:
    """The id of a case reported at this moment."""
    return case_id_of(milliseconds_of(at), _chance.getrandbits(CHANCE_BITS))

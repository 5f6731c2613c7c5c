"""A case being written: its state, the steps added to it and their chain, ready for the database.

A click, an import of millions and a simulated city draft alike; only what is done with the draft differs. Moments
come in exact (UTC) and as civil minutes; nothing here reads a clock or the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from wangge.domains.cases.chain import commit_to, fresh_salt, genesis, link, payload_of
from wangge.domains.cases.logic import clocks
from wangge.domains.cases.logic.attempt import Allowed, Attempt, Surroundings
from wangge.domains.cases.logic.effects import Made, make
from wangge.domains.cases.logic.moments import text_of
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import RUNNING, CaseState, to_plain
from wangge.domains.cases.logic.timers import next_end
from wangge.groundwork import clock
from wangge.groundwork.working_time import CalendarUnknown

# Cases speak of civil minutes on every line: short names for what the clock alone defines.
civil = clock.civil_minutes
exact = clock.moment_of


class StepRow(NamedTuple):
    """One step as its table has it, in the order of the columns."""

    seq: int
    verb: str
    post: str
    person_id: int | None
    at: datetime
    recorded_at: datetime
    from_stage: str
    to_stage: str
    payload: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class StepMatter:
    """What a step carries besides the attempt: pieces of evidence, words kept apart, what was observed."""

    # kind → [[photo id, sha256], …], a place, or what stands for photos that lie elsewhere ({"foreign": "https…"})
    evidence: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)  # personal words by field
    extra: Mapping[str, Any] = field(default_factory=dict)  # observed_at, place, note …


NO_MATTER = StepMatter()


@dataclass(slots=True)
class Draft:
    """A case with the steps that are to be written in one transaction."""

    case_id: UUID
    month: date
    rules: Rulebook
    rules_on: date
    state: CaseState
    around: Surroundings
    version: int = 0
    tail: bytes = b""
    photos: list[list[Any]] = field(default_factory=list)
    filed_at: datetime | None = None
    closed_at: datetime | None = None
    steps: list[StepRow] = field(default_factory=list)
    texts: list[tuple[int, dict[str, tuple[str, str]]]] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)
    id_text: str = ""
    _last_text: tuple[datetime | None, str] = (None, "")  # steps of one act share their moment
    _last_recorded: tuple[datetime | None, str] = (None, "")
    salt: Callable[[], bytes] = fresh_salt  # a seeded one makes a simulated city the same to the last byte

    def __post_init__(self) -> None:
        self.id_text = str(self.case_id)

    def add(
        self,
        attempt: Attempt,
        allowed: Allowed,
        *,
        at: datetime,
        recorded_at: datetime,
        matter: StepMatter = NO_MATTER,
    ) -> Made:
        """Make the move on the state and chain its step; ``at`` is the exact effective moment."""
        state = self.state
        filed, closed = state.filed_at, state.closed_at
        made = make(self.rules, state, allowed.row, attempt, self.around, tier=allowed.tier)
        self.version += 1
        if state.filed_at != filed:
            self.filed_at = at if state.filed_at else None
        if state.closed_at != closed:
            self.closed_at = at if state.closed_at else None
        content = self._content(attempt, allowed, made, at, recorded_at, matter)
        payload = payload_of(content)
        self.tail = link(self.tail or genesis(self.case_id), payload)
        person = int(attempt.by) if attempt.by.isdigit() else None
        self.steps.append(
            StepRow(
                self.version,
                attempt.verb,
                attempt.post,
                person,
                at,
                recorded_at,
                made.from_stage,
                state.stage,
                payload,
                self.tail,
            )
        )
        self.made.append(made)
        if matter.evidence:
            self._note_photos(matter.evidence)
        return made

    def _note_photos(self, evidence: Mapping[str, Any]) -> None:
        """In the payload's order, so that a replay gives the same."""
        for kind, pieces in sorted(evidence.items()):
            if isinstance(pieces, list):
                self.photos.extend([kind, piece[0], self.version] for piece in pieces)

    def _content(
        self,
        attempt: Attempt,
        allowed: Allowed,
        made: Made,
        at: datetime,
        recorded_at: datetime,
        matter: StepMatter,
    ) -> dict[str, Any]:
        if self._last_text[0] is not at:
            self._last_text = at, at.astimezone(UTC).isoformat()
        if self._last_recorded[0] is not recorded_at:
            same = recorded_at is at
            self._last_recorded = recorded_at, self._last_text[1] if same else recorded_at.astimezone(UTC).isoformat()
        content: dict[str, Any] = {
            "case": self.id_text,
            "seq": self.version,
            "verb": attempt.verb,
            "post": attempt.post,
            "by": attempt.by,
            "at": self._last_text[1],
            "recorded_at": self._last_recorded[1],
            "from": made.from_stage,
            "to": self.state.stage,
        }
        if self.version == 1 or attempt.verb == "reopen":
            content["rules_on"] = self.rules_on.isoformat()
        if attempt.unit:
            content["unit"] = attempt.unit
        if attempt.args:
            content["args"] = dict(attempt.args)
        if attempt.evidence:
            content["evidence"] = {kind: matter.evidence.get(kind) for kind in sorted(attempt.evidence)}
        if allowed.tier:
            content["tier"] = allowed.tier
        if allowed.row.to_stage == "handling" != made.from_stage:
            content["calendar"] = self.state.calendar
            content["district"] = self.state.inner is not None
        end = self._told_end(attempt.verb)
        if end:
            content["end"] = text_of(end)
        content.update(matter.extra)
        if matter.words:
            sealed = {name: commit_to(words, self.salt()) for name, words in matter.words.items()}
            content["sealed"] = {name: commitment for name, (_, commitment) in sealed.items()}
            kept = {name: (salt, matter.words[name]) for name, (salt, _) in sealed.items()}
            self.texts.append((self.version, kept))
        return content

    def _told_end(self, verb: str) -> int:
        """Until when a question waits, or a supervision for its reply: told once, not counted anew when days change."""
        state = self.state
        if verb == "ask_reporter" and state.question is not None:
            return state.question.until
        return state.supervision.reply_by if verb == "supervise" and state.supervision is not None else 0


@dataclass(frozen=True, slots=True)
class Standing:
    """The columns of a case's row that follow from its state."""

    stage: str
    category: str
    department_code: str
    inner_department_code: str
    assignee_id: int | None
    stage_due_at: datetime | None
    handling_due_at: datetime | None
    burns_at: datetime | None
    timer_at: datetime | None
    unknown_year: int | None
    state: str


def standing_of(rules: Rulebook, state: CaseState) -> Standing:
    """Where the case stands by its state: what lists sort and find by, and the state's own compact form."""
    unknown = state.handling.unknown_year
    stage_due, year = _due(lambda: clocks.stage_clock_due(rules, state.clock) if state.clock else 0)
    unknown = unknown or year
    handling_due, year = _due(lambda: clocks.handling_due(rules, state))
    unknown = unknown or year
    running = handling_due if state.handling.status == RUNNING else 0
    ends = [due for due in (stage_due, running) if due]
    timer = next_end(state)
    return Standing(
        stage=state.stage,
        category=state.category,
        department_code=state.unit,
        inner_department_code=state.inner.unit if state.inner is not None else "",
        assignee_id=int(state.assignee) if state.assignee.isdigit() else None,
        stage_due_at=exact(stage_due) if stage_due else None,
        handling_due_at=exact(handling_due) if handling_due else None,
        burns_at=exact(min(ends)) if ends else None,
        timer_at=exact(timer) if timer else None,
        unknown_year=unknown or None,
        state=orjson.dumps(to_plain(state)).decode(),
    )


def _due(ask: Callable[[], int]) -> tuple[int, int]:
    """(due minute or 0, year without a calendar or 0)."""
    try:
        return ask(), 0
    except CalendarUnknown as unknown:
        return 0, unknown.year

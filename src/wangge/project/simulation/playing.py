"""Owns the playing of a story: from its report to its end, or to the moment the city has reached, as a drafted case.

Every step goes the way of a click: it is judged by post, guards, arguments and evidence, and has the same effects. An
illegal step is a fault of the simulation and ends it.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from wangge.domains.cases.drafting import Draft, StepMatter
from wangge.domains.cases.draws import draw_record
from wangge.domains.cases.logic.attempt import Allowed, Attempt
from wangge.domains.cases.logic.automation import next_act
from wangge.domains.cases.logic.case_ids import CHANCE_BITS, case_id_of
from wangge.domains.cases.logic.judging import judge
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import CaseState
from wangge.domains.cases.operations.bulk_rows import DraftedCase
from wangge.domains.cases.operations.writing import Matter, NewCase
from wangge.groundwork.working_time import CalendarUnknown
from wangge.project.demo.pictures import subject_of
from wangge.project.simulation.cast import AroundStory, Cast
from wangge.project.simulation.desk_turns import entry_turn
from wangge.project.simulation.scene import CIVIL_MINUTES, MINUTE, Scene, Turn
from wangge.project.simulation.stories import Story
from wangge.project.simulation.turns import next_turn

MOST_STEPS = 60
LONGEST_WAIT_SECONDS = 6 * 3600
SIMULATED = {"simulated": True}
"""Stands in a step for photos and papers that a simulated case has only in name."""

Photos = Mapping[tuple[str, bool], Sequence[tuple[str, str]]]
"""(subject of a picture, whether it is settled) → pictures as (photo id, SHA-256)."""


class IllegalStep(AssertionError):
    """A simulated step that the table does not allow: a fault of the simulation."""


@dataclass(slots=True)
class Stage:
    """Where stories are played: the cast, the rules of the day, the moment that ends it (seconds, UTC)."""

    cast: Cast
    rules: Rulebook
    rules_on: date
    until: int
    chance: random.Random
    photos: Photos = field(default_factory=dict)
    leads: dict[str, tuple[str, UUID, datetime]] = field(default_factory=dict)
    """Grid → number, id and closing moment of a case reported there before: it may lead a merged one."""


def play(stage: Stage, story: Story, number: str) -> list[DraftedCase]:
    """The case of a story, and its children when it was split."""
    lead = _lead_of(stage, story)
    playing = _Playing(stage, story, number)
    if lead is not None:
        playing.around.open_leads = frozenset((lead[0],))
        playing.lead_id = lead[1]
    playing.make(entry_turn(playing.scene))
    drafted = playing.go_on()
    grid = story.place.responsibility_grid or ""
    closed_at = playing.draft.closed_at
    if closed_at is not None and grid and not story.fate:
        stage.leads[grid] = (number, playing.draft.case_id, closed_at)
    return drafted


def _lead_of(stage: Stage, story: Story) -> tuple[str, UUID, datetime] | None:
    """The case a repeated report is merged into: an earlier one of the same grid and day, still open then."""
    if story.fate != "merge":
        return None
    lead = stage.leads.get(story.place.responsibility_grid or "")
    if lead is not None and lead[2].timestamp() < story.at + LONGEST_WAIT_SECONDS:
        lead = None
    story.fate = "" if lead is None else f"merge:{lead[0]}"
    return lead


class _Playing:
    """One case being played."""

    __slots__ = (
        "around", "departments", "draft", "lead_id", "new", "number", "people", "scene", "stage",
    )  # fmt: skip

    def __init__(self, stage: Stage, story: Story, number: str) -> None:
        state = CaseState()
        self.stage, self.number = stage, number
        self.scene = Scene(stage.cast, stage.rules, story, state, stage.chance)
        collectors = stage.cast.collectors.get(story.place.responsibility_grid or "", ())
        self.around = AroundStory(stage.cast, number, collectors[0] if collectors else "")
        case_id = _case_id(story.at, stage.chance)
        day = stage.rules_on
        self.draft = Draft(
            case_id, date(day.year, day.month, 1), stage.rules, day, state, self.around,
            salt=lambda: stage.chance.randbytes(16),
        )  # fmt: skip
        self.people: dict[int, None] = {}
        self.departments: dict[str, None] = {}
        self.lead_id: UUID | None = None
        self.new: NewCase | None = None

    def go_on(self) -> list[DraftedCase]:
        """Play from where it stands to the end; the case and its children."""
        scene, stop_at, until = self.scene, self.scene.story.stop_at, self.stage.until
        children: list[DraftedCase] = []
        for _turn in range(MOST_STEPS):
            if stop_at and scene.state.stage == stop_at and not scene.queued:
                break
            try:
                turn = next_turn(scene)
            except CalendarUnknown:
                break  # the story would run into a year whose working days are not known yet
            if turn is None or turn.at > until:
                break
            self.make(turn)
            if turn.verb == "split":
                children = self._play_children(turn)
        return [self._drafted(), *children]

    def make(self, turn: Turn) -> None:
        """Make one step, and what the system's rules add to it."""
        scene = self.scene
        scene.now = turn.at
        at = datetime.fromtimestamp(turn.at, UTC)
        attempt = Attempt(
            turn.verb, turn.by, turn.post, turn.at // MINUTE + CIVIL_MINUTES, turn.args, frozenset(turn.evidence),
            turn.unit,
        )  # fmt: skip
        is_first = not self.draft.version
        self.draft.add(attempt, self._judged(attempt), at=at, recorded_at=at, matter=self._matter(turn, is_first))
        if is_first:
            self.new = self._new_case(turn, at)
        self._remember()
        if scene.rules.rules_by_stage and not scene.queued:
            self._let_rules_act(at)

    def _judged(self, attempt: Attempt) -> Allowed:
        answer = judge(self.stage.rules, self.draft.state, attempt, self.around)
        if isinstance(answer, Allowed):
            return answer
        raise IllegalStep(f"{self.number} {self.draft.state.stage}: {attempt} → {answer}")

    def _let_rules_act(self, at: datetime) -> None:
        stop_at = self.scene.story.stop_at
        minute = self.scene.now // MINUTE + CIVIL_MINUTES
        while not (stop_at and self.draft.state.stage == stop_at):
            found = next_act(self.stage.rules, self.draft.state, minute, self.around)
            if found is None:
                return
            drawn = draw_record(self.stage.rules, self.draft.state, found[0], number=self.number)
            self.draft.add(*found, at=at, recorded_at=at, matter=StepMatter(extra=drawn))
            self._remember()

    def _remember(self) -> None:
        state = self.draft.state
        if state.assignee:
            self.people[int(state.assignee)] = None
        if state.unit:
            self.departments[state.unit] = None
        if state.inner is not None and state.inner.unit:
            self.departments[state.inner.unit] = None

    def _matter(self, turn: Turn, is_first: bool) -> StepMatter:
        if not turn.evidence and not is_first:
            return StepMatter()
        story = self.scene.story
        evidence: dict[str, Any] = {}
        for kind in turn.evidence:
            if kind == "location":
                evidence[kind] = {"lon": story.lon, "lat": story.lat, "system": "wgs84"}
            elif kind == "description":
                evidence[kind] = True
            else:
                evidence[kind] = self._pieces(kind)
        if not is_first:
            return StepMatter(evidence)
        words = {"description": story.description, "address": story.address}
        if story.reporter_name:
            words |= {"reporter_name": story.reporter_name, "reporter_phone": story.reporter_phone}
        return StepMatter(evidence, words)

    def _pieces(self, kind: str) -> Any:
        pool = self.stage.photos
        if not pool or not kind.startswith("photo_"):
            return SIMULATED
        settled = kind != "photo_before" and self.scene.story.fate != "rework"
        pictures = pool.get((subject_of(self.scene.story.category).value, settled))
        if not pictures:
            return SIMULATED
        photo, digest = pictures[int(self.stage.chance.random() * len(pictures))]
        return [[photo, digest]]

    def _new_case(self, turn: Turn, at: datetime) -> NewCase:
        story = self.scene.story
        place = story.place
        return NewCase(
            source=story.source,
            entry=turn.verb,
            district_code=place.district or "",
            grid_code=place.responsibility_grid or "",
            reporter_id=int(turn.by) if turn.by.isdigit() else None,
            reported_at=at,
            day=self.stage.rules_on,
            external_no=turn.args.get("external_no"),
            number=self.number,
            matter=Matter(
                description=story.description, address=story.address, lon=story.lon, lat=story.lat,
                given_system="wgs84", given_x=story.lon, given_y=story.lat, unit_grid_code=place.unit_grid or "",
                street_code=place.street or "", community_code=place.community or "", component=story.component,
            ),
        )  # fmt: skip

    def _drafted(self) -> DraftedCase:
        assert self.new is not None
        return DraftedCase(self.draft, self.new, tuple(self.people), tuple(self.departments), self.lead_id)

    # ---- children ----------------------------------------------------------------------------------------------

    def _play_children(self, split: Turn) -> list[DraftedCase]:
        """The cases a split opens, each played to its end; the parent will hear of those ends."""
        drafted: list[DraftedCase] = []
        for order, _unit in enumerate(split.args["departments"].split(), 1):
            child = self._child(order, split.at)
            drafted += child.go_on()
            if self.stage.rules.stages[child.draft.state.stage].is_ending:
                ended_at = next(
                    step.at for step in child.draft.steps if self.stage.rules.stages[step.to_stage].is_ending
                )
                self.scene.children_end.append((int(ended_at.timestamp()), f"child-{order}"))
        self.scene.children_end.sort()
        return drafted

    def _child(self, order: int, at: int) -> _Playing:
        story = self.scene.story
        parent_new = self.new
        assert parent_new is not None
        stop_at = "handling" if story.stop_at else ""
        own = Story(
            at, story.source, False, story.category, story.condition, story.place, story.lon, story.lat, "",
            story.description, story.address, stop_at=stop_at,
        )  # fmt: skip
        number = f"{self.number}-{order}"
        child = _Playing(self.stage, own, number)
        state = self.draft.state
        args = {
            "parent": self.number, "source": state.source, "category": state.category,
            "condition_seq": str(state.condition_seq),
        }  # fmt: skip
        moment = datetime.fromtimestamp(at, UTC)
        row = self.stage.rules.moves["open_child", "new"]
        attempt = Attempt("open_child", "system", "system", at // MINUTE + CIVIL_MINUTES, args)
        child.draft.add(attempt, Allowed(row), at=moment, recorded_at=moment)
        child.new = NewCase(
            source=parent_new.source, entry="open_child", district_code=parent_new.district_code,
            grid_code=parent_new.grid_code, reporter_id=parent_new.reporter_id, reported_at=parent_new.reported_at,
            day=parent_new.day, parent_id=self.draft.case_id, number=number, matter=parent_new.matter,
        )  # fmt: skip
        return child


def _case_id(at: int, chance: random.Random) -> UUID:
    """The id of a case reported in this second, its millisecond and the rest by the day's chance."""
    milliseconds = at * 1000 + int(chance.random() * 1000)
    return case_id_of(milliseconds, chance.getrandbits(CHANCE_BITS))

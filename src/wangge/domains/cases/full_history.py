"""A case of another system with its own steps as a case here: each foreign step becomes a move, or a remark.

Pure (docs/decisions/full-history.md). What the table of moves has at the stage the case stands in, with its arguments,
is made at the step's own moment; everything else is kept under its foreign name as a remark of the nearest move, so
that nothing is lost and nothing invented. Guards about facts (an open request, a question, a child) decide as well;
guards about persons and limits do not bind what happened elsewhere: where they would have refused, it is counted.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from wangge.domains.cases.choosing_moves import Choosing, Move, Outcome, evidence_of
from wangge.domains.cases.drafting import Draft, StepMatter, civil
from wangge.domains.cases.foreign_history import fresh_case_id, next_salt
from wangge.domains.cases.logic.attempt import Allowed, Attempt, Surroundings
from wangge.domains.cases.logic.narrowing import SYSTEM
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import CaseState
from wangge.domains.cases.operations.bulk_rows import DraftedCase
from wangge.domains.cases.operations.moving import PRIVATE_ARGS
from wangge.domains.cases.operations.writing import Matter, NewCase
from wangge.domains.cases.told_history import ALONE, Kin, ToldCase, day_of
from wangge.domains.geography.areas import Place


def draft_told(
    case: ToldCase,
    *,
    number: str,
    rules: Rulebook,
    day: date,
    place: Place,
    recorded_at: datetime,
    around: Surroundings,
    rules_on: Callable[[date], Rulebook],
    kin: Kin = ALONE,
    archive_after: timedelta | None = None,
) -> tuple[DraftedCase, Outcome]:
    """The case with its moves and remarks; ``day`` is the civil day of the report, whose rules hold.

    ``archive_after``: a closed case whose closing lies so far back is archived at the moment of the import.
    """
    outcome = Outcome()
    moves = Choosing(case, rules, around, rules_on, kin, outcome).choose()
    draft = Draft(
        fresh_case_id(case.reported_at), date(day.year, day.month, 1), rules, day, CaseState(), around, salt=next_salt
    )
    people: dict[int, None] = {}
    departments: dict[str, None] = {}
    for order, move in enumerate(moves):
        if move.attempt.verb == "reopen":
            draft.rules_on = day_of(move.step.at)
            draft.rules = rules_on(draft.rules_on)
        matter = _matter(case, move, is_first=not order)
        draft.add(_sealed(move.attempt), move.allowed, at=move.step.at, recorded_at=recorded_at, matter=matter)
        _remember(draft.state, people, departments)
    if archive_after is not None and draft.state.stage == "closed" and recorded_at - moves[-1].step.at >= archive_after:
        row = draft.rules.moves["archive_case", "closed"]
        by = f"import:{case.system}"
        draft.add(Attempt("archive_case", by, SYSTEM, civil(recorded_at)), Allowed(row), at=recorded_at,
                  recorded_at=recorded_at)  # fmt: skip
    outcome.made, outcome.stage = draft.version, draft.state.stage
    new = _new_case(case, moves[0], number, day, place, kin)
    return DraftedCase(draft, new, tuple(people), tuple(departments), kin.lead_id), outcome


# ---- what is written ----------------------------------------------------------------------------------------------


def _matter(case: ToldCase, move: Move, *, is_first: bool) -> StepMatter:
    foreign: dict[str, Any] = {}
    words: dict[str, str] = {}
    evidence = evidence_of(case, sorted(move.attempt.evidence), move.step) if move.attempt.evidence else {}
    if is_first:
        foreign |= {"system": case.system, "key": case.key, **case.told}
        if move.attempt.verb != "open_child":
            spoken = {
                "description": case.description, "address": case.address, "reporter_name": case.reporter_name,
                "reporter_phone": case.reporter_phone,
            }  # fmt: skip
            words |= {name: text for name, text in spoken.items() if text}
    if move.step.name:
        foreign["step"] = move.step.name
    if move.is_bridge:
        foreign["bridge"] = True
    if move.remarks:
        foreign["remarks"] = [
            {"step": step.name, "at": step.at.isoformat(), **({"by": step.by} if step.by else {})}
            for step in move.remarks
        ]
        notes = [f"{step.name}：{step.note}" for step in move.remarks if step.note]
        if notes:
            words["remarks"] = "\n".join(notes)
    private = {name: move.attempt.args[name] for name in move.attempt.args if _is_private(move.attempt, name)}
    return StepMatter(evidence, {**words, **private}, {"foreign": foreign} if foreign else {})


def _sealed(attempt: Attempt) -> Attempt:
    """The attempt with a citizen's own words left out of its arguments: they stand apart."""
    if not any(_is_private(attempt, name) for name in attempt.args):
        return attempt
    return attempt._replace(
        args={name: "(sealed)" if _is_private(attempt, name) else text for name, text in attempt.args.items()}
    )


def _is_private(attempt: Attempt, name: str) -> bool:
    return attempt.post == "reporter" and (attempt.verb, name) in PRIVATE_ARGS


def _remember(state: CaseState, people: dict[int, None], departments: dict[str, None]) -> None:
    if state.assignee.isdigit():
        people[int(state.assignee)] = None
    for unit in (state.unit, state.inner.unit if state.inner is not None else ""):
        if unit:
            departments[unit] = None


def _new_case(case: ToldCase, entry: Move, number: str, day: date, place: Place, kin: Kin) -> NewCase:
    x, y = case.given or (case.lon, case.lat)
    by = entry.attempt.by
    return NewCase(
        source=case.source,
        entry=entry.attempt.verb,
        district_code=place.district or "",
        grid_code=place.responsibility_grid or "",
        reporter_id=int(by) if by.isdigit() else None,
        # a child was reported when its parent was
        reported_at=case.reported_at if entry.attempt.verb == "open_child" else entry.step.at,
        day=day,
        external_no=case.external_no,
        parent_id=kin.parent_id,
        number=number,
        matter=Matter(
            description=case.description,
            address=case.address,
            lon=case.lon,
            lat=case.lat,
            given_system=case.given_system if case.lon is not None else "",
            given_x=x,
            given_y=y,
            component=case.component,
            unit_grid_code=place.unit_grid or "",
            street_code=place.street or "",
            community_code=place.community or "",
        ),
    )

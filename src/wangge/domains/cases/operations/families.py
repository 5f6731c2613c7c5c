"""Cases that belong together: a split makes children, a child's end and return are told to its parent.

Locks are taken from child to parent only, in the transaction of the move that causes them.
"""

from __future__ import annotations

from datetime import datetime

from wangge.domains.cases.drafting import Draft, civil
from wangge.domains.cases.logic.attempt import Allowed, Attempt
from wangge.domains.cases.logic.narrowing import SYSTEM
from wangge.domains.cases.logic.state import CaseState
from wangge.domains.cases.operations.writing import Matter, NewCase, insert_case, update_case
from wangge.domains.cases.rows import CaseRow, draft_of, load_by_id
from wangge.domains.cases.surroundings import AroundCase
from wangge.domains.organizations.logic import SYSTEM as SYSTEM_ACTOR
from wangge.domains.organizations.logic import Actor


def follow(draft: Draft, row: CaseRow, *, by: Actor, at: datetime) -> None:
    """What the steps just written mean for the family."""
    for made, step in zip(draft.made, draft.steps, strict=True):
        if made.row.verb == "split":
            _open_children(draft, row, at)
        if row.parent_id is None:
            continue
        stages = draft.rules.stages
        ended, was_ended = stages[step.to_stage].is_ending, stages[step.from_stage].is_ending
        if ended != was_ended:
            _tell_parent(row, "child_closed" if ended else "child_reopened", at)


def _open_children(parent: Draft, row: CaseRow, at: datetime) -> None:
    """One child per unit named, each a case of its own from filed on; the unit named is proposed in its note."""
    from wangge.domains.cases.operations.reporting import new_case_id

    departments = list(dict.fromkeys(_args_of_split(parent)))
    for order, department in enumerate(departments, 1):
        case_id = new_case_id(at)
        args = {
            "parent": row.number,
            "source": parent.state.source,
            "category": parent.state.category,
            "condition_seq": str(parent.state.condition_seq),
            "note": department,
        }
        child = Draft(case_id, row.month, parent.rules, parent.rules_on, CaseState(), AroundCase("", row.grid_code, at))
        attempt = Attempt("open_child", SYSTEM, SYSTEM, civil(at), args)
        child.add(attempt, Allowed(parent.rules.moves["open_child", "new"]), at=at, recorded_at=at)
        matter = Matter(
            row.description, row.address, row.lon, row.lat, row.given_system, row.given_x, row.given_y,
            row.component, row.unit_grid_code,
        )  # fmt: skip
        new = NewCase(
            source=row.source, entry="open_child", district_code=row.district_code, grid_code=row.grid_code,
            reporter_id=row.reporter_id, reported_at=row.reported_at, day=parent.rules_on, parent_id=row.id,
            number=f"{row.number}-{order}", matter=matter,
        )  # fmt: skip
        insert_case(child, new, by=SYSTEM_ACTOR, address="", receipt=None)


def _args_of_split(parent: Draft) -> list[str]:
    import orjson

    step = next(step for step in parent.steps if step.verb == "split")
    return str(orjson.loads(step.payload)["args"]["departments"]).split()


def _tell_parent(child: CaseRow, verb: str, at: datetime) -> None:
    assert child.parent_id is not None
    parent = load_by_id(child.parent_id, lock=True)
    if parent is None:
        return
    draft = draft_of(parent, at)
    row = draft.rules.moves.get((verb, parent.stage))
    if row is None:
        return
    name = f"child-{child.number.rpartition('-')[2]}"
    draft.add(Attempt(verb, SYSTEM, SYSTEM, civil(at), {"child": name}), Allowed(row), at=at, recorded_at=at)
    update_case(
        draft, by=SYSTEM_ACTOR, address="", receipt=None, past_people=parent.past_people,
        past_departments=parent.past_departments, lead_id=parent.lead_id,
    )  # fmt: skip

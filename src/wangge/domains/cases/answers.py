"""The answer about a case as the contract of the edges gives it: where it stands, its clocks, who may do what.

Pure over a loaded row and its draft: no statement is made here but for user names not seen before.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from wangge.domains.cases.drafting import Draft, civil, exact
from wangge.domains.cases.logic import views
from wangge.domains.cases.logic.attempt import Surroundings
from wangge.domains.cases.logic.judging import judge_person
from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.domains.cases.logic.state import CaseState
from wangge.domains.cases.logic.timers import as_of
from wangge.domains.cases.operations.moving import attempts_of
from wangge.domains.cases.rows import CaseRow
from wangge.domains.cases.sight import posts_within, stands_outside
from wangge.domains.organizations.logic import Actor
from wangge.groundwork.clock import CITY_ZONE

_names: dict[int, str] = {}
_lock = threading.Lock()


def usernames(people: Iterable[int]) -> dict[int, str]:
    """Person id → user name; names once seen are remembered (they do not change)."""
    wanted = set(people)
    unknown = wanted - _names.keys()
    if unknown:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, username FROM organizations_person WHERE id = ANY(%s)", [list(unknown)])
            found = dict(cursor.fetchall())
        with _lock:
            _names.update(found)
    return {person: _names.get(person, "") for person in wanted}


def forget_usernames() -> None:
    """Ask anew; for tests."""
    _names.clear()


def iso(moment: datetime | None) -> str | None:
    """A moment as text on the city's clock, to the second."""
    return None if moment is None else moment.astimezone(CITY_ZONE).isoformat(timespec="seconds")


def case_answer(
    *,
    rules: Rulebook,
    state: CaseState,
    around: Surroundings,
    row: CaseRow,
    by: Actor,
    at: datetime,
    number: str | None = None,
    version: int | None = None,
    photos: list[list[Any]] | None = None,
    filed_at: datetime | None = None,
    closed_at: datetime | None = None,
) -> dict[str, Any]:
    """The case as JSON values; the keyword values replace those of the row after a move."""
    now = civil(at)
    seen = as_of(rules, state, now, around)
    deadlines = [
        {
            "clock": line.clock,
            "state": line.state,
            "due_at": iso(exact(line.due)) if line.due else None,
            "used_minutes": line.used,
            "allowance_minutes": line.allowance,
            "rule": line.rule,
        }
        for line in views.deadlines(rules, seen, now)
    ]
    handling = next((line for line in deadlines if line["clock"] == "handling"), None)
    return {
        "number": number or row.number,
        "stage": seen.stage,
        "version": version or row.version,
        "entry": row.entry,
        "source": row.source,
        "category": seen.category or None,
        "condition_seq": seen.condition_seq or None,
        "description": row.description,
        "location": location_of(row),
        "district": row.district_code or None,
        "grid": row.grid_code or None,
        "department": seen.unit or None,
        "holder": holder_of(rules, seen, named=not stands_outside(by)),
        "cycle": seen.cycle,
        "round": seen.rework + 1,
        "reported_at": iso(row.reported_at),
        "filed_at": iso(filed_at),
        "handling_due_at": handling["due_at"] if handling is not None else None,
        "closed_at": iso(closed_at),
        "deadlines": deadlines,
        "overlays": overlays_for(by, views.overlays(rules, seen)),
        "open_verbs": open_verbs(rules, seen, around, row, by, now),
        "photos": [{"kind": kind, "id": photo, "seq": seq} for kind, photo, seq in (photos or [])],
    }


def answer_of_row(row: CaseRow, draft: Draft, *, by: Actor, at: datetime) -> dict[str, Any]:
    """The answer about a case as its row and draft stand."""
    return case_answer(
        rules=draft.rules, state=draft.state, around=draft.around, row=row, by=by, at=at, version=draft.version,
        photos=draft.photos, filed_at=draft.filed_at, closed_at=draft.closed_at,
    )  # fmt: skip


def location_of(row: CaseRow) -> dict[str, Any] | None:
    if row.lon is None and not row.address:
        return None
    return {
        "lon": row.lon,
        "lat": row.lat,
        "system": "wgs84",
        "address": row.address,
        "component": row.component or None,
        "given_system": row.given_system or None,
    }


def overlays_for(by: Actor, overlays: list[str]) -> list[str]:
    """What lies beside the stage, for this reader: to a citizen only what he was asked and what he said."""
    if not stands_outside(by):
        return overlays
    return [overlay for overlay in overlays if overlay.startswith(("question:", "rated:"))]


def holder_of(rules: Rulebook, state: CaseState, *, named: bool = True) -> str | None:
    """Whose turn it is: a unit's code, the user name of a field task's holder, or a post; None when nobody's."""
    if named and state.assignee and state.stage in ("verifying", "inspecting"):
        return usernames([int(state.assignee)])[int(state.assignee)] if state.assignee.isdigit() else state.assignee
    if state.stage == "handling":
        return state.inner.unit if state.inner is not None and state.inner.unit else state.unit
    return rules.stages[state.stage].work_list_post or None


def open_verbs(rules: Rulebook, state: CaseState, around: Surroundings, row: CaseRow, by: Actor, at: int) -> list[str]:
    """The verbs whose post and guards pass for this person now, in the order of the table."""
    if not by.may_write():
        return []
    verbs, own = [], posts_within(by, row)
    for table_row in rules.by_stage.get(state.stage, ()):
        if own.isdisjoint(table_row.posts):  # most rows of the table are another post's
            continue
        attempts = attempts_of(rules, row, table_row.verb, table_row.posts, "", by, at, {}, frozenset())
        if any(judge_person(rules, state, table_row, attempt, around) is None for attempt in attempts):
            verbs.append(table_row.verb)
    return verbs

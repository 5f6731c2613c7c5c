"""Owns the questions to the census: how far each stands, its tasks, what is found and waits for a second person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

MOST_WAITING = 100
MOST_LEFT = 100
# What a task has to look at, and what of it has been looked at.
_OF_TASK = (
    "components_component c WHERE c.unit_grid_code = ANY(t.unit_grid_codes)"
    " AND (cardinality(t.categories) = 0 OR c.category = ANY(t.categories)) AND (c.state <> 'removed' OR {seen})"
)
_SEEN = "EXISTS (SELECT FROM components_census_finding f WHERE f.task_id = t.id AND f.component_id = c.id)"
_PROGRESS = (
    f"SELECT count(*) AS all_of_it, count(*) FILTER (WHERE {_SEEN}) AS seen FROM {_OF_TASK.replace('{seen}', _SEEN)}"
)


@dataclass(frozen=True, slots=True)
class CensusLine:
    """A census with how many of its tasks are done."""

    id: int
    title: str
    begins_on: date
    ends_on: date
    tasks: int
    done: int


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task with how many components it has and how many have been looked at."""

    id: int
    census_id: int
    title: str
    ends_on: date
    grid_code: str
    categories: list[str]
    assignee_id: int | None
    done_at: datetime | None
    components: int
    seen: int


@dataclass(frozen=True, slots=True)
class WaitingFinding:
    """A finding that would change the register, before the second person's word."""

    id: int
    code: str
    name: str
    result: str
    new_state: str
    new_lon: float | None
    new_lat: float | None
    note: str
    found_at: datetime
    found_by: int


def censuses(*, number: int | None = None) -> list[CensusLine]:
    """Every census, newest first, or one. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.id, s.title, s.begins_on, s.ends_on, count(t.id), count(t.done_at) FROM components_census s"
            " LEFT JOIN components_census_task t ON t.census_id = s.id WHERE %s::bigint IS NULL OR s.id = %s"
            " GROUP BY s.id ORDER BY s.begins_on DESC, s.id DESC LIMIT 200",
            [number, number],
        )
        return [CensusLine(*row) for row in cursor.fetchall()]


def tasks(*, census: int | None = None, task: int | None = None, assignee: int | None = None) -> list[TaskLine]:
    """Tasks with their progress, of a census, of a person (those not done), or one. One statement."""
    where, value = {
        (True, False): ("t.census_id = %s", census), (False, True): ("t.id = %s", task),
    }.get((census is not None, task is not None), ("t.assignee_id = %s AND t.done_at IS NULL", assignee))  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.id, t.census_id, s.title, s.ends_on, t.grid_code, t.categories, t.assignee_id, t.done_at,"
            " p.all_of_it, p.seen FROM components_census_task t JOIN components_census s ON s.id = t.census_id"
            f" CROSS JOIN LATERAL ({_PROGRESS}) p WHERE {where} ORDER BY t.grid_code, t.id",
            [value],
        )
        return [TaskLine(*row) for row in cursor.fetchall()]


def waiting_findings(*, census: int) -> list[WaitingFinding]:
    """The newest finding of each component that says something other than the register and nobody has decided on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM (SELECT DISTINCT ON (f.task_id, f.component_id) f.id, c.code, c.name, f.result, f.new_state,"
            " f.new_lon, f.new_lat, f.note, f.found_at, f.found_by_id FROM components_census_finding f"
            " JOIN components_census_task t ON t.id = f.task_id JOIN components_component c ON c.id = f.component_id"
            " WHERE t.census_id = %s ORDER BY f.task_id, f.component_id, f.id DESC) n WHERE n.result <> 'found'"
            " AND NOT EXISTS (SELECT FROM components_census_decision d WHERE d.finding_id = n.id)"
            f" ORDER BY n.id LIMIT {MOST_WAITING}",
            [census],
        )
        return [WaitingFinding(*row) for row in cursor.fetchall()]


def left_of(*, task: int) -> list[tuple[str, str, str]]:
    """(code, name, state) of the components of a task that nobody has looked at, the first hundred."""
    values: list[Any] = [task]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.code, c.name, c.state FROM components_census_task t JOIN components_component c"
            " ON c.unit_grid_code = ANY(t.unit_grid_codes)"
            " AND (cardinality(t.categories) = 0 OR c.category = ANY(t.categories)) AND c.state <> 'removed'"
            f" WHERE t.id = %s AND NOT {_SEEN} ORDER BY c.code LIMIT {MOST_LEFT}",
            values,
        )
        return list(cursor.fetchall())

"""A census: tasks by grid, findings, and that only a second person's word changes the register."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import shapely
from django.db import DatabaseError, connection, transaction

from tests.components.conftest import OPENED, WEST, fit
from wangge.domains.components.models import CensusDecision, CensusFinding, CensusTask, Component, Found
from wangge.domains.components.operations.census import (
    CensusRefused,
    NewFinding,
    components_left,
    decide,
    finish_task,
    note_finding,
    open_census,
)
from wangge.domains.components.operations.importing import import_components
from wangge.domains.geography import queries as geography
from wangge.domains.geography.areas import Area, AreaKind
from wangge.domains.geography.operations.areas import load_areas
from wangge.domains.organizations.logic import TERMINAL, Actor
from wangge.domains.organizations.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("square_city")]
AT, DAY = datetime(2024, 4, 12, tzinfo=UTC), date(2024, 4, 12)
GRID = f"{WEST}G01"


def person(name: str) -> Actor:
    made = Person.objects.create(username=name, display_name=name, created_at=AT)
    return Actor(person_id=made.id, username=name, display_name=name)


@pytest.fixture
def task() -> CensusTask:
    """Three components, two of the class asked for, in the one grid of the west."""
    box = shapely.box(113.0, 27.0, 113.1, 27.1)
    load_areas(areas=[Area(AreaKind.RESPONSIBILITY_GRID, GRID, GRID, f"{WEST}001", WEST, box, OPENED)])
    geography.forget()
    rows = [fit(1), fit(2), fit(3, code=f"{WEST}0102000003")]
    import_components(rows=rows, by=TERMINAL, at=AT, from_on=OPENED, dry_run=False)
    census = open_census(
        title="井盖普查", begins_on=DAY, ends_on=date(2024, 5, 1), grids=[GRID], categories=["component:0101"],
        by=TERMINAL, at=AT,
    )  # fmt: skip
    return CensusTask.objects.get(census_id=census)


def note(task: CensusTask, by: Actor, number: int = 1, result: Found = Found.MISSING, **more: object) -> int:
    finding = NewFinding(fit(number).code, result, **more)  # type: ignore[arg-type]
    return note_finding(task_id=task.id, finding=finding, by=by, at=AT)


def test_a_task_holds_the_components_of_its_grid_and_classes(task: CensusTask) -> None:
    assert components_left(task_id=task.id) == [fit(1).code, fit(2).code]
    with pytest.raises(CensusRefused, match="2 个部件"):
        finish_task(task_id=task.id, by=person("a"), at=AT)


def test_a_missing_component_is_lost_only_when_another_person_says_so(task: CensusTask) -> None:
    finder, other = person("a"), person("b")
    finding = note(task, finder)
    assert Component.objects.get(code=fit(1).code).state == "intact"
    with pytest.raises(CensusRefused, match="另一人"):
        decide(finding_id=finding, accepted=True, by=finder, at=AT, on=DAY)
    decide(finding_id=finding, accepted=True, by=other, at=AT, on=DAY)
    changed = Component.objects.get(code=fit(1).code)
    assert (changed.state, changed.changed_on) == ("lost", DAY)
    with pytest.raises(CensusRefused, match="已经确认"):
        decide(finding_id=finding, accepted=False, by=other, at=AT, on=DAY)


def test_what_is_not_accepted_changes_nothing(task: CensusTask) -> None:
    finding = note(task, person("a"), result=Found.CHANGED, new_state="damaged", new_point=(113.15, 27.05))
    decide(finding_id=finding, accepted=False, by=person("b"), at=AT, on=DAY)
    kept = Component.objects.get(code=fit(1).code)
    assert (kept.state, kept.lon) == ("intact", 113.05)


def test_an_accepted_change_moves_the_component_to_its_new_grid(task: CensusTask) -> None:
    finding = note(task, person("a"), result=Found.CHANGED, new_state="damaged", new_point=(113.15, 27.05))
    decide(finding_id=finding, accepted=True, by=person("b"), at=AT, on=DAY)
    moved = Component.objects.get(code=fit(1).code)
    assert (moved.state, moved.unit_grid_code) == ("damaged", "990102001001001")


def test_a_task_ends_when_everything_was_looked_at(task: CensusTask) -> None:
    finder = person("a")
    for number in (1, 2):
        note(task, finder, number, Found.FOUND)
    finish_task(task_id=task.id, by=finder, at=AT)
    with pytest.raises(CensusRefused, match="已经完成"):
        note(task, finder)


def test_what_does_not_belong_to_the_task_is_refused(task: CensusTask) -> None:
    finder = person("a")
    with pytest.raises(CensusRefused, match="不在这项任务内"):
        note_finding(task_id=task.id, finding=NewFinding(f"{WEST}0102000003", Found.FOUND), by=finder, at=AT)
    with pytest.raises(CensusRefused, match="新状态或新位置"):
        note(task, finder, result=Found.CHANGED)
    with pytest.raises(CensusRefused, match="没有代码"):
        open_census(
            title="x", begins_on=DAY, ends_on=date(2024, 5, 1), grids=["none"], categories=[], by=TERMINAL, at=AT
        )


def test_the_database_keeps_findings_and_the_second_person(task: CensusTask) -> None:
    finder = person("a")
    assert finder.person_id is not None
    finding = note(task, finder)
    with pytest.raises(DatabaseError, match="census_decided_by_another"), transaction.atomic():
        CensusDecision.objects.create(finding_id=finding, accepted=True, decided_at=AT, decided_by_id=finder.person_id)
    for order in ("UPDATE components_census_finding SET note = 'x'", "DELETE FROM components_census_finding"):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(order)
    assert CensusFinding.objects.get().note == ""

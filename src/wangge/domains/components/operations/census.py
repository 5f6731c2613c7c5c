"""Owns the census 普查: tasks by grid and class, what was found, and the second person's word that alone changes the
register."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from wangge.domains.components.models import Census, CensusDecision, CensusFinding, CensusTask, Component, Found, State
from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.queries import ground, locate
from wangge.domains.organizations.logic import Actor, AuditKind
from wangge.domains.organizations.operations.audit import record
from wangge.domains.organizations.policies import Refused


class CensusRefused(Refused):
    """A step of a census that cannot be made; the text says what to do."""


@dataclass(frozen=True, slots=True)
class NewFinding:
    """What was found of a component; ``changed`` says its new state, its new place, or both."""

    component: str
    result: Found
    new_state: str = ""
    new_point: tuple[float, float] | None = None
    note: str = ""


def open_census(
    *, title: str, begins_on: date, ends_on: date, grids: Sequence[str], categories: Sequence[str], by: Actor,
    at: datetime,
) -> int:  # fmt: skip
    """A census of some classes (none: all) in some responsibility grids, a task for each; answers its id.

    The task of a grid falls to the collector whose grid it is on the first day; its unit grids are those whose middle
    lies in it.
    """
    if not title.strip() or not grids:
        raise CensusRefused(_("请填写普查名称，并至少选一个责任网格。"))
    if ends_on <= begins_on:
        raise CensusRefused(_("结束日期须晚于开始日期。"))
    unit_grids = _unit_grids_of(grids, begins_on)
    with transaction.atomic():
        census = Census.objects.create(
            title=title.strip()[:100], begins_on=begins_on, ends_on=ends_on, opened_at=at, opened_by_id=by.person_id
        )
        CensusTask.objects.bulk_create(
            [
                CensusTask(
                    census=census, grid_code=grid, unit_grid_codes=unit_grids[grid], categories=sorted(categories),
                    assignee_id=next(iter(ground().collectors(grid, on=begins_on)), None),
                )
                for grid in grids
            ]
        )  # fmt: skip
        record(by=by, at=at, kind=AuditKind.SETTING, object_kind="census", object_key=str(census.id))
    return census.id


def _unit_grids_of(grids: Sequence[str], on: date) -> dict[str, list[str]]:
    index = ground()
    found: dict[str, list[str]] = {grid: [] for grid in grids}
    for grid in grids:
        if index.area(kind=AreaKind.RESPONSIBILITY_GRID, code=grid, on=on) is None:
            raise CensusRefused(_("没有代码为“%(code)s”的责任网格。") % {"code": grid})
    for area in index.areas_on(kind=AreaKind.UNIT_GRID, on=on):
        middle = area.boundary.representative_point()
        around = index.locate(middle.x, middle.y, on=on).responsibility_grid
        if around is not None and around in found:
            found[around].append(area.code)
    return found


def note_finding(*, task_id: int, finding: NewFinding, by: Actor, at: datetime) -> int:
    """Keep what was found of a component of the task; a later finding stands before an earlier one. Answers its id."""
    with transaction.atomic():
        task = CensusTask.objects.select_for_update().get(id=task_id)
        if task.done_at is not None:
            raise CensusRefused(_("任务已经完成，不能再记。"))
        if by.person_id is None:
            raise CensusRefused(_("普查结果须由人员记录。"))
        component = Component.objects.filter(code=finding.component).first()
        if component is None or not _belongs(component, task):
            raise CensusRefused(_("部件“%(code)s”不在这项任务内。") % {"code": finding.component})
        if finding.result is Found.CHANGED and not finding.new_state and finding.new_point is None:
            raise CensusRefused(_("有变化的，请写明新状态或新位置。"))
        if finding.new_state and finding.new_state not in State.values:
            raise CensusRefused(_("没有这种状态。"))
        lon, lat = finding.new_point or (None, None)
        made = CensusFinding.objects.create(
            task=task, component=component, result=finding.result, new_state=finding.new_state, new_lon=lon,
            new_lat=lat, note=finding.note, found_at=at, found_by_id=by.person_id,
        )  # fmt: skip
    return made.id


def _belongs(component: Component, task: CensusTask) -> bool:
    return component.unit_grid_code in task.unit_grid_codes and (
        not task.categories or component.category in task.categories
    )


def finish_task(*, task_id: int, by: Actor, at: datetime) -> int:
    """End a task; answers how many of its components nobody has looked at. Refused while any is left."""
    left = components_left(task_id=task_id)
    if left:
        raise CensusRefused(_("还有 %(number)s 个部件没有记录。") % {"number": len(left)})
    CensusTask.objects.filter(id=task_id, done_at__isnull=True).update(done_at=at)
    return 0


def components_left(*, task_id: int) -> list[str]:
    """Codes of the task's components without a finding."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.code FROM components_census_task t JOIN components_component c"
            " ON c.unit_grid_code = ANY(t.unit_grid_codes)"
            " AND (cardinality(t.categories) = 0 OR c.category = ANY(t.categories)) AND c.state <> 'removed'"
            " WHERE t.id = %s AND NOT EXISTS (SELECT FROM components_census_finding f"
            " WHERE f.task_id = t.id AND f.component_id = c.id) ORDER BY c.code",
            [task_id],
        )
        return [row[0] for row in cursor.fetchall()]


def decide(*, finding_id: int, accepted: bool, by: Actor, at: datetime, on: date, note: str = "") -> None:
    """The second person's word; accepted, a missing component is lost, a changed one has its new state and place."""
    with transaction.atomic():
        finding = CensusFinding.objects.select_related("component").get(id=finding_id)
        if by.person_id is None or by.person_id == finding.found_by_id:
            raise CensusRefused(_("请由另一人确认。"))
        if CensusDecision.objects.filter(finding_id=finding_id).exists():
            raise CensusRefused(_("已经确认过。"))
        CensusDecision.objects.create(
            finding_id=finding_id, accepted=accepted, note=note, decided_at=at, decided_by_id=by.person_id
        )
        if accepted:
            _correct(finding, on)
        detail = {"finding": finding_id, "accepted": accepted, "result": finding.result}
        record(
            by=by, at=at, kind=AuditKind.SETTING, object_kind="component", object_key=finding.component.code,
            detail=detail,
        )  # fmt: skip


def _correct(finding: CensusFinding, on: date) -> None:
    component = finding.component
    if finding.result == Found.FOUND:
        return
    if finding.result == Found.MISSING:
        component.state = State.LOST
    elif finding.new_state:
        component.state = finding.new_state
    if finding.new_lon is not None and finding.new_lat is not None:
        component.lon, component.lat = finding.new_lon, finding.new_lat
        component.unit_grid_code = locate(lon=component.lon, lat=component.lat, on=on).unit_grid or ""
    component.changed_on = on
    component.save(update_fields=["state", "lon", "lat", "unit_grid_code", "changed_on"])

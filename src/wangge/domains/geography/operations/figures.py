"""Owns the import of what has a figure and a key but no hierarchy: road sections, the figures of a layer, names.

Each is one table with days; the frame of an import is the same, the columns are the table's own.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import numpy as np
import shapely
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.logic.planning import ChangeKind
from wangge.domains.geography.logic.planning_figures import (
    FigurePlan,
    FigureRow,
    StoredFigure,
    figures_of,
    plan_figures,
)
from wangge.domains.geography.logic.reports import ImportReport
from wangge.domains.geography.operations.import_record import ImportedFile, note_import
from wangge.domains.geography.operations.importing import take_turns
from wangge.domains.geography.operations.placing import KnownGround, Reading, in_known_system
from wangge.domains.geography.operations.versions import GroundRefused, first_line
from wangge.domains.geography.queries import areas_in_force
from wangge.domains.organizations.logic import Actor
from wangge.domains.organizations.policies import Task, check_may_administer
from wangge.groundwork.clock import CITY_ZONE

Columns = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """A table that figures go into: what it is called, what may lie in it, how its rows are read and written."""

    what: str
    table: str
    shapes: Sequence[str]
    needs_name: bool
    stored: Callable[[date], dict[str, StoredFigure]]
    """What is in force on a day, by key."""
    columns: Callable[[FigureRow], Columns]
    """The columns of a new row without its days and its import."""
    where: Callable[[Sequence[str]], tuple[str, list[Any]]]
    """The condition that finds the rows of these keys."""
    after: Callable[[date, int], None]
    """What follows a change, in the same transaction: the day, the import."""
    settle: Callable[[Sequence[FigureRow], date], Sequence[FigureRow]] = lambda rows, _on: rows
    """Completes rows once their figures are in WGS-84."""
    fit_key: Callable[[str], str] = lambda key: key
    """What of a key tells where the row lies before its figure is in WGS-84."""
    prepare: Callable[[], None] = lambda: None
    """What must be there before the rows."""


def import_figures(
    *,
    by: Actor,
    at: datetime,
    target: Target,
    rows: Sequence[FigureRow],
    file: ImportedFile,
    from_on: date,
    reading: Reading,
    dry_run: bool,
) -> ImportReport:
    """Check the rows and, unless it is a dry run, put them in from a day on; the report says all."""
    check_may_administer(by, Task.GROUND)
    report = ImportReport(target.what, file.name, from_on.isoformat(), dry_run, len(rows), "", file.encoding)
    with transaction.atomic():
        take_turns()
        stored = target.stored(from_on)
        figures = in_known_system(
            figures_of(rows),
            [target.fit_key(row.key) for row in rows],
            ground=KnownGround({target.fit_key(key): old.figure for key, old in stored.items()}),
            reading=reading,
            stated=file.system,
            report=report,
        )
        if figures is None:
            return report
        placed = [replace(row, figure=figure) for row, figure in zip(rows, figures, strict=True)]
        plan = plan_figures(
            target.settle(placed, from_on),
            stored,
            shapes=target.shapes,
            from_on=from_on,
            complete=reading.complete,
            may_replace=from_on > at.astimezone(CITY_ZONE).date(),
            needs_name=target.needs_name,
            city=_city_box(from_on),
        )
        report.changes, report.findings = plan.changes, plan.findings
        taken = report.is_sound or (reading.without_bad and report.can_leave_bad_rows)
        if not dry_run and taken:
            report.written = True
            import_id = note_import(by=by, at=at, file=file, from_on=from_on, report=report)
            _write(target, plan, from_on, import_id)
            target.after(from_on, import_id)
    return report


def _city_box(on: date) -> tuple[float, float, float, float] | None:
    districts = areas_in_force(AreaKind.DISTRICT, on)
    if not districts:
        return None
    west, south, east, north = shapely.total_bounds(np.array([area.boundary for area in districts], dtype=object))
    return float(west), float(south), float(east), float(north)


def _write(target: Target, plan: FigurePlan, from_on: date, import_id: int) -> None:
    closing = [each.code for each in plan.changes if each.kind not in (ChangeKind.SAME, ChangeKind.NEW)]
    if closing:
        end_rows(target.table, *target.where(closing), on=from_on)
    target.prepare()
    new = [{**target.columns(row), "valid_from": from_on, "brought_by_id": import_id} for row in plan.taken]
    try:
        copy_rows(target.table, new)
    except IntegrityError as error:
        raise GroundRefused(
            _("与已有数据冲突：%(reason)s。请重新试运行后再导入。") % {"reason": first_line(error)}
        ) from error


def end_rows(table: str, where: str, values: Sequence[Any], *, on: date) -> None:
    """Close the rows in force on a day; one that was only planned from that day on goes."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE {where} AND valid_from = %s", [*values, on])
        cursor.execute(
            f"UPDATE {table} SET valid_to = %s"
            f" WHERE {where} AND valid_from < %s AND (valid_to IS NULL OR valid_to > %s)",
            [on, *values, on, on],
        )


def copy_rows(table: str, rows: Sequence[Columns]) -> None:
    """Add rows by COPY; all have the same columns."""
    if not rows:
        return
    names = tuple(rows[0])
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(tuple(row[name] for name in names))


def read_figures(statement: str, values: Sequence[Any]) -> dict[str, StoredFigure]:
    """Stored figures by key, from rows of (key, name, figure, first day, other columns as JSON)."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = cursor.fetchall()
    figures = shapely.from_wkb(np.array([bytes(row[2]) for row in rows], dtype=object))
    return {
        row[0]: StoredFigure(row[1], row[4] if isinstance(row[4], dict) else json.loads(row[4]), figure, row[3])
        for row, figure in zip(rows, figures, strict=True)
    }

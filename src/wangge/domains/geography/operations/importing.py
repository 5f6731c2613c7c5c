"""Owns the import of areas from a file's rows: the system they are in, the plan, and its writing as a whole.

Nothing half done: either everything that was to be taken is in, or nothing is. Rows that are wrong keep the whole
file out unless the person says that it shall be taken without them.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.logic.codes import CodeForm, code_form
from wangge.domains.geography.logic.planning import (
    CHILD_KINDS,
    PARENT_KINDS,
    ChangeKind,
    Incoming,
    Plan,
    Stored,
    Wish,
    plan_areas,
)
from wangge.domains.geography.logic.reports import ImportReport
from wangge.domains.geography.operations.areas import copy_areas
from wangge.domains.geography.operations.import_record import ImportedFile, note_import
from wangge.domains.geography.operations.placing import KnownGround, Reading, in_known_system
from wangge.domains.geography.operations.versions import GroundRefused, first_line, new_version
from wangge.domains.geography.queries import areas_stored
from wangge.domains.organizations.logic import Actor
from wangge.domains.organizations.policies import Task, check_may_administer
from wangge.domains.organizations.queries import city_tables
from wangge.groundwork.clock import CITY_ZONE

_ON = "valid_from <= %s AND (valid_to IS NULL OR valid_to > %s)"


def import_areas(
    *,
    by: Actor,
    at: datetime,
    kind: AreaKind,
    incoming: Incoming,
    file: ImportedFile,
    from_on: date,
    reading: Reading,
    dry_run: bool,
) -> ImportReport:
    """Check the rows and, unless it is a dry run, make them the ground from a day on; the report says all.

    `incoming` holds the figures as the file has them. Raises GroundRefused when somebody else changed the same areas
    meanwhile, NotYours for who may not.
    """
    check_may_administer(by, Task.GROUND)
    report = ImportReport(kind.value, file.name, from_on.isoformat(), dry_run, len(incoming.rows), "", file.encoding)
    with transaction.atomic():
        take_turns()
        form = code_form(city_tables().area_codes, kind)
        stored = stored_ground(kind, from_on)
        figures = in_known_system(
            incoming.figures,
            incoming.codes,
            ground=known_ground(stored, form, incoming),
            reading=reading,
            stated=file.system,
            report=report,
        )
        if figures is None:
            return report
        placed = replace(incoming, figures=figures)
        may_replace = from_on > at.astimezone(CITY_ZONE).date()
        wish = Wish(kind, from_on, form, reading.repair, reading.complete, may_replace, reading.closed)
        plan = plan_areas(placed, stored, wish)
        report.changes, report.findings = plan.changes, plan.findings
        taken = report.is_sound or (reading.without_bad and report.can_leave_bad_rows)
        if not dry_run and taken:
            _write(by=by, at=at, kind=kind, plan=plan, wish=wish, file=file, report=report)
    return report


def stored_ground(kind: AreaKind, on: date) -> Stored:
    """What the database holds for a day, as far as an import of a kind must know it; four statements."""
    same = areas_stored(f"WHERE kind = %s AND {_ON}", [kind.value, on, on])
    later = areas_stored("WHERE kind = %s AND valid_from > %s ORDER BY valid_from DESC", [kind.value, on])
    parents = [
        area for each in PARENT_KINDS[kind] for area in areas_stored(f"WHERE kind = %s AND {_ON}", [each, on, on])
    ]
    below = [each.value for each in CHILD_KINDS[kind]]
    children = (
        areas_stored("WHERE kind = ANY(%s) AND (valid_to IS NULL OR valid_to > %s)", [below, on]) if below else []
    )
    return Stored(
        {area.code: area for area in same},
        {area.code: area.valid_from for area in later},
        {area.code: area for area in parents},
        children,
    )


def known_ground(stored: Stored, form: CodeForm, incoming: Incoming) -> KnownGround:
    """What tells where the rows should lie: borders of the same codes, and those of the parents."""
    return KnownGround(
        {code: area.boundary for code, area in stored.areas.items()},
        {code: area.boundary for code, area in stored.parents.items()},
        {code: form.parent_in(code) or parent for code, parent in zip(incoming.codes, incoming.parents, strict=True)},
    )


def take_turns() -> None:
    """One import at a time: a plan holds until it is written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('geography import'))")


def _write(
    *, by: Actor, at: datetime, kind: AreaKind, plan: Plan, wish: Wish, file: ImportedFile, report: ImportReport
) -> None:
    report.written = True
    replaced = [
        each.code for each in plan.changes if each.kind in (ChangeKind.MOVED, ChangeKind.RENAMED, ChangeKind.ENDED)
    ]
    new = [each.area for each in plan.changes if each.area is not None]
    import_id = note_import(by=by, at=at, file=file, from_on=wish.from_on, report=report)
    end_areas(kind, replaced, on=wish.from_on)
    try:
        copy_areas(new, brought_by=import_id)
    except IntegrityError as error:
        raise GroundRefused(
            _("区域与已有区域冲突：%(reason)s。请重新试运行后再导入。") % {"reason": first_line(error)}
        ) from error
    new_version()


def end_areas(kind: AreaKind, codes: Sequence[str], *, on: date) -> None:
    """Close the borders in force on a day; one that was only planned from that day on goes."""
    with connection.cursor() as cursor:
        values: list[Any] = [kind.value, list(codes), on]
        cursor.execute("DELETE FROM geography_area WHERE kind = %s AND code = ANY(%s) AND valid_from = %s", values)
        cursor.execute(
            f"UPDATE geography_area SET valid_to = %s WHERE kind = %s AND code = ANY(%s) AND {_ON}",
            [on, kind.value, list(codes), on, on],
        )

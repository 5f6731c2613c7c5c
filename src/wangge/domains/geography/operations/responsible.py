"""Owns who is responsible for a grid (相关责任人): one person on every day, changes with their day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from wangge.domains.geography.models import ResponsibleRow
from wangge.domains.geography.operations.figures import copy_rows
from wangge.domains.geography.operations.versions import GroundRefused, first_line
from wangge.domains.organizations.logic import Actor, AuditKind
from wangge.domains.organizations.operations.audit import record
from wangge.domains.organizations.policies import Task, check_may_administer
from wangge.domains.organizations.queries import person_named

LONGEST_NAME, LONGEST_UNIT = 60, 100


@dataclass(frozen=True, slots=True)
class Appointment:
    """Who is responsible for a grid from a day on; his user name where he has an account."""

    grid_code: str
    name: str
    unit: str
    from_on: date
    username: str = ""


def appoint(*, by: Actor, at: datetime, appointment: Appointment) -> None:
    """From a day on this person is responsible; who was ends then. Raises GroundRefused, NotYours."""
    check_may_administer(by, Task.GROUND)
    grid, day = appointment.grid_code, appointment.from_on
    name, unit = appointment.name.strip(), appointment.unit.strip()
    if not name or len(name) > LONGEST_NAME or len(unit) > LONGEST_UNIT:
        raise GroundRefused(_("请填写责任人姓名（不超过 60 字）与单位（不超过 100 字）。"))
    person = person_named(appointment.username) if appointment.username else None
    if appointment.username and (person is None or not person.is_active):
        raise GroundRefused(_("没有用户名为“%(name)s”的在用人员。") % {"name": appointment.username})
    with transaction.atomic():
        _check_grid(grid, day)
        until = _make_room(grid, day)
        row = ResponsibleRow(grid_code=grid, name=name, unit=unit, person=person, valid_from=day, valid_to=until)
        row.save()
        detail = {"name": name, "unit": unit, "from": day.isoformat()}
        record(by=by, at=at, kind=AuditKind.SETTING, object_kind="grid_responsible", object_key=grid, detail=detail)


def load_responsible(*, appointments: Iterable[Appointment]) -> None:
    """Add appointments in bulk to grids that have none. Raises GroundRefused when two meet on one day."""
    rows = [
        {"grid_code": each.grid_code, "name": each.name, "unit": each.unit, "valid_from": each.from_on}
        for each in appointments
    ]
    with transaction.atomic():
        try:
            copy_rows("geography_grid_responsible", rows)
        except IntegrityError as error:
            raise GroundRefused(_("相关责任人与已有的重叠：%(reason)s。") % {"reason": first_line(error)}) from error


def _check_grid(grid: str, day: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM geography_area WHERE kind = 'responsibility_grid' AND code = %s AND valid_from <= %s"
            " AND (valid_to IS NULL OR valid_to > %s) FOR SHARE",
            [grid, day, day],
        )
        if cursor.fetchone() is None:
            raise GroundRefused(
                _("%(day)s 没有责任网格“%(grid)s”。请检查代码与日期。") % {"day": day.isoformat(), "grid": grid}
            )


def _make_room(grid: str, day: date) -> date | None:
    """End who is responsible on the day; answers the day the next one begins, if one is appointed already."""
    rows = ResponsibleRow.objects.select_for_update().filter(grid_code=grid).order_by("valid_from")
    until: date | None = None
    for row in rows:
        if row.valid_from > day:
            until = until or row.valid_from
        elif row.valid_from == day:
            raise GroundRefused(
                _("%(day)s 已任命 %(name)s。请选别的日期。") % {"day": day.isoformat(), "name": row.name}
            )
        elif row.valid_to is None or row.valid_to > day:
            ResponsibleRow.objects.filter(pk=row.pk).update(valid_to=day)
    return until

"""Makes and ends districts and responsible units, and puts people on duty."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from wangge.domains.organizations.logic import Actor, AuditKind
from wangge.domains.organizations.models import Department, DepartmentKind, District, Person, ShiftTurn
from wangge.domains.organizations.operations.audit import record
from wangge.domains.organizations.policies import Refused, Task, check_may_administer


@transaction.atomic
def add_district(*, by: Actor, at: datetime, code: str, name: str, valid_from: date) -> District:
    """Make a district; its code has six digits. Raises ``Refused`` when the code is taken."""
    check_may_administer(by, Task.UNITS)
    if District.objects.filter(code=code).exists():
        raise Refused(_("区划代码 %(code)s 已有。") % {"code": code})
    district = District.objects.create(code=code, name=name, valid_from=valid_from)
    record(by=by, at=at, kind=AuditKind.SETTING, object_kind="district", object_key=code, detail={"name": name})
    return district


@transaction.atomic
def add_department(
    *,
    by: Actor,
    at: datetime,
    code: str,
    name: str,
    kind: DepartmentKind,
    valid_from: date,
    parent_code: str | None = None,
    district_code: str | None = None,
) -> Department:
    """Make a responsible unit; raises ``Refused`` when the code is taken or the parent is not there."""
    check_may_administer(by, Task.UNITS)
    if Department.objects.filter(code=code).exists():
        raise Refused(_("单位代码 %(code)s 已有。") % {"code": code})
    if parent_code is not None and not Department.objects.filter(code=parent_code).exists():
        raise Refused(_("没有上级单位 %(code)s，请先建立。") % {"code": parent_code})
    if district_code is not None and not District.objects.filter(code=district_code).exists():
        raise Refused(_("没有区 %(code)s，请先建立。") % {"code": district_code})
    department = Department.objects.create(
        code=code,
        name=name,
        kind=kind,
        valid_from=valid_from,
        parent_id=parent_code,
        district_id=district_code,
    )
    record(by=by, at=at, kind=AuditKind.SETTING, object_kind="department", object_key=code, detail={"name": name})
    return department


@transaction.atomic
def end_department(*, by: Actor, at: datetime, code: str, valid_to: date) -> None:
    """End a unit on a day: cases keep it, new ones cannot be sent there."""
    check_may_administer(by, Task.UNITS)
    department = Department.objects.select_for_update().filter(code=code).first()
    if department is None:
        raise Refused(_("没有责任单位 %(code)s。") % {"code": code})
    department.valid_to = valid_to
    department.save(update_fields=["valid_to"])
    record(
        by=by,
        at=at,
        kind=AuditKind.SETTING,
        object_kind="department",
        object_key=code,
        detail={"valid_to": valid_to.isoformat()},
    )


@transaction.atomic
def put_on_duty(
    *,
    by: Actor,
    person: Person,
    shift: str,
    starts_at: datetime,
    ends_at: datetime,
    grid_code: str | None = None,
) -> ShiftTurn:
    """Give a person a turn on duty, a collector in his grid; a day at most, no two at a time in one grid."""
    check_may_administer(by, Task.UNITS)
    return ShiftTurn.objects.create(
        person=person, shift=shift, starts_at=starts_at, ends_at=ends_at, grid_code=grid_code
    )

"""Owns the taking back of a coming change of borders: before its day, as a whole, and only where no ground is torn."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import numpy as np
import shapely
from django.db import connection, transaction
from django.utils.translation import gettext as _
from shapely.geometry.base import BaseGeometry

from wangge.domains.geography.areas import Area, AreaKind
from wangge.domains.geography.logic import checking
from wangge.domains.geography.logic.planning import ChangeKind
from wangge.domains.geography.models import GroundImportRow
from wangge.domains.geography.operations.import_record import KEPT_FINDINGS
from wangge.domains.geography.operations.importing import take_turns
from wangge.domains.geography.operations.versions import GroundRefused, new_version
from wangge.domains.geography.queries import areas_in_force, areas_stored
from wangge.domains.organizations.logic import Actor, AuditKind
from wangge.domains.organizations.operations.audit import record
from wangge.domains.organizations.policies import Task, check_may_administer
from wangge.groundwork.clock import CITY_ZONE


def withdraw(*, by: Actor, at: datetime, import_id: int) -> int:
    """Undo what an import or a drawing changes on its coming day; answers how many areas. Raises GroundRefused.

    The borders of the day before hold on, until the next change of each. What the import had replaced of another plan
    for the same day does not come back.
    """
    check_may_administer(by, Task.GROUND)
    with transaction.atomic():
        take_turns()
        row = GroundImportRow.objects.select_for_update().defer("content").filter(pk=import_id).first()
        if row is None or row.done_at is None or row.withdrawn_at is not None or row.what not in tuple(AreaKind):
            raise GroundRefused(_("没有这次变动，或已经撤回。"))
        if row.from_on <= at.astimezone(CITY_ZONE).date():
            raise GroundRefused(_("%(day)s 起的边界已经生效，不能撤回。请登记新的变动。") % {"day": row.from_on})
        kind = AreaKind(row.what)
        brought = areas_stored("WHERE brought_by_id = %s AND valid_from = %s", [row.pk, row.from_on])
        ended = _ended(row)
        codes = sorted({area.code for area in brought} | set(ended))
        days = _days_from(kind, row.from_on)
        planned = {day: [each.boundary for each in areas_in_force(kind, day) if each.code in codes] for day in days}
        eve = areas_in_force(kind, row.from_on - timedelta(days=1))
        _bring_back(kind, codes, ended, import_id=row.pk, on=row.from_on)
        for day in days:
            _check_whole(areas_in_force(kind, day), set(codes), planned[day], eve, day)
        GroundImportRow.objects.filter(pk=row.pk).update(withdrawn_at=at)
        detail = {"import": row.pk, "file": row.file_name, "from": row.from_on.isoformat(), "areas": len(codes)}
        record(by=by, at=at, kind=AuditKind.IMPORT, object_kind="ground withdrawn", object_key=row.what, detail=detail)
        new_version()
    return len(codes)


def _ended(row: GroundImportRow) -> list[str]:
    """The codes the import brought to an end; its report names them."""
    ended = [each["code"] for each in row.report.get("changed", ()) if each["change"] == ChangeKind.ENDED]
    if row.report.get("changes", {}).get("ended", 0) > len(ended):
        values = {"most": KEPT_FINDINGS}
        raise GroundRefused(_("这次变动停用的区域超过 %(most)s 个，不能逐一撤回。请重新导入原来的边界。") % values)
    return ended


def _bring_back(kind: AreaKind, codes: Sequence[str], ended: Sequence[str], *, import_id: int, on: date) -> None:
    """Take the planned rows away and let those before them hold until the next of their code, or on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM geography_area WHERE brought_by_id = %s AND valid_from = %s RETURNING code", [import_id, on]
        )
        reopened = [code for (code,) in cursor.fetchall()]
        cursor.execute(
            "UPDATE geography_area a SET valid_to ="
            " (SELECT min(n.valid_from) FROM geography_area n"
            "  WHERE n.kind = a.kind AND n.code = a.code AND n.valid_from >= %s)"
            " WHERE a.kind = %s AND a.code = ANY(%s) AND a.valid_to = %s",
            [on, kind.value, [code for code in codes if code in reopened or code in ended], on],
        )


def _days_from(kind: AreaKind, on: date) -> list[date]:
    """The day and every later one on which borders of the kind begin or end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT valid_from FROM geography_area WHERE kind = %s AND valid_from > %s"
            " UNION SELECT valid_to FROM geography_area WHERE kind = %s AND valid_to > %s ORDER BY 1",
            [kind.value, on, kind.value, on],
        )
        return [on, *(day for (day,) in cursor.fetchall())]


def _check_whole(
    areas: Sequence[Area], back: set[str], planned: Sequence[BaseGeometry], eve: Sequence[Area], day: date
) -> None:
    """Refuse where borders that come back meet others planned for the day, or leave ground open that has a grid now."""
    figures = np.array([area.boundary for area in areas], dtype=object)
    for shared in checking.overlaps(figures):
        pair = areas[shared.first].code, areas[shared.second].code
        if back & set(pair):
            values = {"day": day, "one": pair[0], "other": pair[1], "place": shared.place}
            raise GroundRefused(
                _("撤回后 %(day)s 的“%(one)s”与“%(other)s”会重叠，在 %(place)s 附近。请先撤回与之相连的其他变动。")
                % values
            )
    whole = shapely.union_all(list(planned))
    covered = shapely.union_all([area.boundary for area in eve if area.boundary.intersects(whole)])
    is_back = np.array([area.code in back for area in areas], dtype=bool)
    before = np.array([shapely.intersection(whole, covered)], dtype=object)
    found = checking.left_open(before, figures[is_back], figures[~is_back])
    if found is not None:
        values = {"day": day, "area": f"{found[0]:.0f}", "place": found[1]}
        raise GroundRefused(
            _("撤回后 %(day)s 有 %(area)s 平方米没有网格，在 %(place)s 附近。请先撤回与之相连的其他变动。") % values
        )

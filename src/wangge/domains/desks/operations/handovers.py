"""Writes the handover of a shift, and its signature by whoever takes over; both stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import orjson
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from wangge.domains.desks.refusals import DeskRefused
from wangge.domains.organizations.logic import Actor, AuditKind
from wangge.domains.organizations.operations.audit import record

LONGEST = 2000


@transaction.atomic
def hand_over(*, by: Actor, at: datetime, shift: str, standing: Mapping[str, int], promised: str, unusual: str) -> int:
    """Write down how things stand at the end of a shift; its number. Raises ``DeskRefused``.

    ``standing``: what is open by name, counted at this moment; ``promised``: what citizens and units were promised;
    ``unusual``: what the next shift must know.
    """
    if not shift.strip():
        raise DeskRefused(_("请选择交出的班次。"))
    if len(promised) > LONGEST or len(unusual) > LONGEST:
        raise DeskRefused(_("每栏最多 %(most)s 个字，请写简短些。") % {"most": LONGEST})
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO desks_handover (shift, written_at, written_by, standing, promised, unusual)"
            " VALUES (%s, %s, %s, %s, %s, %s) RETURNING id",
            (shift, at, by.person_id, orjson.dumps(dict(standing)).decode(), promised.strip(), unusual.strip()),
        )
        number = int(cursor.fetchone()[0])
    record(by=by, at=at, kind=AuditKind.MOVE, object_kind="handover", object_key=str(number), detail={"shift": shift})
    return number


def take_over(*, by: Actor, at: datetime, handover_id: int, remark: str) -> None:
    """Sign that the shift is taken over. Raises ``DeskRefused``: one's own, one that is signed, none."""
    if len(remark) > LONGEST:
        raise DeskRefused(_("每栏最多 %(most)s 个字，请写简短些。") % {"most": LONGEST})
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO desks_taken_over (handover_id, signed_at, signed_by, remark) VALUES (%s, %s, %s, %s)",
                    (handover_id, at, by.person_id, remark.strip()),
                )
            record(by=by, at=at, kind=AuditKind.MOVE, object_kind="handover", object_key=str(handover_id),
                   detail={"taken_over": True})  # fmt: skip
    except IntegrityError as wrong:
        raise DeskRefused(_why(str(wrong))) from wrong


def _why(text: str) -> str:
    if "taken over by somebody else" in text:
        return _("交接须由接班的人签收，不能签收自己写的。")
    if "desks_taken_over_pkey" in text:
        return _("这次交接已有人签收，请刷新后查看。")
    return _("没有这次交接。")

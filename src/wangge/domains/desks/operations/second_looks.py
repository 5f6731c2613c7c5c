"""Writes what a second look 复核 at a drawn act found; once, for good, and never by who acted."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from wangge.domains.desks.policies import may_look_again
from wangge.domains.desks.queries.samples import FIRST_CYCLE, drawn_act
from wangge.domains.desks.refusals import DeskRefused
from wangge.domains.organizations.logic import Actor, AuditKind
from wangge.domains.organizations.operations.audit import record

FINDINGS = ("right", "wrong")
LONGEST = 500


def look_again(*, by: Actor, at: datetime, number: str, act: str, finding: str, note: str = "") -> None:
    """Write down the finding. Raises ``DeskRefused``."""
    note = note.strip()
    if not may_look_again(by):
        raise DeskRefused(_("抽查复核由值班长、科长或中心领导办理。"))
    if finding not in FINDINGS:
        raise DeskRefused(_("请选择复核结果。"))
    if finding == "wrong" and not note:
        raise DeskRefused(_("办理有误的，请写明情况。"))
    if len(note) > LONGEST:
        raise DeskRefused(_("每栏最多 %(most)s 个字，请写简短些。") % {"most": LONGEST})
    drawn = drawn_act(number=number, act_name=act, by=by, at=at)
    if drawn is None:
        raise DeskRefused(_("这条抽查不在待复核之列，可能已由他人复核。请刷新后查看。"))
    if drawn.person_id == by.person_id:
        raise DeskRefused(_("自己办理的由其他人复核。"))
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO desks_second_look (case_id, rule, cycle, finding, note, looked_by, looked_at)"
                    " VALUES (%s, %s, %s, %s, %s, %s, %s)",
                    (drawn.case_id, act, FIRST_CYCLE, finding, note, by.person_id, at),
                )
            record(by=by, at=at, kind=AuditKind.MOVE, object_kind="second_look", object_key=number,
                   detail={"act": act, "finding": finding})  # fmt: skip
    except IntegrityError as twice:
        raise DeskRefused(_("这条抽查不在待复核之列，可能已由他人复核。请刷新后查看。")) from twice

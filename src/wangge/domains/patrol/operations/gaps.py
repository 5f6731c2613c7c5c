"""Owns the recording and withdrawing of collection gaps."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from wangge.domains.organizations.logic import Actor, AuditKind
from wangge.domains.organizations.operations.audit import record
from wangge.domains.patrol.models import CollectionGap, GapKind
from wangge.domains.patrol.policies import check_may_record_gap
from wangge.domains.patrol.refusals import PatrolRefused


@transaction.atomic
def record_gap(
    *,
    by: Actor,
    at: datetime,
    kind: GapKind,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    district_code: str = "",
    grid_code: str = "",
) -> CollectionGap:
    """Record that nothing could be collected in [starts_at, ends_at) in a grid, a district or the whole city."""
    check_may_record_gap(by)
    words = reason.strip()
    if not words:
        raise PatrolRefused(_("请写明采集中断的原因。"))
    if ends_at <= starts_at:
        raise PatrolRefused(_("采集中断的结束时间须晚于开始时间。"))
    if grid_code and district_code:
        raise PatrolRefused(_("请只选区或只选网格；都不选为全市。"))
    gap = CollectionGap.objects.create(
        kind=kind, starts_at=starts_at, ends_at=ends_at, reason=words[:200], district_code=district_code,
        grid_code=grid_code, recorded_by_id=by.person_id, recorded_at=at,
    )  # fmt: skip
    record(by=by, at=at, kind=AuditKind.SETTING, object_kind="collection_gap", object_key=str(gap.id))
    return gap


@transaction.atomic
def withdraw_gap(*, by: Actor, at: datetime, gap_id: int, reason: str) -> CollectionGap:
    """Withdraw a gap that was recorded by mistake: by a further row, so that both stay."""
    check_may_record_gap(by)
    found = CollectionGap.objects.filter(id=gap_id, withdraws__isnull=True).first()
    if found is None:
        raise PatrolRefused(_("没有这条采集中断记录。"))
    if not reason.strip():
        raise PatrolRefused(_("请写明撤销的原因。"))
    try:
        with transaction.atomic():
            further = CollectionGap.objects.create(
                kind=found.kind, starts_at=found.starts_at, ends_at=found.ends_at, reason=reason.strip()[:200],
                district_code=found.district_code, grid_code=found.grid_code, withdraws=found,
                recorded_by_id=by.person_id, recorded_at=at,
            )  # fmt: skip
    except IntegrityError as error:
        raise PatrolRefused(_("这条采集中断已撤销。")) from error
    record(by=by, at=at, kind=AuditKind.SETTING, object_kind="collection_gap", object_key=str(gap_id))
    return further

"""Keeps a list given through the browser until who gave it says yes or no."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from wangge.domains.budgeting.models import LedgerUpload
from wangge.domains.budgeting.policies import FINANCE
from wangge.domains.budgeting.refusals import LedgerRefused
from wangge.domains.organizations.logic import Actor

KEPT = timedelta(days=7)


def keep_upload(*, mapping: str, file_name: str, content: bytes, by: Actor, at: datetime) -> int:
    """Keep a file; those that nobody settled within a week are dropped. Raises ``LedgerRefused``."""
    if by.person_id is None or not by.holds(FINANCE):
        raise LedgerRefused(_("清单由财务岗位导入，您没有这个岗位。"), "not_yours")
    LedgerUpload.objects.filter(state="waiting", given_at__lt=at - KEPT).update(
        state="dropped", content=None, settled_at=at
    )
    return LedgerUpload.objects.create(
        mapping=mapping, file_name=file_name[-200:], content=content, by_id=by.person_id, by_name=by.display_name,
        given_at=at,
    ).id  # fmt: skip


def waiting_upload(upload: int, by: Actor) -> LedgerUpload | None:
    """A file that waits, for who gave it alone."""
    if by.person_id is None:
        return None
    return LedgerUpload.objects.filter(id=upload, state="waiting", by_id=by.person_id).first()


def settle_upload(upload: LedgerUpload, *, state: str, by: Actor, at: datetime, import_id: int | None = None) -> None:
    """The file is done or dropped; its content goes."""
    LedgerUpload.objects.filter(id=upload.id, by_id=by.person_id or 0, state="waiting").update(
        state=state, content=None, settled_at=at, imported_id=import_id
    )

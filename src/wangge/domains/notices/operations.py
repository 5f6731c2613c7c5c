"""The writers of notices: tell people, and note that they have read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wangge.domains.notices.models import Notice


@dataclass(frozen=True, slots=True)
class Telling:
    """What is to be told to whom; ``source_key`` names the fact (``outbox:17``), once per person."""

    person_id: int
    topic: str
    text: str
    source_key: str
    object_key: str = ""


def tell(tellings: Iterable[Telling], *, at: datetime) -> None:
    """Write the notices in one statement; one that was already told for the same fact stays as it was."""
    Notice.objects.bulk_create(
        [
            Notice(
                person_id=telling.person_id,
                topic=telling.topic,
                object_key=telling.object_key,
                text=telling.text[:500],
                source_key=telling.source_key,
                created_at=at,
            )
            for telling in tellings
        ],
        ignore_conflicts=True,
    )


def mark_read(*, person_id: int, at: datetime, ids: Sequence[int] | None = None) -> int:
    """Note that the person has read these notices (all, without ``ids``); the number that were unread."""
    unread = Notice.objects.filter(person_id=person_id, read_at__isnull=True, created_at__lte=at)
    if ids is not None:
        unread = unread.filter(id__in=ids)
    return unread.update(read_at=at)


def clear_read(*, at: datetime, keep_days: int) -> int:
    """Delete notices read more than ``keep_days`` days before ``at``; the number deleted."""
    deleted, _by_model = Notice.objects.filter(read_at__lt=at - timedelta(days=keep_days)).delete()
    return deleted

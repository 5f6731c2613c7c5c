"""Questions to the notices: a person's newest ones and how many are unread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wangge.domains.notices.models import Notice


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One notice as a page shows it."""

    id: int
    topic: str
    object_key: str
    text: str
    created_at: datetime
    is_read: bool


def newest(*, person_id: int, most: int = 50) -> tuple[NoticeLine, ...]:
    """The person's newest notices, newest first; one statement."""
    rows = Notice.objects.filter(person_id=person_id).order_by("-created_at", "-id")[:most]
    return tuple(
        NoticeLine(row.id, row.topic, row.object_key, row.text, row.created_at, row.read_at is not None)
        for row in rows
    )


def unread_count(*, person_id: int, most: int = 99) -> int:
    """How many notices the person has not read, counted no further than ``most``; one statement."""
    return Notice.objects.filter(person_id=person_id, read_at__isnull=True)[:most].count()

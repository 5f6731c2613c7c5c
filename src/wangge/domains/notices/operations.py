"""The writers of notices: tell people and shared inboxes, and note who has read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from wangge.domains.notices.models import InboxNotice, InboxReading, Notice


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


@dataclass(frozen=True, slots=True)
class InboxTelling:
    """What is to be told to a shared inbox; ``source_key`` names the fact, once per inbox."""

    inbox: str
    topic: str
    text: str
    source_key: str
    object_key: str = ""
    district_code: str = ""
    by_person_id: int | None = None


def tell_inboxes(tellings: Iterable[InboxTelling], *, at: datetime) -> None:
    """Write the messages in one statement; one already told for the same fact stays as it was."""
    InboxNotice.objects.bulk_create(
        [
            InboxNotice(
                inbox=telling.inbox,
                district_code=telling.district_code,
                topic=telling.topic,
                object_key=telling.object_key,
                text=telling.text[:500],
                source_key=telling.source_key,
                by_person_id=telling.by_person_id,
                created_at=at,
            )
            for telling in tellings
        ],
        ignore_conflicts=True,
    )


def mark_inbox_read(*, person_id: int, at: datetime, ids: Sequence[int] | None = None) -> None:
    """Note for this person alone that he has read these messages of shared inboxes (all there are, without ``ids``)."""
    if ids is not None:
        InboxReading.objects.bulk_create(
            [
                InboxReading(notice_id=number, person_id=person_id, read_at=at)
                for number in InboxNotice.objects.filter(id__in=ids).values_list("id", flat=True)
            ],
            ignore_conflicts=True,
        )
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notices_inbox_mark (person_id, read_through, read_at)"
            " SELECT %s, COALESCE(max(id), 0), %s FROM notices_inbox_notice WHERE created_at <= %s"
            " ON CONFLICT (person_id) DO UPDATE SET read_at = excluded.read_at,"
            "  read_through = greatest(notices_inbox_mark.read_through, excluded.read_through)",
            [person_id, at, at],
        )


def clear_inboxes(*, at: datetime, keep_days: int, at_once: int = 5000) -> int:
    """Delete messages of shared inboxes older than ``keep_days``, in pieces; the number deleted."""
    deleted = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "WITH old AS (SELECT id FROM notices_inbox_notice WHERE created_at < %(before)s LIMIT %(most)s),"
                " readings AS (DELETE FROM notices_inbox_reading WHERE notice_id IN (SELECT id FROM old))"
                " DELETE FROM notices_inbox_notice WHERE id IN (SELECT id FROM old)",
                {"before": at - timedelta(days=keep_days), "most": at_once},
            )
            gone = int(cursor.rowcount)
        deleted += gone
        if gone < at_once:
            return deleted

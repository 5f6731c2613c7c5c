"""Questions to the notices: a person's newest ones, those of the inboxes he opens, and how many are unread."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from wangge.domains.notices import inboxes
from wangge.domains.notices.models import Notice
from wangge.domains.organizations.logic import Actor


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One notice as a page shows it; ``inbox`` is empty for the person's own."""

    id: int
    topic: str
    object_key: str
    text: str
    created_at: datetime
    is_read: bool
    inbox: str = ""


def newest(*, person_id: int, most: int = 50) -> tuple[NoticeLine, ...]:
    """The person's newest notices, newest first; one statement."""
    rows = Notice.objects.filter(person_id=person_id).order_by("-created_at", "-id")[:most]
    return tuple(
        NoticeLine(row.id, row.topic, row.object_key, row.text, row.created_at, row.read_at is not None) for row in rows
    )


def unread_count(*, person_id: int, most: int = 99) -> int:
    """How many notices the person has not read, counted no further than ``most``; one statement."""
    return Notice.objects.filter(person_id=person_id, read_at__isnull=True)[:most].count()


_FOR_ACTOR = """
WITH opened AS (SELECT * FROM unnest(%(inboxes)s::text[], %(districts)s::text[]) AS t (inbox, district)),
     mark AS (SELECT COALESCE(max(read_through), 0) AS through FROM notices_inbox_mark WHERE person_id = %(person)s),
     own AS (SELECT id, topic, object_key, text, created_at, read_at IS NOT NULL AS is_read, '' AS inbox
               FROM notices_notice WHERE person_id = %(person)s AND NOT (%(unread)s AND read_at IS NOT NULL)
              ORDER BY created_at DESC, id DESC LIMIT %(most)s),
     shared AS (SELECT n.id, n.topic, n.object_key, n.text, n.created_at, n.is_read, n.inbox
                  FROM opened, mark, LATERAL (
                    SELECT i.*, i.id <= mark.through OR r.notice_id IS NOT NULL AS is_read
                      FROM notices_inbox_notice i
                      LEFT JOIN notices_inbox_reading r ON r.notice_id = i.id AND r.person_id = %(person)s
                     WHERE i.inbox = opened.inbox AND (opened.district = '' OR i.district_code = opened.district)
                       AND i.by_person_id IS DISTINCT FROM %(person)s
                       AND NOT (%(unread)s AND (i.id <= mark.through OR r.notice_id IS NOT NULL))
                     ORDER BY i.id DESC LIMIT %(most)s) n)
SELECT * FROM (SELECT * FROM own UNION ALL SELECT * FROM shared) a ORDER BY created_at DESC, id DESC LIMIT %(most)s
"""


def notices_for(*, actor: Actor, unread_only: bool = False, most: int = 50) -> tuple[NoticeLine, ...]:
    """The newest of the actor's own notices and of the inboxes his posts open, newest first; one statement.

    What he did himself is not told to him. A desk of one district sees its own district's messages only.
    """
    opened = inboxes.opened_by(actor)
    values = {
        "person": actor.person_id,
        "inboxes": [inbox for inbox, _district in opened],
        "districts": [district for _inbox, district in opened],
        "unread": unread_only,
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FOR_ACTOR, values)
        return tuple(NoticeLine(*row) for row in cursor.fetchall())


def unread_for(*, actor: Actor, most: int = 99) -> int:
    """How many of ``notices_for`` are unread, counted no further than ``most``; one statement."""
    return len(notices_for(actor=actor, unread_only=True, most=most))


def news_of_case(*, number: str, most: int = 50) -> tuple[NoticeLine, ...]:
    """What the reporter of a case was told, newest first; one statement. Who may ask is the case's question."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, topic, object_key, text, created_at, false, inbox FROM notices_inbox_notice"
            " WHERE inbox = %s ORDER BY id DESC LIMIT %s",
            [inboxes.of_case(number), most],
        )
        return tuple(NoticeLine(*row) for row in cursor.fetchall())

"""Sends bulletins to the mailboxes of subscribers: queued with a publication, leased, retried with ever longer rests.

The address is the one of the subscription at the moment of sending: who no longer wants it gets nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import transaction

from wangge.domains.evaluation.models import BulletinMail, BulletinSubscription
from wangge.domains.replies.operations.sending import SendFailed
from wangge.groundwork.retrying import rest_after

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 12
"""About half a day of a mail server that is away; own choice."""
Send = Callable[[str, str, str], None]
"""(address, bulletin, id of the message) → nothing, once the mail server has taken it; raises SendFailed."""


def queue(*, bulletins: Iterable[str], month: str, issue: int, at: datetime) -> None:
    """Queue these bulletins for every subscriber with a mailbox; in the transaction of the publication."""
    people = list(BulletinSubscription.objects.exclude(email="").values_list("person_id", flat=True))
    BulletinMail.objects.bulk_create(
        [
            BulletinMail(person_id=person, bulletin=each, month=month, issue=issue, queued_at=at, next_at=at)
            for each in bulletins
            for person in people
        ],
        ignore_conflicts=True,
    )


def send_due(
    *, send: Send, at: datetime, most: int = 20, goes_on: Callable[[], bool] = lambda: True
) -> tuple[int, int]:
    """(sent, failed) of what is due; a mail server that is away ends the turn."""
    due = _take(at, most)
    people = [each.person_id for each in due]
    addresses = dict(BulletinSubscription.objects.filter(person_id__in=people).values_list("person_id", "email"))
    sent = failed = 0
    for index, each in enumerate(due):
        if not goes_on():
            _let_go(due[index:], at)
            break
        try:
            if not addresses.get(each.person_id):
                raise SendFailed("no longer subscribed", is_final=True)
            send(addresses[each.person_id], each.bulletin, f"bulletin-{each.id}")
        except SendFailed as failure:
            _put_back(each, failure, at)
            failed += 1
            if failure.is_down:
                _let_go(due[index + 1 :], at)
                break
        else:
            BulletinMail.objects.filter(id=each.id).update(sent_at=at, attempts=each.attempts + 1, last_error="")
            sent += 1
    return sent, failed


def _take(at: datetime, most: int) -> list[BulletinMail]:
    """Lease what is due: who dies over it lets go after the lease."""
    with transaction.atomic():
        waiting = BulletinMail.objects.filter(sent_at__isnull=True, dead_at__isnull=True, next_at__lte=at)
        due = list(waiting.order_by("next_at", "id").select_for_update(skip_locked=True)[:most])
        BulletinMail.objects.filter(id__in=[each.id for each in due]).update(next_at=at + LEASE)
    return due


def _let_go(left: Iterable[BulletinMail], at: datetime) -> None:
    BulletinMail.objects.filter(id__in=[each.id for each in left]).update(next_at=at)


def _put_back(each: BulletinMail, failure: SendFailed, at: datetime) -> None:
    attempts = each.attempts + 1
    dead = at if failure.is_final or attempts >= MOST_ATTEMPTS else None
    BulletinMail.objects.filter(id=each.id).update(
        attempts=attempts, next_at=at + rest_after(attempts), dead_at=dead, last_error=str(failure)[:300]
    )

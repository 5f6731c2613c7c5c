"""Owns the sending to one partner: a lease, messages in their order, pauses after failures, the end after too long.

A message is sent again with the same id and the same bytes until the partner says yes. Whoever dies over it lets go of
the partner when the lease ends.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.notices import inboxes
from wangge.domains.notices.operations import InboxTelling, tell_inboxes
from wangge.domains.partners.logic.signing import headers_of, secret_of
from wangge.domains.partners.models import Message, Partner, Stopped
from wangge.domains.partners.operations.making import make_messages
from wangge.domains.partners.queries import TO_GO
from wangge.groundwork.retrying import rest_after

LEASE = timedelta(seconds=60)
"""Longer than one message may take."""
KEPT_DAYS = 30
NOTICE_TOPIC = "webhook_stopped"
OFFICE = ("security_administrator", "system_administrator")


class SendFailed(Exception):
    """The partner did not take a message; the text says why. ``is_gone``: it wants no more (HTTP 410)."""

    def __init__(self, why: str, *, is_gone: bool = False) -> None:
        super().__init__(why)
        self.is_gone = is_gone


Send = Callable[[str, Mapping[str, str], bytes], None]
"""(address, headers, body) → nothing, once the partner has said yes; raises SendFailed."""


@dataclass(slots=True)
class Served:
    """What came of serving a partner once."""

    sent: int = 0
    events: int = 0
    failed: bool = False


def serve_partner(
    *, partner_id: int, send: Send, now: Callable[[], datetime], installation_key: str,
    goes_on: Callable[[], bool] = lambda: True,
) -> Served:  # fmt: skip
    """Send what there is, until nothing is left, a message fails, or ``goes_on`` says no.

    No connection to the database is held while a message is under way.
    """
    served, holder = Served(), secrets.token_hex(8)
    while goes_on() and (partner := _lease(partner_id, holder, now())) is not None:
        read = make_messages(partner=partner, at=now())
        message = Message.objects.filter(TO_GO, partner=partner).order_by("id").first()
        if message is None:
            if read:
                continue
            break
        connection.close()
        if _send_one(partner, message, send, now, installation_key):
            served.sent += 1
            served.events += message.events
        else:
            served.failed = True
            break
    _let_go(partner_id, holder)
    return served


def _send_one(
    partner: Partner, message: Message, send: Send, now: Callable[[], datetime], installation_key: str
) -> bool:
    at, body = now(), bytes(message.body)
    salts = [bytes(partner.salt)]
    if partner.old_salt is not None and partner.old_salt_until is not None and at < partner.old_salt_until:
        salts.append(bytes(partner.old_salt))
    headers = headers_of((secret_of(installation_key, salt) for salt in salts), message.webhook_id, at, body)
    try:
        send(partner.address, headers, body)
    except SendFailed as failure:
        _put_back(partner.pk, message, failure, now())
        return False
    _mark_sent(partner, message, now())
    return True


def _lease(partner_id: int, holder: str, at: datetime) -> Partner | None:
    """The partner where it may be served and nobody else does; the lease begins anew with each message."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE partners_partner SET leased_until = %s, holder = %s WHERE id = %s AND stopped_at IS NULL"
            " AND (next_at IS NULL OR next_at <= %s)"
            " AND (leased_until IS NULL OR leased_until <= %s OR holder = %s) RETURNING id",
            [at + LEASE, holder, partner_id, at, at, holder],
        )
        if cursor.fetchone() is None:
            return None
    return Partner.objects.get(pk=partner_id)


def _let_go(partner_id: int, holder: str) -> None:
    Partner.objects.filter(pk=partner_id, holder=holder).update(leased_until=None, holder="")


@transaction.atomic
def _mark_sent(partner: Partner, message: Message, at: datetime) -> None:
    Message.objects.filter(TO_GO, pk=message.pk).update(sent_at=at, attempts=F("attempts") + 1, last_error="")
    if partner.attempts or partner.last_error:
        Partner.objects.filter(pk=partner.pk).update(attempts=0, failing_since=None, next_at=None, last_error="")


@transaction.atomic
def _put_back(partner_id: int, message: Message, failure: SendFailed, at: datetime) -> None:
    """The partner rests; after too long, or where it wants no more, it is stopped and the office told."""
    why = str(failure)[:500]
    Message.objects.filter(TO_GO, pk=message.pk).update(attempts=F("attempts") + 1, last_error=why)
    partner = Partner.objects.select_for_update().get(pk=partner_id)
    partner.attempts += 1
    partner.failing_since = partner.failing_since or at
    partner.last_error = why
    partner.next_at = at + rest_after(partner.attempts)
    if partner.stopped_at is None and (failure.is_gone or at - partner.failing_since >= _dead_after(at)):
        partner.stopped_at, partner.stopped_because = at, Stopped.GONE if failure.is_gone else Stopped.DEAD
        _tell_office(partner, at)
    partner.save(update_fields=["attempts", "failing_since", "last_error", "next_at", "stopped_at", "stopped_because"])


def _dead_after(at: datetime) -> timedelta:
    return timedelta(hours=rulebook_on(day_of(civil(at))).number("webhook_dead_after"))


def _tell_office(partner: Partner, at: datetime) -> None:
    text = _("外部系统“%(name)s”：%(why)s。原因消除后请恢复，其间的内容不会丢失。") % {
        "name": partner.name, "why": Stopped(partner.stopped_because).label,
    }  # fmt: skip
    source = f"webhook:{partner.pk}:{at.isoformat()}"
    tell_inboxes([InboxTelling(inboxes.of_post(post), NOTICE_TOPIC, text, source) for post in OFFICE], at=at)


def clear_sent(*, at: datetime, keep_days: int = KEPT_DAYS) -> int:
    """Delete messages sent or dropped that long ago; facts stay in the outbox, so that a replay is still possible."""
    deleted, _by_model = Message.objects.filter(made_at__lt=at - timedelta(days=keep_days)).exclude(TO_GO).delete()
    return deleted

"""Questions to partners: who they are, who is due, what went to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from wangge.domains.partners.models import Message, Partner
from wangge.domains.partners.refusals import NoSuchPartner
from wangge.groundwork.outbox.operations import consumers_waiting

CONSUMER = "webhook:"
TO_GO = Q(sent_at__isnull=True, dropped_at__isnull=True)


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """A partner with what is known of its messages."""

    partner: Partner
    to_go: int
    last_sent_at: datetime | None


def consumer_of(partner_id: int) -> str:
    """The name under which the outbox keeps how far a partner has been told."""
    return f"{CONSUMER}{partner_id}"


def partner_numbered(partner_id: int, *, lock: bool = False) -> Partner:
    """The partner. Raises NoSuchPartner."""
    found = (Partner.objects.select_for_update() if lock else Partner.objects).filter(pk=partner_id).first()
    if found is None:
        raise NoSuchPartner(_("没有这个外部系统。"))
    return found


def partner_named(name: str) -> Partner:
    """The partner of this name. Raises NoSuchPartner."""
    found = Partner.objects.filter(name=name.strip()).first()
    if found is None:
        raise NoSuchPartner(_("没有外部系统“%(name)s”。") % {"name": name})
    return found


def partners() -> tuple[PartnerLine, ...]:
    """Every partner, with two statements however many there are."""
    numbers = {
        row["partner_id"]: (row["to_go"], row["last_sent_at"])
        for row in Message.objects.values("partner_id").annotate(
            to_go=Count("id", filter=TO_GO), last_sent_at=Max("sent_at")
        )
    }
    return tuple(PartnerLine(each, *numbers.get(each.pk, (0, None))) for each in Partner.objects.all())


def messages_of(partner_id: int, *, most: int = 50) -> Sequence[Message]:
    """The newest messages of a partner, without their bodies."""
    return list(Message.objects.filter(partner_id=partner_id).defer("body").order_by("-id")[:most])


def due_partners(*, at: datetime) -> list[int]:
    """Partners to whom something can be sent now, whom nobody serves; two statements."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.id, EXISTS (SELECT FROM partners_message m WHERE m.partner_id = p.id"
            "  AND m.sent_at IS NULL AND m.dropped_at IS NULL) FROM partners_partner p WHERE p.stopped_at IS NULL"
            " AND (p.next_at IS NULL OR p.next_at <= %s) AND (p.leased_until IS NULL OR p.leased_until <= %s)"
            " ORDER BY p.id",
            [at, at],
        )
        rows = cursor.fetchall()
    waiting = consumers_waiting(prefix=CONSUMER) if rows else frozenset()
    return [partner_id for partner_id, has_messages in rows if has_messages or consumer_of(partner_id) in waiting]

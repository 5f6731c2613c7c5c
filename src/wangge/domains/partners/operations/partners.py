"""Owns what people decide on partners: add, stop, resume, replace the secret, go back to a moment, drop a message."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from wangge.domains.organizations.logic import Actor, AuditKind
from wangge.domains.organizations.operations.audit import record
from wangge.domains.organizations.policies import Task, check_may_administer
from wangge.domains.organizations.queries import city_tables, departments_on, districts_on
from wangge.domains.partners.logic.addresses import AddressRefused, target_of
from wangge.domains.partners.logic.messages import Wall
from wangge.domains.partners.logic.signing import secret_of
from wangge.domains.partners.models import Message, Partner, Stopped
from wangge.domains.partners.queries import TO_GO, consumer_of, partner_numbered
from wangge.domains.partners.refusals import PartnerRefused, words_of_address
from wangge.groundwork.clock import CITY_ZONE
from wangge.groundwork.outbox.operations import go_back, register_consumer

MOST_PARTNERS = 50
"""Each is served by a thread of its own while something is on its way."""
OLD_SECRET_HOURS = 24
LARGEST_BATCH = 500
_SALT_BYTES = 16
CheckAddress = Callable[[str], None]
"""Raises AddressRefused: looks the host up and judges where it lies."""


@dataclass(frozen=True, slots=True)
class NewPartner:
    """What is asked of a new partner."""

    name: str
    address: str
    wall: str = Wall.CITY.value
    code: str = ""
    stages: Sequence[str] = ()
    batch: int = 100


@transaction.atomic
def add_partner(
    *, new: NewPartner, by: Actor, at: datetime, installation_key: str, check_address: CheckAddress
) -> tuple[Partner, str]:
    """(the partner, its secret); it hears what happens from now on. Raises PartnerRefused, NotYours."""
    check_may_administer(by, Task.PARTNERS)
    if not new.name.strip():
        raise PartnerRefused(_("请填写名称。"), "name")
    if Partner.objects.count() >= MOST_PARTNERS:
        raise PartnerRefused(_("最多登记 %(most)s 个外部系统。") % {"most": MOST_PARTNERS})
    _check_address(new.address, check_address)
    _check_wall(new, at)
    _check_stages(new.stages)
    if not 1 <= new.batch <= LARGEST_BATCH:
        raise PartnerRefused(_("每条报文的事件数须为 1 至 %(most)s。") % {"most": LARGEST_BATCH}, "batch")
    salt = secrets.token_bytes(_SALT_BYTES)
    try:
        with transaction.atomic():
            made = Partner.objects.create(
                name=new.name.strip(), address=new.address, wall=new.wall, code=new.code, stages=list(new.stages),
                batch=new.batch, salt=salt, added_at=at, added_by_id=by.person_id,
            )  # fmt: skip
    except IntegrityError as clash:
        raise PartnerRefused(_("已有同名的外部系统。"), "name") from clash
    register_consumer(consumer=consumer_of(made.pk), at=at)
    _record(made, "add", by, at, address=made.address, wall=made.wall, code=made.code)
    return made, secret_of(installation_key, salt)


def _check_address(address: str, check: CheckAddress) -> None:
    try:
        target_of(address)
        check(address)
    except AddressRefused as refused:
        raise PartnerRefused(words_of_address(refused.reason), "address") from refused


def _check_wall(new: NewPartner, at: datetime) -> None:
    if new.wall not in [wall.value for wall in Wall]:
        raise PartnerRefused(_("请选择范围。"), "wall")
    today = at.astimezone(CITY_ZONE).date()
    known = {
        Wall.CITY: {""},
        Wall.DISTRICT: {each.code for each in districts_on(today)},
        Wall.DEPARTMENT: {each.code for each in departments_on(today)},
    }[Wall(new.wall)]
    if new.code not in known:
        raise PartnerRefused(_("范围与代码不符：全市不填代码，区与单位须为现有的。"), "code")


def _check_stages(stages: Sequence[str]) -> None:
    unknown = set(stages) - {row.stage for row in city_tables().stages}
    if unknown:
        raise PartnerRefused(_("没有环节“%(stage)s”。") % {"stage": sorted(unknown)[0]}, "stages")


@transaction.atomic
def stop_partner(*, partner_id: int, by: Actor, at: datetime) -> None:
    """Send nothing from now on; what happens meanwhile is told after the resumption."""
    found = _for(partner_id, by)
    if found.stopped_at is not None:
        raise PartnerRefused(_("已经停发。"))
    found.stopped_at, found.stopped_because = at, Stopped.BY_PERSON
    found.save(update_fields=["stopped_at", "stopped_because"])
    _record(found, "stop", by, at)


@transaction.atomic
def resume_partner(*, partner_id: int, by: Actor, at: datetime) -> None:
    """Go on from where it was stopped, at once; also where it only rests after failures."""
    found = _for(partner_id, by)
    if found.stopped_at is None and found.next_at is None:
        raise PartnerRefused(_("没有停发，无须恢复。"))
    found.stopped_at, found.stopped_because = None, ""
    found.attempts, found.failing_since, found.next_at = 0, None, None
    found.save(update_fields=["stopped_at", "stopped_because", "attempts", "failing_since", "next_at"])
    _record(found, "resume", by, at)


@transaction.atomic
def replace_secret(*, partner_id: int, by: Actor, at: datetime, installation_key: str) -> str:
    """A new secret; for a day messages are signed with the old one as well."""
    found = _for(partner_id, by)
    found.old_salt, found.old_salt_until = found.salt, at + timedelta(hours=OLD_SECRET_HOURS)
    found.salt = secrets.token_bytes(_SALT_BYTES)
    found.save(update_fields=["old_salt", "old_salt_until", "salt"])
    _record(found, "replace_secret", by, at)
    return secret_of(installation_key, found.salt)


@transaction.atomic
def replay(*, partner_id: int, to: datetime, by: Actor, at: datetime) -> None:
    """Tell again what was recorded from ``to`` on; contents told before keep their ids."""
    found = _for(partner_id, by)
    if to >= at:
        raise PartnerRefused(_("重放的起点须在现在之前。"), "since")
    if not go_back(consumer=consumer_of(found.pk), to=to):
        raise PartnerRefused(_("从该时间起没有已推送的内容可重放。"), "since")
    _record(found, "replay", by, at, since=to.isoformat())


@transaction.atomic
def drop_oldest(*, partner_id: int, by: Actor, at: datetime) -> None:
    """Give up the message that stands in the way; a replay can make it anew."""
    found = _for(partner_id, by)
    message = Message.objects.filter(TO_GO, partner=found, attempts__gt=0).order_by("id").first()
    if message is None:
        raise PartnerRefused(_("没有发送失败的报文。"))
    message.dropped_at = at
    message.save(update_fields=["dropped_at"])
    _record(found, "drop", by, at, message=message.webhook_id, events=message.events)


def _for(partner_id: int, by: Actor) -> Partner:
    check_may_administer(by, Task.PARTNERS)
    return partner_numbered(partner_id, lock=True)


def _record(found: Partner, act: str, by: Actor, at: datetime, **detail: object) -> None:
    record(by=by, at=at, kind=AuditKind.SETTING, object_kind="partner", object_key=str(found.pk),
           detail={"act": act, "name": found.name, **detail})  # fmt: skip

"""Whether who told a seat of a matter wishes to hear what becomes of it, and whether what he was told reached him."""

from __future__ import annotations

import re
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from wangge.domains.citizens.logic.codes import grouped
from wangge.domains.citizens.operations.following import Contact, Sent, follow_registered
from wangge.domains.organizations.logic import Actor
from wangge.domains.replies.queries import Lost
from wangge.groundwork.clock import CITY_ZONE
from wangge.surfaces.exchange.replies.channels import channels
from wangge.surfaces.web.command import calling
from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind
from wangge.surfaces.web.intake import Brought, Sending

_MOBILE = re.compile(r"1[0-9]{10}")


def question() -> tuple[Field, ...]:
    """Asked only where answers go by SMS."""
    if "sms" not in channels():
        return ()
    choices = (Choice("sms", _("短信告知办理进展")),)
    return (Field("inform", _("答复方式"), FieldKind.MANY, required=False, choices=choices),)


def follow(brought: Brought, sending: Sending, number: str, by: Actor, *, at: datetime) -> str:
    """Have him answered by SMS at the number of the form or its call; the code to tell him, empty where he is not."""
    phone = calling.phone_of(brought, by).replace(" ", "")
    if not brought.first("inform") or not _MOBILE.fullmatch(phone) or "sms" not in channels():
        return ""
    contact = Contact("sms", brought.first("reporter_name"), phone)
    sent = Sent(f"seat:{sending.person_id}:{number}", sending.digest, settings.SECRET_KEY.encode(), "")
    return grouped(follow_registered(number=number, contact=contact, sent=sent, at=at))


def channel_names() -> dict[str, str]:
    """The channels answers go by."""
    return {"sms": _("短信"), "email": _("电子邮件"), "wechat": _("微信")}


def lost_words(lost: Lost | None) -> str:
    """That an answer did not reach him; empty where all did."""
    if lost is None:
        return ""
    named = {"channel": channel_names()[lost.channel], "at": f"{lost.at.astimezone(CITY_ZONE):%m-%d %H:%M}"}
    told = _("%(channel)s答复没有送达（%(at)s），请改以电话答复。") % named
    return _("%(told)s原因：%(why)s。") % {"told": told, "why": lost.why} if lost.why else told

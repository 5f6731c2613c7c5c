"""Owns the taking in of orders: each number of a channel once, as a case at once where its kind says so."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from wangge.domains.cases.operations.reporting import Reported
from wangge.domains.cases.operations.timing import after_report
from wangge.domains.hotline.operations.acting import do_act
from wangge.domains.hotline.operations.writing import Event, insert_event
from wangge.domains.hotline.queries.orders import order, order_numbered
from wangge.domains.hotline.refusals import ActRefused, BadOrder
from wangge.domains.hotline.tables import channel_of, kind_of, moments_of
from wangge.domains.organizations.logic import SYSTEM, Actor
from wangge.groundwork.clock import CITY_ZONE
from wangge.standards.hotline_rows import HotlineKind

ORDER_NO = re.compile(r"[A-Za-z0-9._/-]{1,60}")
LONGEST = {"title": 200, "content": 4000, "address": 400, "citizen_name": 60, "citizen_phone": 40}


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order as the hotline hands it over."""

    channel: str
    order_no: str
    kind: str
    title: str
    content: str
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    system: str = "wgs84"
    citizen_name: str = ""
    citizen_phone: str = ""
    urgent: bool = False
    due_at: datetime | None = None  # the hotline's own limit, where it names one
    handed_at: datetime | None = None  # when the hotline handed it over: a late message belongs to its own day


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of it."""

    order_id: int
    order_no: str
    state: str
    case_number: str | None
    is_new: bool
    reported: Reported | None = field(default=None, compare=False)


def receive_order(*, new: NewOrder, at: datetime, by: Actor = SYSTEM, address: str = "") -> Taken:
    """Take in one order; the same number again is the same order. Raises BadOrder."""
    with transaction.atomic():
        taken = take(new, at=at, by=by, address=address)
    settle(taken, at=at)
    return taken


def settle(taken: Taken, *, at: datetime) -> None:
    """Let the rules act on a case just made; once the order is committed."""
    if taken.reported is not None:
        after_report(reported=taken.reported, at=at)


def take(new: NewOrder, *, at: datetime, by: Actor, address: str = "") -> Taken:
    """``receive_order`` in the running transaction."""
    kind = _checked(new)
    order_id = _insert(new, kind, at)
    if order_id is None:
        there = order_numbered(new.channel, new.order_no)
        assert there is not None
        return Taken(there.id, there.order_no, there.state, there.case_number, is_new=False)
    insert_event(order_id, 1, Event("receive", "new", "received", {}), by=by, at=at)
    reported = _case_at_once(order_id, at, address) if kind.goes_to == "case" and new.lon is not None else None
    return Taken(
        order_id, new.order_no, "with_case" if reported else "received", reported.number if reported else None,
        is_new=True, reported=reported,
    )  # fmt: skip


def _case_at_once(order_id: int, at: datetime, address: str) -> Reported | None:
    """A place that cannot be used leaves the order at the desk: it must not be lost for that."""
    row = order(order_id)
    assert row is not None
    try:
        with transaction.atomic():
            return do_act(row, "make_case", {}, by=SYSTEM, at=at, address=address)
    except (BadOrder, ActRefused):
        return None


def _checked(new: NewOrder) -> HotlineKind:
    if channel_of(new.channel) is None:
        raise BadOrder("channel", _("没有名为“%(channel)s”的渠道。") % {"channel": new.channel})
    kind = kind_of(new.channel, new.kind)
    if kind is None:
        raise BadOrder("kind", _("没有名为“%(kind)s”的诉求类型。") % {"kind": new.kind})
    if ORDER_NO.fullmatch(new.order_no) is None:
        raise BadOrder("order_no", _("工单编号只能用字母、数字与 . _ / -，不超过 60 个字符。"))
    for name, most in LONGEST.items():
        text = getattr(new, name)
        if "\0" in text:
            raise BadOrder(name, _("文字不能含空字符（U+0000）。"))
        if len(text) > most:
            raise BadOrder(name, _("不能超过 %(most)s 字。") % {"most": most})
    if not new.title.strip() and not new.content.strip():
        raise BadOrder("content", _("标题与内容不能都为空。"))
    if (new.lon is None) != (new.lat is None):
        raise BadOrder("location", _("经度与纬度须同时给出。"))
    return kind


def _insert(new: NewOrder, kind: HotlineKind, at: datetime) -> int | None:
    """The order's id, or None where its number is there already."""
    moments = moments_of(kind, at=at, urgent=new.urgent)
    answer, contact, send_back = moments or (None, None, None)
    columns: dict[str, Any] = {
        "channel": new.channel, "order_no": new.order_no, "kind": new.kind, "urgent": new.urgent, "state": "received",
        "received_at": at, "due_at": new.due_at or answer, "contact_by": contact, "return_by": send_back,
        "handed_on": (new.handed_at or at).astimezone(CITY_ZONE).date(),
    }  # fmt: skip
    matter: dict[str, Any] = {
        "title": new.title.strip(), "content": new.content.strip(), "address": new.address.strip(), "lon": new.lon,
        "lat": new.lat, "system": new.system if new.lon is not None else "",
        "citizen_name": new.citizen_name.strip(), "citizen_phone": new.citizen_phone.strip(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH o AS (INSERT INTO hotline_order ({', '.join(columns)})"
            f" VALUES ({', '.join(['%s'] * len(columns))})"
            " ON CONFLICT (channel, order_no) DO NOTHING RETURNING id)"
            f" INSERT INTO hotline_matter (order_id, {', '.join(matter)})"
            f" SELECT o.id, {', '.join(['%s::' + _TYPES.get(name, 'text') for name in matter])} FROM o"
            " RETURNING order_id",
            [*columns.values(), *matter.values()],
        )
        row = cursor.fetchone()
    return None if row is None else int(row[0])


_TYPES = {"lon": "double precision", "lat": "double precision"}

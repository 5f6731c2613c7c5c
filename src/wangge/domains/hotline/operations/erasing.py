"""Erasure of who called and what he said: his words leave the order; that there was one, and all figures, stay."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from wangge.domains.hotline.refusals import BadOrder
from wangge.domains.organizations.logic import Actor, AuditKind
from wangge.domains.organizations.operations.audit import record

_FOUND = """
SELECT m.order_id, o.channel || '/' || o.order_no FROM hotline_matter m JOIN hotline_order o ON o.id = m.order_id
 WHERE m.order_id IN (
         SELECT order_id FROM hotline_matter WHERE citizen_phone = %(phone)s AND citizen_phone <> ''
         UNION SELECT w.id FROM hotline_order w JOIN cases_case c ON c.id = w.case_id WHERE c.number = ANY(%(cases)s)
         UNION SELECT n.id FROM hotline_order n
           JOIN unnest(%(orders)s::text[]) AS named (key) ON (n.channel, n.order_no)
                = (split_part(key, '/', 1), substr(key, strpos(key, '/') + 1))
       )
   AND (m.title, m.content, m.address, m.citizen_name, m.citizen_phone) <> ('', '', '', '', '')
 ORDER BY m.order_id FOR UPDATE OF m
"""
_FORGET = (
    "UPDATE hotline_matter SET title = '', content = '', address = '', citizen_name = '', citizen_phone = ''"
    " WHERE order_id = ANY(%s)"
)


def erase_orders(
    *, because: str, by: Actor, at: datetime, phone: str = "", cases: Collection[str] = (), orders: Collection[str] = ()
) -> tuple[str, ...]:
    """Erase orders under this telephone, those of these cases, and those named ``channel/order_no``.

    Answers which lost words, by that name. Point, kind and moments stay, as those of a case do. Who may order it is
    the surface's.
    """
    if not because.strip():
        raise BadOrder("because", _("请写明清除个人信息的理由。"))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FOUND, {"phone": phone, "cases": list(cases), "orders": list(orders)})
        found = cursor.fetchall()
        cursor.execute(_FORGET, [[order_id for order_id, _key in found]])
        for _order_id, key in found:
            record(by=by, at=at, kind=AuditKind.ERASURE, object_kind="hotline_order", object_key=key,
                   detail={"because": because})  # fmt: skip
    return tuple(key for _order_id, key in found)

"""Owns the daily reconciliation with a channel: compared in one reading of our day, kept with every difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from wangge.domains.hotline.logic.reconciling import Compared, DayOrder, compare
from wangge.domains.hotline.queries.reconciling import day_orders
from wangge.domains.hotline.refusals import BadOrder
from wangge.domains.hotline.tables import channel_of
from wangge.domains.organizations.logic import SYSTEM, Actor


def reconcile(
    *, channel: str, day: date, theirs: Sequence[DayOrder], at: datetime, by: Actor = SYSTEM
) -> Compared:  # fmt: skip
    """Compare the hotline's statement of a day with ours and keep what was found. Raises BadOrder."""
    if channel_of(channel) is None:
        raise BadOrder("channel", _("没有名为“%(channel)s”的渠道。") % {"channel": channel})
    numbers = [order.order_no for order in theirs]
    twice = [number for number, count in Counter(numbers).items() if count > 1]
    if twice:
        raise BadOrder("orders", _("工单 %(number)s 在对账单中出现两次。") % {"number": twice[0]})
    found = compare(day=day, theirs=theirs, ours=day_orders(channel=channel, day=day, named=numbers))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO hotline_reconciliation (channel, day, at, person_id, theirs, ours, differences)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id",
            [channel, day, at, by.person_id, found.theirs, found.ours, len(found.differences)],
        )
        number = cursor.fetchone()[0]
        columns = [
            [getattr(each, name) for each in found.differences] for name in ("order_no", "what", "theirs", "ours")
        ]
        cursor.execute(
            "INSERT INTO hotline_difference (reconciliation_id, order_no, what, theirs, ours)"
            " SELECT %s, * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[])",
            [number, *columns],
        )
    return found

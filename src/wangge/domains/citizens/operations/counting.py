"""Owns the count of what the public sends: refuses what goes beyond a limit, and forgets after a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.citizens.logic.codes import mark_of
from wangge.domains.citizens.logic.limits import WINDOW_MINUTES, Counted, Limit, Most, Sending, exceeded
from wangge.domains.citizens.refusals import TooOften

KEPT_HOURS = 24
_COUNT = """
SELECT count(*) FILTER (WHERE address_mark = %(address)s), count(*) FILTER (WHERE phone_mark = %(phone)s),
       count(*) FILTER (WHERE area = %(area)s AND area <> '')
  FROM citizens_sending WHERE at > %(since)s AND kind = %(kind)s
"""


def count_sending(kind: Sending, *, at: datetime, secret: bytes, address: str, phone: str = "", area: str = "") -> None:
    """Count one sending within the caller's transaction; raises TooOften where it is one too many.

    Sendings from one address wait for each other, so that many at once do not pass the limit together.
    """
    marks = {
        "address": mark_of(secret=secret, kind="address", value=address),
        "phone": mark_of(secret=secret, kind="phone", value=phone),
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('citizens/' || %s))", [address])
        values = {**marks, "area": area, "kind": kind.value, "at": at, "since": at - timedelta(minutes=WINDOW_MINUTES)}
        cursor.execute(_COUNT, values)
        limit = exceeded(Counted(*cursor.fetchone()), _most(kind, at))
        if limit is not None:
            raise TooOften(limit)
        cursor.execute(
            "INSERT INTO citizens_sending (at, kind, address_mark, phone_mark, area)"
            " VALUES (%(at)s, %(kind)s, %(address)s, %(phone)s, %(area)s)",
            values,
        )


def too_many_wrong_codes(*, at: datetime, secret: bytes, address: str) -> bool:
    """Whether so many codes that are none came from this address that no more are looked up; one statement."""
    values = {
        "address": mark_of(secret=secret, kind="address", value=address), "phone": None, "area": "",
        "kind": Sending.WRONG_CODE.value, "since": at - timedelta(minutes=WINDOW_MINUTES),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        return exceeded(Counted(*cursor.fetchone()), _most(Sending.WRONG_CODE, at)) is Limit.ADDRESS


def count_wrong_code(*, at: datetime, secret: bytes, address: str) -> None:
    """Note that a code was tried that is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO citizens_sending (at, kind, address_mark) VALUES (%s, %s, %s)",
            [at, Sending.WRONG_CODE.value, mark_of(secret=secret, kind="address", value=address)],
        )


def forget_sendings(*, at: datetime) -> int:
    """Remove what was counted more than a day ago; how many rows."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM citizens_sending WHERE at < %s", [at - timedelta(hours=KEPT_HOURS)])
        return int(cursor.rowcount)


def _most(kind: Sending, at: datetime) -> Most:
    rules = rulebook_on(day_of(civil(at)))
    if kind is Sending.WRONG_CODE:
        tried = rules.number("public_limit_codes")
        return Most(tried, tried, tried)
    return Most(
        rules.number("public_limit_address"), rules.number("public_limit_phone"), rules.number("public_limit_area")
    )

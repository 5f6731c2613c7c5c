"""Owns what people do with calls: sit at an extension, bind a call to its case, settle a missed one, clear old ones."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.cases.rows import load
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.cases.sight import may_see
from wangge.domains.organizations.logic import Actor
from wangge.domains.telephone.queries.calls import MISSED, call
from wangge.domains.telephone.refusals import NoSuchCall, TelephoneRefused

LONGEST_REASON = 200
_EXTENSION = re.compile(r"[0-9A-Za-z_-]{1,20}")


def sit_at(*, extension: str, by: Actor, at: datetime) -> None:
    """Take a seat: calls at this extension are this person's from now on. Empty leaves it. Raises TelephoneRefused."""
    extension = extension.strip()
    if extension and not _EXTENSION.fullmatch(extension):
        raise TelephoneRefused(_("分机号只能由字母、数字、- 和 _ 组成，不超过 20 位。"))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('telephone/seats', 0))")
        cursor.execute(
            "DELETE FROM telephone_seat WHERE person_id = %s OR extension = %s", [by.person_id, extension]
        )  # fmt: skip
        if extension:
            cursor.execute(
                "INSERT INTO telephone_seat (extension, person_id, since) VALUES (%s, %s, %s)",
                [extension, by.person_id, at],
            )


def bind_call(*, number: int, case_number: str, by: Actor) -> None:
    """Bind a call to a case this person sees; the same again changes nothing. Raises NoSuchCall, TelephoneRefused."""
    row = load(case_number.strip().replace("\0", ""))
    if row is None or not may_see(by, row):
        raise TelephoneRefused(_("没有这件案卷，或您的岗位看不到它。"))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT case_number FROM telephone_call WHERE id = %s FOR NO KEY UPDATE", [number])
        found = cursor.fetchone()
        if found is None:
            raise NoSuchCall(_("没有这次通话。"))
        if found[0] not in (None, row.number):
            raise TelephoneRefused(_("这次通话已归入案卷 %(number)s。") % {"number": found[0]})
        cursor.execute(
            "UPDATE telephone_call SET case_id = %s, case_number = %s WHERE id = %s AND case_id IS NULL",
            [row.id, row.number, number],
        )


def settle_missed(*, number: int, how: str, reason: str, by: Actor, at: datetime) -> None:
    """Say that a missed call was called back, or why it needs none. Raises NoSuchCall, TelephoneRefused."""
    reason = reason.strip()
    if how not in ("called_back", "dismissed"):
        raise TelephoneRefused(_("没有这种办理。"))
    if (how == "dismissed" and not reason) or len(reason) > LONGEST_REASON:
        raise TelephoneRefused(_("请写明不需回拨的原因，不超过 %(most)s 字。") % {"most": LONGEST_REASON})
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE telephone_call SET settled = %s, settled_at = %s, settled_by_id = %s, settled_by_name = %s,"
            f" reason = %s WHERE id = %s AND {MISSED}",
            [how, at, by.person_id, by.display_name, reason, number],
        )
        if cursor.rowcount:
            return
    if call(number) is None:
        raise NoSuchCall(_("没有这次通话。"))
    raise TelephoneRefused(_("这次来电已处理，或已接通。"))


@dataclass(frozen=True, slots=True)
class Cleared:
    """Calls that lost their numbers, by the exchange's names; (content, format) of recordings nobody may hear now."""

    calls: tuple[str, ...]
    recordings: list[tuple[str, str]]


def erase_calls(*, at: datetime, phone: str = "", cases: Collection[str] = (), calls: Collection[str] = ()) -> Cleared:
    """Blank the calls from this number, those of these cases, and those the exchange named so."""
    which = (
        "cleared_at IS NULL AND ((caller = %s AND caller <> '') OR call_id = ANY(%s)"
        " OR case_id IN (SELECT id FROM cases_case WHERE number = ANY(%s)))"
    )
    return _cleared(which, [phone, list(calls), list(cases)], at)


def clear_old_calls(*, at: datetime) -> list[tuple[str, str]]:
    """Blank calls older than the city keeps them; the recordings nobody may hear any more."""
    days = rulebook_on(day_of(civil(at))).number("calls_kept_days")
    which = "id IN (SELECT id FROM telephone_call WHERE cleared_at IS NULL AND first_at < %s)"
    return _cleared(which, [at - timedelta(days=days)], at).recordings


def _cleared(condition: str, values: list[Any], at: datetime) -> Cleared:
    """Clear these calls; of their recordings those no other call still needs."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE telephone_call SET caller = '', cleared_at = %s WHERE {condition}"
            " RETURNING recording, recording_format, call_id",
            [at, *values],
        )
        rows = cursor.fetchall()
        found = {(str(row[0]), str(row[1])) for row in rows if row[1]}
        cursor.execute(
            "SELECT recording FROM telephone_call WHERE recording = ANY(%s) AND cleared_at IS NULL",
            [[recording for recording, _form in found]],
        )
        kept = {row[0] for row in cursor.fetchall()}
    return Cleared(tuple(sorted(row[2] for row in rows)), sorted(each for each in found if each[0] not in kept))

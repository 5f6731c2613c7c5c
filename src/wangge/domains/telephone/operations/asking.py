"""Owns the question which cases a telephone number leads to: for who may be told numbers, with a reason, on record."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from wangge.domains.cases.queries.by_telephone import cases_of_telephone
from wangge.domains.cases.rows import CaseRow
from wangge.domains.organizations.logic import Actor, masked_phone
from wangge.domains.organizations.operations.audit import record_reveal
from wangge.domains.organizations.policies import NotYours
from wangge.domains.telephone.logic.calls import is_whole, number_of, ways_written
from wangge.domains.telephone.policies import may_reveal
from wangge.domains.telephone.queries.calls import cases_of_number
from wangge.domains.telephone.refusals import NoSuchNumber

MOST = 50


def ask_for_telephone(*, typed: str, reason: str, by: Actor, at: datetime, address: str = "") -> list[CaseRow]:
    """The newest cases reported under a whole number, or to which its calls are bound, as far as ``by`` sees.

    Recorded before it is answered, found or not: whether somebody reported is told as well by an empty list. The log
    cannot be erased, so it keeps the number masked; of a denunciation nothing is told to anybody. Three statements.
    Raises NotYours, NoSuchNumber, ReasonMissing.
    """
    if not may_reveal(by, denounces=False):
        raise NotYours
    number = number_of(typed)
    if not is_whole(number):
        raise NoSuchNumber(_("请输入完整的手机号，或带区号的固定电话。"))
    with transaction.atomic():
        record_reveal(
            by=by, at=at, object_kind="telephone", object_key=masked_phone(number), fields=("cases",), reason=reason,
            address=address,
        )  # fmt: skip
        bound, _count = cases_of_number(number)
        return cases_of_telephone(phones=ways_written(number), also=bound, by=by, limit=MOST)

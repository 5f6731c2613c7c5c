"""Counts an asset by its scanned code: one record for each card and year, a further version when counted again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from wangge.domains.budgeting.logic.stocktaking import result_of
from wangge.domains.budgeting.operations.recording import RecordRefused, correct_record, enter_record
from wangge.domains.budgeting.policies import check_may_keep_books
from wangge.domains.budgeting.queries.records import newest_of
from wangge.domains.budgeting.queries.stocktaking import asset_cards
from wangge.domains.organizations.logic import Actor

KIND = "stocktake"


@transaction.atomic
def count_asset(
    *, unit: str, year: int, code: str, place: str, holder: str, condition: str, by: Actor, at: datetime
) -> str:
    """Record what was found of the card with this code; answers the result. Raises ``RecordRefused``."""
    check_may_keep_books(by, unit)
    cards = asset_cards(unit=unit, year=year, code=code)
    if not cards:
        raise RecordRefused(
            [_("本单位没有编号为“%(code)s”的在账资产；实物确在而无卡片的，请登记为盘盈。") % {"code": code}]
        )
    card = cards[0]
    result = result_of(card, place=place, holder=holder, condition=condition)
    told = {
        "asset": code, "scanned_on": timezone.localdate(at).isoformat(), "result": result, "place": place,
        "holder": holder,
    }  # fmt: skip
    before = newest_of(kind=KIND, unit=unit, year=year, key=code)
    if before is None or before.withdrawn:
        # a withdrawn count stays under its code; the next one takes a number of its own
        enter_record(kind=KIND, unit=unit, year=year, told=told, by=by, at=at, key="" if before is not None else code)
    else:
        correct_record(kind=KIND, unit=unit, year=year, key=code, told=told, reason=_("重新盘点"), by=by, at=at)
    return result

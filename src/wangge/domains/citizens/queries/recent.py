"""Recent cases of the public as anyone may see them once the map is open: coarse places, pictures staff has seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from django.db import connection

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.cases.queries.published import Wanted, published_cases
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.citizens.logic.coarse import coarse

MOST = 200
_NOT_LOOKED_AT = ("reported", "verifying", "declined", "voided", "merged")
_RESULT_SEEN = ("awaiting_close", "closed", "archived")


@dataclass(frozen=True, slots=True)
class RecentCase:
    """One case: what, where by the square, how far, a picture if one is fit; no words, no number."""

    category: str
    stage: str
    department_code: str
    reported_at: datetime
    lon: float
    lat: float
    photo_id: str


def recent_cases(*, at: datetime) -> list[RecentCase]:
    """The newest published cases of the last days that have a place; two statements."""
    rules = rulebook_on(day_of(civil(at)))
    since = at - timedelta(days=rules.number("public_map_days"))
    kinds = rules.settings["public_photo_kinds"].split()
    found = [
        each for each in published_cases(wanted=Wanted(since=since), limit=MOST)
        if each.lon is not None and each.lat is not None and each.stage not in _NOT_LOOKED_AT
    ]  # fmt: skip
    pictures = _pictures([each.number for each in found], kinds)
    return [
        RecentCase(
            each.category, each.stage, each.department_code, each.reported_at, *coarse(each.lon or 0, each.lat or 0),
            pictures.get(each.number, ""),
        )
        for each in found
    ]  # fmt: skip


def _pictures(numbers: list[str], kinds: list[str]) -> dict[str, str]:
    """A picture for each case: the result once it was inspected, else the first one before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, stage, photos FROM cases_case WHERE number = ANY(%s)", [numbers])
        rows = cursor.fetchall()
    chosen = {}
    for number, stage, photos in rows:
        fit = [
            (kind == "photo_after", photo)
            for kind, photo, _seq in orjson.loads(photos)
            if kind in kinds and (kind != "photo_after" or stage in _RESULT_SEEN)
        ]
        if fit:
            chosen[str(number)] = max(fit, key=lambda pair: pair[0])[1]
    return chosen

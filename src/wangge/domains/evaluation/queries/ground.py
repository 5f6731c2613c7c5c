"""Counts that steps cannot give: how many unit grids an area has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

from django.db import connection

_DIGITS = {"district": 6, "street": 9, "community": 12}
_UNIT_GRIDS = (
    "SELECT left(code, %s), count(*) FROM geography_area WHERE kind = 'unit_grid' AND valid_from <= %s"
    " AND (valid_to IS NULL OR valid_to > %s) GROUP BY 1"
)


def outside_counts(*, by: tuple[str, ...], on: date) -> Mapping[str, Mapping[tuple[str, ...], int]]:
    """The outside counts for one kind of area or the whole city, as of the last day before ``on``."""
    if len(by) > 1 or (by and by[0] not in _DIGITS):
        return {}
    day = on - timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute(_UNIT_GRIDS, [_DIGITS[by[0]] if by else 0, day, day])
        grids: Counter[tuple[str, ...]] = Counter()
        for code, number in cursor.fetchall():
            grids[(code,) if by else ()] += number
    return {"n_unit_grid": grids}

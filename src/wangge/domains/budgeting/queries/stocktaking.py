"""Asset cards as they stand in a year, and the stocktaking of a unit."""

from __future__ import annotations

from typing import Any

import orjson
from django.db import connection

from wangge.domains.budgeting.logic.stocktaking import AssetCard, Scan, Stocktaking, Surplus, stocktaking_of
from wangge.domains.budgeting.queries.records import RecordLine, records

GONE = "处置"

_CARDS = """
SELECT DISTINCT ON (key) key, year, amount_fen, withdrawn, data::text FROM budgeting_record
WHERE unit_code = %(unit)s AND kind = 'asset' AND year <= %(year)s AND (%(code)s::text IS NULL OR key = %(code)s)
ORDER BY key, year DESC, version DESC
"""


def asset_cards(*, unit: str, year: int, code: str | None = None) -> tuple[AssetCard, ...]:
    """The cards of a unit in a year: the newest list up to it without what was disposed of; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_CARDS, {"unit": unit, "year": year, "code": code})
        rows = [(row, orjson.loads(row[4])) for row in cursor.fetchall()]
    return tuple(_card(row, data) for row, data in rows if not row[3] and data.get("state") != GONE)


def stocktaking(*, unit: str, year: int) -> Stocktaking:
    """Every card beside what was found of it this year, and what was found without one; two statements."""
    found = records(kinds=["stocktake", "stocktake_surplus"], units=[unit], year=year)
    scans = {
        str(line.data["asset"]): Scan(
            str(line.data["asset"]), str(line.data["scanned_on"]), str(line.data["result"]),
            str(line.data.get("place", "")), str(line.data.get("holder", "")), line.by_name,
        )
        for line in sorted(
            (each for each in found if each.kind == "stocktake"),
            key=lambda line: (str(line.data["scanned_on"]), line.key),
        )
    }  # fmt: skip
    surplus = [_surplus(line) for line in found if line.kind == "stocktake_surplus"]
    return stocktaking_of(asset_cards(unit=unit, year=year), scans, surplus)


def _surplus(line: RecordLine) -> Surplus:
    data = line.data
    return Surplus(
        line.key, str(data.get("code", "")), str(data["name"]), str(data["place"]), str(data.get("holder", "")),
        line.amount_fen or 0, str(data["found_on"]), line.by_name, str(data.get("card", "")),
    )  # fmt: skip


def _card(row: Any, data: dict[str, Any]) -> AssetCard:
    return AssetCard(
        row[0], str(data.get("name", "")), str(data.get("place", "")), str(data.get("holder", "")), row[2] or 0, row[1]
    )

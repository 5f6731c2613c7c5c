"""Steps of a case whose month was moved out of the database, in the form the tables give them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from wangge.domains.cases.rows import CaseRow
from wangge.groundwork.months_away import month_away, rows_of_key

STEPS = "cases_step"


def with_steps_away(row: CaseRow, found: Sequence[tuple[Any, ...]], *, after: int = 0) -> list[tuple[Any, ...]]:
    """The steps behind ``after``: those found in the database, and before them those of the month's file.

    Each is (seq, verb, post, person, at, recorded_at, from, to, payload, hash, …). Asks nothing where none is missing.
    """
    first = found[0][0] if found else row.version + 1
    if first <= after + 1:
        return list(found)
    month = month_away(STEPS, row.month)
    if month is None:
        return list(found)
    told = [_step(each) for each in rows_of_key(month, str(UUID(str(row.id))))]
    return [*(each for each in told if after < each[0] < first), *found]


def _step(row: dict[str, bytes]) -> tuple[Any, ...]:
    text = {name: value.decode() for name, value in row.items()}
    return (
        int(text["seq"]), text["verb"], text["post"], int(text["person_id"]) if text["person_id"] else None,
        datetime.fromisoformat(text["at"]), datetime.fromisoformat(text["recorded_at"]), text["from_stage"],
        text["to_stage"], text["payload"], bytes.fromhex(text["hash"].removeprefix("\\x")),
    )  # fmt: skip

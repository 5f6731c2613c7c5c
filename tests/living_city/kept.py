"""Reads a life's cases out of the tables, for auditors who trust nothing the product says of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection

from tests.living_city.auditors import Kept, Step, told_of
from wangge.domains.cases.drafting import civil


def kept_cases(roots: Sequence[str]) -> list[Kept]:
    """The cases whose numbers begin so, with their steps and children, as the tables hold them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id, c.number, c.stage, c.version, c.state, c.district_code, c.reporter_id, c.parent_id,"
            " c.stage_due_at, c.handling_due_at, c.burns_at, c.timer_at, c.unknown_year FROM cases_case c"
            " WHERE substr(c.number, 1, 21) = ANY(%s) ORDER BY c.number DESC",
            [list(roots)],
        )
        rows = cursor.fetchall()
        cursor.execute(
            "SELECT s.case_id, s.at, s.payload, s.hash FROM cases_step s WHERE s.case_id = ANY(%s)"
            " ORDER BY s.case_id, s.seq",
            [[row[0] for row in rows]],
        )
        steps: dict[Any, list[Step]] = {}
        for case_id, at, payload, digest in cursor.fetchall():
            data = payload.encode()
            steps.setdefault(case_id, []).append(Step(civil(at), data, bytes(digest), told_of(data)))
    kept: list[Kept] = []
    of_parent: dict[Any, list[Kept]] = {}
    for case_id, number, stage, version, state, district, reporter, parent, *moments, year in rows:
        columns: dict[str, int | None] = dict(
            zip(
                ("stage_due_at", "handling_due_at", "burns_at", "timer_at"),
                [None if moment is None else civil(moment) for moment in moments],
                strict=True,
            )
        )
        columns["unknown_year"] = year
        case = Kept(
            number, case_id.bytes, stage, version, columns, json.loads(state), steps.get(case_id, []), district,
            str(reporter or ""), of_parent.get(case_id, ()),
        )  # fmt: skip
        of_parent.setdefault(parent, []).append(case)
        kept.append(case)
    return kept

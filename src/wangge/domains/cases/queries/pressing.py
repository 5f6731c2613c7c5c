"""Cases that wait for somebody's word: requests to be decided, supervision 督办 and urging 催办 to be answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import connection

from wangge.domains.cases.rows import SELECT, CaseRow, row_of
from wangge.domains.cases.sight import condition_for
from wangge.domains.organizations.logic import Actor

MOST = 200
ENDED_LATELY = timedelta(days=31)  # asking to open a case again is a matter of the weeks after its closing
# Written out as the indexes case_with_request and case_under_supervision have them: few cases wait, and only they are
# read.
_ASKS, _IS_SUPERVISED = """c.state LIKE '%%"request":[%%'""", """c.state LIKE '%%"supervision":[%%'"""
_WAITING = f"""
{SELECT} WHERE {_ASKS} AND (c.id IN (SELECT id FROM cases_open) OR c.stage = 'closed' AND c.closed_at >= %s)
   AND {{sight}} ORDER BY c.burns_at ASC NULLS LAST, c.id LIMIT %s
"""
_SUPERVISED = f"""
{SELECT} WHERE c.id IN (
    SELECT c.id FROM cases_case c JOIN cases_open o ON o.id = c.id WHERE {_IS_SUPERVISED} AND {{sight}}
     ORDER BY c.burns_at ASC NULLS LAST, c.id LIMIT %s
) ORDER BY c.burns_at ASC NULLS LAST, c.id
"""
# From the urgings to their cases: there are far fewer of them, and none of before the oldest open case is looked up.
_URGED = """
WITH latest AS MATERIALIZED (
    SELECT u.case_id, u.month, max(u.seq) AS seq FROM cases_step u
     WHERE u.verb = 'urge' AND u.case_id >= (SELECT id FROM cases_open ORDER BY id LIMIT 1)
     GROUP BY u.case_id, u.month
), standing AS MATERIALIZED (
    SELECT c.id, c.number, u.month, u.seq FROM latest u
      JOIN cases_open c ON c.id = u.case_id
     WHERE c.stage IN ('handling', 'outside') AND {sight}
)
SELECT c.number, u.at, u.payload
  FROM standing c JOIN cases_step u ON u.month = c.month AND u.case_id = c.id AND u.seq = c.seq
 WHERE NOT EXISTS (SELECT FROM cases_step a WHERE a.month = c.month AND a.case_id = c.id AND a.seq > c.seq
                    AND a.post IN ('department', 'district_dispatcher'))
 ORDER BY u.at, c.id LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Urged:
    """A case urged of which its unit has not let itself be heard since."""

    number: str
    urged_at: datetime
    level: str
    text: str


def with_requests(*, by: Actor, at: datetime, most: int = MOST) -> list[CaseRow]:
    """Cases on which a request waits for a word, what burns first; of ended ones the lately closed. One statement."""
    sight, values = condition_for(by)
    return _rows(_WAITING.format(sight=sight), [at - ENDED_LATELY, *values, most])


def under_supervision(*, by: Actor, most: int = MOST) -> list[CaseRow]:
    """Open cases under supervision, what burns first. One statement."""
    sight, values = condition_for(by)
    return _rows(_SUPERVISED.format(sight=sight), [*values, most])


def urged(*, by: Actor, most: int = MOST) -> list[Urged]:
    """Open cases whose latest urging is unanswered, the oldest first. One statement."""
    sight, values = condition_for(by)
    with connection.cursor() as cursor:
        cursor.execute(_URGED.format(sight=sight), [*values, most])
        rows = cursor.fetchall()
    told = [(number, at, orjson.loads(payload).get("args", {})) for number, at, payload in rows]
    return [Urged(number, at, str(args.get("level", "")), str(args.get("text", ""))) for number, at, args in told]


def _rows(statement: str, values: list[Any]) -> list[CaseRow]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [row_of(row) for row in cursor.fetchall()]

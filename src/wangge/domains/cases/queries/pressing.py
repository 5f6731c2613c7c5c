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
_REQUEST, _SUPERVISION = '%"request":[%', '%"supervision":[%'
# The open cases are few and their table narrow: their states are read one by one, and no index slows a step.
_WAITING = f"""
{SELECT} WHERE c.id IN (
    SELECT c.id FROM cases_open o JOIN cases_case c ON c.id = o.id WHERE c.state LIKE %s AND {{sight}}
    UNION ALL
    SELECT c.id FROM cases_case c WHERE c.stage = 'closed' AND c.closed_at >= %s AND c.state LIKE %s AND {{sight}}
) ORDER BY c.burns_at ASC NULLS LAST, c.id LIMIT {MOST}
"""
_SUPERVISED = f"""
{SELECT} WHERE c.id IN (
    SELECT c.id FROM cases_open o JOIN cases_case c ON c.id = o.id WHERE c.state LIKE %s AND {{sight}}
) ORDER BY c.burns_at ASC NULLS LAST, c.id LIMIT {MOST}
"""
_URGED = f"""
SELECT c.number, u.at, u.payload
  FROM cases_open c JOIN cases_case k ON k.id = c.id
 CROSS JOIN LATERAL (SELECT s.seq, s.at, s.payload FROM cases_step s
                      WHERE s.month = k.month AND s.case_id = k.id AND s.verb = 'urge' ORDER BY s.seq DESC LIMIT 1) u
 WHERE c.stage IN ('handling', 'outside') AND {{sight}}
   AND NOT EXISTS (SELECT FROM cases_step a WHERE a.month = k.month AND a.case_id = k.id AND a.seq > u.seq
                    AND a.post IN ('department', 'district_dispatcher'))
 ORDER BY u.at, c.id LIMIT {MOST}
"""


@dataclass(frozen=True, slots=True)
class Urged:
    """A case urged of which its unit has not let itself be heard since."""

    number: str
    urged_at: datetime
    level: str
    text: str


def with_requests(*, by: Actor, at: datetime) -> list[CaseRow]:
    """Cases on which a request waits for a word, what burns first; of ended ones the lately closed. One statement."""
    sight, values = condition_for(by)
    given = [_REQUEST, *values, at - ENDED_LATELY, _REQUEST, *values]
    return _rows(_WAITING.format(sight=sight), given)


def under_supervision(*, by: Actor) -> list[CaseRow]:
    """Open cases under supervision, what burns first. One statement."""
    sight, values = condition_for(by)
    return _rows(_SUPERVISED.format(sight=sight), [_SUPERVISION, *values])


def urged(*, by: Actor) -> list[Urged]:
    """Open cases whose latest urging is unanswered, the oldest first. One statement."""
    sight, values = condition_for(by)
    with connection.cursor() as cursor:
        cursor.execute(_URGED.format(sight=sight), values)
        rows = cursor.fetchall()
    told = [(number, at, orjson.loads(payload).get("args", {})) for number, at, payload in rows]
    return [Urged(number, at, str(args.get("level", "")), str(args.get("text", ""))) for number, at, args in told]


def _rows(statement: str, values: list[Any]) -> list[CaseRow]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [row_of(row) for row in cursor.fetchall()]

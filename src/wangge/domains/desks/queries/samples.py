"""Acts of seats drawn for a second look 复核: a composite act's share by lot, those nobody has looked at yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import orjson
from django.db import connection

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.draws import drawn_by_lot
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.cases.sight import condition_for
from wangge.domains.organizations.logic import Actor
from wangge.standards.tables import Composite

LOOKED_BACK = timedelta(days=7)
AFTER, FIRST_CYCLE = "after", 1  # a composite act begins with a report, so with the first cycle
_FILED = "SELECT c.id, c.number, c.month FROM cases_case c WHERE c.filed_at >= %s AND c.filed_at <= %s AND {sight}"
_ACTS = """
SELECT s.case_id, s.person_id, s.at, s.payload
  FROM unnest(%s::uuid[], %s::date[]) AS d (case_id, month)
  JOIN cases_step s ON s.month = d.month AND s.case_id = d.case_id AND s.verb = ANY(%s)
 WHERE NOT EXISTS (SELECT FROM desks_second_look l WHERE l.case_id = s.case_id AND l.rule = %s AND l.cycle = %s)
 ORDER BY s.at, s.case_id
"""


@dataclass(frozen=True, slots=True)
class DrawnAct:
    """An act that was drawn and waits for a second look: which case, which act, by whom and when."""

    case_id: UUID
    number: str
    act: str
    person_id: int | None
    acted_at: datetime


def drawn_acts(*, by: Actor, at: datetime) -> tuple[DrawnAct, ...]:
    """Drawn acts of the last week that wait, the oldest first, as far as ``by`` sees. Two statements for each act."""
    rules = rulebook_on(day_of(civil(at)))
    acts = [act for act in rules.composites.values() if act.second_look == AFTER and act.second_look_percent]
    return tuple(each for act in acts for each in _of_act(act, by, at))


def drawn_act(*, number: str, act_name: str, by: Actor, at: datetime) -> DrawnAct | None:
    """The act of this name on this case, where it waits for a second look."""
    return next((each for each in drawn_acts(by=by, at=at) if (each.number, each.act) == (number, act_name)), None)


def _of_act(act: Composite, by: Actor, at: datetime) -> list[DrawnAct]:
    drawn = _drawn(act, by, at)
    if not drawn:
        return []
    months = [month for _number, month in drawn.values()]
    with connection.cursor() as cursor:
        cursor.execute(_ACTS, [list(drawn), months, [act.steps[-1]], act.act, FIRST_CYCLE])
        found = cursor.fetchall()
    return [
        DrawnAct(case_id, drawn[case_id][0], act.act, person, acted_at)
        for case_id, person, acted_at, payload in found
        if orjson.loads(payload).get("args", {}).get("act") == act.act
    ]


def _drawn(act: Composite, by: Actor, at: datetime) -> dict[UUID, tuple[str, date]]:
    """Cases filed of late that the lot would take, by whatever way they were filed."""
    sight, values = condition_for(by)
    with connection.cursor() as cursor:
        cursor.execute(_FILED.format(sight=sight), [at - LOOKED_BACK, at, *values])
        return {
            case_id: (number, month)
            for case_id, number, month in cursor.fetchall()
            if drawn_by_lot(number=number, rule=act.act, cycle=FIRST_CYCLE, percent=act.second_look_percent)
        }

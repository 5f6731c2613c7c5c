"""Cases that a rule of automation left to a person because the lot drew them for a look beforehand."""

from __future__ import annotations

from datetime import datetime

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.draws import drawn_by_lot
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.cases.queries import lists
from wangge.domains.cases.queries.conditions import Filter
from wangge.domains.cases.rows import CaseRow
from wangge.domains.cases.rules import rulebook_on
from wangge.domains.organizations.logic import Actor
from wangge.standards.tables import Automation

BEFORE = "before"


def held_back(*, by: Actor, at: datetime) -> list[tuple[CaseRow, Automation]]:
    """(case, rule) of stages whose rules draw beforehand, what burns first; one statement, none where none draws."""
    automations = rulebook_on(day_of(civil(at))).automations
    drawing = {
        stage: rule
        for (_verb, stage), named in automations.items()
        for rule in named
        if rule.second_look == BEFORE and rule.second_look_percent
    }
    if not drawing:
        return []
    found = lists.queue(by=by, at=at, stages=tuple(drawing), filter=Filter(), limit=lists.MOST)
    return [(row, drawing[row.stage]) for row in found.rows if _is_drawn(row, drawing[row.stage])]


def _is_drawn(row: CaseRow, rule: Automation) -> bool:
    return drawn_by_lot(number=row.number, rule=rule.name, cycle=row.state.cycle, percent=rule.second_look_percent)

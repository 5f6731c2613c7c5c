"""The guards of the table of moves: each answers the reason a move is refused for, or None when it may go on.

Guards see the case as it stands at the attempt's moment (a suspension whose end has passed is over). An argument
that is absent makes a guard pass: the missing argument is the later answer.
"""

from __future__ import annotations

from wangge.domains.cases.logic.guards import automatic, families, limits, openings, persons, verdicts
from wangge.domains.cases.logic.guards.guard import Guard

GUARDS: dict[str, Guard] = (
    persons.GUARDS | limits.GUARDS | openings.GUARDS | verdicts.GUARDS | families.GUARDS | automatic.GUARDS
)

"""Which cases a person sees: the windows of his posts laid on a case's row, and on a list as a condition in SQL.

Both come from the same windows (sight.csv); a test lays them side by side on every post.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wangge.domains.cases.rows import CaseRow
from wangge.domains.organizations.logic import Actor, Sight
from wangge.domains.organizations.queries import sight_in_city
from wangge.standards.access import SightScope


def windows_on(actor: Actor, row: CaseRow) -> list[Sight]:
    """The windows through which the actor sees the case now; empty: he does not."""
    return [window for window in sight_in_city(actor) if _looks_at(window, actor, row)]


def may_see(actor: Actor, row: CaseRow) -> bool:
    """Whether the case lies in front of the wall: in a window, or once held, or once its task."""
    return bool(windows_on(actor, row)) or once_held(actor, row) or follows(actor, row)


def once_held(actor: Actor, row: CaseRow) -> bool:
    """Who once held a case or its task keeps reading it."""
    return actor.person_id in row.past_people or bool(actor.department_codes.intersection(row.past_departments))


def follows(actor: Actor, row: CaseRow) -> bool:
    """Whether this is the case whose query code was shown."""
    return bool(actor.own_case) and actor.own_case == row.number


def _looks_at(window: Sight, actor: Actor, row: CaseRow) -> bool:
    if not window.shows(row.stage):
        return False
    if window.scope is SightScope.OWN_REPORTS:
        return row.reporter_id is not None and row.reporter_id == actor.person_id
    if window.scope is SightScope.OWN_TASK:
        return row.assignee_id is not None and row.assignee_id == actor.person_id
    if window.scope is SightScope.OWN_UNIT:
        return window.department_code in (row.department_code, row.inner_department_code)
    return window.district_code in (None, row.district_code)


def condition_for(actor: Actor) -> tuple[str, list[Any]]:
    """(SQL over ``c``, values): true for the cases a list of this person may show."""
    terms: list[str] = []
    values: list[Any] = []
    for window in sorted(sight_in_city(actor), key=repr):
        term, given = _condition(window, actor)
        if window.stages is not None:
            term, given = f"({term} AND c.stage = ANY(%s))", [*given, sorted(window.stages)]
        if not given and term == "TRUE":
            return "TRUE", []
        terms.append(term)
        values += given
    return (f"({' OR '.join(terms)})" if terms else "FALSE"), values


def _condition(window: Sight, actor: Actor) -> tuple[str, list[Any]]:
    if window.scope is SightScope.OWN_REPORTS:
        return "c.reporter_id = %s", [actor.person_id]
    if window.scope is SightScope.OWN_TASK:
        return "c.assignee_id = %s", [actor.person_id]
    if window.scope is SightScope.OWN_UNIT:
        code = window.department_code
        return "(c.department_code = %s OR c.inner_department_code = %s)", [code, code]
    if window.district_code is not None:
        return "c.district_code = %s", [window.district_code]
    return "TRUE", []


def stands_outside(actor: Actor) -> bool:
    """A citizen or an intake partner and nothing else: he reads stage and answer of what he handed in, no names of
    staff and nothing they tell one another."""
    return bool(actor.holdings) and not actor.is_staff


def _is_reporter(actor: Actor, row: CaseRow) -> bool:
    return follows(actor, row) or (row.reporter_id is not None and row.reporter_id == actor.person_id)


# What a person who holds the post ``system`` (an intake partner) may do: hand in, and pass on an answer. Timers, rules
# and what children tell their parents are the platform's own.
PARTNER_VERBS = frozenset({"receive_report", "reporter_answered"})


def posts_within(actor: Actor, row: CaseRow) -> frozenset[str]:
    """Every post that :func:`desk_posts` can name for this case, whatever the verb, and perhaps some more."""
    is_holder = row.assignee_id is not None and row.assignee_id == actor.person_id
    return actor.posts | {"verifier"} if is_holder else actor.posts


def desk_posts(actor: Actor, row: CaseRow, verb: str) -> Iterable[tuple[str, str]]:
    """(post, unit) of the actor's holdings that reach this case: another district's desk does not, another citizen
    does not."""
    for holding in actor.holdings:
        if holding.post == "reporter" and not _is_reporter(actor, row):
            continue
        if holding.post == "system" and actor.person_id is not None and verb not in PARTNER_VERBS:
            continue
        if holding.district_code in (None, row.district_code) or holding.department_code is not None:
            yield holding.post, holding.department_code or ""
    if row.assignee_id is not None and row.assignee_id == actor.person_id:
        yield "verifier", ""

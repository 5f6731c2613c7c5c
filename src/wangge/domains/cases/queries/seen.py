"""Which of many cases a person may open: the wall laid on a set of numbers in one statement."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from wangge.domains.cases.sight import condition_for
from wangge.domains.organizations.logic import Actor

_SEEN = (
    "SELECT c.number FROM cases_case c WHERE c.number = ANY(%s)"
    " AND ({sight} OR %s = ANY(c.past_people) OR c.past_departments && %s::varchar[])"
)


def numbers_seen(*, by: Actor, numbers: Iterable[str]) -> frozenset[str]:
    """Those of the numbers whose cases lie before the wall of ``by``, as :func:`sight.may_see` has it."""
    asked = list(dict.fromkeys(numbers))
    if not asked:
        return frozenset()
    sight, values = condition_for(by)
    with connection.cursor() as cursor:
        cursor.execute(_SEEN.format(sight=sight), [asked, *values, by.person_id or 0, sorted(by.department_codes)])
        return frozenset(row[0] for row in cursor.fetchall())

"""The people of the city as pages name and offer them: the process's own copy, renewed after some seconds.

A page names a dozen people; one statement for all of the city every few seconds costs less than one for each page.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from wangge.domains.organizations.logic import Holding
from wangge.groundwork import clock

RENEW_AFTER_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Known:
    """A person as others see him: the posts he holds now, and the grids he is on duty in now."""

    person_id: int
    username: str
    name: str
    is_active: bool
    holdings: tuple[Holding, ...] = ()
    on_duty_in: tuple[str, ...] = ()
    shift: str = ""

    def holds(self, *posts: str) -> bool:
        """Whether he holds one of the posts."""
        return any(holding.post in posts for holding in self.holdings)


@dataclass(slots=True)
class _Copy:
    people: Mapping[int, Known] = field(default_factory=dict)
    read_at_seconds: float = -1e9
    moment: datetime | None = None


_STATEMENT = """
SELECT p.id, p.username, p.display_name, p.is_active,
       (SELECT array_agg(ARRAY[h.post, COALESCE(h.department_code, ''), COALESCE(h.district_code, '')] ORDER BY h.id)
          FROM organizations_post_holding h WHERE h.person_id = p.id AND h.valid_from <= %(at)s
           AND (h.valid_to IS NULL OR h.valid_to > %(at)s)),
       (SELECT array_agg(ARRAY[COALESCE(t.grid_code, ''), t.shift] ORDER BY t.starts_at DESC)
          FROM organizations_shift_turn t WHERE t.person_id = p.id AND t.starts_at <= %(at)s AND t.ends_at > %(at)s
           AND t.starts_at > %(at)s - interval '24 hours')
  FROM organizations_person p ORDER BY p.display_name, p.id
"""
_copy = _Copy()
_lock = threading.Lock()


def people(*, at: datetime) -> Mapping[int, Known]:
    """Everyone by id, as of some seconds ago at most."""
    if _is_old(at):
        with _lock:
            if _is_old(at):
                _read(at)
    return _copy.people


def as_last_read() -> Mapping[int, Known]:
    """The copy as it lies there, however old: whether it is still the same tells whether names may have changed."""
    return _copy.people


def known(person_ids: Iterable[int], *, at: datetime) -> Mapping[int, Known]:
    """These people by id; one not seen before lets the copy be read anew."""
    wanted = set(person_ids)
    found = people(at=at)
    if wanted - found.keys():
        with _lock:
            _read(at)
        found = _copy.people
    return {person_id: found[person_id] for person_id in wanted if person_id in found}


def holders(*posts: str, at: datetime, department_code: str | None = None) -> tuple[Known, ...]:
    """The active people who hold one of the posts, of one unit where it is given, by name."""
    return tuple(
        person
        for person in people(at=at).values()
        if person.is_active
        and any(
            holding.post in posts and department_code in (None, holding.department_code) for holding in person.holdings
        )
    )


def forget_people() -> None:
    """Ask anew at the next question; for tests and after a load."""
    _copy.people, _copy.read_at_seconds = {}, -1e9


def _is_old(at: datetime) -> bool:
    """Old by the process's own clock, or made for another hour than the one asked about."""
    if clock.monotonic() - _copy.read_at_seconds > RENEW_AFTER_SECONDS or _copy.moment is None:
        return True
    return abs((at - _copy.moment).total_seconds()) > 60


def _read(at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, {"at": at})
        rows = cursor.fetchall()
    _copy.people = {row[0]: _known(*row) for row in rows}
    _copy.read_at_seconds = clock.monotonic()
    _copy.moment = at


def _known(
    person_id: int,
    username: str,
    name: str,
    is_active: bool,
    holdings: list[list[str]] | None,
    turns: list[list[str]] | None,
) -> Known:
    return Known(
        person_id,
        username,
        name,
        is_active,
        tuple(Holding(post, unit or None, district or None) for post, unit, district in holdings or ()),
        tuple(grid for grid, _shift in turns or () if grid),
        turns[0][1] if turns else "",
    )

"""Editions: what was frozen, where each stands, and which one the public sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from wangge.domains.disclosure.models import Edition, EditionFile, EditionStep


@dataclass(frozen=True, slots=True)
class EditionLine:
    """One edition with where it stands."""

    id: int
    unit: str
    unit_name: str
    year: int
    form: str
    number: int
    state: str
    corrects: int | None
    digest: str
    compiled_at: datetime
    stepped_at: datetime
    reason: str


_LINES = """
SELECT e.id, e.unit_code, u.name, e.year, e.form, e.number, s.to_state, e.corrects_id, e.digest, e.at, s.at, s.reason
FROM disclosure_edition e JOIN budgeting_unit u ON u.code = e.unit_code
JOIN LATERAL (SELECT to_state, at, reason FROM disclosure_edition_step t WHERE t.edition_id = e.id
              ORDER BY seq DESC LIMIT 1) s ON true
WHERE (%(unit)s::text IS NULL OR e.unit_code = %(unit)s) AND (%(year)s::int IS NULL OR e.year = %(year)s)
  AND (%(form)s::text IS NULL OR e.form = %(form)s)
ORDER BY e.year DESC, e.unit_code, e.form, e.number DESC
"""


def editions(*, unit: str | None = None, year: int | None = None, form: str | None = None) -> tuple[EditionLine, ...]:
    """Editions with where they stand, newest first; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_LINES, {"unit": unit, "year": year, "form": form})
        return tuple(EditionLine(*row) for row in cursor.fetchall())


def public_edition(*, unit: str, year: int, form: str = "final") -> EditionLine | None:
    """The edition the public sees: the newest one published, also while its correction is under way."""
    found = editions(unit=unit, year=year, form=form)
    return next((line for line in found if line.state in ("published", "corrected")), None)


def published(*, form: str = "final") -> tuple[EditionLine, ...]:
    """For the public list: of every unit and year the edition that is seen; one statement."""
    seen: dict[tuple[str, int], EditionLine] = {}
    for line in editions(form=form):
        if line.state in ("published", "corrected"):
            seen.setdefault((line.unit, line.year), line)
    return tuple(seen.values())


def steps_of(edition_id: int) -> tuple[EditionStep, ...]:
    """The steps of an edition, oldest first."""
    return tuple(EditionStep.objects.filter(edition=edition_id).order_by("seq"))


def steps_of_all(ids: Sequence[int]) -> dict[int, list[EditionStep]]:
    """The steps of several editions, oldest first; one statement."""
    found: dict[int, list[EditionStep]] = {edition: [] for edition in ids}
    for step in EditionStep.objects.filter(edition__in=ids).order_by("edition", "seq"):
        found[step.edition_id].append(step)
    return found


def formats_of(ids: Sequence[int]) -> dict[int, list[str]]:
    """The formats that several editions were frozen in; one statement."""
    found: dict[int, list[str]] = {}
    for edition, format in EditionFile.objects.filter(edition__in=ids).values_list("edition_id", "format"):
        found.setdefault(edition, []).append(format)
    return found


def edition_line(edition_id: int) -> EditionLine | None:
    """One edition with where it stands; None when there is none."""
    named = Edition.objects.filter(id=edition_id).values_list("unit_id", "year").first()
    if named is None:
        return None
    return next((line for line in editions(unit=named[0], year=named[1]) if line.id == edition_id), None)


def frozen_cells(edition_id: int) -> Mapping[str, int]:
    """Name → fen as frozen."""
    found: Mapping[str, int] = Edition.objects.values_list("cells", flat=True).get(id=edition_id)
    return found


def file_of(edition_id: int, format: str) -> bytes | None:
    """A rendered file of an edition."""
    content = EditionFile.objects.filter(edition=edition_id, format=format).values_list("content", flat=True).first()
    return None if content is None else bytes(content)

"""What a day brought: figures of the command hall, each that of a list at its moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from wangge.domains.cases.sight import condition_for
from wangge.domains.organizations.logic import Actor

_COUNTS = ", ".join(
    f"(SELECT count(*) FROM cases_case c WHERE c.{moment} >= d.since AND c.{moment} < d.until AND {{sight}})"
    for moment in ("reported_at", "filed_at", "closed_at")
)
_OF_SPANS = (
    f"SELECT {_COUNTS} FROM unnest(%s::timestamptz[], %s::timestamptz[]) WITH ORDINALITY AS d (since, until, place)"
    " ORDER BY d.place"
)


@dataclass(frozen=True, slots=True)
class SpanFigures:
    """How many cases were reported, filed and closed in a span of time."""

    reported: int
    filed: int
    closed: int


def figures_of_spans(*, by: Actor, spans: Sequence[tuple[datetime, datetime]]) -> list[SpanFigures]:
    """The figures of half-open spans [since, until), in the order given, as far as ``by`` sees; one statement."""
    sight, values = condition_for(by)
    asked = [*values, *values, *values, [since for since, _ in spans], [until for _, until in spans]]
    with connection.cursor() as cursor:
        cursor.execute(_OF_SPANS.format(sight=sight), asked)
        return [SpanFigures(*row) for row in cursor.fetchall()]

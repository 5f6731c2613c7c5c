"""Compiled questions: the SQL of a question's form, made once, into which each question's own numbers are put.

Ibis needs a second to compile what DuckDB answers in a fraction of one, and knows no parameters. So a form is compiled
with marks in place of the borders of periods, the moment of knowledge and the numbers of the objects: numbers no fact
can hold, written into the SQL as they are and replaced there. The text that runs is the text Ibis would have made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ibis.expr.types import Table

from wangge.domains.evaluation.logic.counting_request import Request
from wangge.domains.evaluation.logic.periods import Period

_MARKED_DAY = date(5900, 1, 1)
_KNOWN_MARK = 2_147_000_000
_KEY_MARK = 2_147_100_000  # two for each column, so that it stays a list in SQL
_MARK = re.compile(r"\b2\d{9}\b")
CUT_MARKS = (2_147_200_000, 2_147_200_001)
"""In place of how many rows are passed over, and how many told."""
BORDER_MARK = 2_147_300_000  # and the following: months that periods begin with
WEIGHTS_MARK = 2_147_250_000
"""In place of the number that the weights of a listed count are kept under."""
_KINDS_MARK = 2_147_400_000  # two for each view
KeyValues = Sequence[Sequence[int | str]]


@dataclass(frozen=True, slots=True)
class Form:
    """A question with marks instead of its own numbers."""

    request: Request
    key: tuple[tuple[int | str, ...], ...] | None


@dataclass(frozen=True, slots=True)
class Compiled:
    """The SQL of a form; ``expression`` holds the small tables it reads, which go when it does."""

    sql: str
    expression: Table

    def sql_with(self, values: Mapping[int, str]) -> str:
        """The SQL of one question of this form."""
        return _MARK.sub(lambda found: values.get(int(found[0]), found[0]), self.sql)


def form_of(request: Request, key: KeyValues | None) -> tuple[Form, dict[int, str]]:
    """The form of a question, and what its marks stand for in it."""
    values: dict[int, str] = {}
    marked = []
    for place, period in enumerate(request.periods):
        mark = _marked(place)
        marked.append(mark)
        values[mark.from_minute], values[mark.to_minute] = str(period.from_minute), str(period.to_minute)
    known = None if request.known_until is None else _KNOWN_MARK
    if request.known_until is not None:
        values[_KNOWN_MARK] = str(request.known_until)
    form = replace(request, periods=tuple(marked), known_until=known)
    if key is None:
        return Form(form, None), values
    return Form(form, tuple(_marked_column(place, column, values) for place, column in enumerate(key))), values


def _marked(place: int) -> Period:
    first = _MARKED_DAY + timedelta(days=place)
    return Period(first, first + timedelta(days=1), "")


def _marked_column(place: int, column: Sequence[int | str], values: dict[int, str]) -> tuple[int | str, ...]:
    """Marks for the numbers of a column; texts (few, and of the standards) stay."""
    numbers = [str(each) for each in column if isinstance(each, int)]
    if not numbers or len(numbers) < len(column):
        return tuple(column)
    return _marked_list(_KEY_MARK + 2 * place, numbers, values)


def marked_kinds(kinds: Sequence[Sequence[int]], values: dict[int, str]) -> tuple[tuple[int, ...], ...]:
    """Marks for the kinds of steps that each view looks for; a view that looks for none stays without."""
    return tuple(
        _marked_list(_KINDS_MARK + 2 * place, [str(each) for each in of_view], values) if of_view else ()
        for place, of_view in enumerate(kinds)
    )


def _marked_list(first: int, numbers: Sequence[str], values: dict[int, str]) -> tuple[int, int]:
    """Two marks: the first stands for the first number, the second for all of them."""
    values[first], values[first + 1] = numbers[0], ", ".join(numbers)
    return first, first + 1

"""What an engine is asked and what it answers: whole counts by period and object, nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from wangge.domains.evaluation.logic.periods import Period

KEY_COLUMNS = ("place", "category", "unit", "inner", "collector", "seat", "component", "source")
"""The columns of a step that say for whom it counts."""


@dataclass(frozen=True, slots=True)
class Request:
    """Count these, in each of these periods (in order, without gaps), for each combination of these columns.

    ``counted``: id of a count → its statements. ``known_until``: the civil minute up to which recorded steps are
    known, None for all. ``only``: of these cases alone. ``alike``: (place, the place that stands for it) for every
    place, where places need not be told apart: the rows of a district are then added up where they lie. ``monthly``:
    the periods are made of statistical months.
    """

    counted: Mapping[str, str]
    periods: tuple[Period, ...]
    keys: tuple[str, ...] = ()
    known_until: int | None = None
    only: frozenset[int] | None = None
    alike: tuple[tuple[int, int], ...] = ()
    monthly: bool = False


@dataclass(frozen=True, slots=True)
class Netted:
    """What remains of a count's steps when what a case takes back is set against what it gave.

    ``number``: the count; ``steps``: how many of its steps remain; ``rows``: some of them by case, as
    (case, step, sign, kind of step, civil minute).
    """

    number: int
    steps: int
    rows: tuple[tuple[int, int, int, int, int], ...]


Key = tuple[int | str, ...]
"""The period's place in the request, then the value of each key column."""
Counts = dict[Key, Counter[str]]
"""Key → count → number; what is not there is zero."""

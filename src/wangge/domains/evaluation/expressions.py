"""Counts as Ibis expressions: the same ones for DuckDB in process and for Spark.

First the definitions are held against the few hundred kinds of steps there are (``weights``); then rows are grouped by
kind, period and object, and each group counts with its weights. Everything stays whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import ibis
import pyarrow as pa
from ibis import _
from ibis.expr.types import IntegerColumn, Table, Value

from wangge.domains.evaluation.logic.counting_request import Request
from wangge.domains.evaluation.logic.facts import What
from wangge.domains.evaluation.logic.periods import Period
from wangge.domains.evaluation.logic.terms import Term, View, Window, holds

NONE = 0


WEIGHT_SCHEMA = pa.schema(
    [("what", pa.int32()), ("source", pa.string()), ("view", pa.int32()), ("count", pa.int32()), ("sign", pa.int32())]
)


def weights(whats: Mapping[int, What], terms: Sequence[Term], views: Sequence[View]) -> list[dict[str, int | str]]:
    """A row of ``WEIGHT_SCHEMA`` for each kind of step a term counts; ``count`` is its place in ``counts_of``."""
    counts = counts_of(terms)
    return [
        {
            "what": number, "source": what.source, "view": views.index(view_of(term)),
            "count": counts.index(_counted_as(term)), "sign": term.sign,
        }
        for term in terms
        for number, what in whats.items()
        if holds(term, what)
    ]  # fmt: skip


def counts_of(terms: Iterable[Term]) -> list[tuple[str, bool]]:
    """The counts that terms speak of, in order; what stands at a period's end apart from what happens in it."""
    return list(dict.fromkeys(_counted_as(term) for term in terms))


def _counted_as(term: Term) -> tuple[str, bool]:
    return term.count, term.window is Window.STANDING


def view_of(term: Term) -> View:
    return View(term.moment, term.window, term.whose)


def counted(
    steps: Table, weighed: Table, views: Sequence[View], kinds: Sequence[Sequence[int]], request: Request
) -> Table:
    """(bucket, keys…, count, number): ``kinds`` are the kinds of steps with a weight, view by view.

    ``bucket`` is the period's place; for standing counts -1 holds what was before the first one.
    """
    grouped = [
        _grouped(steps, view, number, of_view, request)
        for number, (view, of_view) in enumerate(zip(views, kinds, strict=True))
        if of_view
    ]
    rows = ibis.union(*grouped) if len(grouped) > 1 else grouped[0]
    joined = rows.join(weighed, ["what", "view"])
    # the source belongs to the kind of step and comes with its weights
    return joined.group_by(["bucket", *request.keys, "count"]).aggregate(number=(_.rows * _.sign).sum())


def _grouped(steps: Table, view: View, number: int, kinds: Sequence[int], request: Request) -> Table:
    """The rows of one view by kind, period and object."""
    return (
        _seen(steps, view, kinds, request)
        .group_by(["bucket", "what", *_of_rows(request.keys)])
        .aggregate(rows=_.count().cast("int64"))
        .mutate(view=ibis.literal(number, type="int32"))
    )


def listed(
    steps: Table,
    weighed: Table,
    views: Sequence[View],
    kinds: Sequence[Sequence[int]],
    request: Request,
    key: Sequence[Sequence[int | str]],
) -> Table:
    """(case, seq, sign) of every step that makes up a count: ``key`` gives the values of each key column."""
    rows = _listed(steps, weighed, views, kinds, request, key)
    return rows.select("case", "seq", "sign").order_by(["case", "seq", "sign"])


def _listed(
    steps: Table,
    weighed: Table,
    views: Sequence[View],
    kinds: Sequence[Sequence[int]],
    request: Request,
    key: Sequence[Sequence[int | str]],
) -> Table:
    """(case, seq, what, at, sign) of every step that makes up a count."""
    parts = []
    for number, (view, of_view) in enumerate(zip(views, kinds, strict=True)):
        if of_view:
            rows = _seen(steps, view, of_view, request)
            for column, values in zip(request.keys, key, strict=True):
                if column != "source":
                    rows = rows.filter(rows[column].isin(list(values)))
            parts.append(rows.select("case", "seq", "what", "at", view=ibis.literal(number, type="int32")))
    found = ibis.union(*parts) if len(parts) > 1 else parts[0]
    joined = found.join(weighed, ["what", "view"])
    if "source" in request.keys:
        joined = joined.filter(joined["source"].isin(list(key[request.keys.index("source")])))
    return joined.select("case", "seq", "what", "at", "sign")


def netted(
    steps: Table,
    weighed: Table,
    views: Sequence[View],
    kinds: Sequence[Sequence[int]],
    request: Request,
    key: Sequence[Sequence[int | str]],
    cut: tuple[int, int],
) -> Table:
    """(case, seq, sign, what, at, steps, number) of what remains of ``listed`` case by case: the last steps of a case.

    ``cut``: so many of them are passed over, so many told; ``steps`` and ``number`` are of all of them.
    """
    rows = _listed(steps, weighed, views, kinds, request, key)
    rows = rows.mutate(total=_.sign.sum().over(group_by="case"))
    rows = rows.filter(_.sign * _.total > 0)
    rows = rows.mutate(nth=ibis.row_number().over(group_by="case", order_by=[_.seq.desc(), _.at.desc()]))
    rows = rows.filter(_.nth < _.total.abs())
    rows = rows.mutate(steps=_.count().over(), number=_.sign.sum().over())
    told = rows.select("case", "seq", "sign", "what", "at", "steps", "number")
    return told.order_by(["case", "seq", "sign", "what"]).limit(cut[1], offset=cut[0])


def _of_rows(keys: Sequence[str]) -> list[str]:
    return [key for key in keys if key != "source"]


def _seen(steps: Table, view: View, kinds: Sequence[int], request: Request) -> Table:
    """The rows one view looks at, each with its period."""
    first, last = request.periods[0], request.periods[-1]
    rows = steps.select(*_columns(view, request.keys))  # each further column makes planning longer
    rows = rows.filter(rows["what"].isin(list(kinds)), rows[view.moment] > NONE)
    if request.known_until is not None:
        rows = rows.filter(rows["recorded"] <= request.known_until)
    if view.window is Window.STANDING:
        when = ibis.greatest(rows[view.moment], rows["at"]) if view.moment != "at" else rows["at"]
        rows = rows.mutate(bucket=_bucket(when, request.periods)).filter(_.bucket < len(request.periods))
    else:
        when = rows[view.moment]
        rows = rows.filter(when >= first.from_minute, when < last.to_minute)
        rows = rows.mutate(bucket=_bucket(rows[view.moment], request.periods))
    if view.window is Window.BY_END:
        # the step lies in the same period or in an earlier one: it was made before that period ended
        rows = rows.filter(_bucket(rows["at"], request.periods) <= rows["bucket"])
    elif view.window is Window.SAME:
        rows = rows.filter(
            rows["replaces"] >= first.from_minute,
            _bucket(rows["replaces"], request.periods) == rows["bucket"],
        )
    return _for_whom(rows, view.whose, request.keys)


def _columns(view: View, keys: Sequence[str]) -> list[str]:
    """The columns that one view reads."""
    of_rows = _of_rows(keys)
    held = [f"{name}_before" for name in _OF_HOLDERS if name in keys] if view.whose == "before" else []
    further = {"author": ["author"], "former": ["former_unit"]}.get(view.whose, held)
    return list(dict.fromkeys(["case", "seq", "what", "at", "recorded", "replaces", view.moment, *of_rows, *further]))


def _for_whom(rows: Table, whose: str, keys: Sequence[str]) -> Table:
    """The key columns as a view wants them."""
    changed: dict[str, Value] = {}
    if whose == "author" and "seat" in keys:
        changed["seat"] = rows["author"]
    elif whose == "former" and "unit" in keys:
        changed["unit"] = ibis.ifelse(rows["former_unit"] != NONE, rows["former_unit"], rows["unit"])
    elif whose in ("held", "before"):
        changed.update({name: ibis.literal(NONE, type="int32") for name in _OF_PERSONS if name in keys})
    if whose == "before":
        for name in _OF_HOLDERS:
            if name in keys:
                was = rows[f"{name}_before"]
                changed[name] = ibis.ifelse(was == NONE, rows[name], ibis.greatest(was, NONE))
    return rows.mutate(**changed) if changed else rows


_OF_PERSONS = ("seat", "collector", "inner")
_OF_HOLDERS = ("unit", "category")


def _bucket(when: IntegerColumn, periods: Sequence[Period]) -> IntegerColumn:
    """The place of the period a moment lies in; -1 before the first, their number after the last.

    Found by halves: of twelve months four comparisons are made, not thirteen, and engines spend their time here.
    """
    return _halved(when, [*(period.from_minute for period in periods), periods[-1].to_minute], -1)


def _halved(when: IntegerColumn, borders: Sequence[int], place: int) -> IntegerColumn:
    """``place`` and as many more as there are borders not after the moment."""
    if not borders:
        return ibis.literal(place, type="int32")
    middle = len(borders) // 2
    early = _halved(when, borders[:middle], place)
    return ibis.ifelse(when < borders[middle], early, _halved(when, borders[middle + 1 :], place + middle + 1))


def of_cases(steps: Table, cases: Table) -> Table:
    """The steps of some cases alone."""
    return steps.semi_join(cases, "case")


def with_places_alike(steps: Table, alike: Table) -> Table:
    """The steps with each place replaced by the one that stands for it."""
    return steps.join(alike, "place").drop("place").rename(place="whole")


def excluded_cases(steps: Table, adding: Sequence[int], lifting: Sequence[int], known_until: int | None) -> Table:
    """The cases on the exclusion list: ordered off more often than taken back."""
    rows = steps.filter(steps["what"].isin([*adding, *lifting]))
    if known_until is not None:
        rows = rows.filter(rows["recorded"] <= known_until)
    sign = ibis.ifelse(rows["what"].isin(list(adding)), 1, -1)
    return rows.group_by("case").aggregate(listed=sign.sum()).filter(_.listed > 0).select("case")

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
from wangge.domains.evaluation.logic.scans import FROM, NOBODY, How, Scan, changes_of, further_columns
from wangge.domains.evaluation.logic.terms import Term, View, Window, holds

NONE = 0


WEIGHT_SCHEMA = pa.schema(
    [("what", pa.int32()), ("source", pa.string()), ("view", pa.int32()), ("count", pa.int32()), ("sign", pa.int32())]
)
SCANNED_SCHEMA = pa.schema(
    [("what", pa.int32()), ("source", pa.string()), ("scan", pa.int32()), ("how", pa.int32()),
     ("count", pa.int32()), ("sign", pa.int32())]
)  # fmt: skip
SUMMED_SCHEMA = SCANNED_SCHEMA.set(2, pa.field("scan", pa.string()))
"""Of sums, a scan has its name."""


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


def counted(steps: Table, weighed: Table, scans: Sequence[Scan], request: Request) -> Table:
    """(bucket, keys…, count, number): ``weighed`` are the weights of :func:`scans.shared`.

    ``bucket`` is the period's place; for standing counts -1 holds what was before the first one.
    """
    grouped = [each for number, scan in enumerate(scans) for each in _grouped(steps, scan, number, request)]
    return _held(ibis.union(*grouped) if len(grouped) > 1 else grouped[0], weighed, request)


def counted_from_sums(
    sums: Table, weighed: Table, names: Sequence[str], borders: Sequence[int], request: Request
) -> Table:
    """The same of rows that were added up by months: ``borders`` are the months that the periods begin with."""
    rows = sums.filter(sums["scan"].isin(list(names)))
    made, told = (_halved(rows[name], borders, -1) for name in ("made", "told"))
    return _held(rows.mutate(made=made, told=told, rows=_.rows.cast("int64")), weighed, request)


def _held(rows: Table, weighed: Table, request: Request) -> Table:
    """Rows added up by kind, periods and object, held against the weights of their kinds."""
    joined = rows.join(weighed, ["what", "scan"])
    how, made, told = joined["how"], joined["made"], joined["told"]
    bucket = ibis.cases(
        (how.isin([How.STEP, How.FROM_STEP, How.SAME]), made), (how == How.FROM_LATER, ibis.greatest(made, told)),
        else_=told,
    )  # fmt: skip
    joined = joined.mutate(bucket=bucket).filter(
        _.bucket < len(request.periods),
        (_.bucket >= 0) | _.how.isin(sorted(FROM)),
        (_.how != How.MOMENT_BY_END) | (_.made <= _.told),
        (_.how != How.SAME) | (_.made == _.told),
    )
    # the source belongs to the kind of step and comes with its weights
    return joined.group_by(["bucket", *request.keys, "count"]).aggregate(number=(_.rows * _.sign).sum())


def _grouped(steps: Table, scan: Scan, number: int, request: Request) -> list[Table]:
    """The rows of one scan by kind, object and the periods of the step (``made``) and of its moment (``told``)."""
    columns = ["what", "at", "recorded", scan.moment, *_of_rows(request.keys), *scan.further]
    rows = steps.select(*dict.fromkeys(columns))  # each further column makes planning longer
    if request.known_until is not None:
        rows = rows.filter(rows["recorded"] <= request.known_until)
    grouped = []
    for part in _read(rows, scan, request.periods):
        placed = _for_whom(part, scan.changes).mutate(made=_bucket(part["at"], request.periods))
        placed = placed.mutate(told=_.made if scan.moment == "at" else _bucket(part[scan.moment], request.periods))
        names = ["what", "made", "told", *_of_rows(request.keys)]
        by_object = placed.group_by(names).aggregate(rows=_.count().cast("int64"))
        grouped.append(by_object.mutate(scan=ibis.literal(number, type="int32")))
    return grouped


def _read(rows: Table, scan: Scan, periods: Sequence[Period]) -> list[Table]:
    """The rows of a scan, as closely as its columns' least and greatest values let files and groups be skipped."""
    first, last = periods[0].from_minute, periods[-1].to_minute
    wanted = rows if scan.most else rows.filter(rows["what"].isin(scan.kinds))
    if scan.moment == "at":
        parts = [wanted.filter(_["at"] >= first, _["at"] < last)]
        if scan.early:  # apart, so that the others' past is skipped unread
            parts.append(rows.filter(rows["what"].isin(scan.early), rows["at"] > NONE, rows["at"] < first))
        return parts
    wanted = wanted.filter(
        _[scan.moment] < last, _[scan.moment] > NONE if scan.hows & FROM else _[scan.moment] >= first
    )
    return [wanted if How.MOMENT in scan.hows else wanted.filter(_["at"] < last)]


def listed(
    steps: Table,
    weighed: Table,
    views: Sequence[View],
    kinds: Sequence[Sequence[int]],
    request: Request,
    key: Sequence[Sequence[int | str]],
    cut: tuple[int, int] | None = None,
) -> Table:
    """(case, seq, sign) of every step that makes up a count: ``key`` gives the values of each key column.

    With ``cut`` what remains of them case by case, as ``_netted`` tells it.
    """
    rows = _listed(steps, weighed, views, kinds, request, key)
    if cut is not None:
        return _netted(rows, request, key, cut)
    return rows.select("case", "seq", "sign").order_by(["case", "seq", "sign"])


def _listed(
    steps: Table,
    weighed: Table,
    views: Sequence[View],
    kinds: Sequence[Sequence[int]],
    request: Request,
    key: Sequence[Sequence[int | str]],
) -> Table:
    """(case, seq, what, at, sign, count) of every step that makes up a count, and of which key where none is wanted.

    ``count`` tells apart, as in ``counts_of``, what stands at the end and what happened.
    """
    parts, told = [], [name for name, values in zip(request.keys, key, strict=True) if not values]
    for number, (view, of_view) in enumerate(zip(views, kinds, strict=True)):
        if of_view:
            rows = _seen(steps, view, of_view, request)
            for column, values in zip(request.keys, key, strict=True):
                if column != "source" and values:
                    rows = rows.filter(rows[column].isin(list(values)))
            columns = ["case", "seq", "what", "at", *_of_rows(told)]
            parts.append(rows.select(*columns, view=ibis.literal(number, type="int32")))
    found = ibis.union(*parts) if len(parts) > 1 else parts[0]
    joined = found.join(weighed, ["what", "view"])
    if "source" in request.keys and "source" not in told:
        joined = joined.filter(joined["source"].isin(list(key[request.keys.index("source")])))
    return joined.select("case", "seq", "what", "at", "sign", "count", *told)


def _netted(rows: Table, request: Request, key: Sequence[Sequence[int | str]], cut: tuple[int, int]) -> Table:
    """(case, seq, sign, what, at, steps, number) of what remains of the rows case by case: the last steps of a case.

    What stands is set against what stands only: where a case came and went, what happened to it is no answer to that.
    ``cut``: so many of them are passed over, so many told; ``steps`` and ``number`` are of all of them. Columns of
    ``key`` without values are not narrowed to any: each object's steps are set against each other, and the object told.
    """
    objects = [name for name, values in zip(request.keys, key, strict=True) if not values]
    apart = ["case", "count", *objects]
    rows = rows.mutate(total=_.sign.sum().over(group_by=apart))
    rows = rows.filter(_.sign * _.total > 0)
    rows = rows.mutate(nth=ibis.row_number().over(group_by=apart, order_by=[_.seq.desc(), _.at.desc()]))
    rows = rows.filter(_.nth < _.total.abs())
    rows = rows.mutate(steps=_.count().over(), number=_.sign.sum().over())
    told = rows.select("case", "seq", "sign", "what", "at", "steps", "number", *objects)
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
    return _for_whom(rows, changes_of(view.whose, request.keys))


def _columns(view: View, keys: Sequence[str]) -> list[str]:
    """The columns that one view reads."""
    further = further_columns(changes_of(view.whose, keys))
    return list(
        dict.fromkeys(["case", "seq", "what", "at", "recorded", "replaces", view.moment, *_of_rows(keys), *further])
    )


def _for_whom(rows: Table, changes: Mapping[str, str] | Sequence[tuple[str, str]]) -> Table:
    """The key columns as a view wants them."""
    changed: dict[str, Value] = {}
    for name, how in dict(changes).items():
        if how == NOBODY:
            changed[name] = ibis.literal(NONE, type="int32")
        elif how == "author":
            changed[name] = rows["author"]
        elif how == "former_unit":
            changed[name] = ibis.ifelse(rows["former_unit"] != NONE, rows["former_unit"], rows[name])
        else:
            changed[name] = ibis.ifelse(rows[how] == NONE, rows[name], ibis.greatest(rows[how], NONE))
    return rows.mutate(**changed) if changed else rows


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

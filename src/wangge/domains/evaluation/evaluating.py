"""Evaluates: the figures of a period for objects, from one snapshot, by one edition of the definitions.

The interface for others (self-evaluation, bulletins, pages)::

    from wangge.domains.evaluation.evaluating import Question, evaluate, indicators_on
    from wangge.domains.evaluation.logic.periods import parse_period
    from wangge.domains.evaluation.snapshots import latest

    answer = evaluate(
        Question(period=parse_period("2024"), by=("district",), indicators=("close_rate_filed", "n_file")),
        snapshot=latest(root), engine="duckdb",
    )
    for row in answer.rows:                     # one row an object (and month, with months=True)
        row.objects                             # {"district": "430202"}
        figure = row.figures["close_rate_filed"]
        figure.value, figure.numerator, figure.denominator, figure.left_out   # exact; value None: no denominator

``answer.content()`` is plain data for JSON: equal for equal snapshots, questions and editions, whichever engine
counted. ``cases_behind`` leads from a count to the cases and steps that make it up. Published results are frozen in
``models.Result``; ask ``queries.results`` for those, never compute a published figure anew.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from wangge.domains.evaluation.logic.counting_request import Counts, Key, Netted, Request
from wangge.domains.evaluation.logic.figures import Figure, figure
from wangge.domains.evaluation.logic.objects import Laid, kinds_of, object_of
from wangge.domains.evaluation.logic.periods import Period, is_span, months_of
from wangge.domains.evaluation.logic.terms import Window, terms_of
from wangge.domains.evaluation.snapshots import Snapshot
from wangge.groundwork.clock import CITY_ZONE
from wangge.standards.formulas import parse_formula
from wangge.standards.library import load_tables
from wangge.standards.measures import Indicator, ScoreBand

OutsideCount = Mapping[tuple[str, ...], int]
"""Object codes in the order of the question → number, of a count that steps cannot give."""

if TYPE_CHECKING:
    from wangge.domains.evaluation.engines import Engine


class UnknownIndicator(ValueError):
    """No such indicator; the message names it."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: ``by`` kinds of objects (none: the city), ``indicators`` by id (none: all), months apart."""

    period: Period
    by: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    months: bool = False
    starts_on: int = 1
    as_of: datetime | None = None
    laid: Laid = field(default_factory=dict)
    outside: Mapping[str, OutsideCount] = field(default_factory=dict)  # id of the count → its numbers
    band_classes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # code of an area → table replaced


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one object (kind → code) in one period."""

    period: str
    objects: Mapping[str, str]
    figures: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class Answer:
    """The figures, and everything needed to compute them again."""

    question: Question
    snapshot: str
    edition: str  # SM3 of the definitions that were used
    excluded: int  # cases on the exclusion list
    indicators: tuple[Indicator, ...]
    rows: tuple[Row, ...]

    def content(self) -> dict[str, Any]:
        """The answer as plain data, the same for every engine."""
        asked = self.question
        return {
            "period": {"name": asked.period.name, "first": str(asked.period.first), "end": str(asked.period.end)},
            "by": list(asked.by),
            "months": asked.months,
            "as_of": asked.as_of.isoformat() if asked.as_of else None,
            "snapshot": self.snapshot,
            "edition": self.edition,
            "excluded_cases": self.excluded,
            "indicators": [_definition(each) for each in self.indicators],
            "rows": [
                {
                    "period": row.period,
                    "objects": dict(row.objects),
                    "figures": {name: _plain(found) for name, found in row.figures.items()},
                }
                for row in self.rows
            ],
        }


def indicators_on(overlay: Path | None, day: date) -> dict[str, Indicator]:
    """Every indicator as defined on a day, by id."""
    return {each.id: each for each in load_tables(overlay, on=day).indicators}


def evaluate(question: Question, *, snapshot: Snapshot, engine: str = "duckdb", overlay: Path | None = None) -> Answer:
    """The figures asked for, by the definitions in force on the period's last day.

    Raises ``UnknownIndicator``, ``UnknownObject``, ``WarehouseRefused`` (a file changed), ``EngineMissing``.
    """
    day = question.period.end - timedelta(days=1)
    known = indicators_on(overlay, day)
    asked = _asked(question, known)
    counted = _counts_behind(asked, known)
    request, _kinds = _request(question, counted)
    request = replace(request, alike=_alike(question, snapshot))
    counter = _engine(engine)
    everything = _by_object(counter.count(snapshot, request), question, snapshot)
    excluded = counter.excluded(snapshot, request.known_until)
    left_out: dict[tuple[str, ...], Counter[str]] = {}
    if excluded:
        only = replace(request, only=excluded)
        left_out = _by_object(counter.count(snapshot, only), question, snapshot)
    bands = bands_on(overlay, day)
    if not question.by:
        for period in request.periods:  # the city has a row whatever happened in it
            everything.setdefault((period.name,), Counter())
    rows = []
    for name in sorted(everything, key=lambda each: (each[1:], each[0])):
        if any(not code for code in name[1:]):
            continue  # what belongs to no such object is no row of theirs
        counts, out = everything[name], left_out.get(name, Counter())
        rows.append(_row(name, question, asked, known, counts, out, bands))
    return Answer(question, snapshot.id, edition_of(asked), len(excluded), tuple(asked), tuple(rows))


def _asked(question: Question, known: Mapping[str, Indicator]) -> list[Indicator]:
    for name in question.indicators:
        if name not in known:
            raise UnknownIndicator(f"没有“{name}”这个指标：指标见 wangge standards 与 indicators.csv。")
    return [known[name] for name in question.indicators] if question.indicators else list(known.values())


def _counts_behind(asked: list[Indicator], known: Mapping[str, Indicator]) -> dict[str, str]:
    """The counts that the indicators lead to, with their statements."""
    found: dict[str, str] = {}
    waiting = [each.id for each in asked]
    while waiting:
        indicator = known[waiting.pop()]
        if indicator.kind == "count":
            found[indicator.id] = indicator.counted
        else:
            waiting += parse_formula(indicator.formula).words
    return dict(sorted(found.items()))


def _request(question: Question, counted: Mapping[str, str]) -> tuple[Request, tuple[Any, ...]]:
    kinds = kinds_of(question.by)
    columns = tuple(dict.fromkeys(kind.column for kind in kinds))
    periods = months_of(question.period, starts_on=question.starts_on) if question.months else (question.period,)
    until = civil_minute(question.as_of) if question.as_of else None
    monthly = not is_span(question.period)
    return Request(counted, periods, columns, until, monthly=monthly), kinds


def _alike(question: Question, snapshot: Snapshot) -> tuple[tuple[int, int], ...]:
    """The places that no asked kind of object tells apart, each with the first of them."""
    kinds = [kind for kind in kinds_of(question.by) if kind.column == "place"]
    if not kinds:
        return ()
    first: dict[tuple[str, ...], int] = {}
    found = [(0, 0)]
    for place in snapshot.places:
        name = tuple(object_of(kind, place, snapshot.places, snapshot.codes, question.laid) for kind in kinds)
        found.append((place, first.setdefault(name, place)))
    return tuple(found)


def moments_of(period: Period) -> tuple[datetime, datetime]:
    """A period's [first, end) as moments on the city's clock."""
    first, end = (datetime.combine(day, time(), CITY_ZONE) for day in (period.first, period.end))
    return first, end


def civil_minute(moment: datetime) -> int:
    """The civil minute of a moment, as facts keep it."""
    return int(moment.timestamp()) // 60 + 480


def _by_object(counts: Counts, question: Question, snapshot: Snapshot) -> dict[tuple[str, ...], Counter[str]]:
    """Counts by (period, object codes…)."""
    kinds = kinds_of(question.by)
    columns = list(dict.fromkeys(kind.column for kind in kinds))
    periods = months_of(question.period, starts_on=question.starts_on) if question.months else (question.period,)
    names: dict[Key, tuple[str, ...]] = {}
    found: dict[tuple[str, ...], Counter[str]] = {}
    for (bucket, *key), numbers in counts.items():
        name = names.get(tuple(key))
        if name is None:
            name = names[tuple(key)] = tuple(
                object_of(kind, key[columns.index(kind.column)], snapshot.places, snapshot.codes, question.laid)
                for kind in kinds
            )
        whole = (periods[int(bucket)].name, *name)
        into = found.get(whole)
        if into is None:
            into = found[whole] = Counter()
        for count, number in numbers.items():
            into[count] += number
    return found


def _row(
    name: tuple[str, ...],
    question: Question,
    asked: list[Indicator],
    known: Mapping[str, Indicator],
    counts: Counter[str],
    out: Counter[str],
    bands: Mapping[str, tuple[ScoreBand, ...]],
) -> Row:
    def count_of(count: str) -> int | None:
        statements = known[count].counted
        if statements in ("outside", "unknown"):
            return question.outside.get(count, {}).get(name[1:])
        return counts[count]

    classes = question.band_classes.get(name[1] if len(name) > 1 else "", FIRST_CLASS)
    figures = {
        each.id: figure(
            each, count_of, left_out=lambda count: out[count], indicators=known, bands=bands, band_classes=classes
        )
        for each in asked
    }
    return Row(name[0], dict(zip(question.by, name[1:], strict=True)), figures)


FIRST_CLASS = {"area_filed_per_grid": "area_class_1_filed_per_grid"}


def bands_on(overlay: Path | None, day: date) -> dict[str, tuple[ScoreBand, ...]]:
    """Every band table as in force on a day, by name."""
    bands: dict[str, list[ScoreBand]] = {}
    for band in load_tables(overlay, on=day).score_bands:
        bands.setdefault(band.band_table, []).append(band)
    return {name: tuple(rows) for name, rows in bands.items()}


def edition_of(indicators: list[Indicator]) -> str:
    """The SM3 of what the definitions say: the name of the rule edition a figure was made by."""
    told = [[e.id, e.kind, e.counted, e.formula, list(e.treatment), e.missing, e.digits] for e in indicators]
    return hashlib.new("sm3", orjson.dumps(sorted(told))).hexdigest()


def cases_behind(
    count: str,
    question: Question,
    row: Row,
    *,
    snapshot: Snapshot,
    engine: str = "duckdb",
    overlay: Path | None = None,
) -> Iterator[tuple[int, int, int]]:
    """(case, step, sign) of everything that makes up one count of a row; the signs add up to it."""
    single, keys = _single(count, question, row, snapshot, overlay)
    yield from _engine(engine).cases_of(snapshot, single, keys)


def marks_behind(
    count: str,
    question: Question,
    row: Row,
    *,
    snapshot: Snapshot,
    engine: str = "duckdb",
    overlay: Path | None = None,
    skip: int = 0,
    most: int,
) -> Netted:
    """What remains of the steps behind one count of a row, case by case, and ``most`` of them after ``skip``."""
    single, keys = _single(count, question, row, snapshot, overlay)
    whole = dict(_alike(question, snapshot))
    if whole and any(term.window is Window.STANDING for term in terms_of(count, single.counted[count])):
        # one key an object: what stands is found for all of them together
        single = replace(single, alike=tuple(whole.items()))
        keys = [
            sorted({whole[int(each)] for each in of}) if column == "place" else of
            for column, of in zip(single.keys, keys, strict=True)
        ]
    return _engine(engine).marks(snapshot, single, keys, skip=skip, most=most)


def _single(
    count: str, question: Question, row: Row, snapshot: Snapshot, overlay: Path | None
) -> tuple[Request, list[list[int | str]]]:
    """The request of one count in the row's period, and the keys that stand for the row's objects."""
    known = indicators_on(overlay, question.period.end - timedelta(days=1))
    request, kinds = _request(question, {count: known[count].counted})
    period = next(each for each in request.periods if each.name == row.period)
    single = Request(request.counted, (period,), request.keys, request.known_until)
    keys: list[list[int | str]] = []
    for column in request.keys:
        wanted = [kind for kind in kinds if kind.column == column]
        candidates: list[int | str] = list(snapshot.places if column == "place" else snapshot.codes)
        if column == "source":
            candidates = sorted({what.source for what in snapshot.whats.values()})
        keys.append(
            [
                key
                for key in candidates
                if all(
                    object_of(kind, key, snapshot.places, snapshot.codes, question.laid) == row.objects[kind.kind]
                    for kind in wanted
                )
            ]
        )
    return single, keys


def _engine(name: str) -> Engine:
    """Brought in only where something is counted: a web process that shows published figures needs no engine."""
    from wangge.domains.evaluation.engines import engine_of

    return engine_of(name)


def counts_of_figure(indicator: Indicator) -> tuple[str, ...]:
    """The counts a figure is made of, numerator first."""
    if indicator.kind == "count":
        return (indicator.id,)
    return tuple(dict.fromkeys(parse_formula(indicator.formula).words))


def _definition(indicator: Indicator) -> dict[str, Any]:
    return {
        "id": indicator.id,
        "kind": indicator.kind,
        "name_zh": indicator.name_zh,
        "formula": indicator.formula,
        "counted": indicator.counted,
        "treatment": list(indicator.treatment),
        "missing": indicator.missing,
        "source": indicator.source,
        "confidence": indicator.confidence,
    }


def _plain(found: Figure) -> dict[str, Any]:
    told: dict[str, Any] = {"value": None if found.value is None else str(found.value)}
    if found.denominator is not None:
        told |= {"numerator": found.numerator, "denominator": found.denominator}
    if found.left_out:
        told["left_out"] = found.left_out
    if found.beyond:
        told["beyond"] = True
    if found.parts:
        told["parts"] = [
            {"weight": str(part.weight), "of": part.value, "score": None if score is None else str(score)}
            for part, score in found.parts
        ]
    return told

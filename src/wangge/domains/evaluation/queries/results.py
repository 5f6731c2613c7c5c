"""Questions to frozen results: the published ones, their computation again, and the cases behind their figures."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from wangge.domains.evaluation.evaluating import Question, Row, counts_of_figure, indicators_on, marks_behind
from wangge.domains.evaluation.logic.counting_request import Netted
from wangge.domains.evaluation.models import MonthStep, Result
from wangge.domains.evaluation.operations.results import question_of
from wangge.domains.evaluation.snapshots import CASES, STEPS, Snapshot, of_id
from wangge.standards.measures import Indicator

if TYPE_CHECKING:
    # A process brings DuckDB in with its first look behind a figure.
    import duckdb


class NoSuchResult(LookupError):
    """No result of this id; the text says what there is."""


class NoSuchFigure(LookupError):
    """The result has no such figure; the text says how to name one."""


def result_of(name: str) -> Result:
    """The result of an id; ``2024-03`` is the month's newest one."""
    found = Result.objects.filter(id=name).first() or newest_of_month(name)
    if found is None:
        raise NoSuchResult(f"没有编号为 {name} 的结果：月度结果形如 M2024-03-1，或写月份取最新一版。")
    return found


def newest_of_month(period: str) -> Result | None:
    """The month's newest issue, published or not."""
    return Result.objects.filter(kind="month", period=period).order_by("-issue").first()


def published_results() -> list[Result]:
    """Every published issue without its content, newest month first and its newest issue first; one statement."""
    published = MonthStep.objects.filter(verb__in=["publish", "reissue"]).values("result_id")
    return list(Result.objects.filter(id__in=published).defer("content", "question").order_by("-period", "-issue"))


def published_result(name: str) -> Result | None:
    """The published result of an id, whole; None for a draft as for none; one statement."""
    published = MonthStep.objects.filter(verb__in=["publish", "reissue"], result_id=name).values("result_id")
    return Result.objects.filter(id__in=published).first()


def published_months(*, whole: bool = True) -> list[Result]:
    """The newest published issue of every month, newest month first; without its content unless ``whole``."""
    ids = MonthStep.objects.filter(verb__in=["publish", "reissue"]).values_list("period", "result_id", "seq")
    newest: dict[str, tuple[int, str]] = {}
    for period, result_id, seq in ids:
        newest[period] = max(newest.get(period, (0, "")), (seq, result_id))
    found = Result.objects.filter(id__in=[name for _seq, name in newest.values()]).order_by("-period")
    return list(found if whole else found.defer("content", "question"))


def scores_over_time(kind: str, code: str, *, months: int) -> list[tuple[str, str | None, int | None]]:
    """(month, total, rank) of an object in the last published months, newest first.

    Contents are large and frozen: each is opened once a process.
    """
    newest = published_months(whole=False)[:months]
    missing = [each.id for each in newest if (each.id, bytes(each.sm3)) not in _scores]
    for result in Result.objects.filter(id__in=missing) if missing else ():
        if len(_scores) >= _MOST_EXPLAINED:
            _scores.pop(next(iter(_scores)))
        _scores[result.id, bytes(result.sm3)] = {
            (of, each["code"]): (each["total"], each["rank"])
            for of, scores in content_of(result).get("scores", {}).items()
            for each in scores
        }
    told = ((each.period, _scores.get((each.id, bytes(each.sm3)), {}).get((kind, code))) for each in newest)
    return [(period, *score) for period, score in told if score is not None]


_scores: dict[tuple[str, bytes], dict[tuple[str, str], tuple[str | None, int | None]]] = {}


def content_of(result: Result) -> dict[str, Any]:
    """The frozen content; not to be changed: it is read once a process."""
    key = result.id, hash(result.content)
    found = _contents.get(key)
    if found is None:
        while len(_contents) >= _MOST_CONTENTS:
            _contents.pop(next(iter(_contents)), None)
        found = _contents[key] = orjson.loads(result.content)
    return found


_contents: dict[tuple[str, int], dict[str, Any]] = {}
_MOST_CONTENTS = 6


def is_sealed(result: Result) -> bool:
    """Whether the content still has its SM3."""
    return hashlib.new("sm3", result.content.encode()).digest() == bytes(result.sm3)


def explain(
    result: Result, figure: str, *, root: Path, overlay: Path | None, engine: str = "duckdb", most: int = 1000
) -> dict[str, Any]:
    """A figure of a result down to its counts, cases and the steps that decided.

    ``figure`` is ``INDICATOR``, or ``KIND=CODE,…/INDICATOR``, with ``PERIOD/`` in front where months stand apart.
    """
    snapshot = of_id(root, result.snapshot)
    snapshot.paths(STEPS)  # a changed file is refused, whether or not the answer is remembered
    key = (result.id, bytes(result.sm3), figure, engine, most)
    found = _explained.get(key)
    if found is None:
        if len(_explained) >= _MOST_EXPLAINED:
            _explained.pop(next(iter(_explained)))
        found = _explained[key] = _explain(result, figure, snapshot, overlay, engine, most)
    return found


_explained: dict[tuple[Any, ...], dict[str, Any]] = {}
_MOST_EXPLAINED = 500
"""Results are frozen, so what stands behind their figures is asked once a process."""


def _explain(
    result: Result, figure: str, snapshot: Snapshot, overlay: Path | None, engine: str, most: int
) -> dict[str, Any]:
    question, row, definitions = _opened(result, figure, overlay)
    name = figure.rpartition("/")[2]
    indicator = definitions[name]
    wanted = Row(row["period"], row["objects"], {})
    marks = {
        count: marks_behind(count, question, wanted, snapshot=snapshot, engine=engine, overlay=overlay, most=most)
        for count in counts_of_figure(indicator)
    }
    steps = _told(snapshot, marks)
    counts = [
        {
            "count": count,
            "counted": definitions[count].counted if count in definitions else "",
            "number": of.number,
            "marks": of.steps,
            "steps": steps[count],
        }
        for count, of in marks.items()
    ]
    return {
        "result": result.id,
        "snapshot": result.snapshot,
        "edition": result.edition,
        "period": row["period"],
        "objects": row["objects"],
        "indicator": name,
        "name_zh": indicator.name_zh,
        "formula": indicator.formula,
        "figure": row["figures"][name],
        "counts": counts,
    }


def _opened(
    result: Result, figure: str, overlay: Path | None
) -> tuple[Question, Mapping[str, Any], Mapping[str, Indicator]]:
    """The question that a figure answers, the row it stands in, and the definitions of its day."""
    question, content = question_of(result.question), content_of(result)
    *named, name = figure.split("/")
    rows = content["rows"]
    further = {"department": content.get("departments", ()), **content.get("themes", {})}
    for kind, of in further.items():
        if any(part.startswith(f"{kind}=") for part in named):
            rows, question = of, replace(question, by=(kind,), outside={})
    return question, _row_named(rows, named, name), indicators_on(overlay, question.period.end - timedelta(days=1))


def steps_behind(
    result: Result, figure: str, count: str, *, root: Path, overlay: Path | None, skip: int, most: int
) -> tuple[int, list[dict[str, Any]]]:
    """How many steps make up one count of a figure, and ``most`` of them after ``skip``, by case.

    Raises ``NoSuchFigure`` for a count that the figure is not made of.
    """
    question, row, definitions = _opened(result, figure, overlay)
    if count not in counts_of_figure(definitions[figure.rpartition("/")[2]]):
        raise NoSuchFigure(f"“{figure}”不由 {count} 组成。")
    snapshot, wanted = of_id(root, result.snapshot), Row(row["period"], row["objects"], {})
    found = marks_behind(count, question, wanted, snapshot=snapshot, overlay=overlay, skip=skip, most=most)
    return found.steps, _told(snapshot, {count: found})[count]


def _told(snapshot: Snapshot, marks: Mapping[str, Netted]) -> dict[str, list[dict[str, Any]]]:
    """The steps of some counts with the numbers of their cases; one look into the cases for all of them."""
    cases = sorted({row[0] for of in marks.values() for row in of.rows})
    numbers: dict[int, str] = {}
    if cases:
        with _link().cursor() as link:
            asked = f'SELECT "case", number FROM read_parquet(?) WHERE "case" IN ({", ".join(map(str, cases))})'
            numbers = dict(link.execute(asked, [snapshot.paths(CASES)]).fetchall())
    return {
        count: sorted(
            (
                {
                    "case": numbers[case], "step": seq, "verb": snapshot.whats[what].verb, "at": civil_text(at),
                    "sign": sign, "count": count, "side": "+",
                }
                for case, seq, sign, what, at in of.rows
            ),
            key=lambda each: (each["case"], each["step"]),
        )
        for count, of in marks.items()
    }  # fmt: skip


def _row_named(rows: Sequence[Mapping[str, Any]], named: Sequence[str], indicator: str) -> Mapping[str, Any]:
    objects = dict(pair.split("=", 1) for part in named if "=" in part for pair in part.split(","))
    periods = [part for part in named if "=" not in part]
    fitting = [
        row
        for row in rows
        if all(row["objects"].get(kind) == code for kind, code in objects.items())
        and (not periods or row["period"] == periods[0])
        and indicator in row["figures"]
    ]
    if len(fitting) != 1:
        raise NoSuchFigure(
            f"“{'/'.join((*named, indicator))}”对应 {len(fitting)} 个数：写作 指标、对象=代码/指标 或 "
            "期间/对象=代码/指标，例如 district=430202/close_rate。"
        )
    return fitting[0]


def told_steps(snapshot: Snapshot, marks: Sequence[tuple[int, int, int, str, str]]) -> list[dict[str, Any]]:
    """Netted (case, step, sign, count, side) with number, verb and moment of the step."""
    if not marks:
        return []
    import pyarrow as pa

    with _link().cursor() as link:
        pairs = sorted({(mark[0], mark[1]) for mark in marks})
        asked = pa.table({"case": [pair[0] for pair in pairs], "seq": [pair[1] for pair in pairs]})
        link.register("asked", asked)
        rows = link.execute(
            'SELECT s."case", s.seq, c.number, s.what, s.at FROM read_parquet(?) s JOIN asked USING ("case", seq)'
            ' JOIN read_parquet(?) c ON c."case" = s."case"',
            [snapshot.paths(STEPS), snapshot.paths(CASES)],
        ).fetchall()
    known: dict[tuple[int, int], tuple[str, int, int]] = {(row[0], row[1]): (row[2], row[3], row[4]) for row in rows}
    told = []
    for case, seq, sign, count, side in marks:
        number, what, at = known[case, seq]
        told.append(
            {
                "case": number, "step": seq, "verb": snapshot.whats[what].verb, "at": civil_text(at), "sign": sign,
                "count": count, "side": side,
            }
        )  # fmt: skip
    return sorted(told, key=lambda each: (each["case"], each["step"]))


@cache
def _link() -> duckdb.DuckDBPyConnection:
    """One database in memory for the process: it remembers the heads of the files; each question has its own cursor."""
    import duckdb

    link = duckdb.connect()
    link.execute("SET parquet_metadata_cache = true")
    return link


def civil_text(minute: int) -> str:
    """A civil minute as a moment of the city's clock."""
    return (datetime(1970, 1, 1) + timedelta(minutes=minute)).isoformat(timespec="minutes")  # noqa: DTZ001

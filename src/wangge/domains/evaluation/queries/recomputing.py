"""A frozen result computed again: from its own snapshot, or from the newest one; every difference with its cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from wangge.domains.evaluation.evaluating import Question, Row, cases_behind, counts_of_figure, evaluate, indicators_on
from wangge.domains.evaluation.logic.bulletins import SHOWN
from wangge.domains.evaluation.logic.what_if import Wish
from wangge.domains.evaluation.models import Result
from wangge.domains.evaluation.operations.results import question_of
from wangge.domains.evaluation.queries.results import content_of, is_sealed, told_steps
from wangge.domains.evaluation.queries.what_if import setup_of, what_if
from wangge.domains.evaluation.snapshots import Snapshot, latest, of_id


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure that comes out otherwise, with the cases that make the difference."""

    period: str
    objects: Mapping[str, str]
    indicator: str
    frozen: Any
    computed: Any
    cases: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class ScoreDifference:
    """A score of a month that does not follow from its frozen figures by the scheme: (total, rank) twice."""

    object: str
    code: str
    frozen: tuple[str | None, int | None]
    computed: tuple[str | None, int | None]


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What came out when a result was computed again."""

    sealed: bool
    edition_changed: bool
    snapshot: str
    differences: tuple[Difference, ...]
    scores: tuple[ScoreDifference, ...] = ()

    @property
    def equal(self) -> bool:
        return self.sealed and not self.differences and not self.scores


def recompute(
    result: Result, *, root: Path, overlay: Path | None, engine: str = "duckdb", with_latest: bool = False
) -> Recomputed:
    """Compute every figure of a result again, of a month also each unit's, and score by score what follows of them."""
    question, content = question_of(result.question), content_of(result)
    own = of_id(root, result.snapshot)
    snapshot = latest(root) if with_latest else own
    asked = [(question, content["rows"])]
    if "departments" in content:
        asked.append((replace(question, by=("department",), outside={}), content["departments"]))
    for kind, rows in content.get("themes", {}).items():
        asked.append((replace(question, by=(kind,), indicators=SHOWN, outside={}, band_classes={}), rows))
    differences: list[Difference] = []
    edition = ""
    for each, frozen in asked:
        answer = evaluate(each, snapshot=snapshot, engine=engine, overlay=overlay)
        edition = edition or answer.edition
        now = {_key(row): row["figures"] for row in answer.content()["rows"]}
        differences += _differences(each, frozen, now, own, snapshot, engine, overlay)
    scores = tuple(_score_differences(result, overlay)) if "scores" in content else ()
    return Recomputed(is_sealed(result), edition != result.edition, snapshot.id, tuple(differences), scores)


def _key(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (row["period"], *row["objects"].values())


def _differences(
    question: Question,
    rows: Sequence[Mapping[str, Any]],
    now: Mapping[tuple[str, ...], Mapping[str, Any]],
    own: Snapshot,
    snapshot: Snapshot,
    engine: str,
    overlay: Path | None,
) -> Iterator[Difference]:
    frozen = {_key(row): row["figures"] for row in rows}
    for key in sorted(frozen.keys() | now.keys()):
        old, new = frozen.get(key, {}), now.get(key, {})
        for name in sorted(old.keys() | new.keys()):
            if old.get(name) != new.get(name):
                row = Row(key[0], dict(zip(question.by, key[1:], strict=True)), {})
                told = _differing_cases(name, question, row, own, snapshot, engine, overlay)
                yield Difference(key[0], row.objects, name, old.get(name), new.get(name), told)


def _score_differences(result: Result, overlay: Path | None) -> Iterator[ScoreDifference]:
    """The frozen scores beside those that the frozen parts give by the scheme of the period's last day."""
    for kind in content_of(result)["scores"]:
        for each in what_if(result, kind, setup_of(result, kind, overlay), Wish()).objects:
            pairs = [
                (None if place.total is None else str(place.total), place.rank) for place in (each.before, each.after)
            ]
            if pairs[0] != pairs[1]:
                yield ScoreDifference(kind, each.code, pairs[0], pairs[1])


def _differing_cases(
    name: str, question: Question, row: Row, old: Snapshot, new: Snapshot, engine: str, overlay: Path | None
) -> tuple[dict[str, Any], ...]:
    """The steps that count in one snapshot and not in the other."""
    if old.id == new.id:
        return ()
    indicator = indicators_on(overlay, question.period.end - timedelta(days=1))[name]
    found: list[dict[str, Any]] = []
    for count in counts_of_figure(indicator):
        before = Counter(cases_behind(count, question, row, snapshot=old, engine=engine, overlay=overlay))
        after = Counter(cases_behind(count, question, row, snapshot=new, engine=engine, overlay=overlay))
        marks = [(*mark, count, "+") for mark in (after - before)] + [(*mark, count, "-") for mark in (before - after)]
        found += told_steps(new, marks)
    return tuple(found)

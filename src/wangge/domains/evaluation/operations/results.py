"""Freezes results: the answer with everything needed to compute it again, sealed by SM3, never changed after."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version
from typing import Any

import orjson

from wangge.domains.evaluation.evaluating import Answer, Question
from wangge.domains.evaluation.logic.periods import Period
from wangge.domains.evaluation.models import Result
from wangge.domains.organizations.logic import Actor


def question_plain(question: Question) -> dict[str, Any]:
    """A question as it is kept with its result."""
    period = question.period
    return {
        "period": [period.name, str(period.first), str(period.end)],
        "by": list(question.by),
        "indicators": list(question.indicators),
        "months": question.months,
        "starts_on": question.starts_on,
        "as_of": question.as_of.isoformat() if question.as_of else None,
        "laid": {kind: dict(over) for kind, over in question.laid.items()},
        "outside": {count: [[*key, number] for key, number in of.items()] for count, of in question.outside.items()},
        "band_classes": {code: dict(classes) for code, classes in question.band_classes.items()},
    }


def question_of(told: Mapping[str, Any]) -> Question:
    """The question a result was computed for."""
    name, first, end = told["period"]
    return Question(
        period=Period(date.fromisoformat(first), date.fromisoformat(end), name),
        by=tuple(told["by"]),
        indicators=tuple(told["indicators"]),
        months=told["months"],
        starts_on=told["starts_on"],
        as_of=datetime.fromisoformat(told["as_of"]) if told["as_of"] else None,
        laid=told["laid"],
        outside={count: {tuple(row[:-1]): row[-1] for row in rows} for count, rows in told["outside"].items()},
        band_classes=told["band_classes"],
    )


@dataclass(frozen=True, slots=True)
class Frozen:
    """What a result is frozen with besides its answer."""

    kind: str
    engine: str
    at: datetime
    by: Actor
    content: Mapping[str, Any]
    issue: int = 1
    replaces: str = ""
    change_note: str = ""


def freeze_result(*, answer: Answer, frozen: Frozen) -> Result:
    """Keep a result for good."""
    data = orjson.dumps(frozen.content, option=orjson.OPT_SORT_KEYS)
    seal = hashlib.new("sm3", data).digest()
    period = answer.question.period.name
    name = f"M{period}-{frozen.issue}"
    if frozen.kind == "asked":
        told = f"{frozen.at.isoformat()} {frozen.engine} {orjson.dumps(question_plain(answer.question)).decode()}"
        name = hashlib.new("sm3", seal + told.encode()).hexdigest()[:16]
    return Result.objects.create(
        id=name,
        kind=frozen.kind,
        period=period,
        issue=frozen.issue,
        replaces=frozen.replaces,
        change_note=frozen.change_note,
        question=question_plain(answer.question),
        snapshot=answer.snapshot,
        edition=answer.edition,
        software=version("wangge"),
        engine=frozen.engine,
        computed_at=frozen.at,
        person_id=frozen.by.person_id,
        content=data.decode(),
        sm3=seal,
    )

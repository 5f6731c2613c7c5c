"""Owns the training of suggestions from the city's own cases: learned, measured and kept in one go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from wangge.domains.cases.logic.suggesting import (
    WIDTH,
    Floats,
    Measured,
    Rows,
    counted,
    echoes_of,
    learned,
    likeness_of,
    measured,
    rarity_of,
    rows_of,
)
from wangge.domains.cases.queries.taught import examples
from wangge.domains.cases.suggestion_files import keep
from wangge.domains.organizations.policies import Refused

MOST_CASES = 4000
LEAST_EACH = 5
LEAST_CASES = 50


class TooFewCases(Refused):
    """There are not enough cases to learn from."""


def train(*, directory: Path, at: datetime, software: str, edition: str, most: int = MOST_CASES) -> dict[str, Any]:
    """Learn from the newest cases of every class; the manifest of the model. Raises TooFewCases.

    ``edition``: of the classes that are learned.
    """
    taught = examples(most=most)
    if len(taught) < LEAST_CASES:
        raise TooFewCases(f"{len(taught)} < {LEAST_CASES}")
    texts = [counted(each.words) for each in taught]
    rarity = rarity_of(texts)
    rows = rows_of(texts, rarity)
    likeness = likeness_of(rows)
    classes, class_names, class_measure = _labelled(rows, likeness, [each.category for each in taught])
    owners, owner_names, owner_measure = _labelled(rows, likeness, [each.owner for each in taught])
    echoes = echoes_of(rows)
    manifest = {
        "edition": f"{at:%Y%m%dT%H%M%S}", "made_at": at.isoformat(), "software": software, "classes_of": edition,
        "cases": len(taught), "classes": class_names, "owners": owner_names,
        "measured": {"classes": _told(class_measure), "owners": _told(owner_measure)},
        "cases_known": [each.number for each in taught],
    }  # fmt: skip
    arrays = {
        "rarity": rarity, "classes": classes, "owners": owners, "edges": echoes.edges, "numbers": echoes.numbers,
        "values": echoes.values,
    }  # fmt: skip
    keep(directory, manifest, arrays)
    return manifest


def _labelled(rows: Rows, likeness: Floats, labels: Sequence[str]) -> tuple[Floats, list[str], Measured | None]:
    """(weights, names, measure) of the labels that enough cases have."""
    numbers = Counter(labels)
    names = sorted(name for name, number in numbers.items() if name and number >= LEAST_EACH)
    if len(names) < 2:
        return np.zeros((WIDTH, 0), dtype=np.float32), [], None
    place = {name: index for index, name in enumerate(names)}
    among = np.array([index for index, label in enumerate(labels) if label in place], dtype=np.int64)
    known = np.array([place[labels[index]] for index in among], dtype=np.int64)
    alike = likeness[np.ix_(among, among)]
    chosen = _chosen(rows, among)
    return learned(chosen, alike, known, len(names)), names, measured(alike, known, len(names))


def _chosen(rows: Rows, among: Any) -> Rows:
    parts = [rows.row(int(number)) for number in among]
    starts = np.cumsum([0, *(len(places) for places, _values in parts)]).astype(np.int64)
    return Rows(starts, np.concatenate([places for places, _v in parts]), np.concatenate([v for _p, v in parts]))


def _told(found: Measured | None) -> dict[str, Any] | None:
    return None if found is None else {key: _rounded(value) for key, value in asdict(found).items()}


def _rounded(value: float) -> float:
    return round(value, 4) if isinstance(value, float) else value

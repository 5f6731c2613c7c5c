"""What the trained model suggests for words: the likeliest classes and owners, and cases that say the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from wangge.domains.cases.logic.suggesting import TOP, Floats, counted, likest, scores_of, weighed
from wangge.domains.cases.queries.taught import seen_among, told_since
from wangge.domains.cases.suggestion_files import Model, current
from wangge.domains.organizations.logic import Actor

MOST_ECHOES = 5
LOOKED_AT = 40
SINCE_TRAINING = 200
LEAST_LIKE = 0.15


@dataclass(frozen=True, slots=True)
class Echo:
    """A case that may be about the same."""

    number: str
    likeness: float
    category: str
    stage: str
    reported_at: datetime
    description: str


@dataclass(frozen=True, slots=True)
class Suggested:
    """The suggestions with what is known of the model that made them."""

    manifest: Mapping[str, Any]
    classes: Sequence[str]
    owners: Sequence[str]
    echoes: Sequence[Echo]


def suggest(*, words: str, by: Actor, directory: Path) -> Suggested | None:
    """Suggestions for words; None before the first training, or where nothing is said. Two statements."""
    model = current(directory)
    if model is None or not words.strip():
        return None
    return Suggested(
        model.manifest,
        _best(scores_of(words, model.rarity, model.classes), model.manifest["classes"]),
        _best(scores_of(words, model.rarity, model.owners), model.manifest["owners"]),
        _echoes(words, model, by),
    )


def _best(scores: Floats, names: Sequence[str]) -> list[str]:
    return [names[int(number)] for number in np.argsort(-scores, kind="stable")[:TOP]]


def _echoes(words: str, model: Model, by: Actor) -> list[Echo]:
    """The likest of the cases the model knows and of the newest since it was trained, as far as the person sees."""
    text = weighed(counted(words), model.rarity)
    known = model.manifest["cases_known"]
    found = {known[number]: likeness for number, likeness in likest(text, model.echoes, most=LOOKED_AT)}
    dense = np.zeros(len(model.rarity), dtype=np.float32)
    dense[text[0]] = text[1]
    for number, said in told_since(model.made_at, most=SINCE_TRAINING):
        places, values = weighed(counted(said), model.rarity)
        found[number] = float(values @ dense[places])
    likely = sorted((each for each in found.items() if each[1] >= LEAST_LIKE), key=lambda each: (-each[1], each[0]))
    seen = seen_among([number for number, _likeness in likely[:LOOKED_AT]], by=by)
    return [
        Echo(number, round(likeness, 3), **seen[number]) for number, likeness in likely[:LOOKED_AT] if number in seen
    ][:MOST_ECHOES]

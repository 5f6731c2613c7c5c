"""Owns the suggestion of class and owner from words, and which earlier words are about the same: one linear model.

A text is a row of ``WIDTH`` numbers: one- and two-character pieces, hashed with a sign, weighed by how rare they are.
Classes are learned by ridge regression in closed form: the same cases give the same model, no chance is in it. How good
it is, is measured by folds: each case is judged by a model that never saw it.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

WIDTH = 1 << 15
TITLE_WEIGHT = 4.0
LONGEST = 600
RIDGE = 0.5
FOLDS = 5
TOP = 3
_BLOCK = 2048
Floats = NDArray[np.float32]
Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rows:
    """Texts as sparse rows: row ``n`` has ``values[starts[n]:starts[n + 1]]`` at ``places``."""

    starts: Indices
    places: Indices
    values: Floats

    def __len__(self) -> int:
        return len(self.starts) - 1

    def row(self, number: int) -> tuple[Indices, Floats]:
        """Places and values of one row."""
        span = slice(int(self.starts[number]), int(self.starts[number + 1]))
        return self.places[span], self.values[span]


@dataclass(frozen=True, slots=True)
class Measured:
    """How good a model is, by folds: shares of cases whose label was named first, or among the first three."""

    cases: int
    labels: int
    first: float
    among_three: float
    macro_f1: float


def counted(text: str) -> tuple[Indices, Floats]:
    """Places and weights of one text, its first line counting more where there are several; not yet weighed."""
    title, _line, rest = text.strip().partition("\n")
    pieces: dict[str, float] = {}
    for part, weight in ((title, TITLE_WEIGHT if rest else 1.0), (rest, 1.0)):
        plain = "".join(part.split())[:LONGEST].lower()
        for piece in (*plain, *(first + second for first, second in pairwise(plain))):
            pieces[piece] = pieces.get(piece, 0.0) + weight
    found: dict[int, float] = {}
    for piece, weight in pieces.items():
        hashed = zlib.crc32(piece.encode("utf-8", "replace"))
        sign = 1.0 if hashed & 0x8000_0000 else -1.0
        found[hashed % WIDTH] = found.get(hashed % WIDTH, 0.0) + sign * (1.0 + math.log(weight))
    return np.fromiter(found, dtype=np.int64, count=len(found)), np.fromiter(found.values(), np.float32, len(found))


def rarity_of(texts: Sequence[tuple[Indices, Floats]]) -> Floats:
    """How much each place tells: the rarer among the texts, the more."""
    seen = np.zeros(WIDTH, dtype=np.float64)
    for places, _values in texts:
        seen[places] += 1
    weights: Floats = (np.log((1 + len(texts)) / (1 + seen)) + 1).astype(np.float32)
    return weights


def weighed(text: tuple[Indices, Floats], rarity: Floats) -> tuple[Indices, Floats]:
    """A text of length one."""
    places, values = text
    told = values * rarity[places]
    length = float(np.linalg.norm(told)) or 1.0
    return places, (told / length).astype(np.float32)


def rows_of(texts: Sequence[tuple[Indices, Floats]], rarity: Floats) -> Rows:
    """The texts as sparse rows."""
    made = [weighed(text, rarity) for text in texts]
    starts = np.cumsum([0, *(len(places) for places, _values in made)]).astype(np.int64)
    empty = (np.zeros(0, np.int64), np.zeros(0, np.float32))
    places, values = zip(*made, strict=True) if made else ((empty[0],), (empty[1],))
    return Rows(starts, np.concatenate(places), np.concatenate(values))


def likeness_of(rows: Rows) -> Floats:
    """Every text against every other (cosines), in blocks of places so that no full table is ever held."""
    count = len(rows)
    found: Floats = np.zeros((count, count), dtype=np.float32)
    numbers = np.repeat(np.arange(count), np.diff(rows.starts))
    order = np.argsort(rows.places, kind="stable")
    places, values, numbers = rows.places[order], rows.values[order], numbers[order]
    edges = np.searchsorted(places, np.arange(0, WIDTH + 1, _BLOCK))
    for start, (first, last) in zip(range(0, WIDTH, _BLOCK), pairwise(edges), strict=True):
        block = np.zeros((count, _BLOCK), dtype=np.float32)
        block[numbers[first:last], places[first:last] - start] = values[first:last]
        found += block @ block.T
    return found


def learned(rows: Rows, likeness: Floats, labels: NDArray[np.int64], count: int) -> Floats:
    """The weights ``WIDTH`` x labels."""
    duals = _duals(likeness, labels, count)
    weights: Floats = np.zeros((WIDTH, count), dtype=np.float32)
    for number in range(len(rows)):
        places, values = rows.row(number)
        weights[places] += np.outer(values, duals[number])
    return weights


def _duals(likeness: Floats, labels: NDArray[np.int64], count: int) -> Floats:
    target = np.where(np.arange(count)[None, :] == labels[:, None], 1.0, -1.0)
    ridged = likeness.astype(np.float64) + RIDGE * np.eye(len(labels))
    found: Floats = np.linalg.solve(ridged, target - target.mean(axis=0)).astype(np.float32)
    return found


def measured(likeness: Floats, labels: NDArray[np.int64], count: int) -> Measured:
    """By folds: the cases of each label are dealt out in turn, in the order they come."""
    fold = np.zeros(len(labels), dtype=np.int64)
    for label in range(count):
        of_label = np.flatnonzero(labels == label)
        fold[of_label] = (np.arange(len(of_label)) + label) % FOLDS
    ranks = np.zeros((len(labels), count), dtype=np.float32)
    for number in range(FOLDS):
        known, asked = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        if len(known) and len(asked):
            ranks[asked] = likeness[np.ix_(asked, known)] @ _duals(likeness[np.ix_(known, known)], labels[known], count)
    best = np.argsort(-ranks, axis=1, kind="stable")[:, :TOP]
    first = best[:, 0] == labels
    among = (best == labels[:, None]).any(axis=1)
    return Measured(len(labels), count, float(first.mean()), float(among.mean()), macro_f1(labels, best[:, 0]))


def macro_f1(truth: NDArray[Any], guess: NDArray[Any]) -> float:
    """The mean over labels of the harmonic mean of precision and recall."""
    scores = []
    for label in np.unique(truth):
        right = int(((truth == label) & (guess == label)).sum())
        wrong = int(((truth == label) != (guess == label)).sum())
        scores.append(2 * right / (2 * right + wrong))
    return float(np.mean(scores)) if scores else 0.0


def scores_of(text: str, rarity: Floats, weights: Floats) -> Floats:
    """What each label scores for a text; reads only the lines of the weights that the text touches."""
    places, values = weighed(counted(text), rarity)
    found: Floats = values @ weights[places]
    return found


@dataclass(frozen=True, slots=True)
class Echoes:
    """Earlier texts by place, so that the likest are found without reading all."""

    edges: Indices  # where the texts of each place begin
    numbers: NDArray[np.int32]
    values: Floats
    count: int


def echoes_of(rows: Rows) -> Echoes:
    """The rows turned by place."""
    numbers = np.repeat(np.arange(len(rows), dtype=np.int32), np.diff(rows.starts))
    order = np.argsort(rows.places, kind="stable")
    edges = np.searchsorted(rows.places[order], np.arange(WIDTH + 1)).astype(np.int64)
    return Echoes(edges, numbers[order], rows.values[order], len(rows))


def likest(text: tuple[Indices, Floats], echoes: Echoes, *, most: int) -> list[tuple[int, float]]:
    """(number, likeness) of the earlier texts most like a weighed one."""
    found = np.zeros(echoes.count, dtype=np.float32)
    for place, value in zip(*text, strict=True):
        span = slice(int(echoes.edges[place]), int(echoes.edges[place + 1]))
        found[echoes.numbers[span]] += value * echoes.values[span]
    best = np.argsort(-found, kind="stable")[:most]
    return [(int(number), float(found[number])) for number in best if found[number] > 0]

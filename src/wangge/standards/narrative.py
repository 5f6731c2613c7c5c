"""The sentences and terms of the published account, as data: our own wording, changed by a city's overlay."""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from pathlib import Path

DIRECTORY = Path(__file__).parent / "data" / "narrative"


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of the glossary (名词解释)."""

    term: str
    meaning: str


@functools.lru_cache(maxsize=16)
def sentences(overlay: Path | None = None) -> dict[str, str]:
    """Key → sentence with ``{slots}``; a city's ``narrative/sentences.csv`` replaces sentences by key."""
    return {row["key"]: row["text"] for row in _rows("sentences.csv", overlay)}


@functools.lru_cache(maxsize=16)
def terms(overlay: Path | None = None) -> tuple[Term, ...]:
    """The glossary in printed order; a city's file replaces meanings and adds terms."""
    found = {row["term"]: Term(row["term"], row["meaning"]) for row in _rows("terms.csv", overlay)}
    return tuple(found.values())


@functools.lru_cache(maxsize=16)
def template_fields(overlay: Path | None = None) -> dict[str, str]:
    """Field of a Word template → the figure it stands for; a city's file replaces fields and adds others."""
    return {row["field"]: row["figure"] for row in _rows("template_fields.csv", overlay)}


def _rows(file: str, overlay: Path | None) -> list[dict[str, str]]:
    paths = [DIRECTORY / file, *([overlay / "narrative" / file] if overlay else [])]
    rows: list[dict[str, str]] = []
    for path in paths:
        if path.is_file():
            with path.open(encoding="utf-8-sig", newline="") as opened:
                rows += [{name: cell or "" for name, cell in row.items()} for row in csv.DictReader(opened)]
    return rows

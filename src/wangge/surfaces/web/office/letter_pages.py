"""The page objects of letters of the public, as those who may read them see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wangge.surfaces.web.elements.forms import Form
from wangge.surfaces.web.elements.pieces import Fact, Figure, Photo
from wangge.surfaces.web.pages import Shell


@dataclass(frozen=True, slots=True)
class LetterLine:
    """One letter in the list."""

    number: int
    url: str
    kind: str
    words: str
    state: str
    due_at: datetime | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class LettersPage:
    """Letters this reader may read, open ones or answered ones."""

    shell: Shell
    heading: str
    tabs: tuple[Figure, ...]
    letters: tuple[LetterLine, ...]
    next_url: str = ""


@dataclass(frozen=True, slots=True)
class LetterEventLine:
    """One act on a letter."""

    at: datetime
    act: str
    who: str
    words: str


@dataclass(frozen=True, slots=True)
class LetterAct:
    """One thing that may be done now."""

    act: str
    label: str
    form: Form


@dataclass(frozen=True, slots=True)
class OneLetterPage:
    """One letter, its clocks, what may be done, what was done."""

    shell: Shell
    heading: str
    list_url: str
    state: str
    words: str
    facts: tuple[Fact, ...]
    clocks: tuple[tuple[str, datetime | None, bool], ...]  # label, due, late
    photos: tuple[Photo, ...]
    answer: str
    acts: tuple[LetterAct, ...]
    reveal: Form | None
    events: tuple[LetterEventLine, ...]
    lost: str = ""  # that an answer did not reach the writer

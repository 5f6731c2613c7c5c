"""The page objects of the duty leader's board 值班长: what waits for a word, and until when."""

from __future__ import annotations

from dataclasses import dataclass

from wangge.surfaces.web.elements.pieces import CaseRow, Figure, Photo, TimeLeft
from wangge.surfaces.web.pages import Shell


@dataclass(frozen=True, slots=True)
class LookForm:
    """Where the finding of a second look is sent, and which act it is about."""

    url: str
    act: str
    number: str


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A case with what waits on it, for whom, until when, and the paper it stands on."""

    line: CaseRow
    what: str
    turn: str = ""
    left: TimeLeft | None = None  # of this matter; none: the case's own
    papers: tuple[Photo, ...] = ()
    look: LookForm | None = None


@dataclass(frozen=True, slots=True)
class BoardSection:
    """One list of the board; ``late`` of its rows are past their moment."""

    key: str
    heading: str
    count: str
    late: int
    rows: tuple[BoardRow, ...]
    empty: str
    more_url: str = ""
    with_papers: bool = False


@dataclass(frozen=True, slots=True)
class BoardPage:
    """Everything that is not ordinary, on one page."""

    shell: Shell
    heading: str
    exceptions: tuple[Figure, ...]
    sections: tuple[BoardSection, ...]
    whole_url: str = ""  # back to the whole board, where one section is shown

"""The frozen pages of evaluation."""

from __future__ import annotations

from dataclasses import dataclass

from wangge.surfaces.web.pages import Shell


@dataclass(frozen=True, slots=True)
class MonthLine:
    """A month in the list: its state, the newest issue, who leads."""

    period: str
    url: str
    state: str
    issue: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class MonthsPage:
    """The months, newest first; the month that could be frozen next."""

    shell: Shell
    months: tuple[MonthLine, ...]
    freeze_url: str = ""
    empty_text: str = ""
    signs_url: str = ""
    checks_url: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure with the way to its trace; ``mark`` says in words what the colour says."""

    text: str
    url: str = ""
    made_of: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One object's score: rank, name, total, its parts."""

    rank: str
    name: str
    url: str
    total: str
    cells: tuple[Cell, ...]
    is_own: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class ScoreTable:
    """The scores of one kind of object."""

    caption: str
    columns: tuple[str, ...]
    lines: tuple[ScoreLine, ...]


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step the month has made."""

    label: str
    who: str
    at: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class StepButton:
    """A step that may be made now."""

    verb: str
    label: str
    needs_note: bool = False


@dataclass(frozen=True, slots=True)
class CasePhoto:
    """A picture of a case: the small copy, and where it is seen in full."""

    url: str
    thumbnail_url: str
    label: str


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case with the step that decided."""

    number: str
    url: str
    step: str
    at: str
    sign: str = ""
    where: str = ""
    responsible: str = ""
    photos: tuple[CasePhoto, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """What a re-issue changed."""

    name: str
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class MonthPage:
    """One month: its course, the scores, the exclusion list, what a re-issue changed."""

    shell: Shell
    period: str
    span: str
    state: str
    seal: str
    source: str
    steps: tuple[StepLine, ...]
    buttons: tuple[StepButton, ...]
    tables: tuple[ScoreTable, ...]
    exclusions: tuple[CaseLine, ...]
    changes: tuple[ChangeLine, ...] = ()
    change_note: str = ""
    step_url: str = ""
    what_if_url: str = ""
    appeals_url: str = ""
    checks_url: str = ""
    grids_url: str = ""


@dataclass(frozen=True, slots=True)
class PartLine:
    """A part of a score: value, weight, points, points lost."""

    name: str
    value: Cell
    weight: str
    points: str
    lost: str


@dataclass(frozen=True, slots=True)
class CaseGroup:
    """Cases that cost points."""

    title: str
    lines: tuple[CaseLine, ...]
    more: str = ""
    all_url: str = ""  # the trace of the count


@dataclass(frozen=True, slots=True)
class ObjectPage:
    """One district's or unit's paper before the meeting."""

    shell: Shell
    heading: str
    period: str
    rank: str
    total: str
    advice: str
    parts: tuple[PartLine, ...]
    figures: tuple[tuple[str, Cell], ...]
    groups: tuple[CaseGroup, ...]
    back_url: str
    source: str
    trend: tuple[tuple[str, str, str], ...] = ()
    ways: tuple[str, ...] = ()  # what would have changed the rank, each by itself
    responsible: tuple[tuple[str, str, int], ...] = ()  # person, unit, cases listed here


@dataclass(frozen=True, slots=True)
class CountBlock:
    """A count of a figure with its cases."""

    name: str
    number: str
    definition: str
    lines: tuple[CaseLine, ...]
    more: str = ""


@dataclass(frozen=True, slots=True)
class FigurePage:
    """The trace of one figure: definition, numerator and denominator, cases, steps."""

    shell: Shell
    heading: str
    object_name: str
    value: str
    formula: str
    treatment: tuple[str, ...]
    confidence: str
    origin: str
    counts: tuple[CountBlock, ...]
    back_url: str
    source: str

"""The page objects of the ground: areas on a day, one area, imports and their reports, coming changes."""

from __future__ import annotations

from dataclasses import dataclass

from wangge.surfaces.web.elements.forms import Form
from wangge.surfaces.web.elements.pieces import Fact, Figure, MapView, Notice
from wangge.surfaces.web.pages import Shell


@dataclass(frozen=True, slots=True)
class AreaLine:
    """One area in a list."""

    code: str
    name: str
    url: str
    parent: str
    size: str
    since: str
    until: str = ""
    responsible: str = ""
    is_vacant: bool = False  # a responsibility grid without a responsible person


@dataclass(frozen=True, slots=True)
class GroundPage:
    """The areas of a kind on a day, with a map."""

    shell: Shell
    heading: str
    kinds: tuple[Figure, ...]
    kind: str
    day: str
    words: str
    areas: tuple[AreaLine, ...]
    found_text: str
    form_url: str
    import_url: str
    coming_url: str
    roads_url: str = ""
    coming_text: str = ""
    vacant: Notice | None = None
    map: MapView | None = None
    has_responsible: bool = False
    next_url: str = ""
    previous_url: str = ""


@dataclass(frozen=True, slots=True)
class PeriodLine:
    """A stretch of days with what held in it."""

    since: str
    until: str
    what: str
    detail: str = ""
    is_now: bool = False


@dataclass(frozen=True, slots=True)
class AreaPage:
    """One area: what it is, its borders over time, who is responsible for it."""

    shell: Shell
    heading: str
    list_url: str
    facts: tuple[Fact, ...]
    borders: tuple[PeriodLine, ...]
    map: MapView | None = None
    has_people: bool = False
    responsible: tuple[PeriodLine, ...] = ()
    collectors: tuple[PeriodLine, ...] = ()
    appoint: Form | None = None
    draw_url: str = ""


@dataclass(frozen=True, slots=True)
class ImportLine:
    """An import that is in, or a file that awaits its yes."""

    file_name: str
    what: str
    since: str
    at: str
    by: str
    result: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class ImportPage:
    """Where a file is given, and what came in before."""

    shell: Shell
    heading: str
    list_url: str
    form: Form
    accepts: str
    limit_text: str
    past: tuple[ImportLine, ...]


@dataclass(frozen=True, slots=True)
class FoundLine:
    """Something wrong with the file or a row of it."""

    words: str
    row: str = ""
    code: str = ""
    refuses: bool = True
    again: tuple[tuple[str, str], ...] = ()  # what to post to look at the file in the way that fits
    again_text: str = ""


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """What becomes of one area."""

    change: str
    code: str
    name: str
    moved: str = ""


@dataclass(frozen=True, slots=True)
class MoveList:
    """What moves with a change, of one kind."""

    heading: str
    count: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str


@dataclass(frozen=True, slots=True)
class ReportPage:
    """What a dry run found, and what may be done with the file."""

    shell: Shell
    heading: str
    list_url: str
    url: str
    facts: tuple[Fact, ...]
    counts: tuple[Figure, ...]
    summary: Notice
    problems: tuple[FoundLine, ...]
    findings: tuple[FoundLine, ...]
    finding_counts: tuple[Figure, ...]
    changes: tuple[ChangeLine, ...]
    moves: tuple[MoveList, ...] = ()
    more_text: str = ""
    can_confirm: bool = False
    can_leave_bad: bool = False
    can_repair: bool = False
    bad_rows_url: str = ""
    draw_url: str = ""  # back to the map, for a border drawn by hand


@dataclass(frozen=True, slots=True)
class EditionLine:
    """A file or drawing whose borders begin on a coming day."""

    name: str
    what: str
    areas: str
    by: str
    at: str
    withdraw_url: str


@dataclass(frozen=True, slots=True)
class ComingPage:
    """A coming change of borders, and what it moves."""

    shell: Shell
    heading: str
    list_url: str
    days: tuple[Figure, ...]
    moves: tuple[MoveList, ...]
    empty_text: str = ""
    editions: tuple[EditionLine, ...] = ()


@dataclass(frozen=True, slots=True)
class DrawPage:
    """A grid's border on the map, to be drawn anew from a day on."""

    shell: Shell
    heading: str
    area_url: str
    url: str
    sheet_url: str
    preview_url: str
    kind: str
    code: str
    size: str
    neighbours: str
    day: str
    least_day: str
    map: MapView
    figure: str = ""
    follows: bool = True
    error: str = ""

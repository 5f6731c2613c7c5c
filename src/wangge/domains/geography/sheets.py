"""Owns the sheet a border is drawn on: a grid with its neighbours and its parent on a day, from the process's copy."""

from datetime import date

from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.logic.drawing import TOUCH_DEGREES, Sheet, sheet_of
from wangge.domains.geography.logic.planning import PARENT_KINDS
from wangge.domains.geography.queries import ground

DRAWN_KINDS = (AreaKind.RESPONSIBILITY_GRID, AreaKind.UNIT_GRID)
"""What is drawn by hand; larger areas come from the surveyors' files."""


def sheet_on(*, kind: AreaKind, code: str, on: date) -> Sheet | None:
    """The sheet of a grid on a day; None where it has no border then. No statement."""
    index = ground()
    own = index.area(kind=kind, code=code, on=on)
    if own is None:
        return None
    west, south, east, north = own.boundary.bounds
    over = 2 * TOUCH_DEGREES
    others = index.areas_on(kind=kind, on=on, bbox=(west - over, south - over, east + over, north + over))
    around = (index.area(kind=each, code=own.parent_code, on=on) for each in PARENT_KINDS[kind])
    return sheet_of(own, others, next(filter(None, around), None))


def ends_on_its_own(*, kind: AreaKind, code: str, on: date) -> date | None:
    """The day a border ends without another one following it: what comes in its place must end then as well."""
    index = ground()
    own = index.area(kind=kind, code=code, on=on)
    end = own.valid_to if own else None
    return end if end is not None and index.area(kind=kind, code=code, on=end) is None else None

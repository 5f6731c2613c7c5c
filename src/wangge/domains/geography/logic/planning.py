"""Owns what an import of areas would change, and every row that cannot be: a plan, before anything is written."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from wangge.domains.geography.areas import Area, AreaKind
from wangge.domains.geography.logic import checking
from wangge.domains.geography.logic.codes import DISTRICT_DIGITS, CodeForm
from wangge.domains.geography.logic.findings import Finding, Problem
from wangge.domains.geography.logic.measures import Figures, square_metres

PARENT_KINDS: Mapping[AreaKind, tuple[AreaKind, ...]] = {
    AreaKind.DISTRICT: (),
    AreaKind.STREET: (AreaKind.DISTRICT,),
    AreaKind.COMMUNITY: (AreaKind.STREET,),
    AreaKind.UNIT_GRID: (AreaKind.COMMUNITY,),
    AreaKind.RESPONSIBILITY_GRID: (AreaKind.STREET, AreaKind.DISTRICT),
}
CHILD_KINDS: Mapping[AreaKind, tuple[AreaKind, ...]] = {
    kind: tuple(child for child, parents in PARENT_KINDS.items() if kind in parents) for kind in AreaKind
}


class ChangeKind(StrEnum):
    """What becomes of an area."""

    NEW = "new"
    MOVED = "moved"
    RENAMED = "renamed"
    ENDED = "ended"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Incoming:
    """The rows of a file, column by column, in WGS-84; a figure may be missing or broken."""

    rows: Sequence[int]
    codes: Sequence[str]
    names: Sequence[str]
    parents: Sequence[str]
    """As the file says; empty where it says nothing."""
    ends: Sequence[str]
    """The last day plus one as written; empty where the area has no end."""
    properties: Sequence[tuple[tuple[str, str], ...]]
    figures: Figures


@dataclass(frozen=True, slots=True)
class Stored:
    """The ground as it will be on the day of the change without the file."""

    areas: Mapping[str, Area]
    """Of the imported kind, by code."""
    later: Mapping[str, date]
    """The first day of a version of a code that begins after the day."""
    parents: Mapping[str, Area]
    children: Sequence[Area]
    """Of the kinds below, in force on the day or later."""


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one area; `area` is None for one that ends."""

    kind: ChangeKind
    code: str
    name: str
    row: int = 0
    moved_m2: float = 0.0
    area: Area | None = None


@dataclass(slots=True)
class Plan:
    """What would change, and what is wrong."""

    changes: list[Change] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def refused_rows(self) -> set[int]:
        """Rows that cannot be taken."""
        return {finding.row for finding in self.findings if finding.refuses}

    def of(self, kind: ChangeKind) -> list[Change]:
        """The changes of one kind."""
        return [change for change in self.changes if change.kind is kind]


@dataclass(frozen=True, slots=True)
class Wish:
    """How a file is to be understood."""

    kind: AreaKind
    from_on: date
    form: CodeForm
    repair: bool = False
    complete: bool = False
    """Whether areas that the file lacks end."""
    may_replace: bool = False
    """Whether a border that begins on the very day is only planned and may be replaced."""
    closed: bool = False
    """Whether ground that was covered must stay so: of a border drawn by hand."""


def plan_areas(incoming: Incoming, stored: Stored, wish: Wish) -> Plan:
    """Check every row against the rules of codes, the other rows and the ground, and say what would change."""
    return _Planning(incoming, stored, wish).plan()


class _Planning:
    def __init__(self, incoming: Incoming, stored: Stored, wish: Wish) -> None:
        self.incoming, self.stored, self.wish = incoming, stored, wish
        self.figures: Figures = incoming.figures.copy()
        self.refused: set[int] = set()
        self.found: list[Finding] = []
        self.parent_of: dict[int, str] = {}
        self.end_of: dict[int, date | None] = {}

    def plan(self) -> Plan:
        self._check_codes()
        self._check_shapes()
        self._check_days()
        self._find_parents()
        self._check_parents()
        self._check_overlaps()
        changes = self._changes()
        ended = [change.code for change in changes if change.kind is ChangeKind.ENDED]
        self._check_children(set(ended), changes)
        self._check_gaps(set(ended))
        if self.wish.closed:
            self._check_left_open()
        self.found.sort(key=lambda finding: (finding.row, finding.problem))
        return Plan([change for change in changes if self._is_taken(change)], self.found)

    def _is_taken(self, change: Change) -> bool:
        return change.row == 0 or change.row not in self._refused_rows

    @property
    def _refused_rows(self) -> set[int]:
        return {self.incoming.rows[i] for i in self.refused}

    @property
    def _good(self) -> list[int]:
        return [i for i in range(len(self.incoming.rows)) if i not in self.refused]

    def _find(self, i: int, problem: Problem, *, refuses: bool = True, **values: str) -> None:
        self.found.append(Finding(int(self.incoming.rows[i]), self.incoming.codes[i], problem, refuses, values))
        if refuses:
            self.refused.add(i)

    # ---- rows by themselves ----------------------------------------------------------------------------------

    def _check_codes(self) -> None:
        first: dict[str, int] = {}
        rule = _rule_of(self.wish.form)
        for i, code in enumerate(self.incoming.codes):
            if not code:
                self._find(i, Problem.NO_CODE)
            elif not self.wish.form.is_right(code):
                self._find(i, Problem.WRONG_CODE, rule=rule)
            elif code in first:
                self._find(i, Problem.CODE_TWICE, other=str(self.incoming.rows[first[code]]))
            else:
                first[code] = i

    def _check_shapes(self) -> None:
        figures = self.figures
        missing = shapely.is_missing(figures) | shapely.is_empty(figures)
        for i in np.flatnonzero(missing):
            self._find(int(i), Problem.NO_SHAPE)
        types = shapely.get_type_id(figures)
        for i in np.flatnonzero(~missing & ~np.isin(types, (3, 6))):
            self._find(int(i), Problem.WRONG_SHAPE, shape=figures[i].geom_type, wanted="Polygon")
        areas = np.flatnonzero(~missing & np.isin(types, (3, 6)))
        bounds = shapely.bounds(figures[areas])
        inside = np.isfinite(bounds).all(axis=1) & (np.abs(bounds[:, [0, 2]]) <= 180).all(axis=1)
        inside &= (np.abs(bounds[:, [1, 3]]) <= 90).all(axis=1)
        for i in areas[~inside]:
            self._find(int(i), Problem.OUT_OF_RANGE)
        areas = areas[inside]
        for i in areas[~shapely.is_valid(figures[areas])]:
            self._repair(int(i))

    def _repair(self, i: int) -> None:
        broken = self.figures[i]
        whole = checking.repaired(broken)
        if self.wish.repair and not whole.is_empty:
            self.figures[i] = whole
            return
        reason = shapely.is_valid_reason(broken)
        place = reason.partition("[")[2].rstrip("]").replace(" ", ",") or checking.place_of(whole)
        self._find(i, Problem.SELF_CROSSING, place=place, repaired=f"{square_metres(whole)[0]:.0f}")

    def _check_days(self) -> None:
        for i, text in enumerate(self.incoming.ends):
            if not text:
                continue
            try:
                end = date.fromisoformat(text.replace("/", "-")[:10])
            except ValueError:
                self._find(i, Problem.WRONG_DAY, given=text)
                continue
            if end <= self.wish.from_on and self.incoming.codes[i] not in self.stored.areas:
                self._find(i, Problem.WRONG_DAY, given=text)
            self.end_of[i] = end

    # ---- parents -----------------------------------------------------------------------------------------------

    def _find_parents(self) -> None:
        """The parent's code: by the code itself, by the file, or the smallest area of the kinds above around it."""
        if not PARENT_KINDS[self.wish.kind]:
            return
        unknown: list[int] = []
        for i in self._good:
            said = self.wish.form.parent_in(self.incoming.codes[i]) or self.incoming.parents[i]
            if said:
                self.parent_of[i] = said
            else:
                unknown.append(i)
        if unknown:
            self._find_parents_on_the_ground(unknown)

    def _find_parents_on_the_ground(self, unknown: list[int]) -> None:
        order = {kind: n for n, kind in enumerate(PARENT_KINDS[self.wish.kind])}
        around = sorted(self.stored.parents.values(), key=lambda area: (order[area.kind], area.code))
        tree = STRtree([area.boundary for area in around])
        points = shapely.point_on_surface(self.figures[unknown])
        asked, hits = tree.query(points, predicate="within")
        best: dict[int, int] = {}
        for place, hit in zip(asked.tolist(), hits.tolist(), strict=True):
            best[place] = min(best.get(place, hit), hit)
        for place, i in enumerate(unknown):
            self.parent_of[i] = around[best[place]].code if place in best else ""

    def _check_parents(self) -> None:
        if not PARENT_KINDS[self.wish.kind]:
            return
        asked: list[int] = []
        for i in self._good:
            if self.parent_of[i] in self.stored.parents:
                asked.append(i)
            else:
                self._find(i, Problem.PARENT_MISSING, parent=self.parent_of[i] or "?")
        if not asked:
            return
        parents = np.array([self.stored.parents[self.parent_of[i]].boundary for i in asked], dtype=object)
        for place, area in checking.sticking_out(self.figures[asked], parents).items():
            i = asked[place]
            self._find(i, Problem.OUT_OF_PARENT, parent=self.parent_of[i], area=f"{area:.0f}")

    # ---- neighbours ----------------------------------------------------------------------------------------------

    def _staying(self) -> list[Area]:
        """Stored areas that the file does not speak of and that stay."""
        if self.wish.complete:
            return []
        spoken = set(self.incoming.codes)
        return [area for code, area in self.stored.areas.items() if code not in spoken]

    def _check_overlaps(self) -> None:
        staying = self._staying()
        good = [i for i in self._good if not self._ends_now(i)]
        figures = np.array([*(area.boundary for area in staying), *self.figures[good]], dtype=object)
        for shared in checking.overlaps(figures, but=len(staying)):
            second = good[shared.second - len(staying)]
            inside = shared.first >= len(staying)
            first = good[shared.first - len(staying)] if inside else -1
            self._find(
                second,
                Problem.OVERLAP,
                other=self.incoming.codes[first] if inside else staying[shared.first].code,
                other_row=f"（{self.incoming.rows[first]}）" if inside else "",
                area=f"{shared.area_m2:.0f}",
                place=shared.place,
            )

    def _ends_now(self, i: int) -> bool:
        end = self.end_of.get(i)
        return end is not None and end <= self.wish.from_on

    def _check_gaps(self, ended: set[str]) -> None:
        """Only parents that the file touches; a gap refuses nothing: not every city is covered to its edge."""
        good = [i for i in self._good if not self._ends_now(i)]
        touched = {self.parent_of[i] for i in good if i in self.parent_of}
        touched |= {self.stored.areas[code].parent_code for code in ended if code in self.stored.areas}
        if not touched:
            return
        staying = [area for area in self._staying() if area.parent_code in touched and area.code not in ended]
        children: dict[str, list[int]] = defaultdict(list)
        figures = np.array([*self.figures[good], *(area.boundary for area in staying)], dtype=object)
        for place, i in enumerate(good):
            children[self.parent_of[i]].append(place)
        for place, area in enumerate(staying, start=len(good)):
            children[area.parent_code].append(place)
        borders = {code: area.boundary for code, area in self.stored.parents.items() if code in children}
        for gap in checking.gaps(children, figures, borders):
            row = int(self.incoming.rows[good[gap.beside]]) if gap.beside < len(good) else 0
            code = self.incoming.codes[good[gap.beside]] if gap.beside < len(good) else gap.parent
            values = {"parent": gap.parent, "area": f"{gap.area_m2:.0f}", "place": gap.place}
            self.found.append(Finding(row, code, Problem.GAP, False, values))

    def _check_left_open(self) -> None:
        known = [i for i in self._good if self.incoming.codes[i] in self.stored.areas]
        if not known:
            return
        before = np.array([self.stored.areas[self.incoming.codes[i]].boundary for i in known], dtype=object)
        staying = np.array([area.boundary for area in self._staying()], dtype=object)
        found = checking.left_open(before, self.figures[known], staying)
        if found is not None:
            self._find(known[0], Problem.LEFT_OPEN, area=f"{found[0]:.0f}", place=found[1])

    # ---- what changes --------------------------------------------------------------------------------------------

    def _changes(self) -> list[Change]:
        good = self._good
        known = [i for i in good if self.incoming.codes[i] in self.stored.areas]
        before = np.array([self.stored.areas[self.incoming.codes[i]].boundary for i in known], dtype=object)
        moved = dict(zip(known, checking.moved_m2(before, self.figures[known]), strict=True)) if known else {}
        found = [self._change(i, float(moved.get(i, 0.0))) for i in good]
        if self.wish.complete:
            spoken = set(self.incoming.codes)
            found += [
                Change(ChangeKind.ENDED, code, area.name)
                for code, area in sorted(self.stored.areas.items())
                if code not in spoken
            ]
        return found

    def _change(self, i: int, moved: float) -> Change:
        code, row = self.incoming.codes[i], int(self.incoming.rows[i])
        old = self.stored.areas.get(code)
        name = self.incoming.names[i] or (old.name if old else code)
        if self._ends_now(i):
            return Change(ChangeKind.ENDED, code, name, row)
        new = self._area(i, name)
        if old is None:
            return Change(ChangeKind.NEW, code, name, row, area=new)
        same = (new.name, new.parent_code, new.properties, new.valid_to) == (
            old.name, old.parent_code, old.properties, old.valid_to,
        )  # fmt: skip
        if same and not moved:
            return Change(ChangeKind.SAME, code, name, row)
        if old.valid_from == self.wish.from_on and not self.wish.may_replace:
            self._find(i, Problem.SAME_DAY, day=self.wish.from_on.isoformat())
        return Change(ChangeKind.MOVED if moved else ChangeKind.RENAMED, code, name, row, moved, new)

    def _area(self, i: int, name: str) -> Area:
        code, parent = self.incoming.codes[i], self.parent_of.get(i, "")
        district = code[:DISTRICT_DIGITS] if self.wish.form.lengths else self.stored.parents[parent].district_code
        end, later = self.end_of.get(i), self.stored.later.get(code)
        if later is not None and (end is None or end > later):
            self._find(i, Problem.LATER_VERSION, refuses=False, day=later.isoformat())
            end = later
        old = self.stored.areas.get(code)
        properties = self.incoming.properties[i] or (old.properties if old else ())
        return Area(
            self.wish.kind, code, name, parent, district, self.figures[i], self.wish.from_on, end, properties
        )  # fmt: skip

    # ---- children ------------------------------------------------------------------------------------------------

    def _check_children(self, ended: set[str], changes: list[Change]) -> None:
        by_parent: dict[str, list[Area]] = defaultdict(list)
        for area in self.stored.children:
            by_parent[area.parent_code].append(area)
        rows = {change.code: change.row for change in changes}
        index = {code: i for i, code in enumerate(self.incoming.codes)}
        for code in sorted(ended & by_parent.keys()):
            left = [area for area in by_parent[code] if area.valid_to is None or area.valid_to > self.wish.from_on]
            if left:
                values = {"count": str(len(left)), "child": left[0].code}
                self.found.append(Finding(rows.get(code, 0), code, Problem.CHILD_LEFT, True, values))
                if code in index:
                    self.refused.add(index[code])
        for change in changes:
            if change.kind is ChangeKind.MOVED and change.area is not None and change.code in by_parent:
                self._check_children_inside(change, change.area.boundary, by_parent[change.code])

    def _check_children_inside(self, change: Change, border: BaseGeometry, children: list[Area]) -> None:
        figures = np.array([area.boundary for area in children], dtype=object)
        borders = np.array([border] * len(children), dtype=object)
        for place, area in checking.sticking_out(figures, borders).items():
            values = {"child": children[place].code, "area": f"{area:.0f}"}
            self.found.append(Finding(change.row, change.code, Problem.CHILD_OUTSIDE, False, values))


def _rule_of(form: CodeForm) -> str:
    if not form.lengths:
        return "0-9 A-Z a-z -"
    return "/".join(str(digits) for digits in sorted(form.lengths)) + " × 0-9"

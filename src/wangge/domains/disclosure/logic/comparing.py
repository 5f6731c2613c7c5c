"""Cells beside cells: tails 尾差, two editions or years, and our figures against the official tables with a cause."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from wangge.domains.disclosure.logic.cells import Computed, ComputedCell
from wangge.domains.disclosure.logic.printed import hundredths, tail_bound


@dataclass(frozen=True, slots=True)
class Tail:
    """A printed sum that is off from the sum of its printed parts, by whole hundredths of 万元."""

    cell: str
    off: int
    bound: int

    @property
    def within(self) -> bool:
        """Whether rounding each cell by itself explains it."""
        return abs(self.off) <= self.bound


def tails(computed: Computed) -> tuple[Tail, ...]:
    """Every sum whose printed parts do not come to what is printed."""
    found = []
    for cell in computed.cells.values():
        if not cell.parts or " - " in cell.formula:
            continue
        parts = [hundredths(computed.fen(part)) for part in cell.parts]
        off = hundredths(cell.fen) - sum(parts)
        if off:
            found.append(Tail(cell.name, off, tail_bound(parts)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Beside:
    """One cell beside the same of last year and of the budget, in fen; None where there is none."""

    cell: str
    fen: int
    last_fen: int | None
    budget_fen: int | None

    @property
    def change_fen(self) -> int | None:
        """Against last year."""
        return None if self.last_fen is None else self.fen - self.last_fen


def beside(cells: Mapping[str, int], last: Mapping[str, int], budget: Mapping[str, int]) -> tuple[Beside, ...]:
    """Every cell of this year or last year with what it stands beside."""
    names = [*cells, *(name for name in last if name not in cells)]
    return tuple(
        Beside(name, cells.get(name, 0), last.get(name, 0) if last else None, budget.get(name, 0) if budget else None)
        for name in names
        if cells.get(name) or last.get(name) or budget.get(name)
    )


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that two sets of cells print differently."""

    cell: str
    before: int  # hundredths
    after: int


def changes(before: Mapping[str, int], after: Mapping[str, int]) -> tuple[Change, ...]:
    """What is printed differently, in the order of the newer set."""
    names = [*after, *(name for name in before if name not in after)]
    found = (Change(name, hundredths(before.get(name, 0)), hundredths(after.get(name, 0))) for name in names)
    return tuple(change for change in found if change.before != change.after)


class Cause(StrEnum):
    """Why an official figure may differ from ours."""

    TAIL = "tail"  # both round the same amounts, a sum forced or not
    FOLLOWS = "follows"  # parts of it differ by just as much
    MOVED = "moved"  # another cell of the table differs by the opposite
    PAYMENT = "payment"  # just as much as some payments of this cell
    UNPAID = "unpaid"  # just as much as is requested or returned
    MISSING = "missing"  # the official table has it, our facts have nothing
    ONLY_OURS = "only_ours"  # our facts have it, the official table has nothing
    OPEN = "open"  # none of these


@dataclass(frozen=True, slots=True)
class OfficialDifference:
    """An official cell against ours, in hundredths, with its cause and what it points to."""

    cell: str
    ours: int
    official: int
    cause: Cause
    points_to: tuple[str, ...] = ()

    @property
    def off(self) -> int:
        """Ours minus official."""
        return self.ours - self.official


@dataclass(frozen=True, slots=True)
class Candidate:
    """A payment or request that may explain a difference."""

    number: str
    cell: str
    fen: int
    paid: bool


def official_differences(
    computed: Computed, official: Mapping[str, int], candidates: Iterable[Candidate] = ()
) -> tuple[OfficialDifference, ...]:
    """Every cell that the official tables print otherwise (hundredths), each with its likeliest cause."""
    offs = {
        name: hundredths(computed.fen(name)) - official.get(name, 0)
        for name in {*computed.cells, *official}
        if hundredths(computed.fen(name)) != official.get(name, 0)
    }
    by_cell: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in candidates:
        by_cell[candidate.cell].append(candidate)
    found = []
    for name in sorted(offs):
        cause, points = _cause(name, offs, computed, official, by_cell.get(name, ()))
        found.append(OfficialDifference(name, hundredths(computed.fen(name)), official.get(name, 0), cause, points))
    return tuple(found)


def _cause(
    name: str, offs: Mapping[str, int], computed: Computed, official: Mapping[str, int],
    candidates: Sequence[Candidate],
) -> tuple[Cause, tuple[str, ...]]:  # fmt: skip
    off = offs[name]
    cell = computed.cells.get(name)
    if cell is not None and cell.parts:
        return _of_sum(cell, off, offs, computed)
    if abs(off) <= 1 and official.get(name) and cell is not None:
        return Cause.TAIL, ()
    other = [each for each, its in offs.items() if its == -off and each != name and each[:2] == name[:2]
             and each.rpartition(".")[2] == name.rpartition(".")[2] and not _is_sum(each, computed)]  # fmt: skip
    if other:
        return Cause.MOVED, tuple(other[:3])
    for paid, cause in ((True, Cause.PAYMENT), (False, Cause.UNPAID)):
        numbers = _adding_up([c for c in candidates if c.paid is paid], abs(off))
        if numbers:
            return cause, numbers
    if cell is None or not cell.fen:
        return Cause.MISSING, ()
    return (Cause.ONLY_OURS, ()) if not official.get(name) else (Cause.OPEN, ())


def _is_sum(name: str, computed: Computed) -> bool:
    cell = computed.cells.get(name)
    return cell is not None and bool(cell.parts)


def _of_sum(cell: ComputedCell, off: int, offs: Mapping[str, int], computed: Computed) -> tuple[Cause, tuple[str, ...]]:
    differing = tuple(part for part in cell.parts if part in offs)
    sign = -1 if " - " in cell.formula else 1
    explained = offs.get(cell.parts[0], 0) + sign * sum(offs.get(part, 0) for part in cell.parts[1:])
    rest = abs(off - explained)
    bound = tail_bound([hundredths(computed.fen(part)) for part in cell.parts])
    if differing and rest <= max(bound, 1):
        return Cause.FOLLOWS, differing
    return (Cause.TAIL, ()) if abs(off) <= max(bound, 1) else (Cause.OPEN, differing)


def _adding_up(candidates: Sequence[Candidate], off: int) -> tuple[str, ...]:
    """One candidate, or two, that come to ``off`` hundredths when printed."""
    sums = {hundredths(abs(c.fen)): c.number for c in candidates}
    if off in sums:
        return (sums[off],)
    for value, number in sums.items():
        rest = sums.get(off - value)
        if rest is not None and rest != number:
            return (number, rest)
    return ()

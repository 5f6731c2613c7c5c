"""Signs that figures may have been made to look better: what shows, by what measure; each is a place to look, no proof.

Every rule takes numbers that were gathered by sets and answers the objects at which the sign shows, the strongest
first. Thresholds are rows of ``signs.csv``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from wangge.domains.evaluation.logic.figures import HUNDRED, rounded
from wangge.standards.measures import SignRow

_QUARTER = 0xFFFF
_WHOLE = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Showing:
    """An object at which a sign shows: its measure, the numbers it was made of, and the cases."""

    code: str
    measure: Decimal
    part: int
    whole: int
    cases: tuple[str, ...] = ()
    all_cases: int = 0  # more than are named, where there are many
    hour: int | None = None


def shares(row: SignRow, parts: Mapping[str, int], wholes: Mapping[str, int]) -> list[Showing]:
    """Objects whose part of the whole, in percent, reaches the limit."""
    found = []
    for code, whole in wholes.items():
        part = parts.get(code, 0)
        if whole >= row.least and HUNDRED * part >= row.limit * whole:
            found.append(Showing(code, rounded(HUNDRED * part / whole, 2), part, whole))
    return _strongest(found)


def favours(row: SignRow, excluded: Mapping[str, int], handled: Mapping[str, int]) -> list[Showing]:
    """Units whose share of what was excluded is so many times their share of what was done."""
    all_excluded, all_handled = sum(excluded.values()), sum(handled.values())
    found = []
    for code, number in excluded.items():
        done = handled.get(code, 0)
        if number < row.least or not all_handled:
            continue
        # (number / all_excluded) / (done / all_handled) >= limit, without dividing by 0
        if number * all_handled >= row.limit * done * all_excluded:
            times = Decimal(number * all_handled) / (done * all_excluded) if done else Decimal(number)
            found.append(Showing(code, rounded(times, 2), number, all_excluded))
    return _strongest(found)


def bursts(row: SignRow, events: Mapping[str, Sequence[tuple[int, str]]]) -> list[Showing]:
    """Who reported so many within so many minutes: the most at once, and every case that lies in such a stretch.

    ``events``: (minute, case) by person, in any order.
    """
    window, found = int(row.window), []
    for code, of_person in events.items():
        ordered = sorted(of_person)
        most, start, inside = 0, 0, set[int]()
        for end, (minute, _case) in enumerate(ordered):
            while ordered[start][0] < minute - window:
                start += 1
            number = end - start + 1
            most = max(most, number)
            if number >= row.limit:
                inside.update(range(start, end + 1))
        if inside and len(ordered) >= row.least:
            cases = tuple(ordered[place][1] for place in sorted(inside))
            found.append(Showing(code, Decimal(most), len(cases), len(ordered), cases, len(cases)))
    return _strongest(found)


def gaps(row: SignRow, reports: Mapping[str, Mapping[int, int]]) -> list[Showing]:
    """Grids without any report in an hour in which the city's rhythm lets so many expect.

    ``reports``: hour of the day → number, by grid.
    """
    first, end = (int(part) for part in row.window.split("-"))
    city: dict[int, int] = defaultdict(int)
    for of_grid in reports.values():
        for hour, number in of_grid.items():
            city[hour] += number
    everything, found = sum(city.values()), []
    for code, of_grid in reports.items():
        own = sum(of_grid.values())
        if own < row.least:
            continue
        for hour in range(first, end):
            if of_grid.get(hour, 0) == 0 and own * city[hour] >= row.limit * everything:
                expected = rounded(Decimal(own * city[hour]) / everything, 1)
                found.append(Showing(code, expected, 0, own, hour=hour))
    return _strongest(found)


def alike(fingerprints: Iterable[int], *, bits: int) -> list[tuple[int, ...]]:
    """Fingerprints in groups that differ, one from a next, in at most ``bits`` (0 to 3) of 64 bits.

    Two that differ in at most three bits have one of four quarters in common, so only those are laid side by side.
    """
    kept = list(dict.fromkeys(fingerprints))
    leads = list(range(len(kept)))

    def lead(place: int) -> int:
        while leads[place] != place:
            leads[place] = leads[leads[place]]
            place = leads[place]
        return place

    for quarter in range(4) if bits else ():
        shelves: dict[int, list[int]] = defaultdict(list)
        for place, fingerprint in enumerate(kept):
            shelves[(fingerprint >> 16 * quarter) & _QUARTER].append(place)
        for shelf in shelves.values():
            for index, place in enumerate(shelf):
                for other in shelf[:index]:
                    if ((kept[place] ^ kept[other]) & _WHOLE).bit_count() <= bits:
                        leads[lead(place)] = lead(other)
    groups: dict[int, list[int]] = defaultdict(list)
    for place, fingerprint in enumerate(kept):
        groups[lead(place)].append(fingerprint)
    return [tuple(group) for group in groups.values()]


@dataclass(frozen=True, slots=True)
class Use:
    """Where one picture was used: by a case, as what kind of evidence."""

    fingerprint: int
    case: str
    district: str
    kind: str


def same_pictures(row: SignRow, uses: Sequence[Use]) -> list[Showing]:
    """Pictures used again, in another case or as other evidence of the same one; each under its first case's district.

    ``part``: cases, ``whole``: uses. Pictures without any edge (fingerprint 0) all look alike and say nothing.
    """
    by_fingerprint: dict[int, list[Use]] = defaultdict(list)
    for use in uses:
        if use.fingerprint:
            by_fingerprint[use.fingerprint].append(use)
    found = []
    for group in alike(by_fingerprint, bits=int(row.window)):
        of_group = sorted({(use.case, use.kind, use.district) for each in group for use in by_fingerprint[each]})
        cases = tuple(dict.fromkeys(case for case, _kind, _district in of_group))
        if len(of_group) >= row.limit and len(cases) >= row.least:
            found.append(Showing(of_group[0][2], Decimal(len(of_group)), len(cases), len(of_group), cases, len(cases)))
    return _strongest(found)


def _strongest(found: list[Showing]) -> list[Showing]:
    return sorted(found, key=lambda each: (-each.measure, -each.part, each.code, each.hour or 0, each.cases))

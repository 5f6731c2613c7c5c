"""Owns the finding of places by words, pinyin or initials, and of words for a point.

Names lie one after the other in long texts, the likeliest first; a search runs through the text, which is faster
than any index for the size of a city and takes a name apart nowhere. House numbers hang on their roads and are
looked up only when a number is asked for.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely import STRtree

from wangge.domains.geography.logic.measures import METRES_A_DEGREE
from wangge.groundwork.pinyin_initials import initials as initials_of

ROAD, CROSSING, HOUSE_NUMBER, PLACE = "road", "crossing", "house_number", "place"
_ORDER = {ROAD: 0, PLACE: 1, CROSSING: 2, HOUSE_NUMBER: 3}
_LEAST_INSIDE = 3
"""So many letters of pinyin must be given to be looked for inside a name, not only at its beginning."""
_CANDIDATES = 120
_ROADS_ASKED = 12

AT_NUMBER_M, NEAR_NUMBER_M = 40.0, 90.0
AT_CROSSING_M = 50.0
ON_ROAD_M, BESIDE_ROAD_M = 35.0, 120.0
AT_PLACE_M, NEAR_PLACE_M = 40.0, 300.0

_NUMBER = re.compile(r"^(?P<road>.*?[^\d\-])(?P<number>\d{1,5}(?:-\d{1,4})?)(?:号|號|hao|h)?(?P<rest>.*)$")
_LATIN = re.compile(r"[a-z0-9]+")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_EDGE = re.compile(r"\s+|[,，。、;；]+")


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A name of the gazetteer with its position in WGS-84; `readings` are full pinyin and initials, blanks between."""

    kind: str
    name: str
    lon: float
    lat: float
    road_name: str = ""
    number: str = ""
    district_code: str = ""
    pinyin: str = ""
    initials: str = ""


class Match(IntEnum):
    """How a name was met, the best first."""

    EXACT = 0
    BEGINS = 1
    HOLDS = 2
    PINYIN_BEGINS = 3
    INITIALS_BEGIN = 4
    PINYIN_HOLDS = 5
    INITIALS_HOLD = 6
    NEAR_NUMBER = 7


@dataclass(frozen=True, slots=True)
class Hit:
    """A place that fits the words, and how it was met."""

    place: PlaceName
    match: Match


@dataclass(frozen=True, slots=True)
class Spoken:
    """A point in words: the nearest named thing, what it is, and how far it lies."""

    kind: str
    name: str
    metres: float
    road: str = ""
    direction: str = ""
    """Where the point lies as seen from the place: one of eight winds; empty where it lies at it."""
    is_near: bool = False
    """Whether the point lies near the thing rather than at it."""


class _Text:
    """Many short texts in one, searched as a whole."""

    def __init__(self, entries: Sequence[tuple[str, int]]) -> None:
        self._owners = np.array([owner for _text, owner in entries], dtype=np.int64)
        self._text = "\n" + "\n".join(text for text, _owner in entries) + "\n"
        lengths = np.array([len(text) + 1 for text, _owner in entries], dtype=np.int64)
        self._ends = np.cumsum(lengths) if len(lengths) else lengths

    def has(self, needle: str) -> bool:
        """Whether any entry holds the needle."""
        return needle in self._text

    def owners(self, needle: str, most: int) -> Iterator[int]:
        """Owners of the entries that hold the needle, in order; `\\n` in it is the edge of an entry."""
        at, found = 0, 0
        # A needle that begins with the edge is met on the entry's own edge, one sign before its text.
        shift = 1 if needle.startswith("\n") else 0
        while found < most:
            at = self._text.find(needle, at)
            if at < 0:
                return
            entry = int(np.searchsorted(self._ends, at + shift - 1, side="right"))
            yield int(self._owners[entry])
            found += 1
            at = int(self._ends[entry])


class NameIndex:
    """The gazetteer, ready to be asked; unchangeable, safe to share between threads."""

    def __init__(
        self,
        names: Iterable[PlaceName],
        *,
        roads: Iterable[tuple[str, Any]] = (),
        districts: Iterable[tuple[str, str]] = (),
        version: int = 0,
    ) -> None:
        self.version = version
        every = sorted(names, key=lambda each: (_ORDER.get(each.kind, 9), len(each.name), each.name))
        self.names: tuple[PlaceName, ...] = tuple(each for each in every if each.kind != HOUSE_NUMBER)
        self._districts = tuple(sorted(districts, key=lambda pair: -len(pair[1])))
        self._words = _Text([(folded(each.name), i) for i, each in enumerate(self.names)])
        self._pinyin = _Text([(way, i) for i, each in enumerate(self.names) for way in each.pinyin.split()])
        self._initials = _Text([(way, i) for i, each in enumerate(self.names) for way in each.initials.split()])
        self._numbers: dict[str, list[tuple[tuple[int, str], PlaceName]]] = defaultdict(list)
        for each in every:
            if each.kind == HOUSE_NUMBER:
                self._numbers[folded(each.road_name)].append((number_key(each.number), each))
        for numbers in self._numbers.values():
            numbers.sort(key=lambda pair: pair[0])
        self._road_lines = tuple(roads)
        self._ground: _Ground | None = None

    def __len__(self) -> int:
        return len(self.names) + sum(len(numbers) for numbers in self._numbers.values())

    # ---- forward ---------------------------------------------------------------------------------------------

    def search(
        self, text: str, *, limit: int = 10, district: str = "", near: tuple[float, float] | None = None
    ) -> list[Hit]:
        """Places whose names fit the words, the likeliest first."""
        district, wanted = self._without_district(folded(text), district)
        if not wanted:
            return []
        asked = _NUMBER.match(wanted)
        hits = self._named(wanted, district)
        if asked:
            hits = [*self._numbered(asked["road"], asked["number"], district), *hits]
        if near is not None:
            hits.sort(key=lambda hit: (hit.match, _metres(hit.place, near)))
        seen: dict[PlaceName, Hit] = {}
        for hit in hits:
            if hit.place not in seen or hit.match < seen[hit.place].match:
                seen[hit.place] = hit
        return sorted(seen.values(), key=lambda hit: hit.match)[:limit]

    def _without_district(self, wanted: str, district: str) -> tuple[str, str]:
        for code, name in self._districts:
            if name and wanted.startswith(name) and len(wanted) > len(name):
                return district or code, wanted[len(name) :]
        return district, wanted

    def _named(self, wanted: str, district: str, kinds: frozenset[str] | None = None) -> list[Hit]:
        words = [word for word in _EDGE.split(wanted) if word]
        if not words:
            return []
        first, others = max(words, key=len), words
        found: dict[int, Match] = {}
        for match, owners in self._passes(first):
            for owner in owners:
                place = self.names[owner]
                fits = (not kinds or place.kind in kinds) and (not district or place.district_code == district)
                if owner not in found and fits and all(_holds(place, word) for word in others):
                    found[owner] = match
            if len(found) >= _CANDIDATES:
                break
        hits = [Hit(self.names[owner], match) for owner, match in found.items()]
        return sorted(hits, key=lambda hit: (hit.match, _ORDER[hit.place.kind], len(hit.place.name), hit.place.name))

    def _passes(self, word: str) -> Iterator[tuple[Match, Iterator[int]]]:
        """Ways to meet a word, the best first; each runs only while places are still wanted."""
        if self._words.has(word):  # one look through the names instead of three for what is in none of them
            yield Match.EXACT, self._words.owners(f"\n{word}\n", _CANDIDATES)
            yield Match.BEGINS, self._words.owners(f"\n{word}", _CANDIDATES)
            yield Match.HOLDS, self._words.owners(word, _CANDIDATES)
        letters = "".join(_LATIN.findall(word))
        if not letters or letters.isdigit():
            return
        if _CHINESE.search(word):  # 建设l
            letters = initials_of(word)
        else:
            yield Match.PINYIN_BEGINS, self._pinyin.owners(f"\n{letters}", _CANDIDATES)
        yield Match.INITIALS_BEGIN, self._initials.owners(f"\n{letters}", _CANDIDATES)
        if len(letters) >= _LEAST_INSIDE:
            yield Match.PINYIN_HOLDS, self._pinyin.owners(letters, _CANDIDATES)
            yield Match.INITIALS_HOLD, self._initials.owners(letters, _CANDIDATES)

    def _numbered(self, road: str, number: str, district: str) -> list[Hit]:
        """House numbers on the roads that fit: the number itself, those that begin with it, else its neighbours."""
        hits: list[Hit] = []
        roads = dict.fromkeys([road.strip(), *(hit.place.name for hit in self._named(road, "", frozenset({ROAD})))])
        for name in list(roads)[:_ROADS_ASKED]:
            numbers = [
                pair
                for pair in self._numbers.get(folded(name), ())
                if not district or pair[1].district_code == district
            ]
            hits += _around(numbers, number)
        return hits

    # ---- backward --------------------------------------------------------------------------------------------

    def words_for(self, lon: float, lat: float) -> Spoken | None:
        """The point in words: house number, crossing, road with a place near by, or a place; None far from all."""
        if self._ground is None:
            numbers = [each for held in self._numbers.values() for _key, each in held]
            self._ground = _Ground(self.names, numbers, self._road_lines)
        return self._ground.words_for(lon, lat)


class _Ground:
    """The named things as points and lines, each kind in its own tree, in degrees of equal length."""

    def __init__(
        self, names: Sequence[PlaceName], numbers: Sequence[PlaceName], roads: Sequence[tuple[str, Any]]
    ) -> None:
        every = [*names, *numbers]
        middle = float(np.median([each.lat for each in every])) if every else 0.0
        self._stretch = float(np.cos(np.radians(middle)))
        self._things = {
            HOUSE_NUMBER: list(numbers),
            CROSSING: [each for each in names if each.kind == CROSSING],
            PLACE: [each for each in names if each.kind == PLACE],
        }
        self._trees = {kind: STRtree(self._points(things)) for kind, things in self._things.items()}
        self._roads = [name for name, _line in roads]
        lines = np.array([line for _name, line in roads], dtype=object)
        self._lines = STRtree(shapely.transform(lines, lambda points: points * (self._stretch, 1.0)))

    def _points(self, things: Sequence[PlaceName]) -> npt.NDArray[np.object_]:
        lons = np.array([each.lon for each in things], dtype=np.float64) * self._stretch
        return np.asarray(shapely.points(lons, np.array([each.lat for each in things], dtype=np.float64)), dtype=object)

    def _nearest(self, tree: STRtree, point: Any, within_m: float) -> tuple[int, float] | None:
        found, degrees = tree.query_nearest(
            point, max_distance=within_m / METRES_A_DEGREE, return_distance=True, all_matches=False
        )
        return (int(found[0]), float(degrees[0]) * METRES_A_DEGREE) if len(found) else None

    def _thing(self, kind: str, point: Any, within_m: float) -> tuple[PlaceName, float] | None:
        found = self._nearest(self._trees[kind], point, within_m)
        return (self._things[kind][found[0]], found[1]) if found else None

    def words_for(self, lon: float, lat: float) -> Spoken | None:
        point = shapely.Point(lon * self._stretch, lat)
        number = self._thing(HOUSE_NUMBER, point, NEAR_NUMBER_M)
        if number and number[1] <= AT_NUMBER_M:
            return Spoken(HOUSE_NUMBER, number[0].name, number[1], number[0].road_name)
        crossing = self._thing(CROSSING, point, AT_CROSSING_M)
        if crossing:
            return Spoken(CROSSING, crossing[0].name, crossing[1], crossing[0].road_name)
        place = self._thing(PLACE, point, NEAR_PLACE_M)
        if place and place[1] <= AT_PLACE_M:
            return Spoken(PLACE, place[0].name, place[1])
        if number:
            return Spoken(HOUSE_NUMBER, number[0].name, number[1], number[0].road_name, is_near=True)
        road = self._nearest(self._lines, point, BESIDE_ROAD_M)
        name = self._roads[road[0]] if road else ""
        if road and road[1] <= ON_ROAD_M and not place:
            return Spoken(ROAD, name, road[1], name)
        if place:
            wind = _wind(lon - place[0].lon, lat - place[0].lat, self._stretch)
            return Spoken(PLACE, place[0].name, place[1], name if road and road[1] <= ON_ROAD_M else "", wind, True)
        return Spoken(ROAD, name, road[1], name, is_near=True) if road else None


def folded(text: str) -> str:
    """The text as it is compared: width and capitals made alike, blanks at the edges gone."""
    return unicodedata.normalize("NFKC", text).strip().lower().replace("\n", " ")


def number_key(number: str) -> tuple[int, str]:
    """The order of house numbers: by value, then by what follows it."""
    digits = re.match(r"\d+", number)
    return (int(digits[0]), number[digits.end() :]) if digits else (0, number)


def _around(numbers: Sequence[tuple[tuple[int, str], PlaceName]], wanted: str) -> list[Hit]:
    key = number_key(wanted)
    keys = [each for each, _place in numbers]
    at = bisect_left(keys, key)
    exact = [Hit(place, Match.EXACT) for each, place in numbers[at : at + 4] if each == key]
    same_value = [Hit(place, Match.BEGINS) for each, place in numbers[at : at + 8] if each[0] == key[0] and each != key]
    longer = [
        Hit(place, Match.HOLDS) for each, place in numbers if str(each[0]).startswith(wanted) and each[0] != key[0]
    ]
    if exact or same_value:
        return [*exact, *same_value, *longer[:4]]
    odd = key[0] % 2
    beside = [
        place for each, place in (*numbers[max(0, at - 4) : at][::-1], *numbers[at : at + 4]) if each[0] % 2 == odd
    ]
    near = sorted(beside, key=lambda place: abs(number_key(place.number)[0] - key[0]))[:2]
    return [*(Hit(place, Match.NEAR_NUMBER) for place in near), *longer[:4]]


def _holds(place: PlaceName, word: str) -> bool:
    if word in folded(place.name) or word in folded(place.road_name):
        return True
    letters = "".join(_LATIN.findall(word))
    chinese = _CHINESE.findall(word)
    if chinese:
        return bool(letters) and all(sign in place.name for sign in chinese)
    return bool(letters) and (letters in place.pinyin or letters in place.initials)


def _metres(place: PlaceName, near: tuple[float, float]) -> float:
    across = (place.lon - near[0]) * float(np.cos(np.radians(near[1])))
    return float(np.hypot(across, place.lat - near[1])) * METRES_A_DEGREE


_WINDS = ("e", "ne", "n", "nw", "w", "sw", "s", "se")


def _wind(east: float, north: float, stretch: float) -> str:
    return _WINDS[round(float(np.degrees(np.arctan2(north, east * stretch))) / 45) % 8]

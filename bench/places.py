"""Measures the ground: many points to their areas, one point, the gazetteer forward and backward, a file of grids."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from datetime import date
from time import perf_counter

import numpy as np

from bench.measurement import Measurement, at_most

POINTS = 864_300
NAMES = 200_000
SEED = 20240315
DAY = date(2024, 4, 12)
SIGNS = "建设解放人民芙蓉湘江长黄河珠青屏鹿鸣石汀望川临溪松台半塘白鹭竹湾云门双桥柳渡南岗荻浦枫林芦洲"
ASKED = ("建设", "建设路118号", "jianshelu", "jsl", "小区", "xiaoqu", "zzzqx", "鼎鼎路", "js", "建设l", "xx37", "东门")


def measure(*, quick: bool) -> Iterator[Measurement]:
    """Points a demo city's index finds; a gazetteer of 200,000 names."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wangge.project.settings")
    import django

    django.setup()
    yield from _points(POINTS // 20 if quick else POINTS)
    yield from _gazetteer()


def _points(count: int) -> Iterator[Measurement]:
    from wangge.domains.geography.area_index import AreaIndex
    from wangge.project.demo.city_data import read_city
    from wangge.project.demo.ground import grow_ground

    ground = grow_ground(read_city())
    index = AreaIndex(ground.areas)
    points, _cells = ground.scatter(count, random=np.random.default_rng(SEED))
    lons, lats = points[:, 0], points[:, 1]
    seconds = _seconds(lambda: index.locate_many(lons, lats, on=DAY))
    share = count / POINTS
    yield at_most(f"{count:,} points to grids and districts", seconds, "s", round(60 * share, 1))
    some = points[:2000].tolist()
    one = _seconds(lambda: [index.locate(lon, lat, on=DAY) for lon, lat in some])
    yield at_most("one point to its areas, warm", one / len(some) * 1e6, "µs", 50)


def _gazetteer() -> Iterator[Measurement]:
    from wangge.domains.geography.logic.gazetteer import HOUSE_NUMBER, PLACE, ROAD, NameIndex, PlaceName
    from wangge.groundwork.pinyin import readings

    chance = random.Random(SEED)

    def at() -> tuple[float, float]:
        return 113 + chance.random() / 5, 27 + chance.random() / 5

    def named(kind: str, name: str) -> PlaceName:
        ways = readings(name)
        full, letters = " ".join(way for way, _l in ways), " ".join(letters for _way, letters in ways)
        return PlaceName(kind, name, *at(), pinyin=full, initials=letters)

    roads = list(dict.fromkeys("".join(chance.sample(SIGNS, 2)) + chance.choice("路街巷") for _ in range(3000)))
    kinds = ("小区", "酒店", "超市", "小学", "公园", "医院")
    places = [
        named(
            PLACE, "".join(chance.sample(SIGNS, 2)) + chance.choice(kinds) + chance.choice(("", "东门", f"{n % 40}栋"))
        )
        for n in range(NAMES // 2)
    ]
    numbers = []
    for _ in range(NAMES - len(places) - len(roads)):
        road, number = chance.choice(roads), str(chance.randrange(1, 999))
        numbers.append(PlaceName(HOUSE_NUMBER, f"{road}{number}号", *at(), road, number))
    index = NameIndex([*(named(ROAD, road) for road in roads), *places, *numbers])
    slowest = max(_seconds(lambda words=words: index.search(words), times=20) for words in ASKED)  # type: ignore[misc]
    yield at_most(f"gazetteer of {len(index):,}: slowest of {len(ASKED)} searches", slowest * 1e3, "ms", 10)
    points = [at() for _ in range(2000)]
    index.words_for(*points[0])
    told = _seconds(lambda: [index.words_for(lon, lat) for lon, lat in points])
    yield at_most("words for a point", told / len(points) * 1e3, "ms", 10)


def _seconds(run: Callable[[], object], *, times: int = 1) -> float:
    started = perf_counter()
    for _ in range(times):
        run()
    return (perf_counter() - started) / times

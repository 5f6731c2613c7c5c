"""Random small cities: the plain engine and the expressions give the same counts, to the last one."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cases.test_walks import TABLES, WALKS
from tests.evaluation.small_city import city_of, nonzero, steps_of
from wangge.domains.evaluation.engines import EngineMissing, engine_of
from wangge.domains.evaluation.logic.counting_request import KEY_COLUMNS, Request
from wangge.domains.evaluation.logic.periods import Period, months_of, parse_period

COUNTED = {each.id: each.counted for each in TABLES.indicators if each.kind == "count"}
PERIODS = (
    (parse_period("2024"),),
    months_of(parse_period("2024")),
    months_of(parse_period("2024-Q1", starts_on=26), starts_on=26),
    (parse_period("2024-01-02..2024-01-05"),),
    (Period(date(2024, 1, 3), date(2024, 1, 4), "day"), Period(date(2024, 1, 4), date(2024, 3, 1), "rest")),
)
FIRST_MINUTE = parse_period("2024").from_minute


@st.composite
def cities(draw: Any) -> list[tuple[str, int, int]]:
    """Beginnings of walks, at some places."""
    names = draw(st.lists(st.sampled_from(sorted(WALKS)), min_size=1, max_size=12))
    city = []
    for name in names:
        steps = len(steps_of(name)[1])
        if steps:
            city.append((name, draw(st.integers(1, steps)), draw(st.integers(0, 2))))
    return city or [("W01", 1, 1)]


def requests() -> Any:
    known = st.one_of(st.none(), st.integers(FIRST_MINUTE, FIRST_MINUTE + 90 * 1440))
    keys = st.lists(st.sampled_from(KEY_COLUMNS), unique=True, max_size=3).map(tuple)
    return st.builds(Request, st.just(COUNTED), st.sampled_from(PERIODS), keys, known)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(city=cities(), request=requests())
def test_both_engines_count_the_same(city: list[tuple[str, int, int]], request: Request) -> None:
    with tempfile.TemporaryDirectory() as directory:
        snapshot = city_of(Path(directory), city)
        fast, plain = engine_of("duckdb"), engine_of("plain")
        assert nonzero(fast.count(snapshot, request)) == nonzero(plain.count(snapshot, request))
        assert fast.excluded(snapshot, request.known_until) == plain.excluded(snapshot, request.known_until)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(city=cities(), count=st.sampled_from(sorted(COUNTED)))
def test_what_is_listed_adds_up_to_the_count(city: list[tuple[str, int, int]], count: str) -> None:
    with tempfile.TemporaryDirectory() as directory:
        snapshot = city_of(Path(directory), city)
        request = Request({count: COUNTED[count]}, (parse_period("2024"),), ("unit",))
        engine = engine_of("duckdb")
        for key, counts in nonzero(engine.count(snapshot, request)).items():
            listed = list(engine.cases_of(snapshot, request, [[key[1]]]))
            assert sum(sign for _case, _seq, sign in listed) == counts[count]


def test_spark_counts_the_same(tmp_path: Path) -> None:
    try:
        spark = engine_of("spark", spark_master="local[2]")
    except EngineMissing as missing:
        pytest.skip(str(missing))
    city = [(name, len(steps_of(name)[1]), place) for place, name in enumerate(sorted(WALKS)[:60])]
    snapshot = city_of(tmp_path, [(name, made, place % 3) for name, made, place in city if made])
    request = Request(COUNTED, months_of(parse_period("2024-Q1")), ("place", "unit", "source"))
    assert nonzero(spark.count(snapshot, request)) == nonzero(engine_of("duckdb").count(snapshot, request))

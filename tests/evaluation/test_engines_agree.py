"""Random small cities: the plain engine and the expressions give the same counts, to the last one."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cases.test_walks import TABLES, WALKS
from tests.evaluation.small_city import city_of, nonzero, steps_of
from wangge.domains.evaluation import kept_weights, sums
from wangge.domains.evaluation.engines import ExpressionEngine, engine_of
from wangge.domains.evaluation.logic.counting_request import KEY_COLUMNS, Request
from wangge.domains.evaluation.logic.periods import Period, months_of, parse_period
from wangge.domains.evaluation.logic.terms import Window, terms_of
from wangge.domains.evaluation.spark_link import EngineMissing

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


MONTHS = (
    (parse_period("2024"),),
    months_of(parse_period("2024")),
    months_of(parse_period("2024-Q1", starts_on=26), starts_on=26),
    (parse_period("2024-02"),),
    (parse_period("2023"),),
)
SUMMED = tuple(key for key in KEY_COLUMNS if key != "source")


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(city=cities(), periods=st.sampled_from(MONTHS), key=st.sampled_from(SUMMED), by_source=st.booleans())
def test_sums_beside_the_facts_count_the_same(
    city: list[tuple[str, int, int]], periods: tuple[Period, ...], key: str, by_source: bool
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        snapshot = city_of(Path(directory), city)
        request = Request(COUNTED, periods, (key, "source") if by_source else (key,))
        of_sums = replace(request, monthly=True)
        found = nonzero(engine_of("duckdb").count(snapshot, of_sums))
        assert list((Path(directory) / "sums" / "facts").iterdir()), "the sums were not asked"
        assert found == nonzero(engine_of("plain").count(snapshot, of_sums))
        assert found == nonzero(engine_of("duckdb").count(snapshot, request))


def test_every_key_is_counted_by_sums_as_by_the_plain_loop(tmp_path: Path) -> None:
    made = [(name, len(steps_of(name)[1]), place % 3) for place, name in enumerate(sorted(WALKS)[::2])]
    snapshot = city_of(tmp_path, [each for each in made if each[1]])
    for periods in (months_of(parse_period("2024-Q1")), months_of(parse_period("2024-Q1", starts_on=26), starts_on=26)):
        for key in SUMMED:
            request = Request(COUNTED, periods, (key,), monthly=True)
            found = nonzero(engine_of("duckdb").count(snapshot, request))
            assert found == nonzero(engine_of("plain").count(snapshot, request)), key
            assert found


def test_sums_are_made_again_when_they_were_changed_or_lost(tmp_path: Path) -> None:
    made = [(name, len(steps_of(name)[1]), place % 3) for place, name in enumerate(sorted(WALKS)[:40])]
    snapshot = city_of(tmp_path, [each for each in made if each[1]])
    request = Request(COUNTED, months_of(parse_period("2024-Q1")), ("unit",), monthly=True)
    engine = engine_of("duckdb")
    found = nonzero(engine.count(snapshot, request))
    files = sorted((tmp_path / "sums" / "facts").iterdir())
    kept = {path.name: path.read_bytes() for path in files}
    rows = pq.read_table(files[0], partitioning=None)
    pq.write_table(pa.concat_tables([rows, rows]), files[0])
    files[-1].unlink()
    assert nonzero(engine.count(snapshot, request)) == found
    (tmp_path / "sums" / "index.json").write_text("[")
    assert nonzero(engine.count(snapshot, request)) == found
    assert {path.name for path in (tmp_path / "sums" / "facts").iterdir()} == set(kept)


@pytest.mark.parametrize(
    "request_of",
    [
        Request(COUNTED, (parse_period("2024"),), ("unit",), FIRST_MINUTE, monthly=True),
        Request(COUNTED, (parse_period("2024-01-02..2024-01-05"),), ("unit",)),
        Request(COUNTED, (parse_period("2024"),), ("unit", "place"), monthly=True),
        Request(COUNTED, (parse_period("2024"),), (), monthly=True),
        Request(COUNTED, (parse_period("2024"),), ("unit",), only=frozenset({1}), monthly=True),
    ],
)
def test_what_sums_cannot_tell_is_asked_of_the_facts(request_of: Request) -> None:
    terms = [term for count, text in request_of.counted.items() for term in terms_of(count, text)]
    assert not sums.serves(request_of, terms)


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


def test_counts_listed_one_after_the_other_are_not_mixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They share their SQL and a table of weights, of which only the last few are kept."""
    monkeypatch.setattr(kept_weights, "_MOST", 3)
    made = [(name, len(steps_of(name)[1]), place % 3) for place, name in enumerate(sorted(WALKS)[:40])]
    snapshot = city_of(tmp_path, [each for each in made if each[1]])
    engine, plain = ExpressionEngine("duckdb", lambda: ibis.duckdb.connect()), engine_of("plain")
    found = set()
    for count in (*COUNTED, *COUNTED):
        request = Request({count: COUNTED[count]}, (parse_period("2024"),), ("unit",))
        for key, counts in nonzero(plain.count(snapshot, request)).items():
            listed = list(engine.cases_of(snapshot, request, [[key[1]]]))
            assert sum(sign for _case, _seq, sign in listed) == counts[count], count
            left = engine.marks(snapshot, request, [[key[1]]], skip=0, most=50)
            assert left == plain.marks(snapshot, request, [[key[1]]], skip=0, most=50), count
            found.add(count)
    assert len(found) > 20
    assert len(engine._kept) < len(found)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(city=cities(), count=st.sampled_from(sorted(COUNTED)), skip=st.integers(0, 3), most=st.integers(0, 4))
def test_what_remains_of_a_count_is_the_same(
    city: list[tuple[str, int, int]], count: str, skip: int, most: int
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        snapshot = city_of(Path(directory), city)
        request = Request({count: COUNTED[count]}, (parse_period("2024"),), ("unit",))
        fast, plain = engine_of("duckdb"), engine_of("plain")
        for key, counts in nonzero(fast.count(snapshot, request)).items():
            found = fast.marks(snapshot, request, [[key[1]]], skip=skip, most=most)
            assert found == plain.marks(snapshot, request, [[key[1]]], skip=skip, most=most)
            assert found.number == counts[count]
            assert len(found.rows) == max(0, min(most, found.steps - skip))


def test_what_stands_is_the_same_for_each_object_as_for_all_together(tmp_path: Path) -> None:
    city = [
        (name, made, place % 3) for place, name in enumerate(sorted(WALKS)[:60]) for made in (4, len(steps_of(name)[1]))
    ]
    snapshot = city_of(tmp_path, [each for each in city if 0 < each[1] <= len(steps_of(each[0])[1])])
    fast, plain = engine_of("duckdb"), engine_of("plain")
    standing = [
        count
        for count, text in COUNTED.items()
        if any(each.window is Window.STANDING for each in terms_of(count, text))
    ]
    assert any("report_handled" in COUNTED[count] for count in standing), "none adds what stands to what happened"
    seen = 0
    for count in standing:
        for alike in ((), tuple((place, min(place, 2)) for place in (0, *snapshot.places))):
            keys = ("unit",) if not alike else ("place",)
            request = Request({count: COUNTED[count]}, (parse_period("2024"),), keys, alike=alike)
            for key in nonzero(plain.count(snapshot, request)):
                for skip, most in ((0, 50), (0, 1), (1, 2)):
                    found = fast.marks(snapshot, request, [[key[1]]], skip=skip, most=most)
                    assert found == plain.marks(snapshot, request, [[key[1]]], skip=skip, most=most), count
                seen += found.steps
    assert seen > 3


def test_one_form_answers_each_question_with_its_own_numbers(tmp_path: Path) -> None:
    """The SQL kept from the first question must not bring its periods, moment or objects into the next."""
    city = [(name, len(steps_of(name)[1]), place % 3) for place, name in enumerate(sorted(WALKS)[:60])]
    snapshot = city_of(tmp_path, [each for each in city if each[1]])
    fast, plain = engine_of("duckdb"), engine_of("plain")
    tables = [pq.read_table(path, partitioning=None) for path in snapshot.paths("steps")]
    known_at = sorted(minute for table in tables for minute in table["at"].to_pylist())
    days = sorted({str(date(1970, 1, 1) + timedelta(days=minute // 1440)) for minute in known_at})
    assert len(days) > 2
    spans = ("2024", "2023", f"{days[0]}..{days[0]}", f"{days[1]}..{days[-1]}")
    answers = []
    for span in spans:
        for known in (None, known_at[len(known_at) // 3], known_at[len(known_at) // 2]):
            request = Request(COUNTED, (parse_period(span),), ("place",), known)
            answers.append(nonzero(plain.count(snapshot, request)))
            assert nonzero(fast.count(snapshot, request)) == answers[-1]
            closed = Request({"n_close": COUNTED["n_close"]}, request.periods, ("place", "source"), known)
            for places in ([1], [2], [1, 2], [3, 1, 2]):
                for source in {what.source for what in snapshot.whats.values()}:
                    key: list[list[int | str]] = [[*places], [source]]
                    assert list(fast.cases_of(snapshot, closed, key)) == list(plain.cases_of(snapshot, closed, key))
    assert len({repr(sorted(answer.items())) for answer in answers}) > len(spans)


def test_places_that_are_alike_are_added_up(tmp_path: Path) -> None:
    city = [(name, len(steps_of(name)[1]), place % 3) for place, name in enumerate(sorted(WALKS)[:60])]
    snapshot = city_of(tmp_path, [each for each in city if each[1]])
    assert len(snapshot.places) == 3
    alike = ((0, 0), (1, 1), (2, 1), (3, 3))
    request = Request(COUNTED, months_of(parse_period("2024-Q1")), ("unit", "place"), alike=alike)
    found = nonzero(engine_of("duckdb").count(snapshot, request))
    assert {key[2] for key in found} == {1, 3}
    assert found == nonzero(engine_of("plain").count(snapshot, request))


def test_a_count_that_steps_cannot_give_lists_nothing(tmp_path: Path) -> None:
    outside = next(name for name, text in COUNTED.items() if text == "outside")
    request = Request({outside: "outside"}, (parse_period("2024"),), ("unit",))
    assert list(engine_of("duckdb").cases_of(city_of(tmp_path, [("W01", 1, 1)]), request, [[1]])) == []


def test_spark_counts_the_same(tmp_path: Path) -> None:
    try:
        spark = engine_of("spark", spark_master="local[2]")
    except EngineMissing as missing:
        pytest.skip(str(missing))
    city = [(name, len(steps_of(name)[1]), place) for place, name in enumerate(sorted(WALKS)[:60])]
    snapshot = city_of(tmp_path, [(name, made, place % 3) for name, made, place in city if made])
    request = Request(COUNTED, months_of(parse_period("2024-Q1")), ("place", "unit", "source"))
    assert nonzero(spark.count(snapshot, request)) == nonzero(engine_of("duckdb").count(snapshot, request))
    mixed = "n_need_handle_reached"
    request, plain = Request({mixed: COUNTED[mixed]}, (parse_period("2024"),), ("unit",)), engine_of("plain")
    for key in list(nonzero(plain.count(snapshot, request)))[:3]:
        found = spark.marks(snapshot, request, [[key[1]]], skip=0, most=5)
        assert found == plain.marks(snapshot, request, [[key[1]]], skip=0, most=5)

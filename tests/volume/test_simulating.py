"""A simulated city: every step legal, every stage held, the same for a seed, counted and numbered whole."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from tests.volume.conftest import NOW, Ask, breaks_found
from wangge.domains.cases.models.case import OPEN_STAGES
from wangge.domains.cases.rules import forget_rules
from wangge.domains.cases.surroundings import forget_units
from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.gazetteer_queries import find_places, words_for_point
from wangge.domains.geography.queries import area_name
from wangge.domains.organizations.logic import TERMINAL
from wangge.project.demo.city_data import read_city
from wangge.project.demo.ground import grow_ground
from wangge.project.demo.ground_loading import LoadedGround, load_ground
from wangge.project.simulation.conduct import balanced
from wangge.project.simulation.likeness import likeness
from wangge.project.simulation.rhythm import amounts_by_day, days_of, shared_out, weather_of
from wangge.project.simulation.running import DayTask, Production, demo_tasks, load_demo_cases, produce, year_tasks


def everything(ground: LoadedGround, seed: int = 3) -> Production:
    """What a worker is given."""
    return Production(ground, seed, TERMINAL, NOW)


def written_year(ground: LoadedGround, *, cases: int, seed: int, jobs: int = 1) -> int:
    days = [task for task in year_tasks(cases=cases, year=2024, seed=seed) if task.day.on.month in (2, 12)]
    return sum(done.cases for done in produce(everything(ground, seed), days, jobs=jobs))


def tasks_of(cases: int, seed: int) -> list[DayTask]:
    return year_tasks(cases=cases, year=2024, seed=seed)


def test_every_step_of_a_simulated_year_is_legal_and_verifies(ground: LoadedGround, ask: Ask) -> None:
    written = written_year(ground, cases=4000, seed=3)
    assert ask("SELECT count(*) FROM cases_case") == [(written,)]
    assert ask("SELECT count(*) FROM cases_matter") == [(written,)]
    assert breaks_found() == []
    kinds: dict[str, int] = dict(ask("SELECT entry, count(*) FROM cases_case GROUP BY entry"))
    assert 0.30 < kinds["report_self_handled"] / written < 0.43
    assert 0.02 < kinds["receive_report"] / written < 0.09
    assert ask("SELECT count(*) FROM outbox") == [(0,)]
    batches = ask("SELECT sum((detail->>'cases')::int) FROM organizations_audit_record WHERE kind = 'import'")
    assert batches == [(written,)]


def test_no_index_by_ranges_of_pages_lies_on_rows_that_each_step_writes_anew(ask: Ask) -> None:
    """Such a row goes where there is room: after some days of work every range has one of today, and a wall that counts
    the day reads the whole table."""
    named = ask(
        "SELECT c.oid::regclass::text, a.amname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " JOIN pg_am a ON a.oid = c.relam WHERE i.indrelid IN ('cases_case'::regclass, 'cases_open'::regclass)"
    )
    assert {"case_filed_at", "case_closed_at"} <= {name for name, _method in named}
    assert [name for name, method in named if method == "brin"] == []


PUBLISHED = {  # of one centre for 2024: share of the reports, or of what the name says
    "self-handled": 317_100 / 864_300,
    "filed": 862_000 / 864_300,
    "closed of the filed": 836_000 / 862_000,
    "by the public platform": 33_000 / 864_300,
    "by the hotline": 11_200 / 864_300,
}


def test_a_simulated_year_has_the_shares_of_a_published_one(ground: LoadedGround, ask: Ask) -> None:
    """Counted as published: self-handled cases are filed and closed, children are not counted again."""
    reports, seed = 12_000, 11
    list(produce(everything(ground, seed), tasks_of(reports, seed), jobs=2))
    ((told, own, filed, closed, public, hotline),) = ask(
        "WITH once AS (SELECT case_id, bool_or(verb = 'confirm_self_handled') AS own, bool_or(verb = 'file_case')"
        " AS filed, bool_or(verb = 'close_case') AS closed FROM cases_step GROUP BY 1)"
        " SELECT count(*), count(*) FILTER (WHERE own), count(*) FILTER (WHERE own OR filed),"
        " count(*) FILTER (WHERE own OR closed), count(*) FILTER (WHERE source = 'public'),"
        " count(*) FILTER (WHERE source = 'hotline')"
        " FROM cases_case c JOIN once ON once.case_id = c.id WHERE c.parent_id IS NULL"
    )
    found = {
        "self-handled": own / told,
        "filed": filed / told,
        "closed of the filed": closed / filed,
        "by the public platform": public / told,
        "by the hotline": hotline / told,
    }
    assert told == reports
    for name, share in PUBLISHED.items():
        by_chance = 4 * (share * (1 - share) / reports) ** 0.5
        assert abs(found[name] - share) < by_chance + 0.001, (seed, name, found[name], share)


def test_of_those_who_rate_as_many_are_satisfied_as_published() -> None:
    chance, draws = random.Random(5), 200_000
    happy = sum(likeness().happens(chance, "rated_satisfied") for _draw in range(draws))
    assert abs(happy / draws - 0.9953) < 4 * (0.9953 * 0.0047 / draws) ** 0.5


def test_everything_that_befalls_cases_happens_in_a_year(ground: LoadedGround, ask: Ask) -> None:
    list(produce(everything(ground, 12), tasks_of(5_000, 12), jobs=2))
    verbs = {verb for (verb,) in ask("SELECT DISTINCT verb FROM cases_step")}
    wanted = {
        "fail_inspection", "send_back", "redispatch", "request_extension", "approve_extension", "request_suspension",
        "approve_suspension", "request_postponement", "approve_void", "urge", "supervise", "reply_supervision",
        "file_appeal", "endorse_appeal", "grant_appeal", "dismiss_appeal", "rate", "call_back", "reject_self_handled",
        "decline_report", "inspect_again", "return_to_acceptor", "resume_suspended", "refuse_extension",
    }  # fmt: skip
    assert wanted - verbs == set()
    assert breaks_found() == []


def test_units_differ_in_their_conduct_and_balance_over_the_city() -> None:
    units = [f"u{number % 40}" for number in range(4000)]
    conduct = balanced(3, units)
    factors = [conduct.factor("late", unit) for unit in units]
    assert sum(factors) / len(factors) == pytest.approx(1.0)
    assert max(factors) > 3 * min(factors)
    again = balanced(3, units)
    assert factors == [again.factor("late", unit) for unit in units]


def test_a_storm_fills_the_hotline_and_keeps_collectors_home() -> None:
    weather = weather_of(7, 2024)
    days = days_of(date(2024, 1, 1), date(2024, 12, 31))
    amounts = dict(zip(days, amounts_by_day(864_300, days, likeness().sources, {2024: weather}), strict=True))
    assert len(weather.storms) == 2
    for storm in weather.storms:
        dry = next(day for day in days if day not in weather.wet and day.weekday() == storm.weekday())
        assert amounts[storm]["hotline"] > 4 * amounts[dry]["hotline"]
        assert amounts[storm]["collector"] < 0.7 * amounts[dry]["collector"]
    assert sum(sum(amount.values()) for amount in amounts.values()) == 864_300
    assert sum(amount["public"] for amount in amounts.values()) == 33_000 - 1  # rounded down to parts of 100,000


def test_what_the_year_leaves_undone_stays_open(ground: LoadedGround, ask: Ask) -> None:
    written_year(ground, cases=4000, seed=3)
    stages: dict[str, int] = dict(ask("SELECT stage, count(*) FROM cases_case GROUP BY stage"))
    assert stages["archived"] > stages["handling"] > 0
    assert ask("SELECT max(at) < '2024-12-31 16:00+00' FROM cases_step") == [(True,)]


def test_the_numbers_of_a_district_and_day_follow_the_moments_of_the_reports(ground: LoadedGround, ask: Ask) -> None:
    written_year(ground, cases=4000, seed=3)
    out_of_order = ask(
        "SELECT count(*) FROM (SELECT reported_at < lag(reported_at) OVER"
        " (PARTITION BY substr(number, 1, 15) ORDER BY number) AS back FROM cases_case WHERE parent_id IS NULL) n"
        " WHERE back"
    )
    assert out_of_order == [(0,)]
    assert ask(
        "SELECT bool_and(last = (SELECT count(*) FROM cases_case c WHERE c.parent_id IS NULL"
        " AND starts_with(c.number, k.district_code || '-' || to_char(k.day, 'YYYYMMDD'))))"
        " FROM cases_number_counter k"
    ) == [(True,)]


FINGERPRINT = (
    "SELECT count(*), md5(string_agg(id::text || number || encode(tail_hash, 'hex') || state, '' ORDER BY id)),"
    " (SELECT md5(string_agg(texts::text, '' ORDER BY case_id, seq)) FROM cases_private_texts) FROM cases_case"
)


@pytest.fixture
def alone_and_together(ground: LoadedGround, ask: Ask) -> tuple[Any, Any]:
    """The fingerprints of a few days written by one process and by two, in one database after the other."""
    tasks = year_tasks(cases=3000, year=2024, seed=5)[120:128]
    once = sum(done.cases for done in produce(everything(ground, 5), tasks[:4], jobs=1))
    alone = ask(FINGERPRINT)
    assert alone[0][0] == once
    return tasks, alone


def test_a_seed_gives_the_same_city_whoever_writes_it(
    ground: LoadedGround, ask: Ask, city_database: Any, alone_and_together: tuple[Any, Any]
) -> None:
    tasks, alone = alone_and_together
    city_database.renew()
    ask(f"SELECT ensure_month_partitions('{NOW.date()}', '{NOW.date()}')")
    again = load_ground(ground.ground, by=TERMINAL, at=NOW, turns_from=NOW.date(), turns_to=NOW.date())
    assert again.person_ids == ground.person_ids
    done = list(produce(everything(again, 5), tasks[:4], jobs=2))
    assert sum(each.cases for each in done) == alone[0][0]
    assert ask(FINGERPRINT) == alone


@pytest.mark.parametrize(
    "at",
    [
        NOW,
        pytest.param(datetime(2025, 3, 15, 22, 10, tzinfo=UTC), id="early on a Sunday"),
        pytest.param(datetime(2025, 10, 7, 16, 5, tzinfo=UTC), id="five past midnight at the end of a holiday"),
    ],
)
def test_the_demo_city_holds_open_cases_in_every_stage(ground: LoadedGround, ask: Ask, at: datetime) -> None:
    ask(f"SELECT ensure_month_partitions('{at.date()}', '{at.date()}')")
    done = list(load_demo_cases(city=ground, seed=4, at=at, by=TERMINAL, cases=850, recent=50))
    assert sum(day.cases for day in done) >= 900
    recent = (at - timedelta(days=14)).date()
    stages: dict[str, int] = dict(
        ask(f"SELECT stage, count(*) FROM cases_case WHERE reported_at > '{recent}' GROUP BY stage")
    )
    assert {stage: stages.get(stage, 0) for stage in OPEN_STAGES if stages.get(stage, 0) < 3} == {}
    assert ask(f"SELECT count(*) FROM cases_step WHERE at > '{at.isoformat()}'") == [(0,)]
    assert ask(f"SELECT min(reported_at)::date, max(reported_at) <= '{at.isoformat()}' FROM cases_case") == [
        (date(2024, 1, 1), True)
    ]
    assert breaks_found() == []


def test_a_city_of_lean_rules_and_districts_is_simulated_from_its_data(months: None, ask: Ask) -> None:
    city = read_city("lean")
    overlay = settings.CITY_OVERLAY
    settings.CITY_OVERLAY = city.overlay
    forget_rules()
    forget_units()
    try:
        loaded = load_ground(grow_ground(city), by=TERMINAL, at=NOW, turns_from=NOW.date(), turns_to=NOW.date())
        tasks = demo_tasks(cases=560, recent=40, at=NOW, seed=3)[-40:]
        assert sum(done.cases for done in produce(everything(loaded), tasks, jobs=1)) > 0
        verbs: dict[str, int] = dict(ask("SELECT verb || ' ' || post, count(*) FROM cases_step GROUP BY 1"))
        assert verbs["forward_result system"] > 0
        assert verbs["confirm_self_handled system"] > verbs.get("confirm_self_handled acceptor", 0)
        assert verbs["district_dispatch district_dispatcher"] > 0
        assert breaks_found() == []
    finally:
        settings.CITY_OVERLAY = overlay
        forget_rules()
        forget_units()


def test_photos_of_the_pool_stand_in_the_steps(ground: LoadedGround, ask: Ask) -> None:
    photos = {
        (subject, settled): ((f"{subject[:3]}{'settled' if settled else 'before'}".ljust(26, "a"), "0" * 64),)
        for subject in ("refuse", "stall", "poster", "cover", "lamp", "bin", "greenery", "water", "pavement", "parking")
        for settled in (False, True)
    }
    production = replace(everything(ground), photos=photos)
    task = year_tasks(cases=3000, year=2024, seed=5)[60]
    list(produce(production, [task], jobs=1))
    assert ask("SELECT count(*) > 0 FROM cases_case WHERE photos <> '[]'") == [(True,)]
    assert breaks_found() == []


def test_addresses_are_what_the_gazetteer_says_of_their_points(ground: LoadedGround, ask: Ask) -> None:
    task = year_tasks(cases=3000, year=2024, seed=5)[60]
    list(produce(everything(ground), [task], jobs=1))
    spoken = 0
    for address, lon, lat, street in ask(
        "SELECT m.address, m.lon, m.lat, a.name FROM cases_matter m JOIN geography_area a"
        " ON a.kind = 'street' AND a.code = m.street_code"
    ):
        said = words_for_point(lon=lon, lat=lat, on=task.day.on)
        district = area_name(kind=AreaKind.DISTRICT, code=said.place.district, on=task.day.on)
        assert address.startswith(street + said.words.removeprefix(district)), (address, said.words)
        spoken += said.spoken is not None
        if said.spoken and said.spoken.kind == "house_number":
            (first, *_rest) = find_places(words=said.spoken.name, on=task.day.on, district=said.place.district or "")
            assert first.name == said.spoken.name
    assert spoken > 3


@given(total=st.integers(0, 10_000), weights=st.lists(st.floats(0.01, 100), min_size=1, max_size=40))
def test_a_number_shared_out_adds_up(total: int, weights: list[float]) -> None:
    parts = shared_out(total, weights)
    assert sum(parts) == total
    assert min(parts) >= 0


def test_the_present_moment_is_the_last_of_the_demo() -> None:
    at = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
    tasks = demo_tasks(cases=18_800, recent=1_200, at=at, seed=1)
    assert tasks[-1].day.on == date(2026, 11, 24)  # already tomorrow in the city
    assert sum(sum(task.day.amounts.values()) for task in tasks) >= 20_000

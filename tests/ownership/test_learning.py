"""What a history suggests: examples, and a real city's work queues, measured on cases that were not learnt from."""

from __future__ import annotations

import csv
import gzip
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shared_material import DATA
from wangge.domains.ownership.logic.learning import ALL_YEARS, Past, Suggestions, learn

SAN_FRANCISCO = DATA / "sf311" / "dev" / "requests.csv.gz"
KEYS = ("category", "complaint_type", "descriptor", "supervisor_district")


def past(text: str, unit: str, times: int = 1, year: int = 2024) -> list[Past]:
    return [Past(tuple(text.split()), year, unit)] * times


def test_a_finer_key_becomes_a_rule_only_where_it_is_surer() -> None:
    rules = learn([*past("lamp east", "a", 9), *past("lamp west", "b", 5), *past("lamp west", "a", 1)])
    said = {(rule.keys, rule.year): (rule.unit, rule.support, rule.right) for rule in rules}
    assert said[(), ALL_YEARS] == ("a", 15, 10)
    assert said[("lamp", "east"), ALL_YEARS] == ("a", 9, 9)
    assert said[("lamp", "west"), ALL_YEARS] == ("b", 6, 5)
    assert ("lamp",) not in {keys for keys, _year in said}


def test_a_unit_that_changed_its_work_is_learnt_by_year() -> None:
    rules = learn([*past("lamp", "a", 9, year=2020), *past("lamp", "b", 9, year=2024)])
    ask = Suggestions(rules).unit_for
    assert (ask(("lamp",), 2020), ask(("lamp",), 2024)) == ("a", "b")


def test_nothing_is_suggested_from_nothing() -> None:
    assert learn([]) == []
    assert Suggestions([]).unit_for(("lamp",), 2024) == ""


_history = st.lists(
    st.builds(
        Past, st.tuples(st.sampled_from("xy"), st.sampled_from("12")), st.sampled_from([2020, 2021]),
        st.sampled_from("abc"),
    ),
    max_size=40,
)  # fmt: skip


@given(_history)
def test_figures_are_those_of_a_plain_count(history: list[Past]) -> None:
    for rule in learn(history):
        fitting = [
            case for case in history
            if case.keys[: len(rule.keys)] == rule.keys and rule.year in (ALL_YEARS, case.year)
        ]  # fmt: skip
        assert (rule.support, rule.right) == (len(fitting), sum(case.unit == rule.unit for case in fitting))


@pytest.mark.skipif(not SAN_FRANCISCO.is_file(), reason="the San Francisco requests are not here")
def test_work_queues_of_a_real_city_are_learnt_on_four_fifths_and_measured_on_the_rest() -> None:
    with gzip.open(SAN_FRANCISCO, "rt", encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    cases = [Past(tuple(row[key] for key in KEYS), int(row["created_date"][:4]), row["agency_name"]) for row in rows]
    fold = [int(hashlib.sha256(row["unique_key"].encode()).hexdigest(), 16) % 5 for row in rows]
    right = 0
    for part in range(5):
        ask = Suggestions(learn(case for case, where in zip(cases, fold, strict=True) if where != part)).unit_for
        right += sum(
            ask(case.keys, case.year) == case.unit for case, where in zip(cases, fold, strict=True) if where == part
        )
    assert right / len(cases) >= 0.75, right / len(cases)

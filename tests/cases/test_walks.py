"""Every worked walk of the closed loop comes out of the logic step by step, and so do its counts."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest

from wangge.domains.cases.logic.rulebook import Rulebook, rulebook
from wangge.domains.cases.logic.walking import ANSWER_COLUMNS, Walked, walk_one
from wangge.standards.calendars import load_city_clocks
from wangge.standards.library import load_tables

EXAMPLES = Path(__file__).parents[1] / "worked_examples"
TABLES = load_tables()
CLOCKS = load_city_clocks()
DEFAULTS = {row.key: row.default for row in TABLES.settings}


def rules_for(stated: Mapping[str, str]) -> Rulebook:
    return rulebook(tables=TABLES, settings={**DEFAULTS, **stated}, clock_of=CLOCKS.clock_of)


def read_walks() -> dict[str, list[dict[str, str]]]:
    walks: dict[str, list[dict[str, str]]] = defaultdict(list)
    with (EXAMPLES / "walks.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            walks[row["walk"]].append(row)
    return walks


def read_counts() -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    with (EXAMPLES / "walk_counts.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            counts[row["walk"]][row["counter"]] = int(row["value"])
    return counts


WALKS, COUNTS = read_walks(), read_counts()


def inputs_of(steps: list[dict[str, str]]) -> list[dict[str, str]]:
    """Only the columns up to ``args``, so that nothing of the answer can leak in."""
    return [{name: row[name] for name in list(row)[:9]} for row in steps]


def walked(name: str) -> Walked:
    return walk_one(inputs_of(WALKS[name]), rules_for)


def test_there_are_86_walks_of_1089_steps() -> None:
    assert len(WALKS) == 86
    assert sum(len(steps) for steps in WALKS.values()) == 1089


@pytest.mark.parametrize("name", sorted(WALKS))
def test_a_walk_gives_its_answers_step_by_step(name: str) -> None:
    for expected, answer in zip(WALKS[name], walked(name).rows, strict=True):
        wanted = {column: expected[column] for column in ANSWER_COLUMNS}
        assert {column: answer[column] for column in ANSWER_COLUMNS} == wanted, f"{name} step {expected['step']}"


@pytest.mark.parametrize("name", sorted(COUNTS))
def test_a_walk_counts_what_its_counters_say(name: str) -> None:
    assert dict(walked(name).counts) == COUNTS[name]


def centre_acts(name: str) -> int:
    """Human acts of the centre: a composite act of one person at one moment is one act."""
    desks = {"acceptor", "duty_leader", "dispatcher", "archivist"}
    acts = set()
    for row, answer in zip(WALKS[name], walked(name).rows, strict=True):
        if answer["expect"] == "ok" and row["post"] in desks:
            acts.add((row["moment"], row["by"], "act" if "act=" in row["args"] else row["step"]))
    return len(acts)


def test_an_ordinary_case_takes_six_acts_of_the_centre_under_plain_and_one_under_lean() -> None:
    assert centre_acts("W01") == 6
    assert centre_acts("W66") == 1


@pytest.mark.parametrize("name", ["W67", "W69"])
def test_a_drawn_case_and_an_exception_take_two_acts_under_lean(name: str) -> None:
    assert centre_acts(name) == 2

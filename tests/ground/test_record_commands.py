"""The commands about the record: the audit log as CSV, its old months, and words that are erased."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tests.ground.city import City


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    made = City(Path(tmp_path_factory.mktemp("record")) / "var")
    assert made.run("migrate", "--quiet").returncode == 0
    return made


def test_the_log_goes_out_as_csv_and_says_who_took_it(city: City) -> None:
    city.run("audit", "export")
    shown = city.run("audit", "export", "--kind", "export")
    lines = list(csv.DictReader(io.StringIO(shown.stdout.lstrip("\ufeff"))))
    assert shown.returncode == 0
    assert {line["object_kind"] for line in lines} == {"audit_log"}
    assert lines[0]["person"] == "命令行"


def test_an_unknown_kind_of_record_names_the_known_ones(city: City) -> None:
    shown = city.run("audit", "export", "--kind", "gossip")
    assert shown.returncode == 2
    assert "sign_in" in shown.stderr


def test_less_than_seven_months_cannot_be_asked_for(city: City) -> None:
    assert city.run("audit", "drop", "--keep-months", "6").returncode == 2
    assert city.run("audit", "drop", "--keep-months", "7").returncode == 0


def test_erasing_a_case_that_is_not_there_says_so(city: City) -> None:
    shown = city.run("case", "erase", "000000-20240101-00001", "--because", "本人申请", "--yes")
    assert shown.returncode == 1
    assert "000000-20240101-00001" in shown.stderr


def test_erasing_asks_for_a_reason(city: City) -> None:
    assert city.run("case", "erase", "000000-20240101-00001", "--yes").returncode == 2
    assert city.run("case", "erase", "000000-20240101-00001", "--because", " ", "--yes").returncode == 2

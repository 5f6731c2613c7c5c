"""The commands ``wangge deadline`` and ``wangge elapsed`` as the contract describes them."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from wangge.project.commands import deadline, elapsed

FRIDAY = ("--from", "2024-09-27T16:30")


def _deadline(*arguments: str) -> Result:
    return CliRunner().invoke(deadline.command, list(arguments))


def _document(result: Result) -> dict[str, Any]:
    document = json.loads(result.stdout)
    assert isinstance(document, dict)
    return document


@pytest.mark.parametrize(
    ("arguments", "due_at"),
    [
        ("--limit 4 --unit work_hour", "2024-09-29T10:30:00+08:00"),
        ("--limit 1 --unit work_day", "2024-09-29T16:30:00+08:00"),
        ("--limit 2 --unit natural_hour", "2024-09-27T18:30:00+08:00"),
        ("--limit 1 --unit urgent_work_day", "2024-09-28T16:30:00+08:00"),
        ("--limit 4 --unit work_hour --calendar none", "2024-09-28T10:30:00+08:00"),
        ("--limit 3 --unit work_hour --slots 22:00-02:00 --calendar none", "2024-09-28T01:00:00+08:00"),
        ("--limit 4 --unit work_hour --extend 2", "2024-09-29T14:30:00+08:00"),
        ("--limit 4 --unit work_hour --pause 2024-09-27T17:00/2024-09-29T09:00", "2024-09-29T14:30:00+08:00"),
        (
            "--limit 4 --unit work_hour --pause 2024-09-27T17:00/2024-09-29T09:00 "
            "--pause 2024-09-29T08:30/2024-09-29T09:30",
            "2024-09-29T15:00:00+08:00",
        ),
        # work_day stays 480 minutes, whatever the slots add up to
        ("--limit 1 --unit work_day --slots 08:00-11:00", "2024-10-08T10:00:00+08:00"),
    ],
)
def test_a_deadline_is_answered_as_json(arguments: str, due_at: str) -> None:
    result = _deadline(*FRIDAY, *arguments.split(), "--json")
    assert result.exit_code == 0, result.output
    assert _document(result)["due_at"] == due_at
    assert arguments.split()[3] in _document(result)["rule"]


def test_without_json_the_deadline_and_its_rule_are_printed() -> None:
    result = _deadline(*FRIDAY, "--limit", "4", "--unit", "work_hour")
    first, second = result.stdout.splitlines()
    assert first == "2024-09-29T10:30:00+08:00"
    assert "240 分钟" in second


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [
        ("--limit 0 --unit work_hour", 2),
        ("--limit -1 --unit work_hour", 2),
        ("--limit 1 --unit week", 2),
        ("--limit 0.001 --unit work_hour", 2),
        ("--limit 4 --unit work_hour --extend 0", 2),
        ("--limit 4 --unit work_hour --slots 8-12", 2),
        ("--limit 4 --unit work_hour --slots ,", 2),
        ("--limit 4 --unit work_hour --pause 2024-09-27T17:00/", 2),
        ("--limit 99999999999 --unit natural_day", 2),
        ("--limit 3000 --unit work_day", 1),
    ],
)
def test_what_cannot_be_answered_is_an_error_that_says_so(arguments: str, exit_code: int) -> None:
    result = _deadline(*FRIDAY, *arguments.split(), "--json")
    assert result.exit_code == exit_code, result.output
    document = _document(result)
    assert document["due_at"] is None
    assert document["error"]
    assert document["error"] in result.stderr


def test_beyond_the_last_known_year_the_error_names_the_command() -> None:
    result = _deadline("--from", "2026-12-31T17:30", "--limit", "1", "--unit", "work_hour")
    assert result.exit_code == 1
    assert "2027" in result.stderr
    assert "wangge standards check" in result.stderr


def test_a_continuous_limit_needs_no_calendar() -> None:
    result = _deadline("--from", "2031-12-31T23:30:59", "--limit", "1", "--unit", "natural_hour", "--json")
    assert _document(result)["due_at"] == "2032-01-01T00:30:00+08:00"


@pytest.mark.parametrize(
    "arguments",
    [
        "",
        "--limit 4 --unit work_hour",
        "--from x --limit 4",
        "--calendar nowhere.csv --from 2024-09-27T16:30",
    ],
)
def test_an_incomplete_call_is_wrong_use(arguments: str) -> None:
    assert _deadline(*arguments.split()).exit_code == 2


def test_a_batch_answers_row_by_row_and_keeps_its_columns(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(
        "id,from,limit,unit,pauses,extend\n"
        "1,2024-09-27T16:30,4,work_hour,,\n"
        "2,2024-09-27T16:30,4,work_hour,"
        "2024-09-27T17:00/2024-09-29T09:00;2024-09-29T08:30/2024-09-29T09:30,1\n"
        "3,nonsense,4,work_hour,,\n"
        "4,2026-12-31T17:30,1,work_hour,,\n"
        "\n"
        "5,2024-09-27 16:30,2,natural_hour\n"
        "6,2024-09-27 16:30,2,natural_hour,,,,\n",
        encoding="utf-8-sig",
    )
    result = _deadline("--batch", str(source), str(target), "--json")
    assert result.exit_code == 0, result.output
    assert _document(result) == {"rows": 6, "errors": 3}
    with target.open(encoding="utf-8", newline="") as lines:
        rows = {row["id"]: row for row in csv.DictReader(lines)}
    assert [*rows["1"]] == ["id", "from", "limit", "unit", "pauses", "extend", "due_at", "error"]
    assert {number: row["due_at"] for number, row in rows.items()} == {
        "1": "2024-09-29T10:30:00+08:00",
        "2": "2024-09-29T16:00:00+08:00",
        "3": "",
        "4": "",
        "5": "2024-09-27T18:30:00+08:00",
        "6": "",
    }
    assert {number for number, row in rows.items() if row["error"]} == {"3", "4", "6"}
    assert "2027" in rows["4"]["error"]


def test_a_batch_may_be_written_over_itself(tmp_path: Path) -> None:
    path = tmp_path / "both.csv"
    path.write_text("from,limit,unit,due_at\n2024-09-27T16:30,4,work_hour,old\n", encoding="utf-8")
    for _ in range(2):
        assert _deadline("--batch", str(path), str(path)).exit_code == 0
        assert path.read_text(encoding="utf-8") == (
            "from,limit,unit,due_at,error\n2024-09-27T16:30,4,work_hour,2024-09-29T10:30:00+08:00,\n"
        )
    assert [file.name for file in tmp_path.iterdir()] == ["both.csv"]


def test_a_batch_without_its_columns_is_wrong_use_and_writes_nothing(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("start,limit,unit\n", encoding="utf-8")
    assert _deadline("--batch", str(source), str(target)).exit_code == 2
    assert _deadline("--batch", str(tmp_path / "absent.csv"), str(target)).exit_code == 2
    assert _deadline("--batch", str(source), str(target), *FRIDAY).exit_code == 2
    assert not target.exists()


@pytest.mark.parametrize(
    ("unit", "minutes"),
    [("work_hour", 240), ("work_day", 240), ("natural_hour", 2520), ("stage_minute", 2520)],
)
def test_elapsed_counts_the_minutes_of_the_units_clock(unit: str, minutes: int) -> None:
    arguments = [*FRIDAY, "--to", "2024-09-29T10:30", "--unit", unit, "--json"]
    result = CliRunner().invoke(elapsed.command, arguments)
    assert result.exit_code == 0, result.output
    assert _document(result) == {"minutes": minutes}


@pytest.mark.parametrize(
    ("to", "unit", "exit_code"),
    [
        ("2024-09-27T16:29", "work_hour", 2),
        ("2024-09-27", "work_hour", 2),
        ("2024-09-28T08:00", "week", 2),
        ("2027-01-04T08:00", "work_hour", 1),
    ],
)
def test_elapsed_refuses_what_it_cannot_count(to: str, unit: str, exit_code: int) -> None:
    result = CliRunner().invoke(elapsed.command, [*FRIDAY, "--to", to, "--unit", unit, "--json"])
    assert result.exit_code == exit_code, result.output


def test_the_commands_need_neither_django_nor_the_database() -> None:
    script = (
        "import sys; from wangge.project.commands import deadline, elapsed; "
        "from wangge.standards.calendars import load_city_clocks; load_city_clocks().clock_of('working'); "
        "print(sorted({'django', 'psycopg'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

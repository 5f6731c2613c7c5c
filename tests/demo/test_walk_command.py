"""``wangge walk``: worked examples come out as printed, from the columns up to ``args`` alone, without a database."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from wangge.project.command_line import wangge

WALKS = Path(__file__).parents[1] / "worked_examples" / "walks.csv"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(wangge, ["walk", *map(str, words)])


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    """The worked examples with nothing behind ``args``."""
    rows = rows_of(WALKS)
    columns = list(rows[0])[:9]
    path = tmp_path / "walks.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, columns, extrasaction="ignore")
        table.writeheader()
        table.writerows(rows)
    return path


def test_every_worked_example_comes_out_as_printed_from_its_inputs_alone(inputs: Path) -> None:
    done = run(inputs, "--json")
    assert done.exit_code == 0
    answers = json.loads(done.stdout)
    assert answers == rows_of(WALKS)
    assert [list(answer) for answer in answers] == [list(row) for row in rows_of(WALKS)]


def test_answers_in_the_file_are_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "walks.csv"
    path.write_text(WALKS.read_text("utf-8").replace(",ok,", ",refused,"), "utf-8")
    assert json.loads(run(path, "--json").stdout) == rows_of(WALKS)


def test_people_read_a_line_for_each_step() -> None:
    done = run(WALKS)
    assert done.exit_code == 0
    assert len(done.stdout.splitlines()) == 1089


def test_a_file_that_is_no_table_of_walks_is_wrong_use(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("walk,title\nW01,x\n")
    assert run(path).exit_code == 2
    path.write_bytes(b"\xff\xfe\x00")
    assert run(path).exit_code == 2
    assert run(tmp_path / "none.csv").exit_code == 2


@pytest.mark.parametrize(
    "wrong",
    [
        "X,t,,1,gestern,a,collector,report,source=collector",
        "X,t,no_such_setting=1,1,2024-03-13 08:10,a,collector,report,source=collector",
        "X,t,automation=none,1,2024-03-13 08:10,a,collector,report,source=collector",
        "X,t,,1,2024-03-13 08:10,a,collector,report,source",
    ],
)
def test_a_walk_that_cannot_be_run_is_a_finding_and_the_others_are_printed(wrong: str, tmp_path: Path) -> None:
    path = tmp_path / "walks.csv"
    good = "G,t,,1,2024-03-13 08:10,c,collector,report,source=collector; category=component:0101; evidence=photo_before"
    path.write_text(f"walk,title,settings,step,moment,by,post,verb,args\n{wrong}\n{good}\n")
    done = run(path, "--json")
    assert done.exit_code == 1
    assert "2" in done.stderr
    assert [row["walk"] for row in json.loads(done.stdout)] == ["G"]

"""The check of a real published paper: every rule comes out as recorded, every defect is named once.

The paper and the record lie in the shared folder and are not part of the repository.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest

from tests.shared_material import SHARED
from wangge.domains.disclosure.checking.findings.finding import Cause, Result, Severity
from wangge.domains.disclosure.checking.reports.as_json import result_as_json
from wangge.domains.disclosure.checking.work import Task, check_file

SCHEMA = Path(__file__).resolve().parents[3] / "docs" / "schemas" / "accounts-check.schema.json"


def shared(name: str) -> Path:
    if not (SHARED / name).exists():
        pytest.skip(f"../shared/{name} is not here")
    return SHARED / name


@pytest.fixture(scope="module")
def result() -> Result:
    return check_file(Task(shared("seed/disclosure_2024.txt")))


@pytest.fixture(scope="module")
def recorded() -> dict[str, str]:
    with shared("facts/finance/rules.csv").open(encoding="utf-8") as file:
        return {row["id"]: row["result_on_seed"] for row in csv.DictReader(file)}


def test_every_recorded_rule_comes_out_as_recorded(result: Result, recorded: dict[str, str]) -> None:
    ours = {rule: outcome.value for rule, outcome in result.outcomes.items()}
    assert {rule: ours.get(rule) for rule in recorded} == recorded
    # Ours beside the record: an execution score, one code for one item, labour spending, the budget laid beside.
    more = {"A13A-EXECUTION-SCORE": "pass", "F-CODE-STRANGE": "pass", "P-LABOUR-CONTRACT": "fail", "B-INITIAL": "n/a"}
    assert {rule: outcome for rule, outcome in ours.items() if rule not in recorded} == more


def test_a_digit_lost_in_the_copy_is_a_doubt_of_reading(result: Result) -> None:
    (finding,) = [each for each in result.findings if each.rule == "F-CODE-LENGTH"]
    assert finding.cells == ["03.2019999.code"]
    assert (finding.printed, finding.expected, finding.cause) == ("201999", "2019999", Cause.READING)
    assert finding.repair is not None
    assert finding.repair.value == "2019999"


def test_the_defects_of_the_paper_itself_are_named_with_their_cells(result: Result) -> None:
    errors = {each.rule: each for each in result.findings if each.severity is Severity.ERROR}
    assert set(errors) == {
        "A11-PUBLIC-T06",
        "A11-PROJECT-BUDGET",
        "F-CODE-LENGTH",
        "F-PLACEHOLDER",
        "N-S13-COUNT",
        "N-S5-3-NAME-KUAN",
    }
    assert errors["A11-PUBLIC-T06"].cells == ["1-1.公用经费.c3"]
    assert (errors["A11-PUBLIC-T06"].printed, errors["A11-PUBLIC-T06"].expected) == ("80.05", "80.39")
    assert errors["N-S13-COUNT"].also == ["A13-SUM-BUDGET", "A13-SUM-FINAL"], "one missing form, named once"


def test_no_cell_is_named_as_an_error_twice(result: Result) -> None:
    leading = Counter(each.cells[0] for each in result.findings if each.severity is not Severity.NOTE)
    assert not [cell for cell, count in leading.items() if count > 1 and not cell.startswith("T.")]


def test_shifted_rows_are_read_by_their_sums_and_the_print_is_kept(result: Result) -> None:
    cell = result.paper.cells["03.合计.c1"]
    assert str(cell.value) == "1833.86"
    assert cell.confidence < 0.99
    assert cell.repaired_from
    assert str(result.paper.cells["03.合计.c3"].value) == "1452.16"


def test_the_json_keeps_to_its_schema(result: Result) -> None:
    printed = json.loads(json.dumps(result_as_json(result)))
    jsonschema.validate(printed, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert printed["summary"] == {"rules_run": 330, "passed": 254, "failed": 76, "not_applicable": 17}
    assert printed["cells"]["05.2120101.c2"]["value"] == "279.88"


@pytest.mark.parametrize("form", ["md", "bars"])
def test_other_ways_to_write_the_same_tables_give_the_same(result: Result, form: str, tmp_path: Path) -> None:
    lines = shared("seed/disclosure_2024.txt").read_text(encoding="utf-8").split("\n")
    drawn = [f"| {' | '.join(line.split(chr(9)))} |" if "\t" in line else line for line in lines]
    copy = tmp_path / ("paper.md" if form == "md" else "paper.txt")
    copy.write_text("\n".join(drawn), encoding="utf-8")
    again = check_file(Task(copy))
    assert again.outcomes == result.outcomes
    assert [(f.rule, f.cells, f.printed) for f in again.findings] == [
        (f.rule, f.cells, f.printed) for f in result.findings
    ]

"""Another city's file: both on-time rates are those its own check computes."""

from __future__ import annotations

import json
from decimal import ROUND_HALF_UP, Decimal

import pytest
from click.testing import CliRunner

from tests.shared_material import DATA
from wangge.project.commands.evaluate_file import of_file

BOSTON = DATA / "boston_sla" / "dev"


def test_both_on_time_rates_agree_by_department() -> None:
    if not (BOSTON / "cases.csv.gz").is_file():
        pytest.skip("../shared/data/boston_sla is not here")
    expected = json.loads((BOSTON / "expected.json").read_text())
    asked = [str(BOSTON / "cases.csv.gz"), "--mapping", "boston_sla", "--by", "department", "--json"]
    ran = CliRunner().invoke(of_file, asked)
    assert ran.exit_code == 0, ran.output
    told = json.loads(ran.output)
    groups = {"*": (told["total"], expected["total"])}
    groups |= {name: (told["by_department"][name], each) for name, each in expected["by_Department"].items()}
    assert told["by_department"].keys() == expected["by_Department"].keys()
    for ours, theirs in groups.values():
        assert (ours["cases"], ours["with_target"], ours["overdue"]) == (
            theirs["cases"], theirs["with_target"], theirs["overdue"],
        )  # fmt: skip
        for mine, his in (
            ("on_time_rate_of_those_with_target", "on_time_share_of_those_with_target"),
            ("on_time_rate_of_all_cases", "on_time_share_of_all_cases"),
        ):
            if theirs[his] is None:
                assert ours[mine] is None
            else:
                share = (Decimal(ours[mine]) / 100).quantize(Decimal("0.0001"), ROUND_HALF_UP)
                assert share == Decimal(str(theirs[his]))
    assert told["total"]["city_flag"] == expected["city_flag"]
    assert told["total"]["flag_disagrees"] == expected["flag_disagrees_with_closed_after_target"]

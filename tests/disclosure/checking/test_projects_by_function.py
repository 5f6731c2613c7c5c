"""The projects of a report against the project spending of the function items they are paid from."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import cast

from wangge.domains.disclosure.checking.detectors.registry import Asked
from wangge.domains.disclosure.checking.detectors.report import projects_by_function
from wangge.domains.disclosure.checking.findings.finding import Severity
from wangge.domains.disclosure.checking.reading.blocks import Place


def asked(projects: list[str], items: dict[str, str]) -> Asked:
    amounts = {f"R.project.{key}": Decimal(amount) for key, amount in enumerate(projects)}
    amounts |= {f"05.{code}.c3": Decimal(amount) for code, amount in items.items()}
    amounts["05.合计.c3"] = sum(map(Decimal, items.values()), Decimal(0))
    table = SimpleNamespace(codes=[SimpleNamespace(code=code) for code in items])
    paper = SimpleNamespace(
        tables={"05": table}, report_projects=[SimpleNamespace(key=str(key)) for key in range(len(projects))]
    )
    told = SimpleNamespace(
        paper=paper, amount=lambda name: amounts.get(name, Decimal(0)), where=str, place=lambda _name: Place()
    )
    return cast(Asked, told)


def test_projects_that_make_up_their_items_raise_nothing() -> None:
    checked = projects_by_function(asked(["352.16", "1080", "20"], {"2120102": "1432.16", "2120399": "20"}))
    assert (checked.count, checked.faults) == (2, [])


def test_a_tail_of_rounding_is_no_difference_but_one_project_must_be_exact() -> None:
    assert projects_by_function(asked(["1.11", "2.22", "3"], {"2120102": "3.34", "2120399": "3"})).faults == []
    checked = projects_by_function(asked(["3.33", "3"], {"2120102": "3.34", "2120399": "3"}))
    assert [fault.cells for fault in checked.faults] == [["05.2120102.c3"]]


def test_items_that_no_projects_make_up_are_notes_to_confirm() -> None:
    checked = projects_by_function(asked(["1080", "372.16"], {"2120102": "1432.16", "2120399": "20"}))
    assert [fault.cells for fault in checked.faults] == [["05.2120102.c3"], ["05.2120399.c3"]]
    assert {fault.severity for fault in checked.faults} == {Severity.NOTE}


def test_projects_that_do_not_add_up_at_all_are_another_rules_matter() -> None:
    assert projects_by_function(asked(["5"], {"2120102": "1432.16"})).count == 0

"""Annex 1-1 is filled from facts: buildings from their register, budgets from the lines; what nobody knows is blank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.budgeting.small_ledger import AT, LINE_OF_BASIC, UNIT, YEAR, allot, with_units
from wangge.domains.budgeting.operations.recording import enter_record
from wangge.domains.disclosure.queries.documents import written
from wangge.domains.organizations.logic import TERMINAL

pytestmark = pytest.mark.django_db


def annex() -> dict[str, str]:
    figures = written(year=YEAR, unit=UNIT).document.figures()
    return {each.id.removeprefix("1-1."): each.text for each in figures if each.id.startswith("1-1.")}


def enter(kind: str, told: Mapping[str, object], key: str = "") -> None:
    enter_record(kind=kind, unit=UNIT, year=YEAR, told=told, by=TERMINAL, at=AT, key=key)


def test_buildings_finished_in_the_year_come_from_their_register() -> None:
    with_units()
    assert [annex()[f"building.{name}"] for name in ("批复规模", "实际规模", "规模控制率")] == ["0", "0", "—"]
    building = {"name": "值守用房", "finished_on": "2024-10-08", "budget_investment": "100", "investment": "90"}
    enter("building", building | {"approved_area": "400", "area": "390"})
    enter("building", building | {"approved_area": "100", "area": "110"})
    assert [annex()[f"building.{name}"] for name in ("批复规模", "实际规模", "规模控制率")] == ["500", "500", "100%"]


def test_the_budget_of_public_expenses_is_what_the_lines_say_of_economic_items() -> None:
    with_units()
    allot(30 * 1_000_000, LINE_OF_BASIC, "J-1")
    assert annex()["公用经费.c2"] == ""  # the line names no economic item: nobody knows
    allot(12 * 1_000_000, replace(LINE_OF_BASIC, economic_item="30201"), "J-2")
    told = annex()
    assert (told["公用经费.c2"], told["办公经费.c2"], told["水电差旅.c2"]) == ("12.00", "12.00", "")


def test_the_budget_of_procurement_comes_from_the_official_tables_or_stays_blank() -> None:
    with_units()
    assert annex()["政府采购.c2"] == ""
    enter("official_cell", {"cell": "1-1.政府采购.c2", "amount": "2600000"}, key="1-1.政府采购.c2")
    assert annex()["政府采购.c2"] == "260.00"

"""Comparing: official tables with a cause for each difference, tails, years beside each other, the calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.budgeting.small_ledger import (
    AT,
    BASIC,
    LINE_OF_BASIC,
    PROJECT,
    UNIT,
    YEAR,
    allot,
    pay,
    payment,
    with_units,
)  # fmt: skip
from wangge.domains.budgeting.logic.facts import BudgetSum, Dims, LedgerSum
from wangge.domains.disclosure.logic.calendar import Standing, calendar_of
from wangge.domains.disclosure.logic.cells import compute
from wangge.domains.disclosure.logic.comparing import Cause, changes, tails
from wangge.domains.disclosure.logic.printed import hundredths, printed, tail_bound
from wangge.domains.disclosure.logic.sums import Facts, SumRefused, parse_sum
from wangge.domains.disclosure.logic.tracing import restated_from
from wangge.domains.disclosure.operations.official import keep_official
from wangge.domains.disclosure.queries.budgets import budget_document
from wangge.domains.disclosure.queries.cells import cells
from wangge.domains.disclosure.queries.comparing import (
    against_official,
    beside_last_year_and_budget,
    official_of_file,
    official_of_records,
)
from wangge.domains.disclosure.queries.documents import written
from wangge.domains.disclosure.queries.tracing import trace
from wangge.domains.disclosure.rendering.files import write_files
from wangge.domains.organizations.logic import TERMINAL
from wangge.standards.accounts.library import load_accounts
from wangge.standards.budgeting import calendar_lines, form_cells

WAN = 1_000_000  # fen
LINE_OF_PROJECT = Dims("2120102", "project", "general", "", "井盖巡检")


def ledger() -> None:
    with_units()
    allot(90 * WAN, LINE_OF_BASIC)
    allot(50 * WAN, LINE_OF_PROJECT, number="Z-002")
    other = replace(BASIC, function_item="2010101")
    allot(9 * WAN, Dims("2010101", "basic", "general"), number="Z-003")
    pay(
        payment("P1", 30 * WAN), payment("P2", 12 * WAN, replace(BASIC, economic_item="30205")),
        payment("P3", 7 * WAN, PROJECT, "Z-002"), payment("P4", 5 * WAN, other, "Z-003"),
        payment("P5", 3 * WAN, PROJECT, "Z-002", state="requested"),
    )  # fmt: skip


def official(**changed: int) -> dict[str, int]:
    found = {name: hundredths(fen) for name, fen in cells(year=YEAR, unit=UNIT).items()}
    return found | {name.replace("_", "."): value for name, value in changed.items()}


@pytest.mark.django_db
def test_the_same_tables_differ_nowhere() -> None:
    ledger()
    assert against_official(year=YEAR, unit=UNIT, official=official()) == ()


@pytest.mark.django_db
def test_money_under_another_item_is_named_as_moved_and_its_sums_follow() -> None:
    ledger()
    told = official() | {"03.2120101.c2": 3_700, "03.2010101.c2": 1_000, "03.2120101.c1": 3_700, "03.2010101.c1": 1_000}
    found = {each.cell: each for each in against_official(year=YEAR, unit=UNIT, official=told)}
    assert found["03.2120101.c2"].cause is Cause.MOVED
    assert found["03.2120101.c2"].points_to == ("03.2010101.c2",)
    assert found["03.2120101.c1"].cause is Cause.FOLLOWS
    assert "03.合计.c2" not in found


@pytest.mark.django_db
def test_a_payment_that_the_official_table_lacks_is_named() -> None:
    ledger()
    told = official() | {"06.30205": 0, "06.302": 3_500, "06.公用经费合计": 3_500}
    found = {each.cell: each for each in against_official(year=YEAR, unit=UNIT, official=told)}
    assert (found["06.30205"].cause, found["06.30205"].points_to) == (Cause.PAYMENT, ("P2",))
    assert found["06.302"].cause is Cause.FOLLOWS


@pytest.mark.django_db
def test_what_is_only_requested_explains_what_the_official_table_has_more() -> None:
    ledger()
    told = official() | {"03.2120102.c3": 1_000}
    found = {each.cell: each for each in against_official(year=YEAR, unit=UNIT, official=told)}
    assert (found["03.2120102.c3"].cause, found["03.2120102.c3"].points_to) == (Cause.UNPAID, ("P5",))


@pytest.mark.django_db
def test_a_difference_without_any_trace_stays_open() -> None:
    ledger()
    told = official() | {"03.2120102.c3": 123}
    found = {each.cell: each for each in against_official(year=YEAR, unit=UNIT, official=told)}
    assert found["03.2120102.c3"].cause is Cause.OPEN


@pytest.mark.django_db
def test_our_own_workbook_reads_back_cell_for_cell(tmp_path: Path) -> None:
    ledger()
    found = written(year=YEAR, unit=UNIT)
    (path,) = write_files(found.document, found.account.cells, found.forms, out=tmp_path, formats=("xlsx",), name="x")
    told = official_of_file(path, YEAR)
    assert against_official(year=YEAR, unit=UNIT, official=told) == ()
    kept: dict[str, Any] = {"year": YEAR, "unit": UNIT, "path": path, "by": TERMINAL, "at": AT}
    first = keep_official(official=told, **kept)
    assert (first.difference.new, first.refused) == (len(told), ())
    assert official_of_records(year=YEAR, unit=UNIT) == told
    again = keep_official(official={**told, "01.r57": 1}, **kept)
    assert again.difference.changed_keys == ("01.r57",)


@pytest.mark.django_db
def test_every_cell_stands_beside_its_budget() -> None:
    ledger()
    found = {each.cell: each for each in beside_last_year_and_budget(year=YEAR, unit=UNIT)}
    assert (found["03.2120102.c3"].fen, found["03.2120102.c3"].budget_fen) == (7 * WAN, 50 * WAN)
    assert found["03.合计.c1"].last_fen is None


@pytest.mark.django_db
def test_the_published_budget_is_the_same_machinery_over_what_was_approved() -> None:
    ledger()
    document, found, _forms = budget_document(year=YEAR, unit=UNIT)
    assert found["03.合计.c1"] == 149 * WAN
    assert found["01.r27"] == found["01.r57"] == 149 * WAN
    assert [grid.title for grid in document.grids()][2] == "部门支出总体情况表"


@pytest.mark.django_db
def test_one_changed_payment_changes_every_code_above_it() -> None:
    ledger()
    before, vouchers = trace(year=YEAR, unit=UNIT, cell="01.r57")
    assert sum(v.fen for found in vouchers.values() for v in found) == before.fen == 54 * WAN
    pay(payment("P9", 1, replace(BASIC, economic_item="30299")))
    after, _vouchers = trace(year=YEAR, unit=UNIT, cell="01.r57")
    assert after.code != before.code
    assert next(p for p in after.parts if p.name == "01.r31").code == (
        next(p for p in before.parts if p.name == "01.r31").code
    )


def test_a_figure_of_the_text_leads_to_the_cells_that_its_rule_names() -> None:
    found = restated_from("N.s1.total", load_accounts("2024"))
    assert any("01.r30" in each.cells or "01.r60" in each.cells for each in found), found


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=40))
def test_a_printed_sum_is_off_from_its_printed_parts_within_the_bound(parts: list[int]) -> None:
    shown = [hundredths(part) for part in parts]
    assert abs(hundredths(sum(parts)) - sum(shown)) <= max(tail_bound(parts), 0 if len(parts) == 1 else 1)


@given(st.integers(-(10**13), 10**13))
def test_amounts_are_printed_half_up(fen: int) -> None:
    assert abs(printed(fen) * WAN - fen) * 2 <= WAN // 100
    assert printed(-fen) == -printed(fen)


DIMS = st.builds(
    Dims,
    st.sampled_from(("2120101", "2120102", "2010101", "2080505", "2290101")),
    st.sampled_from(("basic", "project", "operating", "subsidy", "remitted")),
    st.sampled_from(("general", "government_fund", "state_capital", "institution", "other")),
    st.sampled_from(("30101", "30201", "30301", "31002", "30217")),
    three_public=st.sampled_from(("none", "reception")),
)
SUMS = st.lists(
    st.builds(
        LedgerSum, st.just("1"), st.sampled_from(("current", "opening")), st.sampled_from(("6001", "7201", "8101")),
        DIMS, st.just(1), st.integers(0, 10**9), st.integers(0, 10**9), st.just(1),
    ),
    max_size=12,
)  # fmt: skip


@settings(deadline=None)  # the first example reads the forms
@given(SUMS)
def test_cells_are_what_a_plain_reckoning_gives(ledger_sums: list[LedgerSum]) -> None:
    found = compute(Facts(ledger_sums, (), frozenset({"1"})), load_accounts("2024"))

    def paid(**told: str) -> int:
        return sum(
            f.debit_fen - f.credit_fen
            for f in ledger_sums
            if f.account == "7201" and f.phase == "current" and all(getattr(f.dims, k) == v for k, v in told.items())
        )

    assert found.fen("01.r57") == sum(found.fen(f"01.r{n}") for n in range(31, 57))
    assert found.fen("03.合计.c1") == paid()
    assert found.fen("05.合计.c3") == paid(fund_type="general", nature="project")
    assert found.fen("03.2120102.c3") == paid(function_item="2120102", nature="project")
    assert found.fen("06.30201") == paid(fund_type="general", nature="basic", economic_item="30201")
    assert found.fen("04.r60.c4") == found.fen("04.r2") + found.fen("04.r30") - found.fen("04.r59.c4")
    assert found.fen("01.r30") == found.fen("01.r60")


def test_budgets_are_measured_by_their_own_column() -> None:
    dims = Dims("2120101", "basic", "general", three_public="reception")
    facts = Facts((), (BudgetSum("1", dims, 1, 100, 80, 1),), frozenset({"1"}))
    assert facts.total(parse_sum("initial_budget()")) == 100
    assert facts.total(parse_sum("budget(three_public=reception)")) == 80
    with pytest.raises(SumRefused):
        parse_sum("budgets()")
    with pytest.raises(SumRefused):
        parse_sum("budget(colour=red)")


def test_no_cell_is_told_twice() -> None:
    told = [row.cell for row in form_cells()]
    assert len(told) == len(set(told))
    forms = load_accounts("2024")
    by_form = {f"{c.table}.{{row}}.{c.column}" for c in forms.columns if c.formula}
    by_form |= {f"{r.table}.{r.row}" for r in forms.rows if r.formula}
    assert not by_form & set(told)


def test_tails_are_named_with_their_bound() -> None:
    def sum_of(economic: str, fen: int) -> LedgerSum:
        return LedgerSum("1", "current", "7201", Dims("2120101", "basic", "general", economic), 1, fen, 0, 1)

    found = compute(
        Facts([sum_of("30201", 5_000), sum_of("30205", 5_000)], (), frozenset({"1"})), load_accounts("2024")
    )
    tail = next(each for each in tails(found) if each.cell == "06.302")
    assert (tail.off, tail.within) == (-1, True)


def test_changes_are_what_is_printed_otherwise() -> None:
    found = changes({"01.r1": 10_000, "01.r2": 4_000}, {"01.r1": 20_000, "01.r2": 4_100, "01.r3": 10_000})
    assert [(each.cell, each.before, each.after) for each in found] == [("01.r1", 1, 2), ("01.r3", 0, 1)]


def test_the_calendar_counts_from_steps_and_warns() -> None:
    told = {"today": date(2025, 3, 20), "form": "final", "year": 2024}
    found = {each.step: each for each in calendar_of(calendar_lines(), done={}, **told)}  # type: ignore[arg-type]
    assert (found["compile"].due_on, found["compile"].standing) == (date(2025, 3, 31), Standing.SOON)
    assert found["publish"].standing is Standing.WAITING
    assert found["stop_commitments"].standing is Standing.LATE
    done = {"peoples_congress": date(2025, 1, 20), "approve": date(2025, 2, 20)}
    found = {each.step: each for each in calendar_of(calendar_lines(), done=done, **told)}  # type: ignore[arg-type]
    assert found["approve"].due_on == date(2025, 2, 24)
    assert (found["publish"].due_on, found["publish"].standing) == (date(2025, 3, 12), Standing.LATE)

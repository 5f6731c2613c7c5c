"""Every invariant of the ledger, attacked by SQL as the application and as the owner."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from tests.budgeting.small_ledger import AT, UNIT, YEAR, allot, pay, payment, with_units
from wangge.domains.budgeting.models import BudgetYear, Voucher, YearAct
from wangge.domains.budgeting.operations.reversing import reverse_voucher
from wangge.domains.budgeting.operations.years import act_on_year
from wangge.domains.budgeting.queries.verifying import off_sums
from wangge.domains.budgeting.refusals import LedgerRefused
from wangge.domains.organizations.logic import Actor, Holding

KEEPER = Actor(7, "accountant", "会计甲", (Holding("finance"),))
OTHER = Actor(8, "reviewer", "会计乙", (Holding("finance"),))
HISTORY = (
    "budgeting_year_step", "budgeting_import", "budgeting_dimension", "budgeting_allotment",
    "budgeting_allotment_change", "budgeting_voucher", "budgeting_posting", "budgeting_payment",
    "budgeting_payment_step", "budgeting_record",
)  # fmt: skip
DERIVED = (
    "budgeting_year",
    "budgeting_allotment_total",
    "budgeting_balance",
    "budgeting_voucher_check",
    "budgeting_account_balance",
)


@pytest.fixture
def ledger(db: None) -> int:
    """A unit with a line and one payment; its voucher."""
    with_units()
    allot(100_000)
    pay(payment("P1", 30_000))
    return Voucher.objects.get().id


def run(*orders: tuple[str, tuple[Any, ...]]) -> None:
    """The orders in one transaction, as the application."""
    with transaction.atomic(), connection.cursor() as cursor:
        for order, values in orders:
            cursor.execute(order, values)


def run_as_owner(link: psycopg.Connection[Any], orders: list[tuple[str, tuple[Any, ...]]]) -> None:
    """The orders in one transaction on the owner's own connection."""
    with link.transaction():
        for order, values in orders:
            link.execute(order.encode(), values)


def refused(*orders: tuple[str, tuple[Any, ...]]) -> str:
    """Run the orders in one transaction to its end; the name of what refused them (or the message)."""
    with pytest.raises(DatabaseError) as broken:
        run(*orders, ("SET CONSTRAINTS ALL IMMEDIATE", ()))
    diagnosis = broken.value.__cause__.diag  # type: ignore[union-attr]
    return diagnosis.constraint_name or diagnosis.message_primary or ""


NEW_VOUCHER = (
    "INSERT INTO budgeting_voucher (unit_code, year, period, dated_on, event, phase, number, summary, handler, by_name,"
    " at{more}) VALUES (%s, %s, %s, '2024-05-01', %s, 'current', 'X', '', '', 'x', now(){values}) RETURNING id"
)
NEW_POSTING = (
    "INSERT INTO budgeting_posting (voucher_id, system, account, side, amount_fen, dimension_id, allotment_id)"
    " SELECT {voucher}, %s, %s, %s, %s, (SELECT min(id) FROM budgeting_dimension), {allotment}"
)
LAST = "(SELECT max(id) FROM budgeting_voucher)"
ANY_LINE = "(SELECT max(id) FROM budgeting_allotment)"


def voucher(period: int = 5, event: str = "receipt", more: str = "", values: str = "") -> tuple[str, tuple[Any, ...]]:
    return NEW_VOUCHER.format(more=more, values=values), (UNIT, YEAR, period, event)


def posting(
    system: str, account: str, side: str, fen: int, where: str = LAST, line: str = "NULL::bigint"
) -> tuple[str, tuple[Any, ...]]:
    return NEW_POSTING.format(voucher=where, allotment=line), (system, account, side, fen)


def balanced(fen: int = 100) -> list[tuple[str, tuple[Any, ...]]]:
    return [posting("budget", "8001", "D", fen), posting("budget", "6609", "C", fen)]


def test_an_unbalanced_voucher_does_not_enter(ledger: int) -> None:
    assert refused(voucher(), posting("budget", "8001", "D", 100), posting("budget", "6609", "C", 99)) == (
        "voucher_balances"
    )


def test_each_system_balances_by_itself(ledger: int) -> None:
    assert refused(voucher(), posting("budget", "8001", "D", 5), posting("financial", "4609", "C", 5)) == (
        "voucher_balances"
    )


def test_an_empty_voucher_does_not_enter(ledger: int) -> None:
    assert refused(voucher()) == "voucher_has_postings"


def test_looking_early_does_not_let_a_later_line_through(ledger: int) -> None:
    early = ("SET CONSTRAINTS ALL IMMEDIATE", ())
    late = ("SET CONSTRAINTS ALL DEFERRED", ())
    assert refused(voucher(), *balanced()[:1], *balanced()[1:], early, late, posting("budget", "8001", "D", 1)) == (
        "voucher_balances"
    )


def test_nothing_joins_a_voucher_of_an_earlier_transaction(owner_link: psycopg.Connection[Any]) -> None:
    """Committed, then tried again: balanced or not."""
    with_units()
    allot(100_000)
    pay(payment("P1", 30_000))
    assert refused(*balanced()) == "posting_enters_with_voucher"
    with pytest.raises(psycopg.Error) as broken:
        run_as_owner(owner_link, balanced())
    assert broken.value.diag.constraint_name == "posting_enters_with_voucher"


def test_a_voucher_cannot_pretend_another_transaction(ledger: int) -> None:
    assert refused(voucher(more=", made_in", values=", '999999999'::xid8"), *balanced()) == "voucher_made_now"


@pytest.mark.parametrize(
    ("line", "constraint"),
    [
        (posting("budget", "8001", "D", 0), "posting_amount_positive"),
        (posting("budget", "8001", "D", -5), "posting_amount_positive"),
        (posting("budget", "8001", "X", 5), "posting_side_known"),
        (posting("budget", "1002", "D", 5), "posting_account_of_its_system"),
        (posting("financial", "7201", "D", 5), "posting_account_of_its_system"),
        (posting("budget", "6001", "D", 5, line=ANY_LINE), "posting_spends_allotment_as_expense"),
        (posting("budget", "7201", "D", 5, line="987654321"), "posting_enters_with_voucher"),
    ],
)
def test_a_line_that_is_none_does_not_enter(ledger: int, line: tuple[str, tuple[Any, ...]], constraint: str) -> None:
    assert refused(voucher(), line) == constraint


def test_no_line_is_overspent_by_sql(ledger: int) -> None:
    over = [posting("budget", "7201", "D", 70_001, line=ANY_LINE), posting("budget", "6001", "C", 70_001)]
    assert refused(voucher(event="payment"), *over) == "allotment_not_overspent"


def test_money_of_another_units_line_is_not_spent(ledger: int) -> None:
    from wangge.domains.budgeting.logic.facts import UnitFact

    with_units(UnitFact(2, "202", "另一单位", "institution"))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO budgeting_year_step (unit_code, year, act, period, reason, by_name, at)"
            " VALUES ('202', %s, 'open', 0, '', 'x', now())",
            [YEAR],
        )
    told = NEW_VOUCHER.format(more="", values="")
    over = [posting("budget", "7201", "D", 1, line=ANY_LINE), posting("budget", "6001", "C", 1)]
    assert refused((told, ("202", YEAR, 5, "payment")), *over) == "posting_enters_with_voucher"


@pytest.mark.parametrize("table", HISTORY)
@pytest.mark.parametrize("order", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_history_does_not_change_for_the_application(ledger: int, table: str, order: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(order.format(table))


@pytest.fixture
def owned(owner_link: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """A committed ledger, and the owner's own connection to it."""
    with_units()
    allot(100_000)
    pay(payment("P1", 30_000))
    return owner_link


def test_history_and_sums_do_not_change_for_the_owner(owned: psycopg.Connection[Any]) -> None:
    from wangge.domains.budgeting.operations.recording import enter_record

    told = {"counted_on": "2024-12-31", "posts": "20", "in_service": "19"}
    enter_record(kind="staff", unit=UNIT, year=YEAR, told=told, by=KEEPER, at=AT)
    for table in (*HISTORY, *DERIVED):
        for order in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
            if table == "budgeting_allotment_total":
                order = order.replace("id = id", "paid_fen = 0")
            if table == "budgeting_voucher_check" and not order.startswith("TRUNCATE"):
                continue  # empty between transactions: there is no row to change
            with pytest.raises(psycopg.Error) as broken:
                owned.execute(order.encode())
            assert broken.value.sqlstate == "23001", (order, broken.value)


@pytest.mark.parametrize("table", DERIVED)
def test_sums_are_not_written_by_the_application(ledger: int, table: str) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")


def test_a_reversal_mirrors_what_it_names(ledger: int) -> None:
    wrong = voucher(event="reversal", more=", reverses_id", values=f", {ledger}")
    assert refused(wrong, *balanced()) == "voucher_reversal_mirrors"
    assert refused(voucher(event="reversal"), *balanced()) == "voucher_reversal_names_voucher"
    reverse_voucher(voucher_id=ledger, reason="重复", by=KEEPER, at=AT)
    with pytest.raises(LedgerRefused):
        reverse_voucher(voucher_id=ledger, reason="再来一次", by=KEEPER, at=AT)
    assert off_sums() == ()


def act(what: YearAct, by: Actor = KEEPER, **more: Any) -> None:
    act_on_year(unit=UNIT, year=YEAR, act=what, by=by, at=AT, **more)


def test_a_closed_month_takes_no_voucher_until_a_second_person_reopens_it(ledger: int) -> None:
    for month in range(1, 6):
        act(YearAct.CLOSE_PERIOD, period=month)
    assert refused(voucher(period=5), *balanced()) == "voucher_in_open_period"
    assert "结账" in pay(payment("P1", 30_000), payment("P9", 5)).refused[0].reason
    with pytest.raises(LedgerRefused, match="另一人"):
        act(YearAct.REOPEN_PERIOD, period=5, reason="补记")
    act(YearAct.REOPEN_PERIOD, by=OTHER, period=5, reason="补记")
    run(voucher(period=5), *balanced())


def test_a_year_goes_its_way_and_no_other(ledger: int) -> None:
    with pytest.raises(LedgerRefused):
        act(YearAct.APPROVE, by=OTHER, reason="批复")
    act(YearAct.CLOSE_YEAR)
    assert refused(voucher(period=12), *balanced()) == "voucher_in_open_period"
    assert refused(voucher(period=13, event="audit_adjustment"), *balanced()) == "voucher_in_open_period"
    with pytest.raises(LedgerRefused, match="另一人"):
        act(YearAct.APPROVE, reason="批复")
    act(YearAct.APPROVE, by=OTHER, reason="批〔2025〕9号")
    assert refused(voucher(period=13), *balanced()) == "voucher_in_open_period"
    act(YearAct.ADMIT_AUDIT, reason="审计报告")
    assert refused(voucher(period=13), *balanced()) == "voucher_in_open_period"
    run(voucher(period=13, event="audit_adjustment"), *balanced())
    act(YearAct.SEAL_AUDIT, by=OTHER, reason="审计调整完毕")
    assert BudgetYear.objects.get().state == "approved"
    assert off_sums() == ()


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("'added', -5, 'd'", "change_has_its_sign"),
        ("'cut', 5, 'd'", "change_has_its_sign"),
        ("'added', 5, ''", "change_after_approval_names_document"),
        ("'gift', 5, 'd'", "change_has_its_sign"),
        ("'cut', -70001, 'd'", "allotment_not_overspent"),
    ],
)
def test_a_change_of_a_line_has_its_form(ledger: int, change: str, constraint: str) -> None:
    order = (
        "INSERT INTO budgeting_allotment_change"
        " (allotment_id, stage, amount_fen, document, dated_on, approver, by_name, at)"
        f" SELECT {ANY_LINE}, {change}, '2024-05-01', '', 'x', now()"
    )
    assert refused((order, ())) == constraint


def test_a_payment_is_paid_once_and_by_its_own_amount(ledger: int) -> None:
    step = (
        "INSERT INTO budgeting_payment_step (payment_id, state, dated_on, voucher_id, reason, by_name, at)"
        " SELECT (SELECT max(id) FROM budgeting_payment), %s, '2024-05-01', {}, 'r', 'x', now()"
    )
    assert refused((step.format(LAST), ("paid",))) in ("payment_step_once", "payment_paid_or_returned")
    assert refused((step.format("NULL"), ("returned",))) == "payment_paid_or_returned"
    assert refused((step.format("NULL"), ("requested",))) == "payment_steps_run_forward"
    pay(payment("P1", 30_000), payment("P5", 10, state="requested"))
    assert refused((step.format(ledger), ("paid",))) == "payment_paid_what_it_says"
    assert refused((step.format("987654321"), ("paid",))) == "payment_step_points_to_what_is_there"
    assert refused((step.format("NULL"), ("paid",))) == "payment_paid_has_voucher"


def test_units_stay_and_make_no_circle(ledger: int) -> None:
    assert refused(("DELETE FROM budgeting_unit", ())) == "budget_unit_stays"
    assert refused(("UPDATE budgeting_unit SET parent_code = code", ())) in (
        "budget_unit_not_its_own_parent", "budget_unit_tree_has_no_circle",
    )  # fmt: skip
    assert refused(("UPDATE budgeting_unit SET code = 'X'", ())) == "budget_unit_stays"

"""Imports of allotments and payments: difference, control, proof."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.budgeting.small_ledger import (
    AT,
    BASIC,
    LINE_OF_BASIC,
    UNIT,
    YEAR,
    allot,
    pay,
    payment,
    source,
    with_units,
)  # fmt: skip
from wangge.domains.budgeting.logic.facts import AllotmentFact, Dims
from wangge.domains.budgeting.models import AccountBalance, AllotmentTotal, LedgerBalance, Posting, Voucher
from wangge.domains.budgeting.operations.allotment_import import take_in_allotments
from wangge.domains.budgeting.queries.balances import balance, facts_of_year
from wangge.domains.budgeting.queries.verifying import off_sums
from wangge.domains.organizations.logic import TERMINAL

pytestmark = pytest.mark.django_db


def test_a_payment_is_booked_in_both_systems_and_spends_its_allotment() -> None:
    with_units()
    allot(100_000)
    result = pay(payment("P1", 30_000))
    assert (result.difference.new, result.refused, result.proven) == (1, (), True)
    lines = set(Posting.objects.values_list("system", "account", "side", "amount_fen"))
    assert lines == {
        ("budget", "7201", "D", 30_000),
        ("budget", "6001", "C", 30_000),
        ("financial", "5001", "D", 30_000),
        ("financial", "4001", "C", 30_000),
    }
    total = AllotmentTotal.objects.get()
    assert (total.adjusted_fen, total.paid_fen, total.reserved_fen) == (100_000, 30_000, 0)
    assert balance(year=YEAR, account="7201") == 30_000
    assert balance(year=YEAR, account="6001", units=[UNIT]) == -30_000


def test_the_same_file_again_brings_nothing() -> None:
    with_units()
    allot(100_000)
    pay(payment("P1", 30_000))
    before = Voucher.objects.count()
    again = pay(payment("P1", 30_000))
    assert (again.difference.new, again.difference.same, again.import_id) == (0, 1, None)
    assert Voucher.objects.count() == before
    assert again.proven


def test_a_changed_payment_is_reversed_and_booked_anew() -> None:
    with_units()
    allot(100_000)
    pay(payment("P1", 30_000), payment("P2", 1_000))
    result = pay(payment("P1", 25_000))
    assert result.difference.changed_keys == ("P1",)
    assert result.difference.vanished == ("P2",)
    assert result.proven
    assert balance(year=YEAR, account="7201") == 26_000
    assert Voucher.objects.filter(event="reversal").count() == 1


def test_a_payment_beyond_its_allotment_is_refused_with_the_missing_sum() -> None:
    with_units()
    allot(100_000)
    result = pay(payment("P1", 60_000), replace(payment("P2", 40_001), line=3), payment("P3", 40_000))
    assert [row.line for row in result.refused] == [3]
    assert "0.01" in result.refused[0].reason
    assert balance(year=YEAR, account="7201") == 100_000


def test_a_request_binds_money_until_it_is_returned() -> None:
    with_units()
    allot(100_000)
    pay(payment("P1", 60_000, state="requested"))
    assert AllotmentTotal.objects.get().reserved_fen == 60_000
    assert pay(payment("P2", 50_000)).refused
    pay(payment("P1", 60_000, state="returned", reason="年底退单"))
    assert AllotmentTotal.objects.get().reserved_fen == 0
    assert not pay(payment("P2", 50_000)).refused


def test_a_refund_gives_the_line_its_money_back() -> None:
    with_units()
    allot(100_000)
    pay(payment("P1", 100_000), payment("P2", -20_000))
    assert AllotmentTotal.objects.get().paid_fen == 80_000
    assert balance(year=YEAR, account="7201") == 80_000


def test_a_dry_run_writes_nothing_and_says_everything() -> None:
    with_units()
    allot(100_000)
    result = pay(payment("P1", 30_000), payment("P2", 80_000), dry_run=True)
    assert (result.difference.new, len(result.refused), result.proven) == (1, 1, True)
    assert not Voucher.objects.exists()


def test_one_order_on_several_lines_is_several_payments() -> None:
    with_units()
    allot(100_000)
    other = replace(BASIC, economic_item="30217")
    assert pay(payment("P1", 30_000), payment("P1", 20_000, other)).difference.new == 2
    assert pay(payment("P1", 30_000), payment("P1", 20_000, other)).difference.same == 2
    facts = {(f.dims.economic_item, f.dims.three_public): f.debit_fen for f in facts_of_year(year=YEAR) if f.debit_fen}
    assert facts == {("30201", "none"): 30_000, ("30217", "reception"): 20_000}


def test_sums_are_what_the_postings_say() -> None:
    with_units()
    allot(100_000)
    later = replace(payment("P4", 7_000), dated_on=date(YEAR, 9, 1))
    pay(payment("P1", 30_000), payment("P2", 20_000), payment("P3", -5_000), later)
    pay(payment("P5", 1_000))  # joins sums that are there
    assert LedgerBalance.objects.count() == 4
    assert AccountBalance.objects.count() == 8
    for row in LedgerBalance.objects.all():
        postings = Posting.objects.filter(
            account=row.account, dimension=row.dimension_id, voucher__phase=row.phase, voucher__unit=row.unit_id
        )
        assert row.debit_fen == sum(p.amount_fen for p in postings if p.side == "D")
        assert row.credit_fen == sum(p.amount_fen for p in postings if p.side == "C")
        assert row.postings == len(postings)
    for month in AccountBalance.objects.all():
        postings = Posting.objects.filter(
            account=month.account, voucher__period=month.period, voucher__unit=month.unit_id
        )
        assert month.debit_fen == sum(p.amount_fen for p in postings if p.side == "D")
        assert month.credit_fen == sum(p.amount_fen for p in postings if p.side == "C")
    assert off_sums() == ()


def test_moves_of_one_document_come_to_nothing_or_stay_out() -> None:
    with_units()
    allot(50_000)
    allot(50_000, replace(LINE_OF_BASIC, function_item="2010101"), number="Z-002")

    def move(line: int, number: str, dims: Dims, fen: int, document: str) -> AllotmentFact:
        return AllotmentFact(line, UNIT, YEAR, number, dims, "moved", fen, date(YEAR, 7, 1), document)

    other = replace(LINE_OF_BASIC, function_item="2010101")
    rows = [
        move(2, "Z-001", LINE_OF_BASIC, -5_000, "调1"), move(3, "Z-002", other, 5_000, "调1"),
        move(4, "Z-001", LINE_OF_BASIC, -900, "调2"), move(5, "Z-002", other, 1_000, "调2"),
    ]  # fmt: skip
    result = take_in_allotments(rows, source=source("allotments"), by=TERMINAL, at=AT)
    assert [row.line for row in result.refused] == [4, 5]
    assert "1.00" in result.refused[0].reason
    sums = dict(AllotmentTotal.objects.values_list("allotment__number", "adjusted_fen"))
    assert sums == {"Z-001": 45_000, "Z-002": 55_000}

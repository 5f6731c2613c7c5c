"""The demo city's account: by the imports into the ledger, by the workflow to the public."""

from __future__ import annotations

import pytest

from tests.budgeting.small_ledger import AT
from wangge.domains.budgeting.queries.allotments import budget_board
from wangge.domains.budgeting.queries.verifying import off_sums
from wangge.domains.disclosure.logic.printed import printed
from wangge.domains.disclosure.queries.cells import cells
from wangge.domains.disclosure.queries.tracing import trace
from wangge.project.demo.accounts import load_account
from wangge.project.demo.city_data import read_city

pytestmark = pytest.mark.django_db


def test_the_total_leads_down_to_every_payment() -> None:
    payments = load_account(read_city("yunlan"), at=AT)
    assert payments > 700
    found = cells(year=2024, unit="101001")
    assert str(printed(found["01.r30"])) == "1833.86"
    tree, vouchers = trace(year=2024, unit="101001", cell="01.r30")
    below = {voucher.id: voucher.fen for leaf in vouchers.values() for voucher in leaf}
    assert sum(below.values()) == found["01.r30"] == tree.fen
    assert len(below) == payments - 1  # all but the one that came back
    board = budget_board(units=["101001"], year=2024)
    assert str(printed(sum(line.adjusted_fen for line in board))) == "1850.00"
    assert {line.number: line.returned_fen for line in board if line.returned_fen} == {"系统升级维护": 7_840_000}
    assert off_sums() == ()

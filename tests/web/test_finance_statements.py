"""Pages of finance ask the database as often for many rows as for few."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.budgeting.small_ledger import LINE_OF_BASIC, UNIT, allot, pay, payment, source, with_units
from wangge.domains.budgeting.logic.facts import RecordFact, UnitFact
from wangge.domains.budgeting.models import Allotment
from wangge.domains.budgeting.operations.recording import take_in_records
from wangge.domains.organizations.logic import TERMINAL
from wangge.domains.organizations.models import Person, PostHolding
from wangge.domains.organizations.operations.signing_in import PASSWORD_BACKEND
from wangge.groundwork import clock

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 1, 10, 2, tzinfo=UTC)
ACCOUNT = f"?unit={UNIT}&year=2024"


@pytest.fixture(autouse=True)
def city(db: None) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ensure_month_partitions(%s, %s)", [NOW.date(), NOW.date()])
    person = Person.objects.create(
        username="bureau", display_name="局审核", password="!", created_at=NOW, password_set_at=NOW
    )
    for post in ("finance", "bureau_finance"):
        PostHolding.objects.create(person=person, post=post, valid_from=datetime(2020, 1, 1, tzinfo=UTC))
    with_units(UnitFact(2, "101", "示例局", "administrative"), UnitFact(3, UNIT, "示例中心", "institution", "101"))
    allot(10_000_000, LINE_OF_BASIC)
    with clock.held_at(NOW):
        yield


def statements(url: str) -> int:
    """How many statements the page takes once its client is known."""
    client = Client()
    client.force_login(Person.objects.get(username="bureau"), backend=PASSWORD_BACKEND)
    client.get("/account")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def contracts(count: int) -> None:
    told = {
        "kind": "服务",
        "supplier_size": "小型",
        "amount": "1000",
        "signed_on": "2024-01-02",
        "accepted_on": "2024-03-01",
    }
    facts = [RecordFact(n, UNIT, 2024, "contract", f"H{n}", told) for n in range(count)]
    take_in_records(facts, kind="contract", source=source("contracts"), by=TERMINAL, at=NOW)


def test_the_terms_of_payment_are_asked_for_together() -> None:
    contracts(1)
    few = statements(f"/finance/registers/contract_delivery{ACCOUNT}")
    contracts(9)
    assert statements(f"/finance/registers/contract_delivery{ACCOUNT}") == few


def test_the_payments_of_a_line_are_asked_for_together() -> None:
    pay(payment("P1", 1_000))
    line = f"/finance/budget/{Allotment.objects.get().id}{ACCOUNT}"
    few = statements(line)
    paid = [replace(payment("P1", 1_000), number=f"P{n}", dated_on=date(2024, 4, n)) for n in range(1, 9)]
    pay(*paid)
    assert statements(line) == few


def test_the_units_below_a_bureau_are_asked_for_together() -> None:
    url = "/finance/accounts/editions?unit=101&year=2024"
    few = statements(url)
    with_units(*(UnitFact(n, f"10100{n}", f"示例{n}中心", "institution", "101") for n in range(2, 9)))
    assert statements(url) == few


def test_what_was_found_without_a_card_is_asked_for_together() -> None:
    url = f"/finance/stocktaking{ACCOUNT}"
    told = {"name": "投影仪", "class": "通用设备", "found_on": "2024-12-20", "place": "会议室"}

    def found(count: int) -> None:
        facts = [RecordFact(n, UNIT, 2024, "stocktake_surplus", f"Y{n}", told) for n in range(count)]
        take_in_records(facts, kind="stocktake_surplus", source=source("surplus"), by=TERMINAL, at=NOW)

    found(1)
    few = statements(url)
    found(9)
    assert statements(url) == few

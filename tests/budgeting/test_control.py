"""Appropriation control, one payment at a time and many at once."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import connection, connections

from tests.budgeting.small_ledger import (
    AT,
    MANAGER,
    PROJECT,
    UNIT,
    YEAR,
    allot,
    pay,
    payment,
    with_units,
)  # fmt: skip
from tests.city_database import CityDatabase
from wangge.domains.budgeting.logic.facts import Dims
from wangge.domains.budgeting.models import Allotment, AllotmentTotal, Payment, Stage
from wangge.domains.budgeting.operations.allotting import change_allotment, move_between, reverse_change
from wangge.domains.budgeting.operations.paying import pay as pay_one
from wangge.domains.budgeting.operations.paying import request_payment, return_payment
from wangge.domains.budgeting.refusals import LedgerRefused
from wangge.domains.organizations.logic import TERMINAL, Actor, Holding

DAY = date(YEAR, 3, 4)
CASHIER = Actor(8, "cashier", "出纳乙", (Holding("finance"),))
KEEPER = Actor(7, "accountant", "会计甲", (Holding("finance"),))


@pytest.mark.django_db
def test_a_tight_line_is_requested_and_paid_to_the_last_fen() -> None:
    with_units()
    allot(60_000)
    number = request_payment(fact=payment("P1", 60_000), by=KEEPER, at=AT)
    with pytest.raises(LedgerRefused, match="余额不足"):
        request_payment(fact=payment("P2", 1), by=KEEPER, at=AT)
    pay_one(payment_id=number, dated_on=DAY, by=CASHIER, at=AT)
    total = AllotmentTotal.objects.get()
    assert (total.paid_fen, total.reserved_fen) == (60_000, 0)


@pytest.mark.django_db
def test_who_requests_does_not_pay() -> None:
    with_units()
    allot(60_000)
    number = request_payment(fact=payment("P1", 60_000), by=KEEPER, at=AT)
    with pytest.raises(LedgerRefused, match="两人"):
        pay_one(payment_id=number, dated_on=DAY, by=KEEPER, at=AT)


@pytest.mark.django_db
def test_a_returned_request_is_neither_paid_nor_returned_again() -> None:
    with_units()
    allot(60_000)
    number = request_payment(fact=payment("P1", 60_000), by=KEEPER, at=AT)
    return_payment(payment_id=number, dated_on=DAY, reason="年底退单", by=CASHIER, at=AT)
    with pytest.raises(LedgerRefused, match="已办结"):
        pay_one(payment_id=number, dated_on=DAY, by=CASHIER, at=AT)


@pytest.mark.django_db
def test_only_finance_staff_of_the_unit_enter() -> None:
    with_units()
    allot(60_000)
    with pytest.raises(LedgerRefused, match="财务人员"):
        request_payment(fact=payment("P1", 1), by=MANAGER, at=AT)
    other = Actor(9, "other", "外单位", (Holding("finance", "999"),))
    with pytest.raises(LedgerRefused, match="财务人员"):
        request_payment(fact=payment("P1", 1), by=other, at=AT)


@pytest.mark.django_db
def test_a_line_is_raised_by_an_approved_change_and_not_cut_below_what_is_paid() -> None:
    with_units()
    allot(60_000)
    pay(payment("P1", 60_000))
    line = Allotment.objects.get().id
    told = {"document": "财〔2024〕7号", "dated_on": DAY, "by": KEEPER, "at": AT}
    with pytest.raises(LedgerRefused, match="余额不足"):
        change_allotment(allotment_id=line, stage=Stage.CUT, amount_fen=-1, **told)  # type: ignore[arg-type]
    added = change_allotment(allotment_id=line, stage=Stage.ADDED, amount_fen=500, **told)  # type: ignore[arg-type]
    assert not pay(payment("P1", 60_000), payment("P2", 500)).refused
    with pytest.raises(LedgerRefused, match="余额不足"):
        reverse_change(change_id=added, document="财〔2024〕8号", dated_on=DAY, by=KEEPER, at=AT)


@pytest.mark.django_db
def test_moves_sum_to_nothing_and_never_raise_three_public() -> None:
    with_units()
    allot(60_000)
    allot(10_000, Dims("2120101", "basic", "general", "30217"), number="Z-三公")
    lines = dict(Allotment.objects.values_list("number", "id"))
    told = {"document": "调〔2024〕1号", "dated_on": DAY, "by": KEEPER, "at": AT}
    with pytest.raises(LedgerRefused, match="三公"):
        move_between(from_id=lines["Z-001"], to_id=lines["Z-三公"], amount_fen=5, **told)  # type: ignore[arg-type]
    move_between(from_id=lines["Z-三公"], to_id=lines["Z-001"], amount_fen=4_000, **told)  # type: ignore[arg-type]
    sums = dict(AllotmentTotal.objects.values_list("allotment__number", "adjusted_fen"))
    assert sums == {"Z-001": 64_000, "Z-三公": 6_000}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_concurrent_requests_neither_overspend_nor_wait_in_a_circle(city_database: CityDatabase) -> None:
    """Sixteen people want two lines at once, in both orders: exactly what fits goes through."""
    with_units()
    allot(100_000)
    allot(100_000, Dims("2120102", "project", "general", "", "井盖巡检"), number="Z-002")
    lines = dict(Allotment.objects.values_list("number", "id"))
    refused: list[str] = []
    broken: list[BaseException] = []

    def want(number: int) -> None:
        try:
            order = ["Z-001", "Z-002"] if number % 2 else ["Z-002", "Z-001"]
            for line in order:
                dims = PROJECT if line == "Z-002" else payment("", 1).dims
                fact = payment(f"P{number}-{line}", 9_000, dims, line)
                try:
                    request_payment(fact=fact, by=TERMINAL, at=AT)
                except LedgerRefused:
                    refused.append(line)
            told = {"document": "调〔2024〕1号", "dated_on": DAY, "by": TERMINAL, "at": AT}
            move_between(from_id=lines[order[0]], to_id=lines[order[1]], amount_fen=10, **told)  # type: ignore[arg-type]
        except LedgerRefused:
            pass
        except BaseException as error:
            broken.append(error)
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=want, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert broken == []
    for total in AllotmentTotal.objects.all():
        assert total.reserved_fen <= total.adjusted_fen
        assert total.adjusted_fen - total.reserved_fen < 9_000 + 160
    assert Payment.objects.count() == 32 - len(refused) == 22
    assert sum(AllotmentTotal.objects.values_list("adjusted_fen", flat=True)) == 200_000
    with connection.cursor() as cursor:
        cursor.execute("SELECT unit_code FROM budgeting_year WHERE year = %s", [YEAR])
        assert cursor.fetchall() == [(UNIT,)]


@pytest.mark.django_db
def test_every_constraint_and_index_that_the_models_name_is_there() -> None:
    from django.apps import apps

    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint UNION SELECT indexname FROM pg_indexes")
        there = {row[0] for row in cursor.fetchall()}
    for model in apps.get_app_config("budgeting").get_models():
        wanted = {each.name for each in (*model._meta.constraints, *model._meta.indexes)}
        assert wanted <= there, model

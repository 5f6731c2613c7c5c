"""A bureau and its units: consolidation with elimination, the year's end, carrying over, registers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import pytest

from tests.budgeting.small_ledger import AT, LINE_OF_BASIC, YEAR, allot, pay, payment, source, with_units
from wangge.domains.budgeting.logic.facts import Dims, MoneyFact, RecordFact, UnitFact
from wangge.domains.budgeting.logic.payment_terms import Contract, Delivery, TermStanding, terms_of
from wangge.domains.budgeting.models import YearAct
from wangge.domains.budgeting.operations.money_import import take_in_money
from wangge.domains.budgeting.operations.recording import (
    RecordRefused,
    correct_record,
    enter_record,
    take_in_records,
    withdraw_record,
)
from wangge.domains.budgeting.operations.years import act_on_year, carry_over, close_books
from wangge.domains.budgeting.queries.balances import facts_of_year
from wangge.domains.budgeting.queries.payment_terms import payment_terms
from wangge.domains.budgeting.queries.records import history_of, records
from wangge.domains.budgeting.queries.service_levels import service_levels
from wangge.domains.budgeting.queries.verifying import off_sums
from wangge.domains.disclosure.logic.sums import parse_sum
from wangge.domains.disclosure.models import State
from wangge.domains.disclosure.operations.editions import carry_notes, compile_edition, notes_of, take_step
from wangge.domains.disclosure.queries.cells import cells, computed, computed_of_units, facts
from wangge.domains.disclosure.queries.editions import steps_of
from wangge.domains.disclosure.refusals import DisclosureRefused
from wangge.domains.organizations.logic import Actor, Holding
from wangge.standards.budgeting import payment_limits

pytestmark = pytest.mark.django_db

KEEPER = Actor(7, "accountant", "会计甲", (Holding("finance"),))
OTHER = Actor(8, "reviewer", "会计乙", (Holding("finance"),))
BUREAU, FIRST, SECOND = "101", "101001", "101002"
SUBSIDY = Dims("2120101", "subsidy", "general", "30299", counterparty=FIRST)


def receipt(unit: str, fund: str, fen: int, number: str = "S1", **more: Any) -> MoneyFact:
    dims = Dims("2120101", "", fund, counterparty=more.pop("counterparty", ""))
    return MoneyFact(2, unit, YEAR, number, more.pop("event", "receipt"), dims, fen, date(YEAR, 6, 3))


def take(*rows: MoneyFact) -> None:
    result = take_in_money(
        [replace(row, line=i) for i, row in enumerate(rows, 2)], source=source("money"), by=KEEPER, at=AT
    )
    assert (result.refused, result.proven) == ((), True)


def bureau() -> None:
    """A bureau that pays a subsidy to its first unit, which books it as income from above."""
    with_units(
        UnitFact(2, FIRST, "一中心", "institution", BUREAU),
        UnitFact(3, BUREAU, "示例局", "administrative"),
        UnitFact(4, SECOND, "二中心", "institution", BUREAU),
    )
    for unit, fen in ((BUREAU, 50_000), (FIRST, 30_000), (SECOND, 20_000)):
        allot(fen, LINE_OF_BASIC, unit=unit)
        assert not pay(payment("P1", fen, unit=unit)).refused
    allot(7_000, replace(SUBSIDY, economic_item="", counterparty=""), number="Z-补助", unit=BUREAU)
    assert not pay(payment("P9", 7_000, SUBSIDY, "Z-补助", unit=BUREAU), payment("P1", 50_000, unit=BUREAU)).refused
    take(receipt(FIRST, "superior", 7_000, counterparty=BUREAU), receipt(SECOND, "other", 900))


def test_a_bureau_of_three_units_consolidates_without_its_own_dealings() -> None:
    bureau()
    whole = cells(year=YEAR, unit=BUREAU)
    own = computed(year=YEAR, unit=BUREAU, consolidated=False)
    assert own.fen("01.r57") == 57_000
    assert own.fen("03.合计.c6") == 7_000
    assert whole["01.r57"] == 100_000  # 50,000 + 30,000 + 20,000; the subsidy is spent by who received it, once
    assert whole["01.r4"] == 0
    assert whole["01.r8"] == 900
    assert whole["01.r27"] == 100_000 + 7_000 + 900  # the bureau's appropriation for the subsidy is real income
    eliminated = facts(year=YEAR, unit=BUREAU).eliminated
    assert (eliminated["receipts"], eliminated["payments"]) == (7_000, 7_000)
    note = notes_of(computed(year=YEAR, unit=BUREAU), eliminated)[-1]
    assert (note["kind"], note["off_fen"]) == ("eliminated", 0)


def come_as_far_as(unit: str, *verbs: str) -> int:
    edition = compile_edition(unit=unit, year=YEAR, by=KEEPER, at=AT)
    for verb in verbs:
        take_step(edition_id=edition, verb=verb, by=OTHER, at=AT, reason="金额有误" if verb == "send_back" else "")
    return edition


def test_a_bureau_submits_after_its_units() -> None:
    bureau()
    whole = come_as_far_as(BUREAU, "review")
    come_as_far_as(FIRST, "review", "submit")
    second = come_as_far_as(SECOND, "review")
    with pytest.raises(DisclosureRefused, match="还有 1 个没有报送（二中心）") as refused:
        take_step(edition_id=whole, verb="submit", by=OTHER, at=AT)
    assert (refused.value.constraint, steps_of(whole)[-1].to_state) == ("edition_step_after_units", "reviewed")
    take_step(edition_id=second, verb="submit", by=OTHER, at=AT)
    assert take_step(edition_id=whole, verb="submit", by=OTHER, at=AT) == State.SUBMITTED


def test_a_unit_that_was_sent_back_is_waited_for_again_and_one_without_an_account_never() -> None:
    bureau()
    with_units(UnitFact(2, "101003", "筹建中的中心", "institution", BUREAU))
    whole = come_as_far_as(BUREAU, "review")
    come_as_far_as(SECOND, "review", "submit")
    come_as_far_as(FIRST, "review", "submit", "send_back")
    with pytest.raises(DisclosureRefused, match="还有 1 个没有报送（一中心）"):
        take_step(edition_id=whole, verb="submit", by=OTHER, at=AT)
    come_as_far_as(FIRST, "review", "submit")
    assert take_step(edition_id=whole, verb="submit", by=OTHER, at=AT) == State.SUBMITTED


def test_a_dealing_that_only_one_side_booked_is_named() -> None:
    bureau()
    take(receipt(FIRST, "superior", 6_000, number="S1", counterparty=BUREAU))  # booked anew with another amount
    eliminated = facts(year=YEAR, unit=BUREAU).eliminated
    note = notes_of(computed(year=YEAR, unit=BUREAU), eliminated)[-1]
    assert note["off_fen"] == -1_000


def test_many_accounts_read_together_are_the_same_as_one_by_one() -> None:
    bureau()
    groups = {BUREAU: (BUREAU, FIRST, SECOND), FIRST: (FIRST,), SECOND: (SECOND,)}
    together = computed_of_units(year=YEAR, groups=groups)
    for unit in groups:
        assert together[unit].cells == computed(year=YEAR, unit=unit).cells


def test_the_year_ends_carries_over_and_opens_the_next_with_the_same() -> None:
    bureau()
    take(receipt(SECOND, "other", 900), receipt(SECOND, "general", 2_500, number="S2"))
    for act, by in ((YearAct.CLOSE_YEAR, KEEPER),):
        act_on_year(unit=SECOND, year=YEAR, act=act, by=by, at=AT)
    before = cells(year=YEAR, unit=SECOND)
    assert before["01.r59"] == 900 + 2_500
    close_books(unit=SECOND, year=YEAR, by=KEEPER, at=AT)
    assert close_books(unit=SECOND, year=YEAR, by=KEEPER, at=AT) == 0  # nothing is left to carry
    found = facts(year=YEAR, unit=SECOND)
    assert found.total(parse_sum("carried_out()")) == before["01.r59"]
    assert cells(year=YEAR, unit=SECOND) == before  # closing does not change what is published
    assert carry_notes(computed(year=YEAR, unit=SECOND), found) == []
    assert carry_over(unit=SECOND, year=YEAR, by=KEEPER, at=AT) == 3_400
    assert carry_over(unit=SECOND, year=YEAR, by=KEEPER, at=AT) == 0
    following = cells(year=YEAR + 1, unit=SECOND)
    assert (following["01.r29"], following["04.r29"], following["01.r60"]) == (3_400, 2_500, 3_400)
    act_on_year(unit=SECOND, year=YEAR, act=YearAct.APPROVE, by=OTHER, at=AT, reason="批〔2025〕1号")
    assert {f.phase for f in facts_of_year(year=YEAR + 1, units=[SECOND])} == {"opening"}
    assert off_sums() == ()


def told(**fields: object) -> dict[str, Any]:
    return {"unit": BUREAU, "year": YEAR, "told": fields, "by": KEEPER, "at": AT}


def test_flood_goods_go_their_way_and_never_below_nothing() -> None:
    with_units(UnitFact(2, BUREAU, "示例局", "administrative"))
    granted = {"approved_on": "2024-04-01", "document": "防〔2024〕2号", "amount": "2000"}
    enter_record(kind="goods_allotment", key="W1", **told(**granted))
    bought = {"allotment": "W1", "goods": "水泵", "quantity": "10", "amount": "1800", "bought_on": "2024-04-08"}
    enter_record(kind="goods_purchase", key="C1", **told(**bought))
    with pytest.raises(RecordRefused, match=r"200\.00"):
        enter_record(kind="goods_purchase", key="C2", **told(**{**bought, "amount": "200.01"}))
    enter_record(kind="goods_acceptance", key="Y1", **told(purchase="C1", quantity="9", accepted_on="2024-04-12"))
    with pytest.raises(RecordRefused, match="最多还可登记 1"):
        enter_record(kind="goods_acceptance", **told(purchase="C1", quantity="2", accepted_on="2024-04-13"))
    stored = {"acceptance": "Y1", "place": "东库", "quantity": "9", "stored_on": "2024-04-12"}
    enter_record(kind="goods_store", key="R1", **told(**stored))
    out = {"store": "R1", "issued_on": "2024-06-02", "receiver": "排水所"}
    enter_record(kind="goods_issue", key="F1", **told(**out, quantity="8"))
    with pytest.raises(RecordRefused, match="最多还可登记 1"):
        enter_record(kind="goods_issue", **told(**out, quantity="2"))
    correct_record(kind="goods_issue", key="F1", reason="数错了", **told(**out, quantity="7"))
    enter_record(kind="goods_issue", key="F2", **told(**out, quantity="2"))
    with pytest.raises(RecordRefused, match="不存在"):
        enter_record(kind="goods_issue", **told(**{**out, "store": "R9"}, quantity="1"))


def test_a_service_goes_from_contract_to_payment() -> None:
    with_units(UnitFact(2, BUREAU, "示例局", "administrative"))
    contract = {"supplier": "某通信公司", "content": "专线", "signed_on": "2024-01-02", "ends_on": "2024-12-31",
                "amount": "12000", "sla_minutes": "60"}  # fmt: skip
    enter_record(kind="service_contract", key="H1", **told(**contract))
    enter_record(kind="service_line", key="L1", **told(contract="H1", line="430-1", use="视频", opened_on="2024-01-05"))
    enter_record(kind="service_fault", **told(line="L1", began_on="2024-03-01", minutes="95"))
    enter_record(kind="service_fault", **told(line="L1", began_on="2024-03-20", minutes="10"))
    enter_record(kind="service_fault", **told(line="L1", began_on="2024-04-02", minutes="60"))
    found = [(each.month, each.minutes, each.allowed, each.beyond) for each in service_levels(unit=BUREAU, year=YEAR)]
    assert found == [("2024-04", 60, 60, 0), ("2024-03", 105, 60, 45)]
    accepted = {"contract": "H1", "accepted_on": "2024-12-20", "result": "扣款后合格", "amount": "11800"}
    enter_record(kind="service_acceptance", key="Y1", **told(**accepted))
    with pytest.raises(RecordRefused, match=r"200\.00"):
        enter_record(kind="service_acceptance", **told(**{**accepted, "amount": "300"}))
    enter_record(kind="service_payment", **told(acceptance="Y1", paid_on="2024-12-25", amount="11800"))


def test_records_are_corrected_by_versions_and_withdrawn_with_a_reason() -> None:
    with_units(UnitFact(2, BUREAU, "示例局", "administrative"))
    meeting = {"held_on": "2024年3月5日", "content": "考评例会", "persons": "30", "amount": "1,200.50"}
    key = enter_record(kind="meeting", **told(**meeting))
    assert key == "2024-0001"
    with pytest.raises(RecordRefused, match="不能为空"):
        enter_record(kind="meeting", **told(held_on="2024-03-05"))
    correct_record(kind="meeting", key=key, reason="人数有误", **told(**{**meeting, "persons": "28"}))
    (line,) = records(kinds=["meeting"], units=[BUREAU], year=YEAR)
    assert (line.version, line.data["persons"], line.amount_fen) == (2, 28, 120_050)
    withdraw_record(kind="meeting", unit=BUREAU, year=YEAR, key=key, reason="重复登记", by=KEEPER, at=AT)
    assert records(kinds=["meeting"], units=[BUREAU], year=YEAR) == ()
    assert len(history_of(kind="meeting", unit=BUREAU, year=YEAR, key=key)) == 3


def contract(key: str, size: str, days: int | None, **more: str) -> RecordFact:
    told = {"kind": "服务", "supplier_size": size, "amount": "1000", "signed_on": "2024-01-02", **more}
    return RecordFact(
        2, BUREAU, YEAR, "contract", key, {**told, **({} if days is None else {"payment_days": str(days)})}
    )


def test_a_delivery_is_paid_within_its_term_or_named_with_its_days() -> None:
    with_units(UnitFact(2, BUREAU, "示例局", "administrative"))
    facts = [
        contract("H1", "小型", None), contract("H2", "微型", 90, accepted_on="2024-03-01"),
        contract("H3", "大型", None, accepted_on="2024-03-01"), contract("H4", "中型", 20),
    ]  # fmt: skip
    take_in_records(facts, kind="contract", source=source("contracts"), by=KEEPER, at=AT)
    for on, amount in (("2024-03-01", "400"), ("2024-04-01", "600")):
        enter_record(kind="contract_delivery", **told(contract="H1", delivered_on=on, amount=amount))
    with pytest.raises(RecordRefused, match="超出"):
        enter_record(kind="contract_delivery", **told(contract="H1", delivered_on="2024-05-01", amount="0.01"))
    allot(500_000, LINE_OF_BASIC, unit=BUREAU)
    assert not pay(
        payment("P1", 50_000, unit=BUREAU, contract="H1", dated_on=date(YEAR, 3, 20)),
        payment("P2", 50_000, unit=BUREAU, contract="H1", dated_on=date(YEAR, 5, 3)),
    ).refused
    found = payment_terms(unit=BUREAU, year=YEAR, today=date(YEAR, 6, 1))
    seen = [
        (t.contract.key, t.delivery.fen, t.due_on, t.settled_on, t.open_fen, t.late_days, str(t.standing))
        for t in found.terms
    ]
    day = partial(date, YEAR)
    assert seen == [
        ("H2", 100_000, day(4, 30), None, 100_000, 32, "overdue"),  # 90 days agreed, 60 allowed
        ("H1", 60_000, day(5, 1), day(5, 3), 0, 2, "late"),
        ("H1", 40_000, day(3, 31), day(3, 20), 0, 0, "in_time"),
        ("H3", 100_000, None, None, 100_000, 0, "no_term"),  # the limit of law is for small suppliers
    ]
    assert [t.agreed_too_long for t in found.terms] == [True, False, False, False]
    assert found.undelivered == ("H4",)


def test_a_refund_opens_a_delivery_again() -> None:
    limits, on = payment_limits(), partial(date, YEAR)
    paid = [(on(3, 5), 700), (on(3, 9), 300), (on(4, 2), -400)]
    made = terms_of(Contract("H1", "", "小型", None), [Delivery(on(3, 1), 1_000)], paid, limits=limits, today=on(4, 10))
    assert [(t.open_fen, t.late_days, t.standing) for t in made] == [(400, 10, TermStanding.OVERDUE)]

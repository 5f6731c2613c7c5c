"""The language of formulas and rules: what it can say, and that other text is refused at its place."""

from __future__ import annotations

from decimal import Decimal

import pytest

from wangge.standards.accounts.expressions import (
    Binding,
    Call,
    ExpressionRefused,
    Figure,
    Number,
    Operation,
    Relation,
    SetKind,
    SumOf,
    parse_clauses,
    parse_expression,
    spread,
)


def test_a_range_is_a_sum_of_its_cells() -> None:
    (clause,) = parse_clauses("01.r27 = sum(01.r1..r8)")
    assert clause.holds.left == Figure("01.r27")
    assert clause.holds.relation is Relation.EQUAL
    assert clause.holds.right == SumOf(("01.r1..r8",))
    assert spread("01.r1..r8")[-1] == "01.r8"
    assert spread("04.r33..r58.c{k}")[1] == "04.r34.c{k}"
    assert spread("02.合计.c2..c4") == ("02.合计.c2", "02.合计.c3", "02.合计.c4")


def test_variables_and_conditions_stand_before_what_holds() -> None:
    first, second = parse_clauses(
        "for row in leaves(03 05), k in 1..3: if 01.r28 = 0 and 05.合计.c1 > 0: 05.{row}.c{k} <= 03.{row}.c{k}; "
        "01.r1 = 04.r1"
    )
    assert first.bindings == (Binding("row", SetKind.LEAVES, "03 05"), Binding("k", SetKind.RANGE, "", 1, 3))
    assert [condition.relation for condition in first.conditions] == [Relation.EQUAL, Relation.MORE]
    assert not second.bindings


def test_products_bind_closer_than_sums_and_names_may_hold_a_hyphen() -> None:
    assert parse_expression("1-2.fund.score - 2 * 3") == Operation(
        "-", Figure("1-2.fund.score"), Operation("*", Number(Decimal(2)), Number(Decimal(3)))
    )
    assert parse_expression("percent(N.s1.change, N.s1.total)") == Call(
        "percent", (Figure("N.s1.change"), Figure("N.s1.total"))
    )


@pytest.mark.parametrize(
    "text",
    [
        "01.r27",
        "01.r27 = ",
        "01.r27 = sum(01.r1..r8",
        "01.r27 = sum(1)",
        "10.r27 = 1",
        "01.r1 = 01.r2 = 01.r3",
        "for x in rows(02): 01.r1 = 1",
        "for row in things(02): 01.r1 = 1",
        "01.r1 = percent(01.r2)",
        "01.r1 = 1 2",
        "01.r1 = $",
    ],
)
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(ExpressionRefused):
        parse_clauses(text)

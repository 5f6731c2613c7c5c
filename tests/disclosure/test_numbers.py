"""Amounts and rates as printed: half up, from whole numbers, against a plain reckoning in decimals."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given
from hypothesis import strategies as st

from wangge.domains.disclosure.narrative.numbers import amount, amount_in_table, hundredths, percent
from wangge.domains.disclosure.narrative.writing import chinese_number


@given(st.integers(-(10**13), 10**13))
def test_fen_become_hundredths_half_up(fen: int) -> None:
    plain = (Decimal(fen) / 1_000_000).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert Decimal(hundredths(fen)) == plain * 100


@given(st.integers(0, 10**9), st.integers(1, 10**9))
def test_shares_have_two_decimals_half_up(part: int, whole: int) -> None:
    plain = (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert Decimal(percent(part, whole) or "-1") == plain


def test_printed_forms() -> None:
    assert (amount(183386), amount(0), amount(-5)) == ("1833.86", "0", "-0.05")
    assert (amount_in_table(183386), amount_in_table(0)) == ("1,833.86", "0.00")
    assert (percent(1, 1), percent(0, 5), percent(1, 0), percent(9996, 10000)) == ("100", "0", None, "99.96")


def test_a_tail_difference_is_printed_as_it_is() -> None:
    """298.6151 + 2.6850 print as 298.62 and 2.69, their sum as 301.30."""
    assert [hundredths(fen) for fen in (298_615_100, 2_685_000, 301_300_100)] == [29862, 269, 30130]


def test_chinese_numbers() -> None:
    assert [chinese_number(number) for number in (1, 10, 12, 20, 21)] == ["一", "十", "十二", "二十", "二十一"]

"""Statistical periods: calendar months, and months that begin late in the month before."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from wangge.domains.evaluation.logic.periods import PeriodUnknown, before, months_of, parse_period


def test_a_month_from_the_26th_to_the_25th() -> None:
    march = parse_period("2024-03", starts_on=26)
    assert (march.first, march.end) == (date(2024, 2, 26), date(2024, 3, 26))


@pytest.mark.parametrize("starts_on", [1, 21, 26])
@pytest.mark.parametrize("name", ["2024", "2024-Q1", "2024-Q4", "2024-02"])
def test_the_months_of_a_period_join_without_gap(name: str, starts_on: int) -> None:
    period = parse_period(name, starts_on=starts_on)
    months = months_of(period, starts_on=starts_on)
    assert months[0].first == period.first
    assert months[-1].end == period.end
    assert all(a.end == b.first for a, b in pairwise(months))
    assert [each.name for each in months] == [parse_period(each.name, starts_on=starts_on).name for each in months]
    assert all(each == parse_period(each.name, starts_on=starts_on) for each in months)


def test_the_same_period_of_the_year_before() -> None:
    assert before(parse_period("2024-02-29..2024-03-01")).first == date(2023, 2, 28)
    assert before(parse_period("2024-Q2")).name == "2023-Q2"


@pytest.mark.parametrize(
    "text", ["2024-13", "24-01", "2024-Q5", "2024-02-30..2024-03-01", "2024-03-02..2024-03-01", ""]
)
def test_what_is_no_period_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(PeriodUnknown, match="2024-Q1"):
        parse_period(text)

"""The how-manieth time a matter came up at a place: every case before it counts, also those a list does not show."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cases.conftest import actor, small_city
from tests.cases.test_loop import filed_report, minutes, step
from wangge.domains.cases.queries import recurrence
from wangge.domains.cases.queries.recurrence import recurrence_of
from wangge.domains.cases.rows import load
from wangge.domains.organizations.logic import Actor

__all__ = ["actor", "small_city"]

Find = Callable[[str], Actor]


def found(actor: Find, number: str) -> recurrence.Recurrence | None:
    row = load(number)
    assert row is not None
    return recurrence_of(case_id=row.id, by=actor("acceptor-1"))


@pytest.mark.django_db
def test_the_first_time_is_not_counted_and_each_later_one_knows_those_before(
    actor: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recurrence, "MOST", 2)
    numbers = [filed_report(actor, minutes(turn)) for turn in range(5)]
    assert found(actor, numbers[0]) is None
    for place, number in enumerate(numbers[1:], start=2):
        told = found(actor, number)
        assert told is not None
        assert told.time == place
        assert [each.number for each in told.earlier] == numbers[: place - 1][::-1][:2]


@pytest.mark.django_db
def test_a_declined_report_was_no_time(actor: Find) -> None:
    first, second = filed_report(actor), filed_report(actor, minutes(3))
    step(actor, first, "acceptor-1", "decline_report", minutes(4), reason="not_in_scope")
    assert found(actor, second) is None

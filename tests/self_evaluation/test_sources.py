"""Facts counted from cases: each count against a plain look at every case, with query, cut-off and samples."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from tests.cases.conftest import START, actor, small_city
from tests.cases.test_loop import Find, filed_report, walk_to_handling
from wangge.domains.cases.models.case import Case
from wangge.domains.self_evaluation.queries.sources import Scope, count_fact
from wangge.standards.performance import performance_tables

__all__ = ["actor", "small_city"]
pytestmark = pytest.mark.django_db
FACTS = performance_tables().facts
END = datetime(2025, 1, 5, tzinfo=UTC)


def counted(fact: str, cut_off_at: datetime = END, year: int = 2024) -> tuple[Decimal, int | None, int | None] | None:
    found = count_fact(FACTS[fact], Scope("101001", year, cut_off_at))
    return None if found is None else (found.value, found.numerator, found.denominator)


@pytest.fixture
def cases(actor: Find) -> None:
    for minute in range(4):
        number = filed_report(actor, at=START + timedelta(minutes=10 * minute))
        if minute == 0:
            walk_to_handling(actor, number)


def rate(grade: str, at: datetime = START + timedelta(days=2)) -> None:
    """A rating as a step of the first case holds it."""
    case = Case.objects.order_by("number").first()
    assert case is not None
    rated = f'{{"args": {{"grade": "{grade}"}}}}'
    with connection.cursor() as cursor:
        cursor.execute(_RATE, [at, at, rated, case.id])


_RATE = """
INSERT INTO cases_step (month, case_id, seq, verb, post, at, recorded_at, from_stage, to_stage, payload, hash)
SELECT month, case_id, max(seq) + 1, 'rate', 'reporter', %s, %s, 'closed', 'closed', %s, sha256(case_id::text::bytea)
FROM cases_step WHERE case_id = %s GROUP BY month, case_id
"""


def test_counts_and_rates_agree_with_a_plain_look_at_every_case(cases: None) -> None:
    every = list(Case.objects.all())
    filed = [case for case in every if case.filed_at]
    assert counted("cases_reported") == (len(every), None, None)
    assert counted("cases_filed") == (len(filed), None, None)
    assert counted("cases_closed") == (0, None, None)
    assert counted("close_rate") == (0, 0, len(filed))


def test_nothing_after_the_cut_off_or_of_another_year_counts(cases: None) -> None:
    first = min(case.reported_at for case in Case.objects.all())
    assert counted("cases_reported", first + timedelta(minutes=15)) == (2, None, None)
    assert counted("cases_reported", year=2023) == (0, None, None)
    assert counted("close_rate", year=2023) is None


def test_satisfaction_is_of_those_that_citizens_rated_themselves(cases: None) -> None:
    assert counted("satisfaction") is None
    for grade in ("非常满意", "满意", "不满意"):
        rate(grade)
    assert counted("satisfaction") == (Decimal("66.67"), 2, 3)


def test_a_reading_names_its_query_and_a_few_cases(cases: None) -> None:
    found = count_fact(FACTS["cases_filed"], Scope("101001", 2024, END))
    assert found is not None
    assert "已立案" in found.query
    numbers = set(Case.objects.values_list("number", flat=True))
    assert set(found.samples) <= numbers
    assert 0 < len(found.samples) <= 5
    again = count_fact(FACTS["cases_filed"], Scope("101001", 2024, END))
    assert again == found


def test_a_fact_without_a_source_is_left_to_people() -> None:
    assert counted("micro_services") is None


def test_counting_takes_two_statements(cases: None, django_assert_num_queries: Callable[[int], object]) -> None:
    with django_assert_num_queries(2):  # type: ignore[attr-defined]
        counted("close_rate")

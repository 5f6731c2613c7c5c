"""Facts counted from cases: each count against a plain look at every case, with query, cut-off and samples."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from tests.cases.conftest import START, actor, small_city
from tests.cases.test_loop import Find, filed_report, walk_to_handling
from wangge.domains.cases.models.case import Case
from wangge.domains.evaluation.models import MonthStep, QualityVerdict, Result
from wangge.domains.self_evaluation.queries.counted import Scope
from wangge.domains.self_evaluation.queries.sources import count_fact
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
    assert counted("cases_reported") == (Decimal(len(every)), None, None)
    assert counted("cases_filed") == (Decimal(len(filed)), None, None)
    assert counted("cases_closed") == (Decimal(0), None, None)
    assert counted("close_rate") == (Decimal(0), 0, len(filed))


def test_nothing_after_the_cut_off_or_of_another_year_counts(cases: None) -> None:
    first = min(case.reported_at for case in Case.objects.all())
    assert counted("cases_reported", first + timedelta(minutes=15)) == (Decimal(2), None, None)
    assert counted("cases_reported", year=2023) == (Decimal(0), None, None)
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


def test_counting_takes_a_constant_number_of_statements(
    cases: None, django_assert_num_queries: Callable[[int], object]
) -> None:
    counted("close_rate")
    with django_assert_num_queries(3):  # type: ignore[attr-defined]
        counted("close_rate")


def published(month: int, closed: int, filed: int, issue: int = 1) -> None:
    """A month's result as it was published: two districts, the second without anything."""
    period = f"2024-{month:02d}"
    figures = {"n_close": {"value": str(closed)}, "n_file": {"value": str(filed)}}
    nothing: dict[str, dict[str, str | None]] = {"n_close": {"value": "0"}, "n_file": {"value": None}}
    content = {
        "indicators": [{"id": "n_close", "name_zh": "结案数"}, {"id": "n_file", "name_zh": "立案数"}],
        "rows": [
            {"period": period, "objects": {"district": "430101"}, "figures": figures},
            {"period": period, "objects": {"district": "430102"}, "figures": nothing},
        ],
    }
    name, text = f"M{period}-{issue}", json.dumps(content)
    before = f"M{period}-{issue - 1}" if issue > 1 else ""
    Result.objects.create(
        id=name, kind="month", period=period, issue=issue, replaces=before, change_note="更正" if before else "",
        question={}, snapshot="s", edition="e", software="0", engine="duckdb", computed_at=END, content=text,
        sm3=hashlib.new("sm3", text.encode()).digest(),
    )  # fmt: skip
    at = END - timedelta(days=1)
    seq = 4 + issue
    if issue == 1:
        steps = enumerate(("freeze", "review", "sign", "publish"), start=1)
        MonthStep.objects.bulk_create(
            MonthStep(period=period, seq=n, verb=verb, result_id=name, person_id=n, person_name=verb, at=at)
            for n, verb in steps
        )
    else:
        MonthStep.objects.create(
            period=period, seq=seq, verb="reissue", result_id=name, person_name="chief", at=at, note="更正"
        )


def test_a_year_of_published_results_is_summed_and_each_part_keeps_its_name() -> None:
    for month in range(1, 13):
        published(month, closed=10, filed=20)
    published(3, closed=12, filed=20, issue=2)
    found = count_fact(FACTS["close_rate"], Scope("101001", 2024, END))
    assert found is not None
    assert (found.value, found.numerator, found.denominator) == (Decimal("50.83"), 122, 240)
    assert (found.source_kind, len(found.parts)) == ("evaluation", 24)
    march = [part for part in found.parts if part.period == "2024-03"]
    assert [(part.result, part.figure, part.number, part.of) for part in march] == [
        ("M2024-03-2", "district=430101/n_close", 12, 20),
        ("M2024-03-2", "district=430102/n_close", 0, 0),
    ]
    assert counted("district_evaluations") == (Decimal(12), None, None)


def test_a_month_that_is_not_published_leaves_the_count_to_the_cases(cases: None) -> None:
    for month in range(1, 12):
        published(month, closed=10, filed=20)
    found = count_fact(FACTS["cases_closed"], Scope("101001", 2024, END))
    assert found is not None
    assert (found.value, found.source_kind, found.parts) == (Decimal(0), "", ())


def test_half_a_year_is_summed_only_up_to_the_end_of_a_month() -> None:
    for month in range(1, 7):
        published(month, closed=10, filed=20)
    july = datetime(2024, 6, 30, 16, tzinfo=UTC)  # midnight in the city
    assert counted("cases_closed", july) == (Decimal(60), None, None)
    assert counted("cases_closed", july + timedelta(days=3)) == (Decimal(0), None, None)


def test_valid_files_are_those_the_examination_of_the_year_found_valid() -> None:
    assert counted("valid_case_rate") is None
    for number in range(8):
        QualityVerdict.objects.create(
            period="2024-05" if number < 7 else "2023-12", case_number=f"C{number}", valid=number > 0,
            faults=[] if number else ["照片不清"], at=END,
        )  # fmt: skip
    assert counted("valid_case_rate") == (Decimal("85.71"), 6, 7)

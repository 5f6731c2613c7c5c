"""The queue by what burns next: its pages one behind another are the plain sorted whole, each case once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from tests.cases.conftest import START, actor, small_city
from tests.cases.test_loop import filed_report, minutes, step, walk_to_handling
from wangge.domains.cases.models.case import OPEN_STAGES
from wangge.domains.cases.queries.conditions import Filter
from wangge.domains.cases.queries.lists import cases, queue
from wangge.domains.organizations.logic import Actor

__all__ = ["actor", "small_city"]

Find = Callable[[str], Actor]
LATER = minutes(600)
PLAIN = """
SELECT number FROM cases_case WHERE stage = ANY(%s) AND (%s OR burns_at < %s)
 ORDER BY burns_at ASC NULLS LAST, id ASC
"""


@pytest.fixture
def waiting(actor: Find) -> None:
    """Cases in three stages, some of the same minute, two suspended: no clock of theirs runs."""
    for turn in range(7):
        number = filed_report(actor, minutes(turn // 2))
        if turn % 3 == 0:
            step(actor, number, "acceptor-1", "accept", minutes(5), category="component:0101")
    for _turn in range(3):
        number = filed_report(actor)
        walk_to_handling(actor, number)
        if _turn:
            until = (START + timedelta(days=5)).isoformat()
            step(actor, number, "dept-a", "request_suspension", minutes(20), until=until, reason="等配件")
            step(actor, number, "dispatcher-1", "approve_suspension", minutes(25))


def plain(stages: tuple[str, ...], *, overdue: bool) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(PLAIN, [list(stages), not overdue, LATER])
        return [number for (number,) in cursor.fetchall()]


def paged(by: Actor, stages: tuple[str, ...], filter: Filter, at: datetime, limit: int) -> list[str]:
    found: list[str] = []
    cursor = ""
    for _page in range(20):
        page = queue(by=by, at=at, stages=stages, filter=filter, limit=limit, cursor=cursor)
        found += [row.number for row in page.rows]
        if page.next is None:
            return found
        cursor = page.next
    raise AssertionError("the pages have no end")


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [1, 2, 3, 50])
@pytest.mark.parametrize("stages", [tuple(OPEN_STAGES), ("reported", "handling"), ("handling", "closed"), ("closed",)])
@pytest.mark.parametrize("overdue", [False, True])
def test_the_pages_of_a_queue_are_the_whole_of_it(
    actor: Find, waiting: None, limit: int, stages: tuple[str, ...], overdue: bool
) -> None:
    filter = Filter(overdue=True) if overdue else Filter()
    whole = plain(stages, overdue=overdue)
    assert paged(actor("acceptor-1"), stages, filter, LATER, limit) == whole
    assert (len(whole) > 2) is (stages != ("closed",) and not (overdue and "reported" not in stages)), whole


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [1, 4, 50])
def test_the_pages_of_a_searched_queue_are_the_whole_of_it(actor: Find, waiting: None, limit: int) -> None:
    stages: tuple[str, ...] = tuple(OPEN_STAGES)
    assert paged(actor("acceptor-1"), stages, Filter(words="井盖"), LATER, limit) == plain(stages, overdue=False)


def plan_of(ask: Callable[[], object]) -> str:
    """How the database goes about the last statement of this question, where it may not read everything."""
    statements: list[Any] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        ask()
    (sql, params) = statements[-1]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}", params)
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.mark.django_db
def test_a_queue_is_chosen_from_each_stages_index_and_sorted_no_further(actor: Find, waiting: None) -> None:
    by = actor("acceptor-1")
    shown = plan_of(lambda: queue(by=by, at=LATER, stages=("reported", "accepted"), filter=Filter(), limit=2))
    assert shown.count("using case_queue") == 2, shown
    assert "Merge Append" in shown, shown


@pytest.mark.django_db
def test_what_is_late_is_read_from_the_newest_report_on_until_the_page_is_full(actor: Find, waiting: None) -> None:
    by = actor("acceptor-1")
    shown = plan_of(lambda: cases(by=by, at=LATER, filter=Filter(overdue=True), limit=2))
    assert "Index Scan using open_newest on cases_open" in shown, shown

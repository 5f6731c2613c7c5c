"""Search by words: page behind page it finds what a plain reading of every text finds, over any length of time."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tests.cases.conftest import START, actor, small_city
from tests.cases.photographs import photo_of
from tests.cases.test_loop import PLACE
from wangge.domains.cases.logic.case_ids import CHANCE_BITS, case_id_of, milliseconds_of
from wangge.domains.cases.logic.pieces import CHARACTER_BITS, STRETCH_SECONDS, grams_of, numbers_of, stamped
from wangge.domains.cases.operations import reporting
from wangge.domains.cases.operations.reporting import Report, report_case
from wangge.domains.cases.queries import words
from wangge.domains.cases.queries.conditions import Filter
from wangge.domains.cases.queries.lists import cases
from wangge.domains.organizations.logic import Actor

__all__ = ["actor", "small_city"]

Find = Callable[[str], Actor]
LATER = START + timedelta(days=400)
SAID = ("井盖缺失", "井盖 破损", "路灯不亮", "Wi-Fi 箱破损", "垃圾满溢", "井字格 盖板", "100%破损_严重")
SEED = 20240313


@pytest.fixture
def told(actor: Find) -> list[tuple[str, str, datetime]]:
    """(number, text, moment) of reports over some hundred days, several in one minute; seed printed on failure."""
    chance = random.Random(SEED)
    who = actor("collector-1")
    found = []
    for _turn in range(60):
        at = START + timedelta(days=chance.choice([0, 0, 1, 3, 9, 10, 11, 40, 41, 200]), minutes=chance.randrange(3))
        text = chance.choice(SAID)
        report = Report(
            source="collector", category="component:0101", description=text, location=PLACE,
            photos={"photo_before": [photo_of(who, at)]},
        )  # fmt: skip
        found.append((report_case(report=report, by=who, at=at).number, text, at))
    return found


def plain(asked: str) -> list[str]:
    """Every case read whole, the newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.number, m.description || ' ' || m.address FROM cases_case c"
            " JOIN cases_matter m ON m.case_id = c.id ORDER BY c.reported_at DESC, c.id DESC"
        )
        rows = cursor.fetchall()
    return [number for number, text in rows if all(word in text.lower() for word in asked.lower().split())]


def paged(by: Actor, wanted: Filter, limit: int) -> list[str]:
    found: list[str] = []
    cursor = ""
    for _page in range(100):
        page = cases(by=by, at=LATER, filter=wanted, limit=limit, cursor=cursor)
        found += [row.number for row in page.rows]
        if page.next is None:
            return found
        cursor = page.next
    raise AssertionError("the pages have no end")


@pytest.mark.django_db
@pytest.mark.parametrize("read_first", [1, 5, 500])
@pytest.mark.parametrize("limit", [1, 4, 50])
def test_the_pages_of_a_search_are_what_a_plain_reading_finds(
    actor: Find, told: list[Any], monkeypatch: pytest.MonkeyPatch, read_first: int, limit: int
) -> None:
    monkeypatch.setattr(words, "READ_FIRST", read_first)
    for asked in ("井盖", "破损", "井盖 破损", "wi-fi", "盖", "井 盖板", "%破", "损_严", "没有这个词", "路灯不亮"):
        assert paged(actor("acceptor-1"), Filter(words=asked), limit) == plain(asked), (asked, SEED)
    assert plain("破损"), SEED


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [1, 4])
def test_a_case_whose_id_is_much_later_than_its_report_keeps_its_place_on_the_pages(
    actor: Find, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    chance, who = random.Random(SEED), actor("collector-1")

    def id_days_later(at: datetime) -> Any:
        later = at + timedelta(days=chance.choice([0, 0, 3, 30]))
        return case_id_of(milliseconds_of(later), chance.getrandbits(CHANCE_BITS))

    monkeypatch.setattr(reporting, "new_case_id", id_days_later)
    monkeypatch.setattr(words, "READ_FIRST", 2)
    for _turn in range(40):
        at = START + timedelta(days=chance.choice([0, 1, 2, 8, 12, 30]), microseconds=chance.randrange(3000))
        report = Report(
            source="collector", category="component:0101", description=chance.choice(SAID), location=PLACE,
            photos={"photo_before": [photo_of(who, at)]},
        )  # fmt: skip
        report_case(report=report, by=who, at=at)
    for asked in ("井盖", "破损", "盖板"):
        assert paged(actor("acceptor-1"), Filter(words=asked), limit) == plain(asked), (asked, SEED)


@pytest.mark.django_db
def test_a_search_keeps_the_other_filters(
    actor: Find, told: list[tuple[str, str, datetime]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "READ_FIRST", 2)
    since, before = START + timedelta(days=2), START + timedelta(days=41)
    wanted = Filter(words="破损", since=since, before=before)
    expected = {number for number, text, at in told if "破损" in text and since <= at < before}
    found = paged(actor("acceptor-1"), wanted, 3)
    assert set(found) == expected
    assert expected
    assert paged(actor("acceptor-1"), Filter(words="破损", stages=("closed",)), 3) == []
    assert paged(actor("collector-2"), Filter(words="破损"), 3) == [], "behind the wall nothing is found"


@pytest.mark.django_db
def test_the_stamp_of_the_index_is_the_one_the_search_counts_back_to(told: list[tuple[str, str, datetime]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.number, m.grams, floor(extract(epoch FROM c.reported_at) / {STRETCH_SECONDS})::int"
            " FROM cases_case c JOIN cases_matter m ON m.case_id = c.id"
        )
        rows = {number: (grams, stamp) for number, grams, stamp in cursor.fetchall()}
    for number, _text, at in told:
        grams, stamp = rows[number]
        assert [gram >> 2 * CHARACTER_BITS for gram in grams] == [stamp] * len(grams)
        assert stamped("井盖", reported_at=at).tolist() == numbers_of(["井盖"], stamp)


@given(texts=st.lists(st.text(st.sampled_from(list("井盖破损 aÄß\t\n\u3000\U0001f6a7İ")), max_size=30), max_size=3))
def test_a_whole_text_at_once_gives_the_same_numbers_as_piece_by_piece(texts: list[str]) -> None:
    at = LATER
    stretch = int(at.timestamp() // STRETCH_SECONDS)
    assert stamped(*texts, reported_at=at).tolist() == sorted(numbers_of(grams_of(*texts), stretch))


def test_no_two_pieces_and_stretches_have_one_number() -> None:
    characters = [chr(0), "a", "井", "盖", "\U0001f6a7", chr(0x10FFFF)]
    grams = [first + second for first in characters for second in characters]
    numbers = [number for stretch in (-1, 0, 1, 2057) for number in numbers_of(grams, stretch)]
    assert len(set(numbers)) == len(numbers)
    assert all(-(2**63) <= number < 2**63 for number in numbers)


@pytest.mark.django_db
def test_a_search_is_one_statement(actor: Find, told: list[Any], django_assert_num_queries: Any) -> None:
    by = actor("acceptor-1")
    with django_assert_num_queries(1):
        cases(by=by, at=LATER, filter=Filter(words="破损"))

"""The words that say how long is left."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from wangge.surfaces.web.elements.words import (
    Counting,
    LateWord,
    Urgency,
    finished_text,
    left_text,
    span_text,
    urgency_of,
)


@pytest.fixture(autouse=True, scope="module")
def in_chinese() -> Iterator[None]:
    """A page asked for in English before leaves its language to the thread."""
    with translation.override("zh-hans"):
        yield


@pytest.mark.parametrize(
    ("minutes", "counting", "expected"),
    [
        (0, Counting.CONTINUOUS, "0 分钟"),
        (35, Counting.CONTINUOUS, "35 分钟"),
        (120, Counting.CONTINUOUS, "2 小时"),
        (130, Counting.CONTINUOUS, "2 小时 10 分钟"),
        (1440 + 59, Counting.CONTINUOUS, "1 天"),
        (2 * 1440 + 185, Counting.CONTINUOUS, "2 天 3 小时"),
        (300, Counting.WORKING, "5 个工作小时"),
        (45, Counting.WORKING, "45 个工作分钟"),
        (310, Counting.WORKING, "5 个工作小时 10 分钟"),
        (480, Counting.WORKING, "1 个工作日"),
        (2 * 480 + 200, Counting.WORKING, "2 个工作日 3 个工作小时"),
    ],
)
def test_a_span_names_number_and_unit_in_full(minutes: int, counting: Counting, expected: str) -> None:
    assert span_text(minutes, counting=counting) == expected


def test_a_row_says_what_is_left_what_is_over_and_what_is_paused() -> None:
    def words(minutes: int, paused: bool = False, late: LateWord = LateWord.CHAOSHI) -> str:
        return left_text(minutes, counting=Counting.CONTINUOUS, paused=paused, late_word=late)

    assert words(130) == "剩余 2 小时 10 分钟"
    assert words(-35) == "超时 35 分钟"
    assert words(-35, late=LateWord.CHAOQI) == "超期 35 分钟"
    assert words(130, paused=True) == "暂停 · 剩余 2 小时 10 分钟"
    paused = left_text(300, counting=Counting.WORKING, paused=True, late_word=LateWord.CHAOQI)
    assert paused == "暂停 · 剩余 5 个工作小时"


def test_the_citys_pair_of_words_is_kept_to_the_end() -> None:
    assert finished_text(in_time=True, late_word=LateWord.CHAOQI) == "按期完成"
    assert finished_text(in_time=False, late_word=LateWord.CHAOQI) == "超期完成"
    assert finished_text(in_time=True, late_word=LateWord.CHAOSHI) == "按时完成"
    assert finished_text(in_time=False, late_word=LateWord.CHAOSHI) == "超时完成"


@given(minutes=st.integers(0, 10**6), counting=st.sampled_from(Counting))
def test_a_span_never_promises_time_that_is_not_there(minutes: int, counting: Counting) -> None:
    day = 480 if counting is Counting.WORKING else 1440
    units = {"天": day, "日": day, "小时": 60, "分钟": 1}
    parts = span_text(minutes, counting=counting).split(" ")
    named = sum(
        int(number) * next(size for unit, size in units.items() if name.endswith(unit))
        for number, name in zip(parts[::2], parts[1::2], strict=True)
    )
    assert named <= minutes
    assert minutes - named < (60 if named >= day else 1)


@pytest.mark.parametrize(
    ("left", "allowance", "paused", "expected"),
    [
        (-1, 120, False, Urgency.OVERDUE),
        (-1, 120, True, Urgency.OVERDUE),
        (0, 120, False, Urgency.SOON),
        (24, 120, False, Urgency.SOON),
        (25, 120, False, Urgency.ON_TIME),
        (10, 15, False, Urgency.SOON),
        (25, 120, True, Urgency.PAUSED),
    ],
)
def test_soon_is_the_last_fifth_but_at_least_ten_minutes(
    left: int, allowance: int, paused: bool, expected: Urgency
) -> None:
    assert urgency_of(left, allowance_minutes=allowance, paused=paused) is expected


def test_every_urgency_has_a_sign_beside_its_colour() -> None:
    signs = {urgency: urgency.sign for urgency in Urgency}
    assert signs[Urgency.OVERDUE] == "▲"
    assert signs[Urgency.SOON] == "◔"
    assert signs[Urgency.ON_TIME] == "●"
    assert signs[Urgency.PAUSED] == "‖"
    assert all(signs.values())


def test_a_span_has_no_sign() -> None:
    with pytest.raises(ValueError, match="no sign"):
        span_text(-1, counting=Counting.CONTINUOUS)

"""Worker processes: every answer arrives, and whatever goes wrong in one ends the work instead of hanging it."""

from __future__ import annotations

import os
from concurrent.futures.process import BrokenProcessPool

import pytest

from wangge.groundwork.worker_pool import worked


def square(number: int) -> int:
    return number * number


def stumble(number: int) -> int:
    if number == 3:
        raise ValueError("third")
    return number


def vanish(number: int) -> int:
    os._exit(9)


def refuse_to_begin() -> None:
    raise RuntimeError("not today")


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_task_is_answered(jobs: int) -> None:
    assert sorted(worked(square, range(40), jobs=jobs)) == [n * n for n in range(40)]


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_first_error_ends_the_work(jobs: int) -> None:
    with pytest.raises(ValueError, match="third"):
        list(worked(stumble, range(1000), jobs=jobs))


def test_a_worker_that_dies_ends_the_work() -> None:
    with pytest.raises(BrokenProcessPool):
        list(worked(vanish, range(10), jobs=2))


def test_workers_that_cannot_begin_end_the_work() -> None:
    with pytest.raises(BrokenProcessPool):
        list(worked(square, range(10), jobs=2, prepare=refuse_to_begin))

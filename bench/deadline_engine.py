"""Measures the deadline engine: answers a second on one core, beside bare bisections of the same machine.

Run ``python bench/deadline_engine.py``; ``QUICK=1`` takes fewer rounds. Prints a JSON list of measurements.
"""

from __future__ import annotations

import json
import os
import random
from bisect import bisect_right
from collections.abc import Callable
from time import perf_counter

from bench.measurement import Measurement
from wangge.groundwork.working_time import Clock, RunningClock, parse_moment
from wangge.standards.calendars import load_city_clocks

SEED = 20240927
TARGET_PER_SECOND = 200_000
ALLOWANCES = (120, 240, 480, 960, 2400, 4800)


def measure(*, quick: bool) -> list[Measurement]:
    """Answers a second of due, counted_between and a paused and resumed measurement."""
    count = 100_000 if quick else 1_000_000
    questions = _questions(count)
    clock = load_city_clocks().clock_of("working")
    limit = _rate(count, lambda: _bisect_alone(questions))
    rates = {
        "deadline engine: due": _rate(count, lambda: _all_due(clock, questions)),
        "deadline engine: counted minutes": _rate(count, lambda: _all_counted(clock, questions)),
        # four acts for each question
        "deadline engine: acts of a measurement (start, pause, resume, due)": 4
        * _rate(count, lambda: _all_resumed(clock, questions)),
    }
    return [
        Measurement(
            name=name,
            value=round(rate),
            unit="1/s",
            target=TARGET_PER_SECOND,
            ok=rate > TARGET_PER_SECOND,
            limit=round(limit),
            ratio_to_limit=round(rate / limit, 3),
        )
        for name, rate in rates.items()
    ]


def _questions(count: int) -> list[tuple[int, int]]:
    """Starts anywhere in the known years, and limits of every usual length."""
    rng = random.Random(SEED)
    first, last = parse_moment("2010-01-04T00:00"), parse_moment("2026-11-01T00:00")
    return [(rng.randrange(first, last), rng.choice(ALLOWANCES)) for _ in range(count)]


def _rate(count: int, run: Callable[[], None]) -> float:
    started = perf_counter()
    run()
    return count / (perf_counter() - started)


def _all_due(clock: Clock, questions: list[tuple[int, int]]) -> None:
    for start, minutes in questions:
        clock.due(start, minutes)


def _all_counted(clock: Clock, questions: list[tuple[int, int]]) -> None:
    for start, minutes in questions:
        clock.counted_between(start, start + 10 * minutes)


def _all_resumed(clock: Clock, questions: list[tuple[int, int]]) -> None:
    for start, minutes in questions:
        RunningClock.started(clock, minutes, start).pause(start + 30).resume(start + 3000).due()


def _bisect_alone(questions: list[tuple[int, int]]) -> None:
    """What the machine gives at best: the two bisections of an answer over as many spans, no more."""
    spans = list(range(questions[0][0], questions[0][0] + 8500))
    for start, minutes in questions:
        bisect_right(spans, start)
        bisect_right(spans, minutes)


if __name__ == "__main__":
    print(json.dumps(measure(quick=os.environ.get("QUICK") == "1"), indent=1))

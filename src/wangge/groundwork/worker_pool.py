"""Worker processes for bulk work: each with Django and a database connection of its own, answers as they come.

A worker starts from nothing (no inherited sockets) and speaks to the same database, as the same role, as the process
that made it. With one job the work is done in the calling process, so that small work starts at once.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from typing import Any, TypeVar

Task = TypeVar("Task")
Answer = TypeVar("Answer")
TASKS_AHEAD = 2
"""Tasks waiting per worker beside the one in work: enough to keep it busy, few enough to stay small in memory."""


def worked(
    work: Callable[[Task], Answer],
    tasks: Iterable[Task],
    *,
    jobs: int,
    prepare: Callable[..., None] | None = None,
    given: tuple[Any, ...] = (),
) -> Iterator[Answer]:
    """The answers of ``work`` on each task, in the order they are ready; the first error ends it all.

    ``work``, ``prepare`` and what they take must be importable and picklable; ``prepare(*given)`` runs once in each
    worker. ``tasks`` is read no further ahead than the workers need. Nothing of a transaction open here is seen there.
    """
    if jobs <= 1:
        if prepare is not None:
            prepare(*given)
        yield from map(work, tasks)
        return
    with _pool(jobs, prepare, given) as pool:
        waiting: set[Future[Answer]] = set()
        try:
            for task in tasks:
                waiting.add(pool.submit(work, task))
                if len(waiting) >= jobs * (1 + TASKS_AHEAD):
                    done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    for future in done:
                        yield future.result()
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def jobs_here() -> int:
    """How many workers this machine has room for."""
    return max(1, len(os.sched_getaffinity(0)))


def _pool(jobs: int, prepare: Callable[..., None] | None, given: tuple[Any, ...]) -> ProcessPoolExecutor:
    from django.db import connections

    settings = {**connections["default"].settings_dict}
    return ProcessPoolExecutor(
        max_workers=jobs,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        # packed: what is given may only be imported once Django is set up
        initargs=(settings, pickle.dumps((prepare, given))),
    )


def _begin(database: dict[str, Any], packed: bytes) -> None:
    """Set a worker up: Django, the maker's database, and no cyclic garbage collection (the work makes no cycles)."""
    import django

    django.setup()
    from django.db import connections

    connections["default"].settings_dict.update(database)
    prepare, given = pickle.loads(packed)  # noqa: S301 - packed by this process's maker
    if prepare is not None:
        prepare(*given)
    gc.collect()
    gc.freeze()
    gc.disable()

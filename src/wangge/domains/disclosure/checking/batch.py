"""Many papers: checked in parallel processes, answered in the order given, each within bounds of time."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

from wangge.domains.disclosure.checking.findings.finding import Finding, Result
from wangge.domains.disclosure.checking.reading.refusing import ReadingRefused
from wangge.domains.disclosure.checking.reports.as_json import refusal_as_json, result_as_json
from wangge.domains.disclosure.checking.work import Task, check_file

SECONDS_PER_FILE = 180


@dataclass(frozen=True, slots=True)
class Checked:
    """The answer for one file: its JSON and findings, or why it could not be read."""

    file: str
    unit: str
    year: int
    json: dict[str, Any]
    findings: tuple[Finding, ...]
    refused: str = ""

    @property
    def is_refused(self) -> bool:
        return bool(self.refused)

    def count(self, severity: str) -> int:
        return sum(finding.severity == severity for finding in self.findings)


def checked_file(task: Task) -> Checked:
    """The answer for a file, whatever is in it."""
    try:
        with _bounded():
            result = check_file(task)
    except ReadingRefused as refused:
        return Checked(
            str(task.path), "", 0, refusal_as_json(task.path.name, refused.reason, str(refused)), (), str(refused)
        )
    except OSError as error:
        text = f"{task.path}：{error.strerror or error}"
        return Checked(str(task.path), "", 0, refusal_as_json(task.path.name, "missing", text), (), text)
    return _answer(task, result)


def _answer(task: Task, result: Result) -> Checked:
    return Checked(str(task.path), result.paper.unit, result.paper.year, result_as_json(result), tuple(result.findings))


class _bounded:  # noqa: N801 - reads as a word of the with statement
    """Ends a check that takes too long; only where signals can be had, that is in a process's main thread."""

    def __enter__(self) -> None:
        self.armed = threading.current_thread() is threading.main_thread() and hasattr(signal, "SIGALRM")
        if self.armed:
            self.before = signal.signal(signal.SIGALRM, _too_slow)
            signal.setitimer(signal.ITIMER_REAL, SECONDS_PER_FILE)

    def __exit__(self, *_error: object) -> None:
        if self.armed:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, self.before)


def _too_slow(_number: int, _frame: object) -> None:
    raise ReadingRefused("too_slow", f"超过 {SECONDS_PER_FILE} 秒未能读完：请拆开文件后再校核。")


def checked_files(
    tasks: Sequence[Task], *, jobs: int = 0, tell: Callable[[int], None] = lambda more: None
) -> Iterator[Checked]:
    """The answers in the order of the tasks; ``tell`` hears of each one that is ready."""
    jobs = min(jobs or len(os.sched_getaffinity(0)), len(tasks))
    if jobs <= 1:
        for task in tasks:
            yield checked_file(task)
            tell(1)
        return
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting: list[Future[Checked]] = []
        ahead = jobs * 4
        for task in tasks[:ahead]:
            waiting.append(_sent(pool, task, tell))
        for place in range(len(tasks)):
            yield waiting[place].result()
            waiting[place] = Future()  # what was handed on need not stay in memory
            if ahead + place < len(tasks):
                waiting.append(_sent(pool, tasks[ahead + place], tell))


def _sent(pool: ProcessPoolExecutor, task: Task, tell: Callable[[int], None]) -> Future[Checked]:
    future = pool.submit(checked_file, task)
    future.add_done_callback(lambda _done: tell(1))
    return future

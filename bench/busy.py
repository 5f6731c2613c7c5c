"""A full centre at ten times its true load: 60 seats and 200 collectors, beside a verification and a backup.

Everyone works at a pace of his own, so that a slow answer makes nobody ask less; each answer's time is measured from
the moment it was due to be asked for.
"""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import random
import shutil
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from bench.bench_city import WANGGE, BenchCity, environment
from bench.http_load import PROCESSES, Client, Load
from bench.writes import report_body

SEATS, COLLECTORS = 60, 200
CASES_A_SECOND = 3.0
"""Ten times the true rate: 864,300 reports a year come within some 8,000 hours of work, 0.3 each second of the day."""
READS_A_SECOND = 12.0
"""Each seat opens a page every five seconds."""
LIMIT = {"category": "component:0101", "condition_seq": 2}


def centre(city: BenchCity, *, seconds: float) -> dict[str, Load]:
    """What seats and collectors measured in so many seconds: writes and pages apart."""
    collectors = [city.token("collector", number) for number in range(COLLECTORS)]
    photos = {token: city.photo(token) for token in dict.fromkeys(collectors)}
    units = [person for person in city.tokens["department"] if person[2]]
    unit_photos = {str(person[1]): city.photo(str(person[1])) for person in units}
    pages = ("/work", "/cases", "/hall")

    def report(client: Client, number: int, turn: int, timed: Timed) -> None:
        """A collector's case, through the hands of the seats to its end."""
        mine = collectors[number % len(collectors)]
        person = units[(number + turn) % len(units)]
        unit = str(person[1])
        inspector = (number + 1) % len(city.tokens["collector"])
        body = report_body(city, photos[mine], number, turn)
        case = timed("write", partial(client.post, "/api/v1/cases", mine, body))
        there = {"lon": case["location"]["lon"], "lat": case["location"]["lat"]}
        site = {"photo_site": [photos[city.token("collector", inspector)]], "location": there}
        moves: tuple[tuple[str, str, dict[str, Any]], ...] = (
            (city.token("acceptor", number), "accept", {"category": "component:0101"}),
            (city.token("duty_leader", number), "file_case", LIMIT),
            (city.token("dispatcher", number), "dispatch", {"department": person[2]}),
            (unit, "report_handled", {"evidence": {"photo_after": [unit_photos[unit]]}}),
            (city.token("dispatcher", number), "forward_result", {}),
            (city.token("acceptor", number), "send_inspection", {"assignee": city.username("collector", inspector)}),
            (city.token("collector", inspector), "pass_inspection", {"evidence": site}),
            (city.token("duty_leader", number), "close_case", {}),
        )
        for token, verb, given in moves:
            path = f"/api/v1/cases/{case['number']}/moves/{verb}"
            case = timed("write", partial(client.post, path, token, given, case["version"]))

    def look(client: Client, number: int, turn: int, timed: Timed) -> None:
        """A seat opens a page."""
        cookie = city.cookies[("acceptor", "duty_leader")[number % 2]]
        path = pages[(number + turn) % len(pages)]

        def opened() -> None:
            status, text = client.request("GET", path, cookie)
            if status != 200:
                raise RuntimeError(f"{path}: {status} {text[:200]!r}")

        timed("page", opened)

    # Each of a crowd begins at a moment of his own and comes again when his turn is due.
    work: list[tuple[Work, float]] = []
    work += [(report, COLLECTORS / CASES_A_SECOND) for _collector in range(COLLECTORS)]
    work += [(look, SEATS / READS_A_SECOND) for _seat in range(SEATS)]
    return _paced(work, city.port, seconds)


Timed = Callable[[str, Callable[[], Any]], Any]
Work = Callable[[Client, int, int, Timed], None]


def _paced(work: Sequence[tuple[Work, float]], port: int, seconds: float) -> dict[str, Load]:
    context = multiprocessing.get_context("fork")
    queue: Any = context.Queue()
    shares = [range(index, len(work), PROCESSES) for index in range(PROCESSES)]
    children = [context.Process(target=_process, args=(work, list(share), port, seconds, queue)) for share in shares]
    for child in children:
        child.start()
    told = [queue.get() for _child in children]
    for child in children:
        child.join()
    failures = [text for _times, failed in told for text in failed]
    loads = {}
    for kind in ("write", "page"):
        times = [each for found, _failed in told for each in found.get(kind, ())]
        loads[kind] = Load(len(times), seconds, times, failures if kind == "write" else [])
    return loads


def _process(work: Sequence[tuple[Work, float]], mine: list[int], port: int, seconds: float, queue: Any) -> None:
    times: dict[str, list[float]] = {}
    failures: list[str] = []
    began = time.perf_counter()

    def person(number: int) -> None:
        does, every = work[number]
        due = random.Random(number).uniform(0, every)
        client: Client | None = None
        turn = 0
        while due < seconds:
            time.sleep(max(began + due - time.perf_counter(), 0))
            begun = began + due

            def timed(kind: str, ask: Callable[[], Any]) -> Any:
                nonlocal begun
                answer = ask()
                now = time.perf_counter()
                times.setdefault(kind, []).append(now - begun)
                begun = now
                return answer

            try:
                client = client or Client(port)
                does(client, number, turn, timed)
            except (RuntimeError, OSError) as failure:
                failures.append(str(failure))
                client = None
            turn, due = turn + 1, due + every

    threads = [threading.Thread(target=person, args=(number,)) for number in mine]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    queue.put((times, failures))


Order = Callable[[int], tuple[str, ...]]


def verification(_turn: int) -> tuple[str, ...]:
    """The whole history, replayed."""
    return ("verify",)


def backup_into(directory: Path) -> Order:
    """The whole city, into a new directory each time."""

    def order(turn: int) -> tuple[str, ...]:
        shutil.rmtree(directory / f"backup-{turn - 1}", ignore_errors=True)
        return ("backup", str(directory / f"backup-{turn}"))

    return order


@dataclass
class Beside:
    """How often each of the commands beside was done, and which failed."""

    done: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


SCANS = ("/cases/export.csv", "/cases?q=%E6%9F%A5%E6%97%A0%E6%AD%A4%E4%BA%8B", "/cases/export.csv?overdue=1")
"""The whole list as a file, words that stand nowhere, and the list again through a filter that keeps little."""


@contextlib.contextmanager
def scanning(city: BenchCity) -> Iterator[Beside]:
    """An office user reads the whole table meanwhile, by pages of his post, one after the other without a rest."""
    told, stopping = Beside(), threading.Event()

    def read(path: str) -> None:
        asked = urllib.request.Request(
            f"http://127.0.0.1:{city.port}{path}", headers={"Cookie": city.cookies["duty_leader"]}
        )
        with urllib.request.urlopen(asked, timeout=600) as answer:
            while not stopping.is_set() and answer.read(65536):
                pass

    def again() -> None:
        for path in itertools.cycle(SCANS):
            if stopping.is_set():
                return
            try:
                read(path)
            except OSError as failure:
                told.failures.append(f"{path}: {failure}")
                return
            told.done["scan"] = told.done.get("scan", 0) + 1

    thread = threading.Thread(target=again)
    thread.start()
    try:
        yield told
    finally:
        stopping.set()
        thread.join()


@contextlib.contextmanager
def beside(city: BenchCity, *orders: Order) -> Iterator[Beside]:
    """Commands run again and again meanwhile, as low in priority as an operator runs them."""
    told, stopping = Beside(), threading.Event()

    def again(order: Order) -> None:
        turn = 0
        while not stopping.is_set():
            words = order(turn := turn + 1)
            ran = subprocess.run(
                ["nice", "-n", "10", WANGGE, *words], env=environment(city.var), capture_output=True, check=False
            )
            told.done[words[0]] = told.done.get(words[0], 0) + 1
            if ran.returncode != 0:
                told.failures.append(f"wangge {words[0]}: {ran.returncode} {ran.stderr.decode()[-300:]}")
                return

    threads = [threading.Thread(target=again, args=(order,)) for order in orders]
    for thread in threads:
        thread.start()
    try:
        yield told
    finally:
        stopping.set()
        for thread in threads:
            thread.join()

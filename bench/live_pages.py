"""How soon open pages hear of a step: sixty listening seats, the time from a report's answer to each event."""

from __future__ import annotations

import http.client
import threading
import time

from bench.bench_city import BenchCity
from bench.http_load import Client, Load
from bench.writes import report_body

SEATS = 60
_WAIT_SECONDS = 5.0


def heard(city: BenchCity, *, seats: int = SEATS, reports: int = 15) -> Load:
    """One time for each seat and report, in seconds; a failure where a seat did not hear."""
    events: list[list[float]] = [[] for _seat in range(seats)]
    refused: list[str] = []
    opened = threading.Semaphore(0)

    def listen(seat: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", city.port, timeout=120)
        connection.request("GET", "/pulse", headers={"Cookie": city.cookies["acceptor"]})
        answer = connection.getresponse()
        if answer.status != 200:
            refused.append(f"seat {seat}: {answer.status}")
        opened.release()
        while answer.status == 200 and (line := answer.fp.readline()):
            if line.startswith(b"data:"):
                events[seat].append(time.perf_counter())

    for seat in range(seats):
        threading.Thread(target=listen, args=(seat,), daemon=True).start()
    for _seat in range(seats):
        opened.acquire(timeout=_WAIT_SECONDS)
    time.sleep(1)
    token = city.token("collector")
    photo = city.photo(token)
    client = Client(city.port)
    times: list[float] = []
    began = time.perf_counter()
    for turn in range(reports):
        before = [len(each) for each in events]
        client.post("/api/v1/cases", token, report_body(city, photo, seats, turn))
        answered = time.perf_counter()
        time.sleep(1.5)
        for seat in range(seats):
            if len(events[seat]) > before[seat]:
                times.append(max(0.0, events[seat][before[seat]] - answered))
            else:
                refused.append(f"seat {seat} heard nothing of report {turn}")
    return Load(len(times), time.perf_counter() - began, times, refused)

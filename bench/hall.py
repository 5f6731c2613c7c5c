"""The hall's wall before a browser for hours: two of them at ten times the true pace, and what its memory does.

Every case comes in and goes through the hands of the seats to its unit, so that figures, rows, arrivals and map change
under the page all the time. Memory is what is left after the browser was told to clear up.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import CDPSession, Page, sync_playwright
from tests.browser.chromium import found_chromium

from bench.bench_city import BenchCity
from bench.http_load import Client
from bench.writes import report_body

CASES_A_SECOND = 0.3
"""Ten times the true pace: 864,300 reports a year come within some 8,000 hours of work, 108 an hour."""
HOURS = 2
SECONDS = HOURS * 3600 / 10
SAMPLE_EVERY = 15.0
MIB = 1024 * 1024
LIMIT = {"category": "component:0101", "condition_seq": 2}


@dataclass(frozen=True, slots=True)
class Sample:
    """The page after a clearing up: seconds since it was opened, heap in MiB, nodes and listeners it keeps."""

    seconds: float
    heap_mib: float
    nodes: float
    listeners: float


@dataclass
class Watched:
    """What a run before the wall showed."""

    samples: list[Sample] = field(default_factory=list)
    arrived: int = 0
    shown: int = 0
    refused: list[str] = field(default_factory=list)

    def slope(self, *, last_seconds: float) -> float:
        """MiB a minute over the last stretch, by least squares."""
        end = self.samples[-1].seconds
        points = [(each.seconds / 60, each.heap_mib) for each in self.samples if each.seconds >= end - last_seconds]
        mean_x, mean_y = (sum(values) / len(points) for values in zip(*points, strict=True))
        across = sum((x - mean_x) ** 2 for x, _y in points)
        return sum((x - mean_x) * (y - mean_y) for x, y in points) / across if across else 0.0


def watched(city: BenchCity, *, seconds: float = SECONDS, pace: float = CASES_A_SECOND) -> Watched | None:
    """Open the wall, let cases arrive, and look at what it keeps; None where there is no Chromium."""
    path, _why = found_chromium()
    if not path:
        return None
    told = Watched()
    with _wall(city, path) as (page, session), _arrivals(city, pace, told):
        began = time.monotonic()
        while (passed := time.monotonic() - began) < seconds:
            page.wait_for_timeout(min(SAMPLE_EVERY, max(0.0, seconds - passed)) * 1000)
            told.samples.append(_sample(session, time.monotonic() - began))
        told.shown = _reported_today(page)
    return told


@contextmanager
def _wall(city: BenchCity, path: str) -> Iterator[tuple[Page, CDPSession]]:
    address = f"http://127.0.0.1:{city.port}"
    flags = ["--no-sandbox", "--disable-dev-shm-usage", "--use-gl=angle", "--use-angle=swiftshader"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        context = browser.new_context(base_url=address, viewport={"width": 1920, "height": 1080}, locale="zh-CN")
        context.add_cookies(
            [
                {"name": name, "value": value, "url": address}
                for name, _equals, value in (each.partition("=") for each in city.cookies["duty_leader"].split("; "))
            ]
        )
        page = context.new_page()
        page.goto("/hall")
        page.locator("wangge-map canvas").wait_for()
        session = context.new_cdp_session(page)
        session.send("Performance.enable")
        yield page, session
        browser.close()


@contextmanager
def _arrivals(city: BenchCity, pace: float, told: Watched) -> Iterator[None]:
    """Cases arrive evenly and go on to their units, in a thread of their own, until the block is left."""
    over = threading.Event()
    collector = city.token("collector")
    photo = city.photo(collector)
    unit = next(person[2] for person in city.tokens["department"] if person[2])

    def arrive() -> None:
        client, began = Client(city.port), time.monotonic()
        while not over.wait(max(0.0, began + told.arrived / pace - time.monotonic())):
            body = report_body(city, photo, 0, told.arrived)
            try:
                case = client.post("/api/v1/cases", collector, body)
                for post, verb, given in (
                    ("acceptor", "accept", {"category": "component:0101"}),
                    ("duty_leader", "file_case", LIMIT),
                    ("dispatcher", "dispatch", {"department": unit}),
                ):
                    address = f"/api/v1/cases/{case['number']}/moves/{verb}"
                    case = client.post(address, city.token(post), given, case["version"])
            except RuntimeError as refused:
                told.refused.append(str(refused))
            told.arrived += 1

    thread = threading.Thread(target=arrive)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _sample(session: CDPSession, seconds: float) -> Sample:
    session.send("HeapProfiler.collectGarbage")
    found = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    return Sample(seconds, found["JSHeapUsedSize"] / MIB, found["Nodes"], found["JSEventListeners"])


def _reported_today(page: Page) -> int:
    """What the wall says came in today, once it has asked again."""
    with page.expect_response(lambda answer: answer.url.endswith("/hall")):
        pass
    page.wait_for_timeout(500)
    return int(page.locator("#hall-figures .value").first.inner_text().replace(",", ""))

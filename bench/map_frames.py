"""How smoothly the map of open cases moves: frames a second in a real Chromium that draws by software, at each zoom."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from playwright.sync_api import Page, sync_playwright
from tests.browser.chromium import found_chromium

from bench.bench_city import BenchCity
from bench.http_load import Client
from bench.measurement import Measurement, at_least, stated
from bench.writes import report_body

OPEN_CASES = 5_000
FRAMES = 30
CLIENTS = 4
ZOOMS = (11, 13, 15, 17)
SECONDS = 4
_AROUND = 0.004
_SETTLED_MS = 1500

# The map is carried to and fro as a hand does it, a little each frame, over half of what is seen; each frame that it
# draws is counted.
_MOVE = """
async ([zoom, seconds, center, shown]) => {
  const map = document.querySelector("wangge-map").ground;
  map.setLayoutProperty("case-signs", "visibility", shown ? "visible" : "none");
  map.jumpTo({ zoom, center });
  await new Promise((done) => setTimeout(done, 1500));
  const width = map.getCanvas().clientWidth;
  let frames = 0;
  const count = () => void (frames += 1);
  map.on("render", count);
  const began = performance.now();
  let aside = 0;
  while (performance.now() - began < seconds * 1000) {
    await new Promise(requestAnimationFrame);
    const wanted = Math.sin((performance.now() - began) / 400) * width / 4;
    map.panBy([wanted - aside, 0], { animate: false });
    aside = wanted;
  }
  map.off("render", count);
  return { rate: frames / ((performance.now() - began) / 1000),
           signs: Number(document.querySelector("wangge-map").dataset.signs ?? 0) };
}
"""


def measure(city: BenchCity, *, quick: bool) -> Iterator[Measurement]:
    """The rate at each zoom; the least must reach the goal. Nothing where there is no browser."""
    path, why = found_chromium()
    if not path:
        sys.stderr.write(f"map: no browser ({why}); left out\n")
        return
    cases = 500 if quick else OPEN_CASES
    fill(city, cases)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-dev-shm-usage", "--use-gl=angle", "--use-angle=swiftshader"],
        )
        page = _map_page(browser.new_context(viewport={"width": 1280, "height": 900}).new_page(), city)
        seconds, middle, rates = (1 if quick else SECONDS), city.points[len(city.points) // 2], []
        for zoom in ZOOMS:
            # The same without a sign is what this machine draws at all while the bench runs.
            bare = page.evaluate(_MOVE, [zoom, seconds, middle, False])
            found = page.evaluate(_MOVE, [zoom, seconds, middle, True])
            rates.append((found["rate"], bare["rate"]))
            name = f"map of {cases:,} open cases moved at zoom {zoom}, {found['signs']} signs"
            yield stated(name, found["rate"], "frames/s", bare["rate"])
        rate, limit = min(rates)
        yield at_least(f"map of {cases:,} open cases moves, software rendering", rate, "frames/s", FRAMES, limit)
        browser.close()


def _map_page(page: Page, city: BenchCity) -> Page:
    address = f"http://127.0.0.1:{city.port}"
    cookies = (pair.partition("=") for pair in city.cookies["duty_leader"].split("; "))
    page.context.add_cookies([{"name": name, "value": value, "url": address} for name, _equals, value in cookies])
    page.goto(f"{address}/work")
    page.get_by_role("link", name="地图", exact=True).click()
    page.locator("wangge-map[data-signs]").wait_for()
    page.wait_for_timeout(_SETTLED_MS)
    return page


def fill(city: BenchCity, cases: int) -> None:
    """Open cases all over the city."""
    tokens = [city.token("collector", number) for number in range(CLIENTS)]
    photos = [city.photo(token) for token in tokens]

    def report(number: int) -> None:
        client, chance = Client(city.port), random.Random(number)
        for turn in range(cases // CLIENTS):
            body = report_body(city, photos[number], number, turn)
            lon, lat = chance.choice(city.points)
            place = {"lon": lon + chance.uniform(-_AROUND, _AROUND), "lat": lat + chance.uniform(-_AROUND, _AROUND)}
            client.post("/api/v1/cases", tokens[number], {**body, "location": place})

    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(report, range(CLIENTS)))
    time.sleep(1)

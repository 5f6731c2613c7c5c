"""How soon a seat's work list shows its first content in Chromium: each time a browser that has seen nothing yet."""

from __future__ import annotations

import sys
import time

from playwright.sync_api import sync_playwright
from tests.browser.chromium import found_chromium

from bench.bench_city import BenchCity
from bench.http_load import Load

_PAINTED = """() => new Promise((done) => {
  const tell = () => {
    const [painted] = performance.getEntriesByName("first-contentful-paint");
    if (painted) done(painted.startTime);
    else requestAnimationFrame(tell);
  };
  tell();
})"""


def first_content(city: BenchCity, *, path: str = "/work", times: int = 9) -> Load | None:
    """Seconds until the first content of a page, opening it without a cache; None where there is no browser."""
    chromium, why = found_chromium()
    if not chromium:
        sys.stderr.write(f"first content: {why}; left out\n")
        return None
    url = f"http://127.0.0.1:{city.port}"
    cookies = [each.partition("=") for each in city.cookies["acceptor"].split("; ")]
    began = time.perf_counter()
    seconds = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"])
        for _turn in range(times):
            context = browser.new_context(base_url=url, viewport={"width": 1920, "height": 1080}, locale="zh-CN")
            context.add_cookies([{"name": name, "value": value, "url": url} for name, _equals, value in cookies])
            page = context.new_page()
            page.goto(path)
            assert page.url.endswith(path), page.url
            seconds.append(float(page.evaluate(_PAINTED)) / 1000)
            context.close()
        browser.close()
    return Load(times, time.perf_counter() - began, seconds, [])

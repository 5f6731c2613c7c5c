"""Every page of the gallery against WCAG 2.2 AA by axe-core, in light and in dark, on a desk and on a telephone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PATIENCE_MS
from wangge.surfaces.web.elements.gallery import SAMPLES

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
PARTS = 4
WITH_MAP = "/gallery/case-map"
CHECK = """async ([rules, tags]) => {
  const runOnly = rules.length ? { type: "rule", values: rules } : { type: "tag", values: tags };
  const what = { exclude: [["canvas"]] };
  const found = await axe.run(what, { runOnly, resultTypes: ["violations"], preload: false });
  const why = (node) => node.failureSummary.split("\\n").slice(1).join(" ").trim();
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 200)} (${why(node)})`));
}"""
LAID_OUT = """(() => {
  const { scrollWidth, scrollHeight, dataset } = document.documentElement;
  return [scrollWidth, scrollHeight, dataset.audience];
})()"""
THEME = "(theme) => { document.documentElement.dataset.theme = theme; }"


@pytest.fixture
def looked_at(chromium: Browser, live_server: Any) -> Iterator[Page]:
    context = chromium.new_context(
        base_url=live_server.url, viewport={"width": 1280, "height": 900}, locale="zh-CN", reduced_motion="reduce"
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    # Drawing maps without a graphics card takes most of the time and gives axe nothing to read; one page keeps its map.
    page.route("**/built/map-*.js", lambda route: route.continue_() if WITH_MAP in page.url else route.abort())
    yield page
    context.close()


@pytest.mark.parametrize("part", range(PARTS))
def test_no_page_stands_in_anybodys_way(looked_at: Page, part: int) -> None:
    """Everything in light; colours, which alone differ, once more in dark; on a telephone no sideways scroll, no small
    targets where thumbs are at work."""
    script = AXE.read_text(encoding="utf-8")
    found: list[str] = []

    def check(name: str, rules: tuple[str, ...] = ()) -> None:
        found.extend(f"{name}: {each}" for each in looked_at.evaluate(CHECK, [list(rules), list(TAGS)]))

    for name in sorted(SAMPLES)[part::PARTS]:
        looked_at.goto(f"/gallery/{name}", wait_until="load")
        looked_at.evaluate(script)
        check(f"{name} light")
        looked_at.evaluate(THEME, "dark")
        check(f"{name} dark", ("color-contrast",))
        looked_at.set_viewport_size({"width": 390, "height": 844})
        width, height, audience = looked_at.evaluate(LAID_OUT)
        if width > 390:
            found.append(f"{name} telephone: {width} px wide")
        if audience in ("field", "public"):
            # As tall as the page is: what floats at the bottom then hides nothing that scrolling would show.
            looked_at.set_viewport_size({"width": 390, "height": height + 200})
            check(f"{name} telephone", ("target-size", "color-contrast"))
        looked_at.set_viewport_size({"width": 1280, "height": 900})
    assert found == [], "\n".join(found)

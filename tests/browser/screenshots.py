"""Photographs every page of the gallery in both languages at three widths: `make screenshots`.

All of them go to docs/screenshots/all, which stays out of the repository; those named in CHOSEN, the README's and the
papers' pictures, go to docs/screenshots as well.
"""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
WIDTHS = {1920: 1080, 1280: 900, 390: 844}
LANGUAGES = {"zh": "zh-CN", "en": "en"}
CHOSEN = frozenset(
    {
        "work-list-zh-1920", "case-zh-1920", "case-en-1280", "report-zh-1280", "department-list-zh-1280",
        "field-app-zh-390", "field-task-zh-390", "public-home-zh-390", "public-place-zh-390", "public-status-zh-390",
        "assessment-month-zh-1280", "ownership-set-zh-1280", "hotline-order-zh-1280", "budget-board-zh-1280",
        "accounts-check-zh-1280", "board-zh-1280", "department-figures-zh-1280",
        "together-zh-1280",
    }
)  # fmt: skip
MOST_HEIGHT = 6000
MOST_BYTES = 400_000
SETTLE_MS = 400


def main(wanted: list[str]) -> int:
    """Photograph the samples named on the command line, or all."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from playwright.sync_api import sync_playwright

    from tests.browser.chromium import found_chromium
    from wangge.surfaces.web.elements.gallery import SAMPLES

    path, why = found_chromium()
    if not path:
        sys.stderr.write(f"{why}\n")
        return 1
    names = [name for name in sorted(SAMPLES) if not wanted or name in wanted]
    (FOLDER / "all").mkdir(parents=True, exist_ok=True)
    server = _server()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-dev-shm-usage", "--use-gl=angle", "--use-angle=swiftshader"],
        )
        for number, name in enumerate(_photographed(browser, f"http://localhost:{server.server_port}", names), 1):
            sys.stdout.write(f"\r{number}/{len(names) * len(WIDTHS) * len(LANGUAGES)} {name:<60}")
            sys.stdout.flush()
        browser.close()
    server.shutdown()
    sys.stdout.write("\n")
    return 0


def _server() -> Any:
    """The pages on a port of their own; the gallery asks no database."""
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    class Silent(WSGIRequestHandler):
        def log_message(self, format: str, *_args: Any) -> None:
            """Requests are not worth a line each."""

    server = ThreadedWSGIServer(("127.0.0.1", 0), Silent)
    server.set_app(get_wsgi_application())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def _photographed(browser: Browser, address: str, names: list[str]) -> Iterator[str]:
    for short, locale in LANGUAGES.items():
        for width, height in WIDTHS.items():
            context = browser.new_context(
                base_url=address, locale=locale, viewport={"width": width, "height": height}, reduced_motion="reduce",
            )  # fmt: skip
            page = context.new_page()
            for name in names:
                page.goto(f"/gallery/{name}")
                page.wait_for_timeout(SETTLE_MS)
                # As tall as the page: what floats at the bottom of a telephone lies at the bottom of the picture.
                tall = min(MOST_HEIGHT, int(page.evaluate("document.documentElement.scrollHeight")))
                page.set_viewport_size({"width": width, "height": max(tall, height)})
                picture = page.screenshot()
                page.set_viewport_size({"width": width, "height": height})
                _keep(picture, f"{name}-{short}-{width}")
                yield f"{name}-{short}-{width}"
            context.close()


def _keep(picture: bytes, name: str) -> None:
    from PIL import Image

    for folder in (FOLDER / "all", *((FOLDER,) if name in CHOSEN else ())):
        for quality in (86, 70, 50, 30):
            held = io.BytesIO()
            Image.open(io.BytesIO(picture)).convert("RGB").save(held, "WEBP", quality=quality, method=4)
            if held.tell() < MOST_BYTES:
                break
        (folder / f"{name}.webp").write_bytes(held.getvalue())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

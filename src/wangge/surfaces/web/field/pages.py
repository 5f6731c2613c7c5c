"""The page objects of the collectors' pages."""

from __future__ import annotations

from dataclasses import dataclass

from wangge.surfaces.web.pages import Shell


@dataclass(frozen=True, slots=True)
class FieldAppPage:
    """The shell of the app: words and addresses for its script, and the pages that need none."""

    shell: Shell
    words: str  # JSON: key → text in the language of the page
    urls: str  # JSON: name → address
    report_url: str
    tasks_url: str
    shown: str = ""  # the screen that stands open before the script is at work

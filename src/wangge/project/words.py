"""The words of the command line in the terminal's language: Chinese, or English where its locale says so.

Commands speak before Django is set up, so they read the same catalogue with the standard library.
"""

from __future__ import annotations

import gettext
import os
from pathlib import Path

_LOCALE = Path(__file__).resolve().parents[1] / "locale"


def language_of_terminal() -> str:
    """``en`` or ``zh``: WANGGE_LANGUAGE first, then the locale; a terminal that names none gets Chinese."""
    for name in ("WANGGE_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "en" if value.lower().startswith("en") else "zh"
    return "zh"


_catalogue = gettext.translation("django", _LOCALE, [language_of_terminal()], fallback=True)


def _(text: str) -> str:
    """The text in the language of the terminal."""
    return _catalogue.gettext(text)

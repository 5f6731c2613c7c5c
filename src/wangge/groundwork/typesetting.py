"""Sets PDF pages with typst and the bundled CJK font; nothing is fetched, no font of the machine is used.

The template is a typst text; what it prints arrives as JSON, so that no text of people is ever read as markup.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typst

FONTS = Path(__file__).parent / "fonts"
FONT_FAMILY = "Noto Serif SC"
FONT_FILES = ("NotoSerifSC_400Regular.ttf", "NotoSerifSC_700Bold.ttf")


class TypesettingFailed(RuntimeError):
    """The page could not be set; the text says what to do."""


def missing_fonts() -> tuple[str, ...]:
    """The files of the bundled font that are not there; empty when pages can be set."""
    return tuple(name for name in FONT_FILES if not (FONTS / name).is_file())


def set_pdf(template: Path, content: dict[str, Any]) -> bytes:
    """The PDF of a template filled with ``content`` (its ``sys.inputs.content``). Raises TypesettingFailed."""
    missing = missing_fonts()
    if missing:
        raise TypesettingFailed(
            f"缺少排版字体 {'、'.join(missing)}：请运行 make setup（或 python frontend/build.py --force）。"
        )
    try:
        made = typst.compile(
            template,
            root=template.parent,
            font_paths=[FONTS],
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
        )
    except typst.TypstError as error:
        raise TypesettingFailed(f"排版失败：{error}") from error
    return made

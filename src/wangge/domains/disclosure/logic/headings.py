"""When two headings mean the same section: numbering, years, the unit's name and filling words do not count."""

from __future__ import annotations

import re

_NUMBERING = re.compile(
    r"^(第[一二三四五六七八九十百\d]+(部分|章|节)|[（(][一二三四五六七八九十\d]+[）)]|[一二三四五六七八九十]+、|\d+[.、．])"
)
_YEARS = re.compile(r"(\d{4}|20[×xX*_＿○〇]{2}|[×xX*＿]{2,4})年度?")
_BLANKS = re.compile(r"[\s“”\"‘’'《》【】×_＿…·.]+")
_FILLING = ("关于", "部门", "单位", "情况", "说明", "年度", "的", "本")
_LEADER = re.compile(r"[.…·\s]{3,}\d+$|\t\d+$")
_SECTION = re.compile(r"^(第[一二三四五六七八九十]+部分|[一二三四五六七八九十]+、)")
LONGEST_HEADING = 50


def plain_heading(text: str, unit: str = "") -> str:
    """What remains of a heading when only its matter counts; empty for one that is nothing but numbering."""
    found = text.strip()
    for name in filter(None, (unit,)):
        found = found.replace(name, "")
    while (shorter := _NUMBERING.sub("", found).strip()) != found:
        found = shorter
    found = _BLANKS.sub("", _YEARS.sub("", found))
    for word in _FILLING:
        found = found.replace(word, "")
    return found


def is_in_contents(text: str) -> bool:
    """Whether a line belongs to a table of contents: a heading with its page."""
    return bool(_LEADER.search(text))


def reads_as_section(text: str) -> bool:
    """Whether a line without a heading's style is numbered like a section."""
    return len(text) <= LONGEST_HEADING and bool(_SECTION.match(text.strip())) and not text.rstrip().endswith("。")

"""The pinyin of names in full, for what is written once and found often; loads its dictionary of 50 MB at first use.

`pinyin_initials` needs no dictionary and serves the menus of pages; this is for imports, which store what they make.
A character that people read in two ways in names gives both readings.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product

MOST_READINGS = 4
# Common in names of places, and read either way by who types.
_TWO_READINGS = {
    "朝": ("chao", "zhao"), "长": ("chang", "zhang"), "重": ("chong", "zhong"), "行": ("hang", "xing"),
    "乐": ("le", "yue"), "都": ("du", "dou"), "厦": ("sha", "xia"), "曾": ("zeng", "ceng"), "会": ("hui", "kuai"),
    "大": ("da", "dai"), "堡": ("bao", "bu", "pu"), "铺": ("pu",), "埔": ("pu", "bu"), "车": ("che", "ju"),
    "参": ("can", "shen"), "盛": ("sheng", "cheng"), "单": ("dan", "shan"), "石": ("shi", "dan"),
    "藏": ("zang", "cang"),
}  # fmt: skip
_CHINESE = re.compile(r"[\u3400-\u9fff]+")
_KEPT = re.compile(r"[a-z0-9]+")


def readings(text: str) -> tuple[tuple[str, str], ...]:
    """Full pinyin and initials of the text, in small letters and digits; the likeliest reading first."""
    pieces: list[tuple[tuple[str, ...], ...]] = []
    at = 0
    for run in _CHINESE.finditer(text):
        pieces += _plain(text[at : run.start()])
        pieces += _syllables(run[0])
        at = run.end()
    pieces += _plain(text[at:])
    found: dict[tuple[str, str], None] = {}
    for chosen in product(*pieces):
        full = "".join(syllable for syllable, _initial in chosen)
        initials = "".join(initial for _syllable, initial in chosen)
        found[full, initials] = None
        if len(found) == MOST_READINGS:
            break
    return tuple(found)


def _plain(text: str) -> list[tuple[tuple[str, ...], ...]]:
    letters = "".join(_KEPT.findall(text.lower()))
    return [((letters, letters),)] if letters else []


@lru_cache(maxsize=65536)
def _syllables(chinese: str) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """For each character its readings as (syllable, initial)."""
    from pypinyin import lazy_pinyin

    read = lazy_pinyin(chinese, errors="ignore", v_to_u=False)
    if len(read) != len(chinese):  # a character the dictionary does not know
        read = [(lazy_pinyin(sign, errors="ignore") or [""])[0] for sign in chinese]
    found = []
    for sign, syllable in zip(chinese, read, strict=True):
        ways = dict.fromkeys((syllable, *_TWO_READINGS.get(sign, ())))
        found.append(tuple((way, way[:1]) for way in ways if way))
    return tuple(ways for ways in found if ways)

"""The first letters of the pinyin of Chinese text, for finding a name by typing them: 供排水公司 → gpsgs.

The common characters of GB 2312 stand in the order of their pinyin, so the code alone tells the initial. The rarer
ones (ordered by radical) have none and are left out; a character with several readings has its commonest.
"""

from __future__ import annotations

from bisect import bisect_right

# Code of the first character of each letter among the common ones (GB 2312, rows 16 to 55); no syllable begins with
# i, u or v.
_FIRST = (
    (0xB0A1, "a"), (0xB0C5, "b"), (0xB2C1, "c"), (0xB4EE, "d"), (0xB6EA, "e"), (0xB7A2, "f"), (0xB8C1, "g"),
    (0xB9FE, "h"), (0xBBF7, "j"), (0xBFA6, "k"), (0xC0AC, "l"), (0xC2E8, "m"), (0xC4C3, "n"), (0xC5B6, "o"),
    (0xC5BE, "p"), (0xC6DA, "q"), (0xC8BB, "r"), (0xC8F6, "s"), (0xCBFA, "t"), (0xCDDA, "w"), (0xCEF4, "x"),
    (0xD1B9, "y"), (0xD4D1, "z"),
)  # fmt: skip
_CODES = [code for code, _letter in _FIRST]
_LAST_COMMON = 0xD7F9


def initials(text: str) -> str:
    """The initials of the text in small letters; Latin letters and digits stay, other signs go."""
    return "".join(_initial(character) for character in text)


def _initial(character: str) -> str:
    if character.isascii():
        return character.lower() if character.isalnum() else ""
    try:
        high, low = character.encode("gb2312")
    except (UnicodeEncodeError, ValueError):
        return ""
    code = high << 8 | low
    if not _CODES[0] <= code <= _LAST_COMMON:
        return ""
    return _FIRST[bisect_right(_CODES, code) - 1][1]

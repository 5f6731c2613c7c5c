"""The reader of a section: puts figures with their place and the words about them."""

from __future__ import annotations

import re
from decimal import Decimal

from wangge.domains.disclosure.checking.reading.blocks import Place
from wangge.domains.disclosure.checking.recognition.cells import (
    CENT,
    LIKELY,
    SURE,
    TEN_THOUSAND,
    Cell,
    Gathered,
    number_of,
)
from wangge.domains.disclosure.checking.recognition.papers import Paper
from wangge.standards.accounts.library import Accounts

AMOUNT = r"(-?[\d,，]+(?:\.\d+)?)(亿元|万元|元)"

SHARE = r"(-?\d+(?:\.\d+)?)[%％]"

UP, DOWN = "增加|增长|上升|提高", "减少|下降|降低"

SAME = "持平|一致|相同|无变化|没有变化|无增减"


_SCALES = {"元": Decimal(1) / TEN_THOUSAND, "亿元": TEN_THOUSAND, "件": Decimal(1) / TEN_THOUSAND}
"""To 万元, and counts to 万."""


class Reader:
    """A section's text with what its readers need: puts figures with their place and the words about them."""

    def __init__(
        self, text: str, place: Place, section: str, gathered: Gathered, paper: Paper, accounts: Accounts
    ) -> None:
        self.text, self.place, self.section = text, place, section
        self.gathered, self.paper, self.accounts = gathered, paper, accounts

    def put(
        self, subject: str, number: str, unit: str, *, words: str = "", sign: str = "", place: Place | None = None
    ) -> None:
        read = number_of(number)
        if read is None:
            return
        scale = _SCALES.get(unit, Decimal(1))
        value = read.value * scale
        if sign and re.fullmatch(DOWN, sign):
            value = -value
        step = Decimal(1).scaleb(-read.decimals) if unit in ("%", "", "件") else CENT
        step *= scale
        self.gathered.put(
            Cell(
                self.name(subject),
                number,
                value,
                place or self.place_of(words or number),
                SURE,
                self.where(words),
                step,
                signed_by=sign,
            )
        )

    def name(self, subject: str) -> str:
        stem = "R" if self.section == "R" else f"N.{self.section}"
        return f"{stem}.{subject}" if subject else stem

    def where(self, words: str) -> str:
        if self.section == "R":
            return f"自评报告{'“' + words + '”' if words else ''}"
        return f"情况说明 {_TITLES.get(self.section, self.section)}{'“' + words + '”' if words else ''}"

    def place_of(self, words: str, after: Place | None = None) -> Place:
        """The paragraph of the section that holds the words, from a place on."""
        began = after is None
        for text, place in self.paper.paragraphs:
            began = began or place == after
            if began and words and words in text and text in self.text:
                return place
        return after or self.place

    def amount(self, subject: str, pattern: str, text: str | None = None) -> bool:
        """Put the amount that follows a pattern; the pattern's own groups must not capture."""
        found = re.search(f"(?:{pattern}){AMOUNT}", self.text if text is None else text)
        if found:
            self.put(subject, found[1], found[2], words=found[0])
        return bool(found)

    def share(self, subject: str, pattern: str, text: str | None = None) -> bool:
        found = re.search(f"(?:{pattern}){SHARE}", self.text if text is None else text)
        if found:
            self.put(subject, found[1], "%", words=found[0])
        return bool(found)

    def movement(self, subject: str, text: str, prefix: str = "") -> None:
        """Change and growth against last year: 减少 X 万元，降低 Y%; the words give the signs."""
        dot = f"{subject}." if subject else ""
        change = re.search(f"{prefix}({UP}|{DOWN})(?:了)?{AMOUNT}", text)
        if change:
            self.put(f"{dot}change", change[2], change[3], words=change[0], sign=change[1])
            tail = text[change.end() : change.end() + 40]
            growth = re.match(f"[，,、（]?(?:同比|比上年)?({UP}|{DOWN})(?:了)?(?:比例为|幅度为)?{SHARE}", tail)
            if growth:
                self.put(f"{dot}growth", growth[2], "%", words=growth[0], sign=growth[1])
        elif re.search(SAME, text):
            found = re.search(SAME, text)
            assert found
            self.gathered.put(
                Cell(
                    self.name(f"{dot}change"),
                    found[0],
                    Decimal(0),
                    self.place_of(found[0]),
                    LIKELY,
                    self.where(found[0]),
                    signed_by=found[0],
                )
            )


def listed_names(text: str) -> tuple[list[str], bool]:
    """The names of a list, and whether it ends with 等."""
    open_end = bool(re.search("等(?:支出|费用|方面|项目)?$|等[，,]", text))
    bare = re.sub("等(?:支出|费用|方面|项目)?$", "", text)
    return [name for name in re.split("[、，,]|和(?=其他)", bare) if name], open_end


_TITLES = {
    "s1": "一",
    "s2": "二",
    "s3": "三",
    "s4": "四",
    "s51": "五（一）",
    "s52": "五（二）",
    "s53": "五（三）",
    "s6": "六",
    "s7": "七",
    "s8": "八",
    "s9": "九",
    "s10": "十",
    "s11": "十一",
    "s12": "十二",
    "s13": "十三",
}

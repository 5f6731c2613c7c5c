"""Fills sentences: slots become figures under their ids, reasons are taken or asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from wangge.domains.disclosure.document import Figure, Gap, Paragraph, Run
from wangge.domains.disclosure.narrative.account import Account
from wangge.domains.disclosure.narrative.numbers import amount, percent

_SLOT = re.compile(r"\{(\w+)\}")
SMALL_CHANGE_PERCENT = 5
"""A change below this share of the base needs no reason of its own; a person may give one all the same."""


@dataclass(slots=True)
class Pen:
    """Writes one document: the account, the sentences, and what has been found missing."""

    account: Account
    sentences: Mapping[str, str]
    reason_percent: int = SMALL_CHANGE_PERCENT
    gaps: list[Gap] = field(default_factory=list)

    def runs(self, key: str, **slots: str | Figure | tuple[Run, ...]) -> tuple[Run, ...]:
        """The runs of a sentence; a slot that holds runs is spliced in."""
        made: list[Run] = []
        text = self.sentences[key]
        end = 0
        for slot in _SLOT.finditer(text):
            made.append(text[end : slot.start()])
            given = slots[slot[1]]
            made.extend(given if isinstance(given, tuple) else (given,))
            end = slot.end()
        made.append(text[end:])
        return tuple(run for run in made if run != "")

    def paragraph(self, key: str, **slots: str | Figure | tuple[Run, ...]) -> Paragraph:
        """The sentence as a paragraph of its own."""
        return Paragraph(self.runs(key, **slots))

    def money(self, id: str, value: int) -> Figure:
        """An amount in hundredths of 万元."""
        return Figure(id, amount(value))

    def change(self, id: str, now: int, before: int | None, reason_id: str = "", *, scale: int = 0) -> tuple[Run, ...]:
        """Against last year, with direction, rate and reason; nothing is said when last year is not known."""
        if before is None:
            return ()
        delta = now - before
        if delta == 0:
            return self.runs("change.none")
        shown = self.money(f"{id}.change", abs(delta))
        reason = self.reason(reason_id or f"{id}.change", now, before)
        growth = percent(delta, before)
        if growth is None:
            return self.runs("change.new", change=shown, reason=reason)
        key = "change.up" if delta > 0 else "change.down"
        return self.runs(key, change=shown, growth=Figure(f"{id}.growth", growth), reason=reason)

    def reason(self, id: str, now: int, base: int) -> str:
        """The reason a person gave; for a small difference the standing one; else a gap."""
        given = self.account.words.reasons.get(id, "").strip().rstrip("。；")
        if given:
            return given
        if base and abs(now - base) * 100 < self.reason_percent * abs(base):
            return self.sentences["reason.small"]
        self.ask(id, f"{amount(base)} → {amount(now)} 万元")
        return "□"

    def ask(self, id: str, question: str) -> None:
        """Note what a person must still say, once."""
        if all(gap.id != id for gap in self.gaps):
            self.gaps.append(Gap(id, question))

    def said(self, id: str, given: str, question: str) -> str:
        """A text that only people can give; a gap without it."""
        if given.strip():
            return given.strip().rstrip("。；")
        self.ask(id, question)
        return "□"


def joined(parts: Iterable[tuple[Run, ...]], separator: str = "；") -> tuple[Run, ...]:
    """Runs of several parts with a separator between them."""
    made: list[Run] = []
    for part in parts:
        if made:
            made.append(separator)
        made.extend(part)
    return tuple(made)


def chinese_number(number: int) -> str:
    """1 → 一, 12 → 十二, 21 → 二十一; up to 99."""
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    if tens == 0:
        return digits[ones]
    return f"{'' if tens == 1 else digits[tens]}十{digits[ones] if ones else ''}"

"""Section five: the whole, its classes, its items with their codes."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from wangge.domains.disclosure.checking.reading.blocks import Place
from wangge.domains.disclosure.checking.recognition.cells import (
    tight,
)
from wangge.domains.disclosure.checking.recognition.papers import Item, Paper
from wangge.domains.disclosure.checking.recognition.reader import AMOUNT, SHARE, Reader
from wangge.standards.accounts.library import Accounts


def general_spending(reader: Reader) -> None:
    """Five: (one) whole, (two) classes, (three) items; told apart by what they say, not by their numbers."""
    at_items = re.search(r"年初预算(?:数)?(?:为|是)?[\d,]", reader.text)
    head = reader.text[: at_items.start()] if at_items else reader.text
    at_classes = re.search("主要用于以下|用于以下|结构情况\n", head)
    whole = head[: at_classes.start()] if at_classes else head
    first = Reader(whole, reader.place, "s51", reader.gathered, reader.paper, reader.accounts)
    first.amount("", r"支出(?:决算)?(?:为|总额为|合计)?")
    first.share("share", r"占[^，。；\d]{1,16}?的?(?:比重为|比例为)?")
    first.movement("", whole)
    if at_classes:
        _classes(
            Reader(
                head[_paragraph_start(head, at_classes.start()) :],
                reader.place,
                "s52",
                reader.gathered,
                reader.paper,
                reader.accounts,
            )
        )
    if at_items:
        text = reader.text[_paragraph_start(reader.text, at_items.start()) :]
        _items(Reader(text, reader.place, "s53", reader.gathered, reader.paper, reader.accounts))


def _paragraph_start(text: str, place: int) -> int:
    return text.rfind("\n", 0, place) + 1


def _classes(reader: Reader) -> None:
    reader.amount("", r"支出(?:决算)?(?:为|合计)?")
    for code in reader.accounts.classes:
        name = tight(reader.accounts.function_codes[code].name)
        bare = name.removesuffix("支出")
        found = re.search(
            f"{re.escape(bare)}(?:支出)?(?:（类）)?(?:支出)?(?:为)?{AMOUNT}(?:[，,、（]?占[^，。；\\d]*?{SHARE})?",
            reader.text,
        )
        if found:
            reader.put(code, found[1], found[2], words=found[0])
            if found[3]:
                reader.put(f"{code}.share", found[3], "%", words=found[0])


_ITEM = re.compile(
    r"(?:^|\n)\D{0,3}?(?:(\d{1,3})[、.．]|（\d+）)?([^\n。；（]{2,40}?)（类）([^\n。；]{2,40}?)（款）([^\n。；]{2,45}?)（项）"
)


def _items(reader: Reader) -> None:
    starts = list(_ITEM.finditer(reader.text))
    head = reader.text[: starts[0].start()] if starts else reader.text
    _budget_and_final(reader, "", head)
    for place, found in enumerate(starts):
        end = starts[place + 1].start() if place + 1 < len(starts) else len(reader.text)
        text = reader.text[found.end() : end]
        names = (found[2], found[3], found[4])
        code = code_of_names(names, reader.paper, reader.accounts)
        if any(item.code == code for item in reader.paper.items):
            code = ""
        direction = re.search("(?:决算|支出)(?:数)?(大于|小于|等于|高于|低于|多于|少于)|(持平|一致|相同)", text)
        reason = re.search("原因(?:主要)?(?:是|为|系)?[:：]?(?:是|为)?[:：]?([^。\n]*)", text)
        at = reader.place_of(found[0].strip())
        reader.paper.items.append(
            Item(
                code,
                names,
                (direction[1] or direction[2]) if direction else "",
                reason[1].strip("；;，,") if reason else "",
                at,
                bool(re.search("完成[^。]{0,12}%", text)),
                found[1] or "",
            )
        )
        if code:
            _budget_and_final(reader, f"{code}.", text, at)


def _budget_and_final(reader: Reader, subject: str, text: str, place: Place | None = None) -> None:
    label = "" if not subject else f"{subject[:-1]} "
    for field, pattern in (("budget", "年初预算(?:数)?(?:为|是)?"), ("final", "(?:支出)?决算(?:数)?(?:为|是)?")):
        found = re.search(f"{pattern}{AMOUNT}", text)
        if found:
            at = reader.place_of(found[0], place) if place else None
            reader.put(subject + field, found[1], found[2], words=label + found[0], place=at)
    found = re.search(f"完成(?:年初|全年|调整)?预算(?:数)?的?(?:比例为)?{SHARE}", text)
    if found:
        at = reader.place_of(found[0], place) if place else None
        reader.put(f"{subject}completion", found[1], "%", words=label + found[0], place=at)


def code_of_names(names: tuple[str, str, str], paper: Paper, accounts: Accounts) -> str:
    """The code that 类, 款, 项 mean: among the rows of table 05 first, then in the list; empty when unclear."""
    rows = paper.tables["05"].codes if "05" in paper.tables else []
    best, score = "", 0.0
    for row in rows:
        if len(row.code) != 7:
            continue
        likeness = _likeness(names, row.code, row.name, accounts)
        if likeness > score:
            best, score = row.code, likeness
    if score >= 0.78:
        return best
    for code, known in accounts.function_codes.items():
        if known.level == "项":
            likeness = _likeness(names, code, known.name, accounts)
            if likeness > score:
                best, score = code, likeness
    return best if score >= 0.85 else ""


def _likeness(names: tuple[str, str, str], code: str, name: str, accounts: Accounts) -> float:
    """How well the three names fit a code; the item's own name weighs most."""
    upper = [accounts.function_codes.get(code[:3]), accounts.function_codes.get(code[:5])]
    parts = [fuzz.ratio(names[2], tight(name)) * 0.6]
    for printed, known, weight in zip(names[:2], upper, (0.2, 0.2), strict=True):
        parts.append((fuzz.ratio(printed, tight(known.name)) if known else 60) * weight)
    return sum(parts) / 100

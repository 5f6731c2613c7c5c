"""Detectors on headings: the list of contents, numbers without gaps."""

from __future__ import annotations

import re

from wangge.domains.disclosure.checking.detectors.registry import Asked, Checked, Fault, detector
from wangge.domains.disclosure.checking.recognition.papers import Heading, Paper

NUMERALS = "一二三四五六七八九十"


@detector("f_toc")
def contents_agree(asked: Asked) -> Checked:
    """Each line of the list of contents is the heading it announces."""
    checked = Checked()
    listed = {heading.section: heading for heading in asked.paper.contents if re.fullmatch(r"s\d+", heading.section)}
    for heading in asked.paper.headings:
        line = listed.get(heading.section)
        if line is None or not re.fullmatch(r"s\d+", heading.section):
            continue
        if heading.number.startswith("第") or heading.paragraph.place == line.paragraph.place:
            continue
        in_contents = re.sub(r"[.·…]*\d*$", "", line.title)
        if not checked.sees(in_contents == heading.title):
            checked.faults.append(
                Fault(
                    [f"N.{heading.section}.heading"],
                    f"第三部分 {heading.number}、",
                    "目录与正文标题不一致",
                    heading.title,
                    in_contents,
                    place=heading.paragraph.place,
                )
            )
        listed.pop(heading.section)
    return checked


@detector("f_numbering")
def numbering(asked: Asked) -> Checked:
    """Numbers of headings and items run without gap and repeat."""
    checked = Checked()
    found = _of_part_three(asked.paper)
    body = [ordinal(heading.number) for heading in found]
    if len(body) >= 3 and not checked.sees(body == list(range(1, len(body) + 1))):
        checked.faults.append(
            Fault(
                ["T.numbering"],
                "第三部分",
                "标题编号不连续",
                "、".join(map(str, body)),
                f"1 至 {len(body)}",
                place=found[0].paragraph.place,
            )
        )
    orders = [int(item.order) for item in asked.paper.items if item.order]
    if orders and not checked.sees(orders == list(range(orders[0], orders[0] + len(orders)))):
        checked.faults.append(
            Fault(
                ["N.s53.numbering"],
                "五（三）",
                "各项编号不连续",
                "、".join(map(str, orders)),
                "逐项连续",
                place=asked.paper.items[0].place,
            )
        )
    return checked


def _of_part_three(paper: Paper) -> list[Heading]:
    """The numbered headings of part three; without parts, those before the numbers start again."""
    parts = [at for at, heading in enumerate(paper.headings) if heading.number.startswith("第")]
    third = next((at for at in parts if paper.headings[at].section == "p3"), None)
    if third is not None:
        end = next((at for at in parts if at > third), len(paper.headings))
        return paper.headings[third + 1 : end]
    found: list[Heading] = []
    for heading in paper.headings:
        if heading.section and not (found and ordinal(heading.number) == 1):
            found.append(heading)
        elif found:
            break
    return found


def ordinal(text: str) -> int:
    """The value of 一 … 九十九; 0 for what is none."""
    ten, _, rest = text.rpartition("十")
    if "十" in text:
        return (NUMERALS.find(ten) + 1 if ten else 1) * 10 + (NUMERALS.find(rest) + 1 if rest else 0)
    return NUMERALS.find(text) + 1 if len(text) == 1 else 0

"""Headings of the narrative: joined paragraphs, the list of contents apart, the text under each."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from wangge.domains.disclosure.checking.reading.blocks import Paragraph, Place
from wangge.domains.disclosure.checking.recognition.cells import (
    tight,
)
from wangge.domains.disclosure.checking.recognition.papers import Heading, Paper
from wangge.standards.accounts.library import Accounts

_PART = re.compile(r"^第([一二三四五])部分")

_ORDINAL = re.compile(r"^[-•]?([一二三四五六七八九十]{1,3})、(.{2,45})$")

_COMMA = re.compile(r"(?<!\d),|,(?!\d)")

_ENDS = "。；：！？"

_STARTS = re.compile(
    r"^(?:[-•]|第[一二三四五]部分|[一二三四五六七八九十]+、|（[一二三四五六七八九十\d]+）|\d+[、.．](?!\d)|附件|注[:：]|说明[:：]|公开|单位[:：]|部门[:：])"
)

_NEAR_TITLE = 62


def joined(paragraphs: list[Paragraph], *, lines: bool) -> list[tuple[str, Place]]:
    """Paragraphs without blanks; one that breaks off inside a sentence is joined to the next.

    ``lines``: the paragraphs are lines of a page, which may break anywhere.
    """
    found: list[tuple[str, Place]] = []
    for paragraph in paragraphs:
        text = _COMMA.sub("，", tight(paragraph.text)).replace(";", "；")
        if not text:
            continue
        if found and _breaks_off(found[-1][0], lines) and not _STARTS.match(text):
            found[-1] = (found[-1][0] + text, found[-1][1])
        else:
            found.append((text, paragraph.place))
    return found


def _breaks_off(text: str, lines: bool) -> bool:
    return len(text) > 24 and text[-1] not in _ENDS + ("" if lines else "）”") and not _ORDINAL.match(text)


def see_headings(paper: Paper, accounts: Accounts) -> None:
    """Headings with ordinals in part three, told from the list of contents, where each stands a first time."""
    part = ""
    for text, place in paper.paragraphs:
        found = _PART.match(text)
        if found:
            part = found[1]
            paper.headings.append(
                Heading(f"第{part}部分", text[4:], Paragraph(text, place), f"p{'一二三四五'.index(part) + 1}")
            )
            continue
        ordinal = _ORDINAL.match(text)
        if ordinal and not re.search("[。；，]", ordinal[2]):
            section = _section_of(ordinal[2], accounts)
            paper.headings.append(Heading(ordinal[1], ordinal[2], Paragraph(text, place), section))
    _part_contents(paper)


def _section_of(title: str, accounts: Accounts) -> str:
    """The section of the narrative whose title this is most like; empty."""
    bare = re.sub(r"^关于|20\d\d年度?|\.{3,}.*$|…+.*$|\d+$", "", title)
    if bare.endswith("表"):
        return ""
    best, score = "", 0.0
    for section in accounts.sections:
        if section.part != "narrative":
            continue
        known = re.sub("^关于", "", tight(section.title))
        likeness = fuzz.ratio(bare, known)
        if all(word in bare for word in section.words):
            likeness += 12
        if likeness > score:
            best, score = section.section, likeness
    return best if score >= _NEAR_TITLE else ""


def _part_contents(paper: Paper) -> None:
    """Headings before the body's own first part belong to the list of contents."""
    parts = [at for at, heading in enumerate(paper.headings) if heading.number.startswith("第")]
    firsts = [at for at in parts if paper.headings[at].section == paper.headings[parts[0]].section] if parts else []
    if len(firsts) > 1:
        paper.contents, paper.headings = paper.headings[: firsts[1]], paper.headings[firsts[1] :]


def paper_sections(paper: Paper) -> dict[str, tuple[str, Place]]:
    """The text under each heading of the narrative, and of the parts and the report as a whole."""
    found: dict[str, tuple[str, Place]] = {}
    order = {id(heading.paragraph): heading for heading in paper.headings}
    starts = {heading.paragraph.place: heading for heading in order.values()}
    if not starts:
        starts = {}
    part = section = ""
    began = not paper.contents
    first_body = paper.headings[0].paragraph.place if paper.headings else None
    report = False
    for text, place in paper.paragraphs:
        began = began or place == first_body
        if not began:
            continue
        heading = starts.get(place) if starts else None
        if heading is not None and heading.paragraph.text == text:
            if heading.number.startswith("第"):
                part, section = heading.section, ""
                report = False
            elif not report and part not in ("p1", "p2", "p4", "p5"):
                section = heading.section or section
        if re.search("自评报告$|自评报告（", text) and len(text) < 60:
            report, section = True, "R"
        if re.match(r"附件1?[-－]?[123]", text) and len(text) < 12:
            section = "A"
            report = True
        for key in filter(None, (part, section)):
            known = found.get(key, ("", place))
            found[key] = (known[0] + text + "\n", known[1])
    return found

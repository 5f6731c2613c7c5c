"""Detectors on completeness: parts, sections, tables, duties, glossary, signatures, annexes."""

from __future__ import annotations

import re
from collections import Counter

from rapidfuzz import fuzz

from wangge.domains.disclosure.checking.detectors.headings import NUMERALS, ordinal
from wangge.domains.disclosure.checking.detectors.registry import Asked, Checked, Fault, detector
from wangge.domains.disclosure.checking.detectors.texts import has_narrative
from wangge.domains.disclosure.checking.findings.finding import Severity
from wangge.domains.disclosure.checking.reading.blocks import Kind, Place
from wangge.domains.disclosure.checking.recognition.cells import tight
from wangge.domains.disclosure.checking.recognition.papers import Paper


@detector("f_annex_list")
def annex_list(asked: Asked) -> Checked:
    """The list of annexes names what follows; several forms under one number have suffixes."""
    checked = Checked()
    numbers = [
        (found[1], place)
        for text, place in asked.paper.paragraphs
        if (found := re.fullmatch(r"附件[:：]?(\d+[-－]\d+(?:[-－]\d+)?)[^\u4e00-\u9fff]*", text))
    ]
    if not numbers:
        return checked
    counts = Counter(number for number, _ in numbers)
    for number, count in counts.items():
        if not checked.sees(count == 1):
            checked.faults.append(
                Fault(
                    [f"T.annex.{number}"],
                    f"附件{number}",
                    f"{count} 份附表共用编号 {number}",
                    number,
                    f"{number}-1、{number}-2 …",
                    place=next(place for each, place in numbers if each == number),
                )
            )
    return checked


@detector("c_parts")
def parts_present(asked: Asked) -> Checked:
    """The five parts are there."""
    checked = Checked()
    if asked.paper.document.kind is Kind.SHEET or not has_narrative(asked.paper):
        return checked
    printed = {
        heading.section for heading in (*asked.paper.headings, *asked.paper.contents) if heading.section.startswith("p")
    }
    body = {heading.section for heading in asked.paper.headings if heading.section.startswith("p")}
    if not printed:
        return checked
    for section in asked.accounts.sections:
        if section.part == "parts" and not checked.sees(section.section in body):
            checked.faults.append(
                Fault(
                    [f"T.parts.{section.section}"],
                    section.number,
                    f"缺少“{section.number} {section.title}”",
                    "（无）",
                    section.title,
                )
            )
    return checked


@detector("c_sections")
def sections_present(asked: Asked) -> Checked:
    """Every section that the list of contents announces, or else that the form asks for, is in the body."""
    checked = Checked()
    if not has_narrative(asked.paper):
        return checked
    announced = {heading.section for heading in asked.paper.contents if re.fullmatch(r"s\d+", heading.section)}
    if not announced:
        announced = {
            section.section for section in asked.accounts.sections if section.part == "narrative" and section.required
        }
        severity: Severity | None = Severity.WARNING
        if len([key for key in asked.paper.sections if re.fullmatch(r"s\d+", key)]) < 8:
            return checked
    else:
        severity = None
    titles = {section.section: section.title for section in asked.accounts.sections}
    for section in sorted(announced, key=lambda each: int(each[1:])):
        if not checked.sees(section in asked.paper.sections):
            checked.faults.append(
                Fault(
                    [f"N.{section}"],
                    "第三部分",
                    f"缺少“{titles.get(section, section)}”一节",
                    "（无）",
                    titles.get(section, section),
                    severity=severity,
                )
            )
    return checked


@detector("c_tables")
def tables_present(asked: Asked) -> Checked:
    """The nine tables are there."""
    checked = Checked()
    if len(asked.paper.tables) < 3 and not has_narrative(asked.paper):
        return checked
    for form in asked.accounts.forms:
        if not checked.sees(form.table in asked.paper.tables):
            checked.faults.append(
                Fault([form.table], "第二部分", f"缺少公开{form.table}表“{form.title}”", "（无）", form.title)
            )
    return checked


_DUTY = re.compile(r"^[-•]?(?:（([一二三四五六七八九十]+)）|(\d{1,2})[、.．])(.+)$")


@detector("c_duties")
def duties_agree(asked: Asked) -> Checked:
    """Duties in part one and in the report are the same list."""
    checked = Checked()
    first, second = _duties(asked.paper, "p1"), _duties(asked.paper, "R")
    if len(first) < 3 or len(second) < 3:
        return checked
    for here, there, title, other in ((first, second, "第一部分", "自评报告"), (second, first, "自评报告", "第一部分")):
        for number, (text, place) in enumerate(here, 1):
            if not checked.sees(any(fuzz.ratio(text, each) >= 88 for each, _ in there)):
                checked.faults.append(
                    Fault(
                        ["T.duties"],
                        f"{title} 职责第 {number} 项",
                        f"{other}的职责没有这一项",
                        text[:24],
                        "两处职责一致",
                        place=place,
                    )
                )
    return checked


def _duties(paper: Paper, section: str) -> list[tuple[str, Place]]:
    """The numbered duties of a section: until the numbers start again."""
    text = paper.sections.get(section, "")
    text = text.split("二、")[0] if section == "R" else re.split(r"\n二、", text)[0]
    found: list[tuple[str, Place]] = []
    for line, place in paper.paragraphs:
        match = _DUTY.match(line)
        if match and line in text and not any(line.endswith(each) and at == place for each, at in found):
            number = ordinal(match[1]) if match[1] else int(match[2])
            if number == len(found) + 1:
                found.append((match[3].rstrip("；。;"), place))
    return found


@detector("c_org")
def sections_of_unit(asked: Asked) -> Checked:
    """The unit's sections are named alike in part one and in the report."""
    checked = Checked()
    here = re.search(
        "内设(?:科室|机构|部门)?[^。]{0,16}?(?:包括|分别为|有|为)[:：]?([^。\n]+)", asked.paper.sections.get("p1", "")
    )
    there = asked.paper.lists.get("R.sections")
    if not here or not there or not there[0]:
        return checked
    names = {name for name in re.split("[、，,和]", here[1]) if name}
    if not checked.sees(names == set(there[0]) or there[1]):
        checked.faults.append(
            Fault(
                ["R.sections"],
                "内设机构",
                "内设机构两处不一致",
                "、".join(there[0]),
                "、".join(sorted(names)),
                place=there[2],
            )
        )
    return checked


@detector("c_units")
def units_named(asked: Asked) -> Checked:
    """Part one says whose accounts are in the paper."""
    checked = Checked()
    text = asked.paper.sections.get("p1", "")
    if not text:
        return checked
    if not checked.sees(bool(re.search("决算(?:汇总)?(?:公开)?单位|决算单位构成|纳入[^。]{0,20}决算", text))):
        checked.faults.append(
            Fault(["T.units"], "第一部分 二", "没有说明决算单位构成", "（无）", "仅含本级，或列出所属单位")
        )
    return checked


@detector("c_glossary")
def glossary_complete(asked: Asked) -> Checked:
    """The glossary explains the terms of the tables."""
    checked = Checked()
    text = asked.paper.sections.get("p4", "")
    if not text:
        return checked
    for word in asked.accounts.words_of("term"):
        bare = tight(word.word)
        core = bare.replace("”", "")
        if not checked.sees(bare in text or core in text.replace("”", "")):
            checked.faults.append(
                Fault([f"T.glossary.{word.word}"], "第四部分 名词解释", f"没有解释“{word.word}”", "（无）", word.word)
            )
    return checked


@detector("c_glossary_name")
def glossary_spelling(asked: Asked) -> Checked:
    """Terms of the tables are spelled in the glossary as the tables spell them."""
    checked = Checked()
    text = asked.paper.sections.get("p4", "")
    if not text:
        return checked
    for word in asked.accounts.words_of("table_term"):
        term = tight(word.word)
        near = re.search(f"{term[:6]}[\u4e00-\u9fff（）]{{0,{len(term)}}}?费", text)
        if near is None and term not in text:
            continue
        if not checked.sees(term in text):
            checked.faults.append(
                Fault(
                    ["T.glossary.term"],
                    "第四部分 名词解释",
                    "名词与表头写法不一致",
                    near[0] if near else "",
                    term,
                    place=_find(asked.paper, near[0] if near else ""),
                )
            )
    return checked


def _find(paper: Paper, words: str) -> Place:
    return next((place for text, place in paper.paragraphs if words and words in text), Place())


@detector("c_signature")
def signed(asked: Asked) -> Checked:
    """The annexes name who filled them, when, and who signs."""
    checked = Checked()
    forms = {"1-1": asked.paper.basics_signed} if asked.paper.has_basics else {}
    forms |= {form: read.signed for form, read in asked.paper.forms.items()}
    for form, fields in forms.items():
        if not fields:
            continue
        blank = [label for label, text in fields.items() if not text]
        if not checked.sees(not blank):
            checked.faults.append(
                Fault(
                    [f"{form}.signature"],
                    f"附件{form} 签字栏",
                    f"{'、'.join(blank)}未填",
                    "（空）",
                    "填写",
                    place=_form_place(asked.paper, form),
                )
            )
    return checked


def _form_place(paper: Paper, form: str) -> Place:
    return paper.forms[form].place if form in paper.forms else Place()


@detector("c_report_sections")
def report_sections(asked: Asked) -> Checked:
    """The self-evaluation report has its nine sections."""
    checked = Checked()
    text = asked.paper.sections.get("R", "")
    if not text:
        return checked
    lines = [line for line in text.split("\n") if re.match(rf"[{NUMERALS}]、", line)]
    wanted = [section for section in asked.accounts.sections if section.part == "report"]
    missing = [each for each in wanted if not any(all(word in line for word in each.words) for line in lines)]
    if not checked.sees(not missing):
        checked.faults.append(
            Fault(
                ["R.headings"],
                "自评报告",
                "缺少章节：" + "、".join(each.title for each in missing),
                f"{len(lines)} 节",
                f"{len(wanted)} 节",
            )
        )
    return checked


@detector("c_public_deadline", "r_evidence", "n_s12_equipment_register", "a11_office_budget")
def needs_others(asked: Asked) -> Checked:
    """Needs a date, a register or a query that no paper holds."""
    return Checked()

"""The narrative: the figures of each section, by the words that stand about them."""

from __future__ import annotations

import re

from wangge.domains.disclosure.checking.reading.blocks import Kind, Paragraph
from wangge.domains.disclosure.checking.recognition.cells import (
    SURE,
    Cell,
    Gathered,
)
from wangge.domains.disclosure.checking.recognition.general import general_spending
from wangge.domains.disclosure.checking.recognition.headings import joined, paper_sections, see_headings
from wangge.domains.disclosure.checking.recognition.papers import Paper
from wangge.domains.disclosure.checking.recognition.reader import AMOUNT, SHARE, Reader, listed_names
from wangge.standards.accounts.library import Accounts


def read_narrative(paper: Paper, paragraphs: list[Paragraph], accounts: Accounts, gathered: Gathered) -> None:
    """Find the sections and put their figures."""
    paper.paragraphs = joined(paragraphs, lines=paper.document.kind is Kind.PDF)
    see_headings(paper, accounts)
    for section, (text, place) in paper_sections(paper).items():
        paper.sections[section] = text
        _READERS.get(section, _nothing)(Reader(text, place, section, gathered, paper, accounts))


def _nothing(_reader: Reader) -> None:
    """A section without figures of its own."""


def _totals(reader: Reader) -> None:
    two = re.search(f"收入(?:总计|合计)?(?:为)?{AMOUNT}[^。]{{0,12}}?支出(?:总计|合计)?(?:为)?{AMOUNT}", reader.text)
    if two:
        reader.put("total", two[1], two[2], words=two[0])
        reader.put("spending", two[3], two[4], words=two[0])
    else:
        reader.amount(
            "total", r"(?:收、?支|收入支出|收入、支出|收入和支出)[^，。\d]{0,12}?|总计(?:为|均为|各为)?|合计(?:为)?"
        )
    reader.movement("", reader.text)


_INCOME = (
    ("fiscal", "财政拨款收入"),
    ("superior", "上级补助收入"),
    ("business", "(?<!项目)事业收入"),
    ("operating", "经营收入"),
    ("subordinate", "附属单位上缴收入"),
    ("other", "其他收入"),
)

_SPENDING = (
    ("basic", "基本支出"),
    ("project", "项目支出"),
    ("to_superior", "上缴上级支出"),
    ("operating", "经营支出"),
    ("to_subordinate", "对附属单位补助支出"),
)


def _parts(reader: Reader, total: str, parts: tuple[tuple[str, str], ...]) -> None:
    reader.amount("total", total)
    for subject, word in parts:
        found = re.search(
            f"{word}(?:为|合计)?{AMOUNT}(?:[，,、（]?占[^，。；\\d]*?(?:比重|比例)?(?:为)?{SHARE})?", reader.text
        )
        if found:
            reader.put(subject, found[1], found[2], words=found[0])
            if found[3]:
                reader.put(f"{subject}.share", found[3], "%", words=found[0])


def _income(reader: Reader) -> None:
    _parts(reader, "(?:本年)?收入合计(?:为)?|收入(?:总计)?(?:为)?", _INCOME)


def _spending(reader: Reader) -> None:
    _parts(reader, "(?:本年)?支出合计(?:为)?|支出(?:总计)?(?:为)?", _SPENDING)


def _basic(reader: Reader) -> None:
    reader.amount("basic", "基本支出(?:决算)?(?:为|合计)?")
    _people_and_public(reader, "s6")


def _people_and_public(reader: Reader, key: str) -> None:
    for subject, word in (("personnel", "人员经费"), ("public", "公用经费|运转经费|日常公用经费")):
        found = re.search(f"(?:{word})(?:支出)?(?:为|合计)?{AMOUNT}", reader.text)
        if not found:
            continue
        reader.put(subject, found[1], found[2], words=found[0])
        after = reader.text[found.end() :]
        after = after[: _end_of_subject(after, subject)]
        share = re.search(f"占[^，。；\\d]{{0,14}}?{SHARE}", after[:40])
        if share:
            reader.put(f"{subject}.share", share[1], "%", words=share[0])
        listed = re.search("(?:主要)?包括[:：]?([^。；\n]+)", after)
        if listed:
            reader.paper.lists[f"{key}.{subject}"] = (*listed_names(listed[1]), reader.place_of(found[0]))


def _end_of_subject(text: str, subject: str) -> int:
    if subject == "personnel":
        found = re.search("公用经费|运转经费", text)
        if found:
            return found.start()
    return len(text)


_SANGONG = (
    ("purchase", "(?<!、)公务用车购置费(?!用?(?:及|和))"),
    ("car", "公务用车购置(?:费)?(?:及|和)?运行(?:维护)?费"),
    ("running", "(?<!及)(?<!和)公务用车运行(?:维护)?费"),
    ("abroad", "因公出国（境）费(?:用)?"),
    ("reception", "公务接待费"),
    ("total", "”?三公”?经费”?"),
)


def _three_public(reader: Reader) -> None:
    """Each item from where its budget is named to where the next one's is."""
    starts: list[tuple[int, int, str]] = []
    for subject, word in _SANGONG:
        for found in re.finditer(
            f"{word}(?:财政拨款)?(?:支出)?(?:年初|全年)?预算(?:数)?(?:为|是)?{AMOUNT}", reader.text
        ):
            starts.append((found.start(), found.end(), subject))
        if not any(each[2] == subject for each in starts):
            alone = re.search(f"{word}(?:财政拨款)?(?:支出)?(?:决算)?(?:数)?(?:为|是)?{AMOUNT}", reader.text)
            if alone:
                starts.append((alone.start(), alone.end(), subject))
    starts.sort()
    for place, (start, _, subject) in enumerate(starts):
        end = starts[place + 1][0] if place + 1 < len(starts) else len(reader.text)
        text = reader.text[start:end]
        for field, pattern in (("budget", "预算(?:数)?(?:为|是)?"), ("final", "决算(?:数)?(?:为|是)?")):
            figure = re.search(f"{pattern}{AMOUNT}", text)
            if figure:
                reader.put(
                    f"{subject}.{field}",
                    figure[1],
                    figure[2],
                    words=f"{text[:8]}…{figure[0]}",
                    place=reader.place_of(text.split("\n")[0][:30]),
                )
        share = re.search(f"完成(?:年初|全年)?预算(?:数)?的?{SHARE}", text)
        if share:
            reader.put(
                f"{subject}.completion", share[1], "%", words=share[0], place=reader.place_of(text.split("\n")[0][:30])
            )
        reader.movement(subject, text.split("其中")[0] if subject == "car" else text)
    held = re.search(r"保有量(?:为)?(\d+)辆", reader.text)
    if held:
        reader.put("vehicles", held[1], "", words=held[0])
    bought = re.search(r"购置(?:公务用车|车辆)?(?:数量)?(?:为)?(\d+)辆", reader.text)
    if bought:
        reader.put("purchase.count", bought[1], "", words=bought[0])
    counts = (
        ("abroad.missions", r"团组(?:数)?(?:为)?(\d+)个|(\d+)个?团组"),
        ("reception.batches", r"(\d+)个?批次|批次(?:为)?(\d+)|接待(\d+)批"),
    )
    for subject, pattern in counts:
        counted = re.search(pattern, reader.text)
        if counted:
            reader.put(subject, next(filter(None, counted.groups())), "", words=counted[0])


def _ordinary(reader: Reader) -> None:
    for subject, word in (("meeting", "会议费"), ("training", "培训费")):
        found = re.search(f"{word}(?:支出)?(?:年初)?预算(?:数)?(?:为)?{AMOUNT}", reader.text)
        start = found.start() if found else reader.text.find(word)
        if start < 0:
            continue
        after = re.search("培训费" if subject == "meeting" else "节庆|晚会|论坛", reader.text[start + 3 :])
        text = reader.text[start : start + 3 + after.start() if after else len(reader.text)]
        if found:
            reader.put(f"{subject}.budget", found[1], found[2], words=found[0])
        final = re.search(f"决算(?:数)?(?:为)?{AMOUNT}", text) or re.search(
            f"{word}(?:支出)?(?:为|共计)?{AMOUNT}", text
        )
        if final:
            reader.put(f"{subject}.final", final[1], final[2], words=f"{word}{final[0]}")
        persons = re.search(r"人数(?:为|共)?(\d+)人|(?:参会|参训|培训|共)(\d+)人次?|(\d+)人次?", text)
        if persons:
            reader.put(f"{subject}.persons", next(filter(None, persons.groups())), "", words=persons[0])


def _procurement(reader: Reader) -> None:
    reader.amount("total", "采购支出总额(?:为)?|采购总额(?:为)?|采购金额(?:为)?")
    for subject, word in (("goods", "货物"), ("works", "工程"), ("services", "服务")):
        reader.amount(subject, f"(?:政府采购)?{word}(?:类)?(?:采购)?(?:支出)?(?:金额)?(?:为)?")
        reader.share(
            f"{subject}.share",
            f"{word}采购中?授予中小企业的?合同(?:总)?金额占{word}(?:采购)?支出(?:金额|总额)?的?(?:比重为)?",
        )
    reader.amount("sme", "授予中小企业(?:的)?合同(?:总)?金额(?:为)?")
    reader.share("sme.share", "授予中小企业(?:的)?合同(?:总)?金额[^。；]{0,24}?占比?政府采购支出总额的?(?:比重为)?")
    reader.amount("micro", "授予小微企业(?:的)?合同(?:总)?金额(?:为)?")
    reader.share(
        "micro.share",
        "授予小微企业(?:的)?合同(?:总)?金额[^。；\\d]{0,6}[\\d.,]*(?:万元)?[，,（]?占[^。；\\d]{2,24}?的?(?:比重为)?",
    )


USES = (
    "副部（省）级及以上领导用车",
    "主要负责人用车",
    "主要领导干部用车",
    "机要通信用车",
    "应急保障用车",
    "执法执勤用车",
    "特种专业技术用车",
    "离退休干部服务用车",
    "离退休干部用车",
    "其他用车",
)


def _running(reader: Reader) -> None:
    reader.amount("", "机关运行经费(?:支出)?(?:决算)?(?:为|合计|共)?")
    if reader.name("") in reader.gathered.cells:
        reader.movement("", reader.text)


def _assets(reader: Reader) -> None:
    total = re.search(r"(?:共有|拥有|实有)?车辆(?:总数|共)?(?:为)?(\d+)辆", reader.text)
    if total:
        reader.put("vehicles", total[1], "", words=total[0])
    for use in USES:
        found = re.search(rf"{re.escape(use)}(?:为)?(\d+)辆", reader.text)
        if found:
            reader.put(f"vehicles.{use}", found[1], "", words=found[0])
    equipment = re.search(r"100万元(?:（含）)?以上[^\d]{0,24}?(\d+)台", reader.text)
    if equipment:
        reader.put("equipment", equipment[1], "", words=equipment[0])


def _evaluation(reader: Reader) -> None:
    count = re.search(r"涉及(?:预算)?项目(\d+)个|(\d+)个项目", reader.text)
    if count:
        reader.put("count", count[1] or count[2], "", words=count[0])
    reader.amount("amount", "共?涉及(?:项目|预算)?资金(?:总额)?(?:为)?")
    for subject in ("一般公共预算", "政府性基金预算", "国有资本经营预算", "社会保险基金预算"):
        found = re.search(rf"{subject}(?:支出)?项目(\d+)个[，,、]?(?:涉及资金)?{AMOUNT}?", reader.text)
        if found:
            reader.put(f"count.{subject}", found[1], "", words=found[0])
            if found[2]:
                reader.put(f"amount.{subject}", found[2], found[3], words=found[0])
    reader.share("share", "占一般公共预算(?:项目)?支出总额的?")
    reader.amount("budget", "全年预算(?:数)?(?:为)?|调整后?预算(?:数)?(?:为)?")
    reader.amount("final", "执行数(?:为)?")
    reader.share("completion", "(?:完成(?:全年|年初|调整后?)?预算(?:数)?的?|预算执行率(?:为)?|执行率(?:为)?)")
    score = re.search(r"(?:得分|评分|自评分)(?:为|是)?(\d+(?:\.\d+)?)分", reader.text)
    if score:
        reader.put("score", score[1], "", words=score[0])
    grade = re.search("(?:等级|等次|结果)(?:为|是)?[:：“”‘’]*(优秀|优|良好|良|中|合格|差|不合格)", reader.text)
    if grade:
        reader.gathered.put(
            Cell("N.s13.grade", grade[1], None, reader.place_of(grade[0]), SURE, reader.where(grade[0]))
        )


STAFF = (
    ("posts", "编制(?:人数|数|人员)?(?:为|共)?(?:有)?"),
    ("actual", "(?:实有)?在职(?:人数|人员|职工)?(?:为|共)?"),
    ("retired", "退休(?:人员|人数|职工)?(?:为|共)?"),
    ("temporary", "(?:临聘|编外|聘用|劳务派遣)(?:人员|人数)?(?:为|共)?"),
)

CASES = (
    ("reported", "上报"),
    ("filed", "立案"),
    ("closed", "(?<!未)结案"),
    ("self", "自行处置"),
)


def report_figures(reader: Reader) -> None:
    """The self-evaluation report: staff, basic spending, projects, cases."""
    for subject, word in STAFF:
        found = re.search(rf"{word}(\d+)[人名个]", reader.text)
        if found:
            reader.put(subject, found[1], "", words=found[0])
    sections = re.search(r"内设(?:科室|机构|部门)(\d+)个[，,]?(?:分别(?:为|是)|包括)?[:：]?([^。\n]*)", reader.text)
    if sections:
        reader.put("sections", sections[1], "", words=sections[0][:20])
        reader.paper.lists["R.sections"] = (*listed_names(sections[2]), reader.place_of(sections[0][:20]))
    reader.amount("basic", "基本支出(?:决算)?(?:为|合计)?")
    _people_and_public(reader, "R")
    reader.amount("project", "(?<!（二）)项目支出(?:决算)?(?:为|合计)?")
    _case_counts(reader)
    score = re.search(r"整体支出[^。]{0,10}?自评(?:得分)?(?:为)?(\d+(?:\.\d+)?)分", reader.text)
    if score:
        reader.put("score", score[1], "", words=score[0])
    reader.share("case.rate", "结案率(?:为|达)?")


def _case_counts(reader: Reader) -> None:
    """Counts of cases; single ones beside others in 万 are put in 万 too, so that they can be compared."""
    told = {}
    for subject, word in CASES:
        found = re.search(rf"{word}(?:案卷|数)?(\d+(?:\.\d+)?)(万?)余?(?:条|件|宗|起)", reader.text)
        if found:
            told[subject] = found
    mixed = len({found[2] for found in told.values()}) > 1
    for subject, found in told.items():
        reader.put(f"case.{subject}", found[1], "件" if mixed and not found[2] else "", words=found[0])


_READERS = {
    "s1": _totals,
    "s2": _income,
    "s3": _spending,
    "s4": _totals,
    "s5": general_spending,
    "s6": _basic,
    "s7": _three_public,
    "R": report_figures,
    "s9": _running,
    "s10": _ordinary,
    "s11": _procurement,
    "s12": _assets,
    "s13": _evaluation,
}

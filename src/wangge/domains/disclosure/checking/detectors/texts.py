"""Detectors on words: heads of tables, years, left-over template words, misprints, names."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator

from rapidfuzz import fuzz

from wangge.domains.disclosure.checking.detectors.registry import Asked, Checked, Fault, detector
from wangge.domains.disclosure.checking.findings.finding import Severity
from wangge.domains.disclosure.checking.reading.blocks import Place
from wangge.domains.disclosure.checking.recognition.cells import tight
from wangge.domains.disclosure.checking.recognition.papers import Paper

_SUBJECT = (
    "收入|支出|收、支|收支|财政拨款|部门决算|单位决算|决算|一般公共预算|政府采购|”三公|会议费|培训费|整体支出|本单位|"
    "预算绩效|政府性基金|国有资本|项目支出|部门整体"
)

_YEAR = re.compile(rf"(20\d\d)年度(?=[^，。；\d]{{0,16}}?(?:{_SUBJECT}))")

_YEAR_END = re.compile(r"截[至止](?:到)?(20\d\d)年12月31日")

_OTHER_YEAR = re.compile("与|比|较|上年|补发|补缴|结转|以前|考核|下达|提前|年初|去年|上一年")

_PLACEHOLDER = re.compile(
    r"[XＸ×]{1,}\d*(?:\.\d+)?(?=万元|元|%|个|辆|人|年|台|次|批)|(?<![A-Za-z])[XＸ×]{2,}(?![A-Za-z])|(?<=[\d个])[XＸ×]\d|万元%|(?<![\d零])%(?=[，。；]|$)"
    r"|占%|为万元|(?<=[为占少加长低高])[，。]?(?:万元|%)|_{2,}|…{1,2}(?=万元|%)|（此处|（填写|待填|填报说明[:：]|【[^】]{0,20}】|\{\{|\}\}|〔〕号|○{2,}|□{2,}"
)

_SUPERVISOR = (
    re.compile(r"受([\u4e00-\u9fff]{4,20}?局)委托"),
    re.compile(r"(?:系|为|是|隶属于?)([\u4e00-\u9fff]{4,20}?局)(?:下属|所属|直属|的二级|二级)"),
    re.compile(r"在([\u4e00-\u9fff]{4,20}?局)(?:官网|网站|门户)"),
)

_MAIN_BODY = ("p1", "p2", "p3", "p4", "p5")


def has_narrative(paper: Paper) -> bool:
    """Whether the paper has running text at all; a sheet of tables alone is not asked for its parts."""
    return (
        len([key for key in paper.sections if key.startswith("s")]) >= 3
        or sum(1 for heading in paper.headings if heading.section.startswith("p")) >= 2
    )


@detector("f_department_name")
def department_filled(asked: Asked) -> Checked:
    """The field 部门 of every table is filled."""
    checked = Checked()
    fields = {name: table for name, table in asked.paper.tables.items() if table.department_printed}
    if not fields:
        return checked
    blank = [name for name, table in fields.items() if not table.department]
    first = next((fields[name] for name in blank), None)
    if not checked.sees(not blank):
        checked.faults.append(
            Fault(
                [f"{name}.department" for name in blank],
                f"公开{'、'.join(blank)}表 表头",
                "表头“部门”未填单位名称",
                "（空）",
                asked.paper.unit or "单位名称",
                place=first.place if first else Place(),
            )
        )
    return checked


@detector("f_unit_stated")
def unit_of_amounts(asked: Asked) -> Checked:
    """Every table says its unit of amounts."""
    checked = Checked()
    tables = asked.paper.tables
    if not tables:
        return checked
    without = [name for name, table in tables.items() if not table.unit]
    severity = Severity.NOTE if len(without) > len(tables) / 2 else None
    if not checked.sees(not without):
        checked.faults.append(
            Fault(
                [f"{name}.unit" for name in without],
                f"公开{'、'.join(without)}表 表头",
                "没有注明金额单位",
                "（空）",
                "单位：万元",
                severity=severity,
                place=tables[without[0]].place,
            )
        )
    return checked


@detector("f_table_number")
def table_numbers(asked: Asked) -> Checked:
    """公开01表 to 公开09表: each once, in order, over the table it names."""
    checked = Checked()
    tables = asked.paper.tables
    if not any(table.number for table in tables.values()):
        return checked
    for name, table in tables.items():
        if not checked.sees(not table.number or table.number == name):
            checked.faults.append(
                Fault(
                    [f"{name}.number"],
                    f"“{table.title}”",
                    "表号与表名不符",
                    f"公开{table.number}表",
                    f"公开{name}表",
                    place=table.place,
                    repairable=True,
                )
            )
        if not checked.sees(bool(table.number)):
            checked.faults.append(
                Fault(
                    [f"{name}.number"],
                    f"“{table.title}”",
                    "缺少表号",
                    "（空）",
                    f"公开{name}表",
                    severity=Severity.WARNING,
                    place=table.place,
                )
            )
    for table in asked.paper.twice:
        if not checked.sees(False):
            checked.faults.append(
                Fault(
                    [f"{table.table}.number"],
                    table.title_zh,
                    "同一张表出现两次",
                    table.title,
                    "只列一次",
                    place=table.place,
                )
            )
    order = list(tables)
    if not checked.sees(order == sorted(order)):
        checked.faults.append(
            Fault(
                [f"{order[0]}.number"],
                "第二部分",
                "九张表次序不对",
                "、".join(order),
                "、".join(sorted(order)),
                severity=Severity.WARNING,
            )
        )
    return checked


@detector("f_year")
def years(asked: Asked) -> Checked:
    """Wherever the paper speaks of its own figures it names its own year."""
    checked = Checked()
    year = asked.paper.year
    if not year:
        return checked
    for text, place in asked.paper.paragraphs:
        for found in _YEAR.finditer(text):
            before = text[max(0, found.start() - 9) : found.start()]
            after = text[found.end() : found.end() + 10]
            other = bool(_OTHER_YEAR.search(before) or re.search("考核奖|奖励|绩效奖", after))
            _see_year(checked, int(found[1]), year, other, text[max(0, found.start() - 4) : found.end() + 12], place)
        for found in _YEAR_END.finditer(text):
            _see_year(checked, int(found[1]), year, False, found[0], place)
    return checked


def _see_year(checked: Checked, found: int, year: int, other: bool, words: str, place: Place) -> None:
    if not checked.sees(found == year or other):
        checked.faults.append(
            Fault(
                ["T.year"],
                f"“{words}”",
                "年度与本文件的年度不一致",
                str(found),
                str(year),
                place=place,
                repairable=True,
            )
        )


@detector("f_placeholder")
def placeholders(asked: Asked) -> Checked:
    """No left-over X, XX, ××, empty slots of a template beside figures and units."""
    checked = Checked()
    texts = [(tight(text), place) for text, place in asked.paper.paragraphs]
    for grid in asked.paper.document.grids:
        texts += [
            (tight(cell), row.place)
            for row in grid.rows
            for cell in row.cells
            if 0 < len(cell) < 200 and re.search("[XＸ×_{【]", cell)
        ]
    checked.count = 1
    for text, place in texts:
        for found in _clusters(text):
            checked.faults.append(
                Fault(
                    ["T.placeholder"],
                    f"“{text[max(0, found.start() - 10) : found.end() + 8]}”",
                    "有模板占位符或未填的空",
                    found[0],
                    "填写或删去",
                    place=place,
                )
            )
    return checked


def _clusters(text: str) -> Iterator[re.Match[str]]:
    """Left-over words, those close together being one."""
    last = -99
    for found in _PLACEHOLDER.finditer(text):
        if found.start() - last > 16:
            yield found
        last = found.end()


@detector("f_misprint")
def misprints(asked: Asked) -> Checked:
    """Words of the list of misprints."""
    checked = Checked(count=1)
    words = [(re.compile(word.word), word.right) for word in asked.accounts.words_of("misprint")]
    notes = [
        (tight(row.filled[0]), row.place)
        for grid in asked.paper.document.grids
        for row in grid.rows
        if len(row.filled) == 1
    ]
    for pattern, right in words:
        hits: dict[str, list[tuple[str, Place]]] = {}
        for text, place in (*asked.paper.paragraphs, *notes):
            for found in pattern.finditer(text):
                hits.setdefault(found[0], []).append((text[max(0, found.start() - 6) : found.end() + 6], place))
        for printed, spots in hits.items():
            times = f"（{len(spots)} 处）" if len(spots) > 1 else ""
            checked.faults.append(
                Fault(
                    ["T.misprint"],
                    f"“{spots[0][0]}”{times}",
                    "疑似错别字",
                    printed,
                    right,
                    place=spots[0][1],
                    repairable=True,
                )
            )
    return checked


@detector("f_punct")
def punctuation(asked: Asked) -> Checked:
    """Paragraphs of running text end with a mark; brackets pair."""
    checked = Checked()
    for text, place in asked.paper.paragraphs:
        running = len(text) > 20 and "，" in text and not text.startswith(("附件", "注", "-")) and "表" not in text[-3:]
        item = bool(re.search("（项）$|的金额$|的支出$|的资金$", text))
        if not (running or item):
            continue
        if not checked.sees(text[-1] in "。；：！？”）” " and not text.endswith("（项）")):
            checked.faults.append(
                Fault(["T.punctuation"], f"“…{text[-14:]}”", "段末没有句号", text[-1], "。", place=place)
            )
        opened, closed = text.count("（"), text.count("）")
        numbered = len(re.findall(r"(?<![（\w])[\d一二三四五六七八九十]{1,3}）", text))
        if not checked.sees(opened == closed or opened == closed - numbered):
            checked.faults.append(
                Fault(
                    ["T.punctuation"],
                    f"“{text[:20]}…”",
                    "括号不成对",
                    f"（{opened} 个、）{closed} 个",
                    "成对",
                    place=place,
                )
            )
    return checked


@detector("f_unit_consistent")
def unit_name(asked: Asked) -> Checked:
    """The unit bears one name on the cover, in part one, in heads of tables and annexes."""
    checked = Checked()
    unit = tight(asked.paper.unit)
    if not unit:
        return checked
    checked.count = 1
    for name, table in asked.paper.tables.items():
        if table.department and not checked.sees(
            table.department == unit
            or len(table.department) < 4
            or table.department.endswith(unit)
            or unit.endswith(table.department)
        ):
            checked.faults.append(
                Fault(
                    [f"{name}.department"],
                    f"公开{name}表 表头",
                    "单位名称与封面不一致",
                    table.department,
                    unit,
                    place=table.place,
                    repairable=True,
                )
            )
    for text, place in asked.paper.paragraphs:
        for found in _near_names(text, unit):
            if not checked.sees(found == unit):
                checked.faults.append(
                    Fault(["T.unit"], f"“{found}”", "单位名称与封面不一致", found, unit, place=place, repairable=True)
                )
    return checked


def _near_names(text: str, unit: str) -> Iterator[str]:
    """Pieces of a text that begin and end like the unit's name and are nearly as long."""
    head, tail = unit[:2], unit[-2:]
    for found in re.finditer(
        f"{re.escape(head)}[\u4e00-\u9fff]{{{max(1, len(unit) - 6)},{len(unit) - 2}}}?{re.escape(tail)}", text
    ):
        if (
            fuzz.ratio(found[0], unit) >= 80
            and abs(len(found[0]) - len(unit)) <= 2
            and unit not in text[max(0, found.start() - 1) : found.end() + 1]
        ):
            yield found[0]


@detector("f_supervisor_name")
def supervisor_names(asked: Asked) -> Checked:
    """The supervising department bears one name."""
    checked = Checked()
    names: Counter[str] = Counter()
    places: dict[str, Place] = {}
    for text, place in asked.paper.paragraphs:
        for pattern in _SUPERVISOR:
            for found in pattern.finditer(text):
                names[found[1]] += 1
                places.setdefault(found[1], place)
    for form in asked.paper.forms.values():
        for row in form.grid.rows[:4]:
            filled = [tight(cell) for cell in row.filled]
            for label, value in itertools.pairwise(filled):
                if label.startswith("主管部门") and value.endswith(("局", "委", "厅")):
                    names[value] += 1
                    places.setdefault(value, row.place)
    whole = [name for name in names if len(name) >= 5]
    if not whole:
        return checked
    last = whole[-1]
    if not checked.sees(len(whole) == 1):
        checked.faults.append(
            Fault(
                ["T.supervisor"],
                "主管部门名称",
                "主管部门有几种写法",
                "、".join(whole),
                names.most_common(1)[0][0],
                place=places[last],
            )
        )
    return checked

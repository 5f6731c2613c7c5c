"""Detectors on the self-evaluation report: lists, counts, projects, broken-off text."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import combinations

from rapidfuzz import fuzz

from wangge.domains.disclosure.checking.detectors.lists import lists_are_complete, lists_have_amounts
from wangge.domains.disclosure.checking.detectors.registry import Asked, Checked, Fault, detector, plain
from wangge.domains.disclosure.checking.detectors.repeats import FIGURE
from wangge.domains.disclosure.checking.findings.finding import Severity
from wangge.domains.disclosure.checking.recognition.cells import CENT, tight
from wangge.domains.disclosure.checking.recognition.papers import Project

MOST_PROJECTS = 10


@detector("r_list_nonzero")
def listed_have_amounts(asked: Asked) -> Checked:
    return lists_have_amounts(asked, "R")


@detector("r_list_complete")
def listed_are_all(asked: Asked) -> Checked:
    return lists_are_complete(asked, "R", open_lists=True)


@detector("r_list_same")
def same_lists(asked: Asked) -> Checked:
    """The lists of the report and of part three name the same items."""
    checked = Checked()
    for part, title in (("personnel", "人员经费"), ("public", "公用经费")):
        here, there = asked.paper.lists.get(f"R.{part}"), asked.paper.lists.get(f"s6.{part}")
        if not here or not there:
            continue
        more = [name for name in here[0] if name not in there[0]]
        less = [name for name in there[0] if name not in here[0]] if not here[1] or part == "public" else []
        if there[1] and not less:
            more = []
        if not checked.sees(not more and not less):
            checked.faults.append(
                Fault(
                    [f"R.{part}.list"],
                    f"自评报告 {title}",
                    "列举的科目与第三部分不一致",
                    "、".join(more) or "（无）",
                    "、".join(less) or "两处一致",
                    place=here[2],
                )
            )
    return checked


@detector("r_case_valid")
def valid_cases(asked: Asked) -> Checked:
    """The share of valid cases in form 1-2 can be worked out from the counts."""
    checked = Checked()
    reported, filed = asked.value("R.case.reported"), asked.value("R.case.filed")
    line = next((line for form in asked.paper.forms.values() for line in form.lines if "有效案卷" in line.label), None)
    if not reported or filed is None or line is None or not FIGURE.fullmatch(line.actual.rstrip("%")):
        return checked
    actual = Decimal(line.actual.rstrip("%"))
    true = (filed * 100 / reported).quantize(CENT)
    form = next(form.form for form in asked.paper.forms.values() if line in form.lines)
    if not checked.sees(abs(actual - true) <= CENT):
        checked.faults.append(
            Fault(
                [f"{form}.{line.name}.actual"],
                f"附件{form[:3]} 行“{line.label}”",
                "有效案卷率不能由案卷数推出",
                line.actual,
                f"{true}%",
                actual - true,
                place=line.place,
            )
        )
    return checked


@detector("r_report_sum")
def citizens_add_up(asked: Asked) -> Checked:
    """Citizens' reports through all channels are the sum of the channels named behind 其中."""
    checked = Checked()
    for text, place in asked.paper.paragraphs:
        for found in re.finditer(
            r"受理[^。；]{0,20}?(\d+(?:\.\d+)?)(万?)余?件[，,]其中[，,:：]?([^。；\n]*?)(?=[，,]做到|[。；\n]|$)", text
        ):
            parts = [Decimal(each) for each in re.findall(r"(\d+(?:\.\d+)?)万?余?件", found[3])]
            if len(parts) < 2:
                continue
            step = CENT if found[2] else Decimal(1)
            total = Decimal(found[1])
            if not checked.sees(abs(total - sum(parts)) <= step):
                checked.faults.append(
                    Fault(
                        ["R.citizens"],
                        f"“{found[0][:24]}”",
                        "分渠道件数之和与总数不符",
                        found[1],
                        plain(sum(parts, Decimal(0))),
                        total - sum(parts, Decimal(0)),
                        place=place,
                    )
                )
    return checked


@detector("r_cleaning_sum")
def inspections_add_up(asked: Asked) -> Checked:
    """Kinds of problems found are not more than the inspections."""
    checked = Checked()
    for text, place in asked.paper.paragraphs:
        found = re.search(r"(?:共)?(?:督查|检查|抽查|巡查)(\d+)次[，,]发现([^。]*)", text)
        if not found:
            continue
        parts = [int(each) for each in re.findall(r"(\d+)次", found[2])]
        if len(parts) < 3:
            continue
        if not checked.sees(sum(parts) <= int(found[1])):
            checked.faults.append(
                Fault(
                    ["R.inspections"],
                    f"“{found[0][:20]}”",
                    "各类问题次数之和超过督查次数",
                    found[1],
                    str(sum(parts)),
                    Decimal(int(found[1]) - sum(parts)),
                    place=place,
                )
            )
    return checked


@detector("r_sections_count")
def sections_counted(asked: Asked) -> Checked:
    """As many sections as are named."""
    checked = Checked()
    count, listed = asked.value("R.sections"), asked.paper.lists.get("R.sections")
    if count is None or not listed or not listed[0]:
        return checked
    if not checked.sees(count == len(listed[0]) or listed[1]):
        checked.faults.append(
            Fault(
                ["R.sections"],
                asked.where("R.sections"),
                "内设科室个数与列举个数不一致",
                plain(count),
                str(len(listed[0])),
                count - len(listed[0]),
                place=asked.place("R.sections"),
                repairable=True,
            )
        )
    return checked


@detector("r_retired")
def retired_paid(asked: Asked) -> Checked:
    """Retired persons go with spending on them."""
    checked = Checked()
    retired = asked.value("R.retired")
    if retired is None or "05" not in asked.paper.tables:
        return checked
    spent = any(asked.amount(f"05.{code}.c1") for code in ("2080501", "2080502")) or any(
        asked.amount(f"06.{code}") for code in ("30301", "30302")
    )
    if not checked.sees(bool(retired) or not spent):
        checked.faults.append(
            Fault(
                ["R.retired"],
                asked.where("R.retired"),
                "退休人数与离退休支出不相符",
                plain(retired),
                "有支出则有人数",
                place=asked.place("R.retired"),
            )
        )
    return checked


def same_project(first: str, second: str) -> bool:
    """Whether two names mean one project: alike without the words that offices add."""
    bare = [re.sub("专项|经费|项目|资金|支出|管理|（.*?）", "", name) for name in (first, second)]
    if not all(bare):
        return False
    return bare[0] in bare[1] or bare[1] in bare[0] or fuzz.partial_ratio(*bare) >= 75 or fuzz.ratio(*bare) >= 62


def matched_project(projects: list[Project], name: str) -> Project | None:
    best = max(projects, key=lambda each: fuzz.ratio(each.name, name), default=None)
    return best if best is not None and same_project(best.name, name) else None


@detector("r_project_function")
def projects_by_function(asked: Asked) -> Checked:
    """Some of the projects make up the project spending of each function item, or one project runs over several.

    The latter is lawful and cannot be told from the paper, so what no projects make up is a note to confirm.
    """
    checked = Checked()
    table = asked.paper.tables.get("05")
    amounts = [asked.amount(f"R.project.{project.key}") for project in asked.paper.report_projects]
    if table is None or not 0 < len(amounts) <= MOST_PROJECTS:
        return checked
    if abs(sum(amounts) - asked.amount("05.合计.c3")) > CENT * len(amounts):
        return checked  # another rule speaks of that
    for row in table.codes:
        cell = f"05.{row.code}.c3"
        wanted = asked.amount(cell)
        if not wanted or len(row.code) != 7:
            continue
        if not checked.sees(_made_up(amounts, wanted)):
            checked.faults.append(
                Fault(
                    [cell],
                    asked.where(cell),
                    "自评报告所列项目不能组成本科目的项目支出，请确认是否有项目跨科目列支",
                    plain(wanted),
                    "若干项目之和",
                    severity=Severity.NOTE,
                    place=asked.place(cell),
                )
            )
    return checked


def _made_up(amounts: list[Decimal], wanted: Decimal) -> bool:
    """Whether some of the amounts add up to the wanted one, within the tail that rounding each may leave."""
    return any(
        abs(sum(some) - wanted) <= CENT * ((size + 1) // 2 if size > 1 else 0)
        for size in range(1, len(amounts) + 1)
        for some in combinations(amounts, size)
    )


@detector("r_project_all_discussed")
def projects_discussed(asked: Asked) -> Checked:
    """Each project of the list has its own text under 项目支出绩效情况."""
    checked = Checked()
    if len(asked.paper.report_projects) < 2:
        return checked
    text = asked.paper.sections.get("R", "")
    begin = re.search("项目支出绩效情况|项目绩效情况", text)
    if not begin:
        return checked
    rest = text[begin.end() :]
    lines = [re.sub(r"^（?[\d一二三四五六七八九十]+[）、.]", "", line) for line in rest.split("\n")]
    for project in asked.paper.report_projects:
        if not checked.sees(
            any(len(line) < 40 and same_project(line, project.name) for line in lines) or project.name in rest
        ):
            checked.faults.append(
                Fault(
                    [f"R.project.{project.key}.text"],
                    "自评报告 六（二）",
                    f"没有写“{project.name}”的绩效情况",
                    "（无）",
                    project.name,
                    place=project.place,
                )
            )
    return checked


@detector("r_reason_2120399")
def purposes_agree(asked: Asked) -> Checked:
    """An item whose whole spending is one project's: the reason given names what the project is for."""
    checked = Checked()
    for item in asked.paper.items:
        amount = asked.amount(f"05.{item.code}.c1")
        project = next(
            (p for p in asked.paper.report_projects if amount and asked.amount(f"R.project.{p.key}") == amount), None
        )
        if project is None or not item.reason or asked.amount(f"05.{item.code}.c3") != amount:
            continue
        words = {project.name[k : k + 2] for k in range(len(project.name) - 1)} - {
            "经费",
            "项目",
            "专项",
            "资金",
            "支出",
            "管理",
        }
        words |= {project.purpose[k : k + 2] for k in range(min(len(project.purpose), 12) - 1)} - {
            "用于",
            "主要",
            "相关",
            "支出",
        }
        if not checked.sees(any(word in item.reason for word in words)):
            checked.faults.append(
                Fault(
                    [f"N.s53.{item.code}.reason", f"R.project.{project.key}"],
                    f"五（三）“{item.names[2]}”",
                    f"差异原因没有提到项目“{project.name}”的用途",
                    item.reason,
                    project.name,
                    place=item.place,
                )
            )
    return checked


@detector("r_truncated")
def text_goes_on(asked: Asked) -> Checked:
    """A list announced with 一是 二是 is carried to its end: no point is a bare slogan."""
    checked = Checked()
    for text, place in asked.paper.paragraphs:
        points = list(re.finditer("[一二三四五六]是", text))
        if len(points) < 2:
            continue
        lengths = []
        for count, point in enumerate(points):
            end = points[count + 1].start() if count + 1 < len(points) else len(text)
            lengths.append(len(text[point.end() : end]))
        last = text[points[-1].end() :]
        if not checked.sees(not (lengths[-1] < 24 and max(lengths[:-1]) > 3 * lengths[-1] and "”" in last)):
            checked.faults.append(
                Fault(
                    ["R.truncated"],
                    f"“…{tight(last)[-16:]}”",
                    "段落疑似中断：只有一句口号，没有下文",
                    last[:20],
                    "补写内容",
                    place=place,
                )
            )
    return checked

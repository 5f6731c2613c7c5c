"""Detectors on figures told twice: a sentence told again tells the same figures."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal

from wangge.domains.disclosure.checking.detectors.registry import Asked, Checked, Fault, detector
from wangge.domains.disclosure.checking.reading.blocks import Place
from wangge.domains.disclosure.checking.recognition.papers import Paper
from wangge.standards.accounts.names import name_part

FIGURE = re.compile(r"\d+(?:\.\d+)?")

_LOOSE = re.compile("占|完成|同比|比上年|较上年|与上年|增|减|达|约|第|得分")

_CASE_WORDS = re.compile("案卷上报|立案|结案|自行处置|上报")

_RATE_WORDS = re.compile("结案率")


def masked_paragraphs(paper: Paper) -> list[tuple[str, Place, dict[str, str]]]:
    """Paragraphs of report and annexes: source, place, and each clause with one figure, words → figure."""
    report = paper.sections.get("R", "")
    texts = [("R", text, place) for text, place in paper.paragraphs if text in report]
    for form in paper.forms.values():
        for kind, text in (("target", form.target_text), ("actual", form.actual_text)):
            texts.append((f"{form.form}.text.{kind}", text, form.place))
    return [(source, place, clauses) for source, text, place in texts if (clauses := _clauses(text))]


def _clauses(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for clause in re.split("[，,。；;：:、\n]", text):
        figures = FIGURE.findall(clause)
        words = re.sub("^(?:其中|截至目前|今年|全年|目前|共)+", "", FIGURE.sub("#", clause))
        if len(figures) == 1 and len(re.findall("[\u4e00-\u9fff]", words)) >= 3 and not _LOOSE.match(words):
            found.setdefault(words, figures[0])
    return found


def _repeats(asked: Asked, wanted: re.Pattern[str] | None, unwanted: re.Pattern[str] | None) -> Checked:
    """A sentence told again tells the same figures: two paragraphs that share clauses agree in all of them."""
    checked = Checked()
    told: dict[tuple[str, Place, str], Fault] = {}
    paragraphs = masked_paragraphs(asked.paper)
    agreeing: Counter[tuple[str, Place, str]] = Counter()
    for first in range(len(paragraphs)):
        for second in range(first + 1, len(paragraphs)):
            _compare(paragraphs[first], paragraphs[second], wanted, unwanted, checked, told, agreeing)
    for words in dict.fromkeys(key[2] for key in told):
        spots = [key for key in told if key[2] == words]
        least = min(agreeing[key] for key in spots)
        odd = [key for key in spots if agreeing[key] == least]
        # Where nobody is outvoted, the later telling is named.
        checked.faults += [told[key] for key in (odd if len(odd) < len(spots) else odd[1:])]
    return checked


_Told = tuple[str, Place, dict[str, str]]


def _compare(
    first: _Told,
    second: _Told,
    wanted: re.Pattern[str] | None,
    unwanted: re.Pattern[str] | None,
    checked: Checked,
    told: dict[tuple[str, Place, str], Fault],
    agreeing: Counter[tuple[str, Place, str]],
) -> None:
    shared = [words for words in first[2] if words in second[2]]
    same = [words for words in shared if first[2][words] == second[2][words]]
    certain = len(shared) >= 3 and len(same) * 2 >= len(shared)
    for words in shared:
        if (wanted and not wanted.search(words)) or (unwanted and unwanted.search(words)) or not certain:
            continue
        checked.count += 1
        if words in same:
            agreeing[first[0], first[1], words] += 1
            agreeing[second[0], second[1], words] += 1
            continue
        for here, there in ((first, second), (second, first)):
            figure, usual = here[2][words], there[2][words]
            told.setdefault(
                (here[0], here[1], words),
                Fault(
                    [_cell_of(words, here[0])],
                    f"“{words.replace('#', figure)}”",
                    "同一数字在各处不一致",
                    figure,
                    usual,
                    Decimal(figure) - Decimal(usual),
                    place=here[1],
                    repairable=True,
                ),
            )


def _cell_of(words: str, source: str) -> str:
    """The name of a repeated figure: of the report's cases where it is one, else by its words."""
    stem = source if source != "R" else "R"
    for key, word in (
        ("rate", "结案率"),
        ("self", "自行处置"),
        ("closed", "结案"),
        ("filed", "立案"),
        ("reported", "上报"),
    ):
        if word in words:
            return f"R.case.{key}" if stem == "R" else stem
    return f"R.{name_part(words.replace('#', ''))}" if stem == "R" else stem


@detector("r_case_repeat")
def cases_repeat(asked: Asked) -> Checked:
    return _repeats(asked, _CASE_WORDS, _RATE_WORDS)


@detector("r_case_rate_repeat")
def case_rates_repeat(asked: Asked) -> Checked:
    return _repeats(asked, _RATE_WORDS, None)


@detector("r_report_repeat")
def figures_repeat(asked: Asked) -> Checked:
    return _repeats(asked, None, re.compile(f"{_CASE_WORDS.pattern}|{_RATE_WORDS.pattern}|项目支出|万元"))


@detector("r_volunteer")
def results_repeat(asked: Asked) -> Checked:
    """A result of form 1-2 that the report tells under the same words is the same."""
    checked = Checked()
    form = asked.paper.forms.get("1-2")
    report = asked.paper.sections.get("R", "")
    if form is None or not report:
        return checked
    for line in form.lines:
        key = re.sub("开展情况|情况|结果|完成|考评|检查|数量|次数", "", line.label)
        if len(key) < 3 or not FIGURE.fullmatch(line.actual):
            continue
        near = [part for part in re.split("[。；\n]", report) if key in part.replace("”", "")]
        told = {figure for part in near for figure in FIGURE.findall(part)}
        paragraph = [text for text in report.split("\n") if key in text.replace("”", "")]
        wider = {figure for text in paragraph for figure in FIGURE.findall(text)}
        if told and not checked.sees(line.actual in told | wider):
            checked.faults.append(
                Fault(
                    [f"1-2.{line.name}.actual"],
                    f"附件1-2 行“{line.label}”",
                    "完成值与自评报告正文所述不同",
                    line.actual,
                    "、".join(sorted(told)[:4]),
                    place=line.place,
                )
            )
    return checked

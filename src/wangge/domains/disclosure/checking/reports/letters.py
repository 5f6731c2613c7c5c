"""A batch told: the ranked overview of all units, and a letter to each with its findings."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from io import BytesIO
from pathlib import PurePath

import docx

from wangge.domains.disclosure.checking.batch import Checked
from wangge.domains.disclosure.checking.findings.finding import Severity
from wangge.domains.disclosure.checking.reports.words import CAUSES, SEVERITIES


def ranked(answers: Sequence[Checked]) -> list[Checked]:
    """Those that could not be read first, then by errors, warnings, notes."""
    return sorted(
        answers,
        key=lambda each: (
            not each.is_refused,
            -each.count("error"),
            -each.count("warning"),
            -each.count("note"),
            each.file,
        ),
    )


def overview_page(answers: Sequence[Checked]) -> str:
    """The overview as an HTML page."""
    rows = "".join(
        f"<tr><td>{place}</td><td>{escape(each.unit or PurePath(each.file).name)}</td><td>{each.year or ''}</td>"
        f"<td>{each.count('error')}</td><td>{each.count('warning')}</td><td>{each.count('note')}</td>"
        f"<td>{escape(each.refused)}</td></tr>"
        for place, each in enumerate(ranked(answers), 1)
    )
    return (
        "<!doctype html><html lang='zh-CN'><meta charset='utf-8'><title>决算公开前校核汇总</title>"
        "<style>body{font:16px/1.6 system-ui,sans-serif;margin:1rem auto;max-width:64rem}"
        "table{border-collapse:collapse}"
        "td,th{border:1px solid #8886;padding:.2rem .6rem}</style><body><h1>决算公开前校核汇总</h1>"
        f"<p>共 {len(answers)} 份。</p><table><tr><th>序</th><th>单位</th><th>年度</th><th>错误</th><th>提醒</th>"
        f"<th>提示</th><th>未能读取</th></tr>{rows}</table></body></html>"
    )


def letters_of(answers: Sequence[Checked], *, sender: str = "") -> dict[str, bytes]:
    """File name → the letter of each paper; papers of the same name are told apart by a number."""
    letters: dict[str, bytes] = {}
    for answer in answers:
        stem = name = PurePath(answer.file).stem
        number = 1
        while f"{name}.docx" in letters:
            number += 1
            name = f"{stem}-{number}"
        letters[f"{name}.docx"] = letter_to(answer, sender=sender)
    return letters


def letter_to(answer: Checked, *, sender: str = "") -> bytes:
    """The letter to one unit, as .docx: what to mend, what to look at; notes stay inside."""
    paper = docx.Document()
    unit = answer.unit or PurePath(answer.file).name
    paper.add_heading(f"关于{unit}{answer.year or ''}年度决算公开前校核情况的反馈", 1)
    if answer.is_refused:
        paper.add_paragraph(f"你单位报来的文件未能读取：{answer.refused}")
        return _bytes(paper)
    grave = [finding for finding in answer.findings if finding.severity is not Severity.NOTE]
    if not grave:
        paper.add_paragraph("经校核，表内、表间与文字说明的勾稽关系相符，未发现需要更正的疑点。")
    else:
        paper.add_paragraph(f"经校核，发现疑点 {len(grave)} 处，请核对后更正或说明：")
    for number, finding in enumerate(grave, 1):
        expected = f"，应为 {finding.expected}" if finding.expected else ""
        paper.add_paragraph(
            f"{number}.［{SEVERITIES[finding.severity]}］{finding.where} {finding.place}：{finding.message}。"
            f"原文 {finding.printed or '（空）'}{expected}（{CAUSES[finding.cause]}；规则 {finding.rule}）。"
        )
    if sender:
        paper.add_paragraph(sender)
    return _bytes(paper)


def _bytes(paper: object) -> bytes:
    out = BytesIO()
    paper.save(out)  # type: ignore[attr-defined]
    return out.getvalue()

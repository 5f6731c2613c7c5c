"""The words of the reports: names of severities and causes, headline and overview."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wangge.domains.disclosure.checking.findings.finding import Cause, Finding, Outcome, Result, Severity

SEVERITIES = {Severity.ERROR: "错误", Severity.WARNING: "提醒", Severity.NOTE: "提示"}
CAUSES = {Cause.DOCUMENT: "文件本身", Cause.READING: "疑为识读"}


def headline(result: Result) -> str:
    unit = result.paper.unit or result.paper.document.name
    year = f"{result.paper.year} 年度" if result.paper.year else ""
    return f"{unit} {year}决算公开前校核".strip()


def overview(findings: Iterable[Finding], outcomes: Mapping[str, Outcome]) -> str:
    """How many findings of each weight, and how the rules came out."""
    counted = dict.fromkeys(Severity, 0)
    for finding in findings:
        counted[finding.severity] += 1
    told = "，".join(f"{SEVERITIES[severity]} {number}" for severity, number in counted.items())
    values = list(outcomes.values())
    passed, failed, absent = (values.count(each) for each in (Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE))
    return f"疑点：{told}。规则：通过 {passed}，不通过 {failed}，不适用 {absent}。"

"""Invented pages of the check before publication: asked, answered, refused."""

from __future__ import annotations

from dataclasses import replace

from wangge.surfaces.web.elements.sample_finance import ACCOUNTANT
from wangge.surfaces.web.elements.samples import shell
from wangge.surfaces.web.finance.checking_pages import (
    AccountsBatchPage,
    AccountsCheckPage,
    BatchFinding,
    BatchRow,
    CheckedPaperPiece,
    FindingRow,
    MarkedCell,
    MarkedTable,
)


def asked() -> AccountsCheckPage:
    """Before a file is given."""
    return AccountsCheckPage(
        shell("决算校核", ACCOUNTANT),
        "#",
        ".pdf,.docx,.xlsx,.html,.md,.txt",
        "PDF、Word、Excel、网页或文本，不超过 16 MiB；文件只在校核时读入，不保存。",
    )


def refused() -> AccountsCheckPage:
    """A file that cannot be read."""
    return replace(asked(), errors=("文件已加密：请去掉密码后再校核。",))


def with_findings() -> AccountsCheckPage:
    """A paper with an error, a doubt of reading and a tail."""
    error = FindingRow(
        1, "error", "错误", "公开05表 行“行政运行” 列“基本支出” 第 12 页", "297.88", "279.88",
        "列合计；同一处使 4 条关系不符", "文件本身", "T05-COL、X-03-05-ITEM", "部门决算报表制度", "#spot-1",
    )  # fmt: skip
    doubt = FindingRow(
        2, "warning", "提醒", "公开03表 行“其他一般公共服务支出” 第 9 页", "201999", "2019999", "功能科目代码位数有误",
        "疑为识读", "F-CODE-LENGTH", "政府收支分类科目", "",
    )  # fmt: skip
    tail = FindingRow(
        3, "note", "提示", "公开06表 “人员经费合计”", "301.30", "301.31", "尾差：相差在四舍五入的范围内", "文件本身",
        "T06-PERSONNEL", "部门决算报表制度",
    )  # fmt: skip
    head = tuple(MarkedCell(text) for text in ("科目代码", "科目名称", "小计", "基本支出", "项目支出"))
    row = (*(MarkedCell(text) for text in ("2120101", "行政运行", "279.88")), MarkedCell("297.88", "error", 1))
    table = MarkedTable("公开05表 一般公共预算财政拨款支出决算表", (head, row))
    overview = "疑点：错误 1，提醒 1，提示 1。规则：通过 310，不通过 3，不适用 30。"
    piece = CheckedPaperPiece(
        "决算.docx", "某市城市管理监督指挥中心", "2024", overview, (error, doubt), (tail,), (table,)
    )
    return replace(asked(), paper=piece)


def batch() -> AccountsBatchPage:
    """Three papers: one with an error, one that could not be read, one without fault."""
    finding = BatchFinding(
        "error", "错误", "公开05表 行“行政运行” 列“基本支出” 第 12 页", "列合计；同一处使 4 条关系不符", "297.88",
        "279.88", "T05-COL",
    )  # fmt: skip
    rows = (
        BatchRow(1, "某市园林中心", "", "园林.pdf", "–", "–", "–", "文件已加密：请去掉密码后再校核。", ()),
        BatchRow(2, "某市城市管理监督指挥中心", "2024", "指挥中心.docx", "1", "0", "12", "", (finding,)),
        BatchRow(3, "某市市政维护中心", "2024", "市政.docx", "0", "0", "9", "", ()),
    )
    return AccountsBatchPage(
        shell("成批校核", ACCOUNTANT), "#", "#", ".pdf,.docx", "一次不超过 80 份，每份不超过 16 MiB。", (), rows,
        "共 3 份：有错误 1 份，没有需要更正的 1 份，未能读取 1 份。",
    )  # fmt: skip

"""Invented imports of cases for the gallery: giving a file, a run under way, its report, a failure."""

from __future__ import annotations

from dataclasses import replace

from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form
from wangge.surfaces.web.elements.pieces import Fact, Figure, Notice, NoticeKind
from wangge.surfaces.web.elements.sample_office import OFFICE
from wangge.surfaces.web.elements.samples import shell
from wangge.surfaces.web.elements.words import Urgency
from wangge.surfaces.web.office.case_import_pages import CaseImportPage, CaseImportsPage, CountList, RunLine


def give_file() -> CaseImportsPage:
    """The form with what came in before."""
    choices = (Choice("history/vendor_history", "旧系统全量历史 · vendor_history"),)
    return CaseImportsPage(
        shell=shell("案卷导入", OFFICE), heading="导入案卷",
        form=Form(
            "#", (Field("mapping", "内容与映射", FieldKind.SELECT, value=choices[0].value, choices=choices),), "试读"
        ),
        accepts=".zip", limit_text="旧系统的全量历史请打成 zip，或给一个工作簿；不超过 100 MB。",
        past=(
            RunLine("旧系统2023.zip", "旧系统全量历史", "2024-04-12 09:30", "郑工", "已导入",
                    "写入 48,210 件", "#"),
            RunLine("诉求.csv", "外部诉求", "2024-04-11 16:02", "郑工", "没有完成", "压缩文件不完整或已损坏", "#"),
        ),
    )  # fmt: skip


def first_file() -> CaseImportsPage:
    """Nothing came in yet."""
    return replace(give_file(), past=())


def under_way() -> CaseImportPage:
    """A run being written."""
    return CaseImportPage(
        shell=shell("案卷导入", OFFICE), heading="旧系统2023.zip", list_url="#", url="#", facts=_FACTS,
        summary=Notice(NoticeKind.INFORMATION, "正在导入。可以离开此页；中断后再交来同一文件即可接着导入。"),
        is_under_way=True, done=18_400, total=48_247, progress_text="18,400 / 48,247 件",
    )  # fmt: skip


def checked() -> CaseImportPage:
    """A dry run that awaits its yes."""
    return replace(
        under_way(), is_under_way=False, progress_text="", can_confirm=True, refused_url="#",
        summary=Notice(NoticeKind.INFORMATION, "可以导入。还没有写入，请核对下面的报告后确认。"),
        counts=(
            Figure("案卷", "48,247", ""), Figure("流转", "431,902", ""), Figure("照片", "96,118", ""),
            Figure("可用", "48,210", ""), Figure("退回", "37", "", Urgency.OVERDUE),
        ),
        lists=(
            CountList("退回的原因", "改好后可以再导，已有的不会重复。", (("类别不在代码表中", "31"),)),
            CountList("留作备注的环节", "本市流转表里没有，或当时做不了。", (("查看：对照表中没有", "12,044"),)),
        ),
    )  # fmt: skip


def failed() -> CaseImportPage:
    """A run that could not go on."""
    return replace(
        under_way(), is_under_way=False, progress_text="",
        summary=Notice(NoticeKind.REFUSED, "没有完成。", "压缩文件不完整或已损坏，请重新获取该文件。"),
    )  # fmt: skip


_FACTS = (
    Fact("内容", "旧系统全量历史"), Fact("映射", "vendor_history"), Fact("交来", "2024-04-12 郑工"),
    Fact("状态", "导入中"),
)  # fmt: skip

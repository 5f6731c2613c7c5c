"""Invented states of the platform for the gallery: one with things to do and faults, one where all is well."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from wangge.surfaces.web.elements.forms import Field, FieldKind, Form
from wangge.surfaces.web.elements.sample_office import OFFICE
from wangge.surfaces.web.elements.samples import NOW, shell
from wangge.surfaces.web.office.platform_pages import (
    CheckGroup,
    CheckRow,
    FaultRow,
    PlatformPage,
    Standing,
    UpkeepRow,
)

WHY = Form("#", (Field("why", "原因", FieldKind.TEXT, placeholder="如：计划内升级"),), "写明")


def troubled() -> PlatformPage:
    """A backup nobody restored, a full disk, a certificate that ends."""
    return PlatformPage(
        shell=shell("平台运行", OFFICE), heading="平台运行", looked_at=NOW, to_do=3,
        groups=(
            CheckGroup(
                "运行",
                (
                    CheckRow("最近一次自检", Standing.GOOD, "2026-03-02 10:14"),
                    CheckRow("数据库连接", Standing.GOOD, "14 / 60"),
                ),
            ),
            CheckGroup(
                "对外发送",
                (
                    CheckRow(
                        "短信", Standing.WATCH, "待发 3，已发 212（其中送达 171，未送达 24），放弃 2",
                        "未送达的可改以电话答复：案卷与来信页上有说明，清单见 wangge replies undelivered。",
                    ),
                    CheckRow("热线未送达的报文", Standing.GOOD, "0 条"),
                ),
            ),
            CheckGroup(
                "磁盘",
                (CheckRow("城市数据", Standing.BAD, "余 18.2 GiB，共 252.0 GiB", "请腾出空间：/srv/wangge"),),
            ),
            CheckGroup(
                "备份",
                (
                    CheckRow("最近一次备份", Standing.GOOD, "2026-03-02 02:10 · 基础备份"),
                    CheckRow("最近一次恢复演练", Standing.BAD, "尚无", "请运行 wangge rehearse。"),
                ),
            ),
            CheckGroup(
                "证书与工作日历",
                (
                    CheckRow("证书有效期", Standing.WATCH, "至 2026-03-20 08:00", "请更换证书。"),
                    CheckRow("工作日历", Standing.GOOD, "至 2026-12-31"),
                ),
            ),
        ),
        upkeep=(
            UpkeepRow(NOW - timedelta(hours=8), "基础备份", True, "/backup/continuous"),
            UpkeepRow(NOW - timedelta(days=1), "基础备份", False, "pg_basebackup 失败：磁盘已满"),
        ),
        known_since=NOW - timedelta(days=200), hours_month="0.4", hours_year="1.7",
        faults=(
            FaultRow(NOW - timedelta(hours=30), NOW - timedelta(hours=29, minutes=36), 24, "", WHY),
            FaultRow(NOW - timedelta(days=20), NOW - timedelta(days=19, hours=23), 60, "计划内升级", None),
        ),
    )  # fmt: skip


def well() -> PlatformPage:
    """Nothing to do."""
    page = troubled()
    return replace(page, to_do=0, groups=page.groups[:1], upkeep=(), faults=(), hours_month="0.0", hours_year="0.0")

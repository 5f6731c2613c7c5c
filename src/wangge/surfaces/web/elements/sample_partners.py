"""Invented partners for the gallery: a list with one that fails, none yet, one stopped with its messages, a secret."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form
from wangge.surfaces.web.elements.pieces import Fact
from wangge.surfaces.web.elements.sample_office import OFFICE
from wangge.surfaces.web.elements.samples import NOW, shell
from wangge.surfaces.web.office.partner_pages import MessageRow, PartnerAct, PartnerPage, PartnerRow, PartnersPage

SINCE = Field("since", "起点", FieldKind.MOMENT)


def partners() -> PartnersPage:
    """One hears, one fails."""
    return PartnersPage(
        shell=shell("外部推送", OFFICE), heading="外部系统推送",
        partners=(
            PartnerRow("市政务数据平台", "#", "全市 · 全部环节", "正常", False, 0, NOW - timedelta(minutes=2), ""),
            PartnerRow(
                "云岚区综治平台", "#", "云岚区 · 已结案", "推送失败，重试中", True, 3, NOW - timedelta(hours=5),
                "HTTP 503",
            ),
        ),
        form=Form(
            "#",
            (
                Field("name", "名称", FieldKind.TEXT),
                Field("address", "接收地址", FieldKind.TEXT, help="只推送到公网的 https 地址。"),
                Field("wall", "范围", FieldKind.SELECT, choices=(Choice("city", "全市"), Choice("district", "一个区"))),
                Field("stages", "环节", FieldKind.MANY, required=False, choices=(Choice("closed", "已结案"),)),
            ),
            "登记",
        ),
    )  # fmt: skip


def no_partners() -> PartnersPage:
    """Nobody is told yet."""
    return replace(partners(), partners=())


def stopped() -> PartnerPage:
    """A partner that took nothing for three days."""
    return PartnerPage(
        shell=shell("云岚区综治平台", OFFICE), heading="云岚区综治平台", list_url="#", state="多次失败，已停发",
        facts=(
            Fact("接收地址", "https://partner.example/wangge"), Fact("推送内容", "云岚区 · 已结案"),
            Fact("发件箱中待处理", "1,204"), Fact("对方答复", "HTTP 503"),
        ),
        acts=(
            PartnerAct("resume", "恢复推送", "立即从停下处继续。", Form("#", (), "恢复推送")),
            PartnerAct("replay", "重放", "从起点起重新推送。", Form("#", (SINCE,), "重放")),
        ),
        messages=(
            MessageRow("msg_3vz2k7q5", NOW - timedelta(hours=73), 100, 81, "待送达", None, "HTTP 503"),
            MessageRow("msg_x4n7a2pd", NOW - timedelta(hours=74), 37, 1, "已送达", NOW - timedelta(hours=74), ""),
        ),
    )  # fmt: skip


def just_added() -> PartnerPage:
    """Its secret is shown this once."""
    return replace(
        stopped(), state="正常", messages=(), secret="whsec_c2FtcGxlIG9mIHRoZSBnYWxsZXJ5LCBubyBzZWNyZXQ="  # noqa: S106
    )  # fmt: skip

"""Invented samples of the pages of ownership and of the map of open cases."""

from __future__ import annotations

from dataclasses import replace

from wangge.surfaces.web.command.pages import CaseMapPage
from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form
from wangge.surfaces.web.elements.pieces import Fact, Figure, Notice, NoticeKind
from wangge.surfaces.web.elements.sample_cases import MAP
from wangge.surfaces.web.elements.sample_office import OFFICE
from wangge.surfaces.web.elements.samples import shell
from wangge.surfaces.web.office.ownership_pages import (
    DecisionLine,
    FaredLine,
    FindingLine,
    OwnershipPage,
    RuleLine,
    RuleSetPage,
    RulingLine,
    RulingPage,
    SetLine,
    WrongRulesPage,
)


def sets() -> OwnershipPage:
    """A set in force, a draft, a decision that waits."""
    return OwnershipPage(
        shell=shell("权属规则", OFFICE), heading="权属规则",
        sets=(
            SetLine("2024 年下半年职责分工", "#", "草案", "", "418"),
            SetLine("2024 年上半年职责分工", "#", "生效中", "2024-01-01", "412", is_now=True),
        ),
        decisions=(DecisionLine("协调纪要〔2024〕8 号", "2024-03-12", "江南路段雨水箅子由市政中心养护", "尚未成规则"),),
        figures=(Figure("近 90 天派遣建议", "21,480", ""), Figure("采纳", "93%", "#")), wrong_url="#",
        draft=Form("#", (Field("title", "草案名称", FieldKind.TEXT),), "以现行规则起草"),
        meeting=Form("#", (Field("minutes_no", "会议纪要文号", FieldKind.TEXT),), "登记协调会决定"),
        rulings=(
            RulingLine("990101-20240312-00017", "雨水箅子", "柳堤区 江南网格", "市政中心", "2024-03-12", "#"),
            RulingLine("990102-20240311-00102", "通信井盖", "石桥区", "通信建设公司", "2024-03-11", "#"),
        ),
    )  # fmt: skip


def no_sets() -> OwnershipPage:
    """Before the first set."""
    return replace(sets(), sets=(), decisions=(), figures=(), draft=None, meeting=None, rulings=())


def ruling() -> RulingPage:
    """A ruling that waits for its minutes."""
    return RulingPage(
        shell=shell("权属确认", OFFICE), heading="权属确认 990101-20240312-00017", list_url="#", case_url="#",
        facts=(
            Fact("类别", "雨水箅子"), Fact("地点", "柳堤区 江南网格"), Fact("确认的责任单位", "市政中心"),
            Fact("确认时间", "2024-03-12 15:20"), Fact("确认人", "陈明"),
        ),
        rule=Form(
            "#",
            (
                Field("minutes_no", "会议纪要文号", FieldKind.TEXT),
                Field(
                    "reach", "范围", FieldKind.CHOICE, value="district",
                    choices=(
                        Choice("district", "本区同类案卷", hint="柳堤区"),
                        Choice("responsibility_grid", "本网格同类案卷", hint="江南网格"),
                        Choice("city", "全市同类案卷"),
                    ),
                ),
                Field("decision", "决定", FieldKind.LONG_TEXT, value="柳堤区雨水箅子由市政中心负责。"),
            ),
            "登记纪要并写入草案",
        ),
        aside=Form("#", (Field("why", "不成规则的原因", FieldKind.TEXT),), "不成规则"),
    )  # fmt: skip


def ruling_settled() -> RulingPage:
    """A ruling of which a rule has come."""
    told = Notice(NoticeKind.INFORMATION, "已按协调纪要〔2024〕8 号写成规则。", "柳堤区雨水箅子由市政中心负责。")
    return replace(ruling(), settled=told, rule=None, aside=None)


def draft() -> RuleSetPage:
    """A draft with a conflict and a gap."""
    return RuleSetPage(
        shell=shell("2024 年下半年职责分工", OFFICE), heading="2024 年下半年职责分工", list_url="#", state="草案",
        summary=Notice(NoticeKind.WARNING, "有 1 处冲突，解决后才能发布。"),
        rules=(
            RuleLine(17, "全市", "部件", "部件的权属单位", "2024 年职责分工", "2024-01-01", "", remove_url="#"),
            RuleLine(18, "江南路", "雨水箅子", "市政中心", "协调会纪要〔2024〕8 号", "2024-03-12", "", remove_url="#"),
        ),
        rules_text="规则 418 条",
        findings=(
            FindingLine("冲突", "18: 江南路 雨水箅子 → 市政中心；21: 江南路 雨水箅子 → 水务公司", "126", is_grave=True),
            FindingLine("空白", "暴露垃圾 在 990103 没有规则", "14"),
        ),
        next_url="#",
        add=Form(
            "#", (Field("place_kind", "范围", FieldKind.SELECT, choices=(Choice("city", "全市"),), value="city"),),
            "加入草案",
        ),
        release=Form(
            "#", (Field("effective_on", "生效日期", FieldKind.TEXT),), "发布", errors=("有 1 处冲突，请先解决再发布。",)
        ),
    )  # fmt: skip


def wrong() -> WrongRulesPage:
    """How rules fared."""
    return WrongRulesPage(
        shell=shell("不被采纳的规则", OFFICE), heading="不被采纳的规则", list_url="#", form_url="#", since="2024-01-01",
        before="2024-04-01", summary_text="建议 21,480 次，采纳 19,980 次（93%）。",
        rules=(FaredLine("全市 雨水箅子 → 水务公司（2024 年职责分工）", "412", "120", "29%", "市政中心 280"),),
    )  # fmt: skip


def nothing_proposed() -> WrongRulesPage:
    """Before the first proposal."""
    return replace(wrong(), rules=(), summary_text="")


def case_map() -> CaseMapPage:
    """The open cases on a map."""
    return CaseMapPage(
        shell=shell("在办案卷地图"), heading="在办案卷地图", list_url="#", clusters_url="#", case_url="#", map=MAP,
        found_text="在办 1,284 件，其中超时 37 件。",
    )  # fmt: skip

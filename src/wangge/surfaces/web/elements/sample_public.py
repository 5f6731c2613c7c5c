"""Invented pages of the public for the gallery: what stands open, a report's screens, the code, its status, letters."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form
from wangge.surfaces.web.elements.pieces import Fact, Figure, Photo
from wangge.surfaces.web.elements.sample_office import OFFICE
from wangge.surfaces.web.elements.samples import NOW, left, shell
from wangge.surfaces.web.office.letter_pages import LetterAct, LetterEventLine, LetterLine, LettersPage, OneLetterPage
from wangge.surfaces.web.pages import Audience, NavItem, Shell
from wangge.surfaces.web.public.pages import (
    Door,
    Milestone,
    NearCase,
    PublicHomePage,
    ReportedPage,
    StatusPage,
    StepPage,
)

_CODE = Field("code", "查询码", FieldKind.TEXT, placeholder="XXXX-XXXX-XXXX-XXXX")


def _shell(title: str, current: str) -> Shell:
    ways = ("首页", "我要上报", "查询进度")
    return replace(
        shell(title, None), audience=Audience.PUBLIC, sign_out_url="",
        navigation=tuple(NavItem(name, "#", is_current=name == current) for name in ways),
    )  # fmt: skip


def home() -> PublicHomePage:
    """Three doors stand open."""
    return PublicHomePage(
        _shell("市民服务", "首页"), "城市管理市民服务",
        (
            Door("我要上报", "路面、井盖、垃圾、路灯等问题，拍照即可上报，不用注册。", "#", is_primary=True),
            Door("查询进度", "凭上报时得到的查询码，看办到哪一步，并作评价。", "#"),
            Door("写信", "投诉工作人员、市场监管线索、其他部门的事、不公开的意见。", "#"),
        ),
    )  # fmt: skip


def closed() -> PublicHomePage:
    """Nothing has been opened."""
    return replace(home(), doors=())


def _step(step: str, number: int, heading: str, intro: str, *fields: Field) -> StepPage:
    return StepPage(
        _shell(heading, "我要上报"), "#", step, number, ("照片", "位置", "什么事", "答复"), heading, intro, fields, (),
        "下一步", has_back=number > 1,
    )  # fmt: skip


def place() -> StepPage:
    """The photo's place is offered."""
    page = _step(
        "place", 2, "在哪里", "在地图上点一下问题所在的位置，或写明地址。",
        Field("location", "位置", FieldKind.POINT, required=False),
        Field("address", "地址", FieldKind.TEXT, required=False, placeholder="路名、门牌、参照物"),
    )  # fmt: skip
    return replace(page, offer="照片是在“青石区建设路 12 号”拍的。问题就在那里吗？", offer_button="用照片的位置")


def outside() -> StepPage:
    """The place lies beyond the border."""
    wrong = "这个位置不在本市，本平台不能处理。请核对位置，或联系事发地 12345 政务服务便民热线（电话 12345）。"
    page = place()
    fields = tuple(replace(each, errors=(wrong,)) if each.name == "location" else each for each in page.fields)
    return replace(page, offer="", offer_button="", fields=fields, letter_button="转交事发地的部门")


def near() -> StepPage:
    """Two matters nearby that may be the same."""
    page = _step("near", 3, "附近有人报过", "如果是同一件事，加入它就行：不重复派人，结果一样通知您。")
    cases = (
        NearCase("430202-20240412-00731", "上水井盖", "约 20 米处，3 小时前上报", "处理单位正在处理"),
        NearCase("430202-20240412-00764", "暴露生活垃圾", "约 60 米处，1 天前上报", "已收到，工作人员正在查看"),
    )
    return replace(page, near=cases, next_text="都不是，继续")


def code() -> ReportedPage:
    """The code, this once."""
    words = ("这是您的查询码，只显示这一次，请记下或截屏。", "凭它看办到哪一步、处理前后的照片，并作评价。")
    return ReportedPage(_shell("已收到", "我要上报"), "已收到", "7K3M-Q2WD-90FB-TR5X", words, "#", "#")


def handling() -> StatusPage:
    """The unit works on it."""
    return StatusPage(
        _shell("查询进度", "查询进度"), "#", _CODE, code="7K3M-Q2WD-90FB-TR5X", number="430202-20240412-00731",
        matter="上水井盖", words="井盖缺失，旁边是小学", place="建设路 12 号", now="处理单位正在处理",
        body="供排水公司", time_left=left(95, 240, "4 小时"), act_url="#",
        milestones=(
            Milestone(NOW - timedelta(hours=3), "收到您反映的问题"),
            Milestone(NOW - timedelta(hours=2), "正在到现场核实"),
            Milestone(NOW - timedelta(hours=1), "处理单位正在处理"),
        ),
        before=(Photo("photo/1.svg", "photo/1.svg", "处置前"),), followers="2 位市民关注这件事。",
    )  # fmt: skip


def done() -> StatusPage:
    """Closed, and waiting for one tap."""
    grades = tuple(Choice(each, each) for each in ("非常满意", "满意", "基本满意", "不满意", "非常不满意"))
    return replace(
        handling(), now="已办结", time_left=None, after=(Photo("photo/2.svg", "photo/2.svg", "处置后"),), grades=grades,
        rating_help="点一下就好，只能评一次。工作人员的电话回访另外进行。",
        milestones=(*handling().milestones, Milestone(NOW, "已办结")),
    )  # fmt: skip


def wrong_code() -> StatusPage:
    """A code nobody was given."""
    typed = replace(_CODE, value="AAAA-AAAA-AAAA-AAAA")
    return StatusPage(_shell("查询进度", "查询进度"), "#", typed, errors=("没有这个查询码，请核对。",))


def letters() -> LettersPage:
    """Letters of a leader, one of them late."""
    return LettersPage(
        shell("公众来信", OFFICE), "公众来信", (Figure("未答复", "", "#", is_current=True), Figure("已答复", "", "#")),
        (
            LetterLine(3, "#", "食品、药品、价格等市场监管线索", "市场卖的肉不新鲜", "已转送，待回执",
                       NOW - timedelta(days=1), is_late=True),
            LetterLine(5, "#", "不公开的意见建议", "建议早市延长半小时", "待答复", NOW + timedelta(days=9),
                       is_late=False),
        ),
    )  # fmt: skip


def no_letters() -> LettersPage:
    """Nothing to read."""
    return replace(letters(), letters=())


def letter() -> OneLetterPage:
    """A letter that went to another authority."""
    form = Form("#", (Field("text", "回执编号", FieldKind.TEXT),), "登记回执")
    return OneLetterPage(
        shell("食品、药品、价格等市场监管线索", OFFICE), "食品、药品、价格等市场监管线索", "#", "已转送，待回执",
        "市场卖的肉不新鲜", (Fact("转送", "市场监督管理部门 12315"), Fact("写信人", "王** 138****1111")),
        (("答复时限", NOW + timedelta(days=9), False), ("回执时限", NOW - timedelta(hours=2), True)), (), "",
        (LetterAct("receipt", "登记回执", form),), None,
        (LetterEventLine(NOW - timedelta(days=3), "收到", "系统", ""),
         LetterEventLine(NOW - timedelta(days=3), "转送", "系统", "市场监督管理部门（12315）")),
    )  # fmt: skip

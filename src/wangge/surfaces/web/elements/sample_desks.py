"""Invented handovers and kept views for the gallery."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from wangge.surfaces.web.command.duty_pages import BoardPage, BoardRow, BoardSection, LookForm
from wangge.surfaces.web.command.handover_pages import HandoverPage, HandoverRow
from wangge.surfaces.web.command.kept_views import ColumnChoice, KeptView, KeptViews
from wangge.surfaces.web.command.pages import TelephonePane, WithinPane, WorkListPage
from wangge.surfaces.web.command.text_pages import TextGroup, TextRow, TextsPage
from wangge.surfaces.web.command.together import OwnAnswers, Subject, TogetherPage
from wangge.surfaces.web.elements import samples
from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form
from wangge.surfaces.web.elements.pieces import Figure, ListColumn, Photo, running_time_left
from wangge.surfaces.web.elements.sample_cases import MAP
from wangge.surfaces.web.elements.samples import NOW, shell
from wangge.surfaces.web.elements.words import Counting, Urgency

STANDING = (("待受理", 12), ("处置中", 208), ("超过时限", 3))


def handovers() -> HandoverPage:
    """One waits for a signature, one is signed."""
    return HandoverPage(
        shell=shell("交接班"), heading="交接班",
        standing=(
            Figure("待受理", "12", "#"), Figure("处置中", "208", "#"), Figure("超过时限", "3", "#", Urgency.OVERDUE),
        ),
        form=Form(
            "#",
            (
                Field("shift", "交出的班次", FieldKind.SELECT, choices=(Choice("day", "白班"),)),
                Field("promised", "答应过的事", FieldKind.LONG_TEXT, required=False),
                Field("unusual", "异常情况", FieldKind.LONG_TEXT, required=False),
            ),
            "写下交接",
        ),
        handovers=(
            HandoverRow(
                2, "白班", NOW - timedelta(minutes=9), "安晓", STANDING, "430201-20260506-00017 今晚 20:00 前回电",
                "柳堤一带停电，路灯类上报增多。", None, "", "",
                Form("#", (Field("remark", "接班意见", FieldKind.TEXT, required=False),), "签收接班"),
            ),
            HandoverRow(
                1, "夜班", NOW - timedelta(hours=10), "白帆", STANDING, "", "", NOW - timedelta(hours=10), "安晓",
                "已核对", None,
            ),
        ),
        next_url="#",
    )  # fmt: skip


def no_handover() -> HandoverPage:
    """The first shift."""
    return replace(handovers(), handovers=(), next_url="")


def within_ring() -> WorkListPage:
    """What was found within an area drawn on the map."""
    ring = "113.12900,27.82400;113.13900,27.82400;113.13400,27.83200"
    pane = WithinPane(
        summary="限于图上 3 个顶点的范围", url="#", text=ring, most=60, others=(("source", "collector"),), map=MAP,
        clear_url="#",
    )  # fmt: skip
    return replace(samples.work_list(), queues=(), within=pane, filter_hidden=(("within", ring),), clear_url="#")


def telephone_asked() -> WorkListPage:
    """The cases of a telephone number, and the question for another."""
    pane = TelephonePane("#", reason="来电人询问自己的上报")
    return replace(
        samples.work_list(), heading="号码 138****5678 的案卷", queues=(), filters=(), filter_url="#",
        found_text="共 76 件，按上报时间排序", next_url="", telephone=pane,
    )  # fmt: skip


def telephone_wrong() -> WorkListPage:
    """A number that is none."""
    pane = TelephonePane(
        "#", "1381234", "来电人询问自己的上报", "请输入完整的手机号，或带区号的固定电话。", is_open=True
    )
    return replace(telephone_asked(), heading="按电话号码查找", groups=(), found_text="", telephone=pane)


def with_views() -> WorkListPage:
    """A work list beside which two views are kept."""
    views = KeptViews(
        (KeptView("云岚区夜间", "#", "#", True), KeptView("热线来的", "#", "#", False)), "#", "district=430201"
    )
    return replace(samples.work_list(), kept=views)


def with_columns() -> WorkListPage:
    """The same list in columns a person chose."""
    words = {
        "number": "案卷编号", "time_left": "剩余时间", "category": "小类 · 立案条件", "place": "地点",
        "stage": "环节 · 轮到谁", "source": "来源", "unit": "责任单位", "filed_at": "立案时间",
    }  # fmt: skip
    page = with_views()
    columns = tuple(ListColumn(key, heading) for key, heading in words.items())
    offered = tuple(ColumnChoice(each, True, each.key == "number") for each in columns)
    more = (("unit", "城东供排水公司"), ("filed_at", "2024-04-12 09:31"))
    groups = tuple(replace(each, rows=tuple(replace(row, more=more) for row in each.rows)) for each in page.groups)
    assert page.kept is not None
    return replace(
        page, columns=columns, columns_chosen=True, groups=groups,
        kept=replace(page.kept, columns=offered, columns_url="#"),
    )  # fmt: skip


_CONDITIONS = (
    Choice("2", "破损面积>25cm² · 4 个工作小时"), Choice("3", "弹跳异响/翻盖影响安全 · 2 个工作日"),
)  # fmt: skip


def together() -> TogetherPage:
    """A composite act: unit and condition proposed for each, one to be filled in, one that goes step by step."""
    lines = samples.rows()
    own = OwnAnswers(
        "1", "城东供排水公司", "建议：城东供排水公司。规则：全市 上水井盖 → 城东供排水公司（分工方案）。",
        Field("condition_seq:1", "立案条件", FieldKind.CHOICE, value="2", choices=_CONDITIONS),
    )  # fmt: skip
    open_one = replace(own, unit="", unit_zh="", because="", condition=replace(own.condition, value=""))
    return TogetherPage(
        shell=shell("批量办理"), heading="批量办理：待受理",
        verbs=(Figure("受理立案派遣一次办结", "3", "#", is_current=True), Figure("受理", "4", "#")),
        verb_zh="受理立案派遣一次办结", url="#", back_url="#",
        fields=(
            Field(
                "department", "责任单位", FieldKind.SEARCH, required=False, help="只用于下面没有建议单位的案卷。",
                choices=(Choice("1", "城东供排水公司"),), placeholder="输入名称或拼音首字母",
            ),
            Field("note", "备注", FieldKind.LONG_TEXT, required=False),
        ),
        subjects=(
            Subject(lines[0], True, key="1", own=own), Subject(lines[1], True, key="2", own=own),
            Subject(lines[2], True, "请补齐后勾选", key="3", own=open_one),
            Subject(lines[3], False, "不符合一次办结或自动办理的条件，请逐步办理。", key="4"),
        ),
        chosen_count=2, each_its_own=True,
    )  # fmt: skip


def together_done() -> TogetherPage:
    """What became of each."""
    lines = samples.rows()
    return TogetherPage(
        shell=shell("批量办理"), heading="批量办理结果：受理立案派遣一次办结", verbs=(), verb_zh="", url="#",
        back_url="#", fields=(),
        subjects=(
            Subject(lines[2], False, "期间已被他人办理，请打开查看", "refused"), Subject(lines[0], False, "", "done"),
            Subject(lines[1], False, "", "done"),
        ),
        chosen_count=0, summary="已办理 2 件，未办理 1 件。", refused=1,
    )  # fmt: skip


def texts() -> TextsPage:
    """One's own, and the city's before who words them."""
    stages = (Choice("filed", "待派遣"), Choice("handling", "处置中"))
    words = Field("words", "用语", FieldKind.LONG_TEXT, max_length=300)
    stage = Field("stage", "用于环节", FieldKind.SELECT, required=False, choices=stages, placeholder="全部环节")
    post = Field(
        "post", "用于岗位", FieldKind.SELECT, required=False, choices=(Choice("dispatcher", "派遣员"),),
        placeholder="全部岗位",
    )  # fmt: skip
    return TextsPage(
        shell=shell("常用语"), heading="常用语",
        groups=(
            TextGroup(
                "自己的", "只有自己看得到。",
                (TextRow("已电话联系诉求人，位置无误。", "待受理", "全部岗位", "#"),
                 TextRow("已设围挡，等待更换。", "处置中", "全部岗位", "#")),
                "own", Form("#", (words, stage), "加入"),
            ),
            TextGroup(
                "全市标准用语", "由值班长、科长或中心领导维护，各席位都能选用。",
                (TextRow("请先围挡，确保行人安全，再按时限处置。", "待派遣", "派遣员", "#"),
                 TextRow("请补充处置后照片，须与处置前同一角度。", "处置反馈待审", "派遣员", "#"),
                 TextRow("不在本单位职责范围，依据见附件。", "处置中", "责任单位", "#")),
                "city", Form("#", (words, stage, post), "加入"), with_posts=True,
            ),
        ),
    )  # fmt: skip


def no_texts() -> TextsPage:
    """A seat's first look."""
    own, city = texts().groups
    return replace(texts(), groups=(replace(own, rows=()), replace(city, rows=(), form=None)))


def board() -> BoardPage:
    """A request on paper, an act drawn, a supervision past its moment, an urging unanswered."""
    lines = samples.rows()
    late = running_time_left(
        remaining_minutes=-35, allowance_minutes=0, due_at=NOW - timedelta(minutes=35), counting=Counting.CONTINUOUS
    )
    paper = Photo("photo", "photo/1.svg", "盖章申请表", viewer_url="photo")
    return BoardPage(
        shell=shell("值班长"), heading="值班长",
        exceptions=(
            Figure("中心环节超过时限", "2", "#", Urgency.OVERDUE), Figure("处置超过时限", "17", "#", Urgency.OVERDUE),
            Figure("回退待改派", "3", "#"), Figure("疑难待协调", "1", "#"),
        ),
        sections=(
            BoardSection(
                "requests", "待审批申请", "2", 0,
                (BoardRow(lines[0], "挂账申请", "待科长会签", None, (paper,)),
                 BoardRow(lines[1], "延期申请", "待值班长审批")),
                "没有等待审批的申请。", with_papers=True,
            ),
            BoardSection(
                "samples", "抽查待复核", "12", 0,
                (BoardRow(lines[2], "受理立案派遣一次办结 · 张三 04-12 09:31", "办后抽查",
                          look=LookForm("#", "desk_act", lines[2].number)),
                 BoardRow(lines[3], "核查通过自动结案", "办前抽查，请打开办理")),
                "没有待复核的抽查。", more_url="#",
            ),
            BoardSection(
                "supervision", "督办", "1", 1, (BoardRow(lines[0], "2 级督办", "等待回复", late),), "没有在途督办。"
            ),
            BoardSection(
                "urges", "催办未回应", "1", 1, (BoardRow(lines[1], "请抓紧处置，附近有小学", "责任单位", late),),
                "催办都有回应。",
            ),
        ),
    )  # fmt: skip


def calm_board() -> BoardPage:
    """Nothing waits."""
    page = board()
    return replace(
        page,
        exceptions=tuple(replace(each, value="0", urgency=None) for each in page.exceptions[:2]),
        sections=tuple(replace(each, rows=(), count="0", late=0, more_url="") for each in page.sections),
    )

"""Invented page objects of every kind for the gallery: each state a page can be in, without a city behind it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from wangge.surfaces.web.command.pages import (
    EmptyList,
    RowGroup,
    WorkListPage,
)
from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind
from wangge.surfaces.web.elements.pieces import (
    CaseRow,
    Figure,
    Flag,
    FlagKind,
    Notice,
    StageChip,
    TimeLeft,
    running_time_left,
    stopped_time_left,
)
from wangge.surfaces.web.elements.words import Counting, Urgency
from wangge.surfaces.web.pages import Audience, NavItem, Shell, Theme, Viewer

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2024, 4, 12, 10, 42, tzinfo=ZONE)
"""When the gallery is: its clock stands still, so that two pictures of it are equal."""

SEAT = Viewer(
    name="张三", post_zh="受理员、派遣员", unit="指挥中心", shift="白班 07:00–21:00", draft_scope="sample-seat"
)
COLLECTOR = Viewer(name="赵小禾", post_zh="信息采集员", unit="青石区", draft_scope="sample-collector")
DEPARTMENT = Viewer(name="周工", post_zh="责任单位", unit="城东供排水公司", draft_scope="sample-department")


def shell(title: str, viewer: Viewer | None = SEAT, *notices: Notice) -> Shell:
    """The frame of a staff page."""
    return Shell(
        title=title,
        viewer=viewer,
        navigation=(
            NavItem("工作台", "work-list", is_current=True),
            NavItem("登记", "report", key="N"),
            NavItem("案卷查询", "search-empty"),
            NavItem("标准与时限", "#"),
        ),
        notices=notices,
        language_url="/i18n/setlang/",
        sign_out_url="/sign-out",
        ribbon="演示城市：人员、地点、案卷均为虚构",
        theme=Theme.AUTO,
    )


def field_shell(title: str) -> Shell:
    """The frame of a field page."""
    return replace(
        shell(title, COLLECTOR),
        audience=Audience.FIELD,
        navigation=(
            NavItem("任务", "my-tasks", is_current=True, count="3", icon="tasks"),
            NavItem("上报", "field-report", is_primary=True, icon="camera"),
            NavItem("我的", "#", icon="person"),
        ),
        ribbon="",
    )


def left(minutes: int, allowance: int, limit: str, counting: Counting = Counting.CONTINUOUS, **more: bool) -> TimeLeft:
    return running_time_left(
        remaining_minutes=minutes,
        allowance_minutes=allowance,
        due_at=NOW + timedelta(minutes=minutes),
        counting=counting,
        limit_text=limit,
        clause="GB/T 30428.2 附录 B · 2013 版",
        paused=more.get("paused", False),
    )


_ROWS = (
    (
        "00731",
        "上水井盖",
        "缺失、破损",
        "人民路 118 号门前人行道",
        "filed",
        "待派遣",
        "派遣员",
        -12,
        120,
        "紧急 2 小时",
        "采集员上报",
    ),
    (
        "00764",
        "暴露垃圾",
        "未及时清理",
        "青石路与建设路交叉口东北角",
        "reported",
        "待受理",
        "受理员",
        6,
        30,
        "30 分钟",
        "公众上报",
    ),
    (
        "00702",
        "路灯",
        "不亮",
        "滨江大道 27 号杆",
        "handling",
        "处置中",
        "市政照明中心",
        190,
        480,
        "1 个工作日",
        "采集员上报",
    ),
    (
        "00655",
        "道路破损",
        "坑槽",
        "解放西路公交站台前",
        "handling",
        "处置中",
        "青石区市政维护所",
        310,
        960,
        "2 个工作日",
        "12345 热线",
    ),
    (
        "00688",
        "乱设摊点",
        "占道经营",
        "第三中学北门",
        "inspecting",
        "核查中",
        "赵小禾",
        95,
        240,
        "4 小时",
        "采集员上报",
    ),
    (
        "00590",
        "行道树",
        "倒伏、枯死",
        "湖滨社区 12 栋西侧绿地",
        "handling",
        "处置中",
        "园林养护一队",
        2300,
        2880,
        "7 个工作日",
        "部门移送",
    ),
    (
        "00741",
        "违规标语宣传品",
        "非法张贴",
        "东站广场地下通道南口两侧墙面及立柱",
        "awaiting_close",
        "待结案",
        "值班长",
        41,
        60,
        "1 小时",
        "采集员上报",
    ),
    (
        "00612",
        "交通护栏",
        "破损、移位",
        "环城北路 K3+200",
        "returned",
        "回退待改派",
        "派遣员",
        25,
        30,
        "30 分钟",
        "视频发现",
    ),
    (
        "00689",
        "积水（积雪）",
        "排水不畅",
        "文昌桥下穿通道",
        "feedback",
        "处置反馈待审",
        "派遣员",
        18,
        60,
        "1 小时",
        "领导批示、交办",
    ),
)


def rows() -> tuple[CaseRow, ...]:
    """A queue by remaining time, with a paused and a stopped clock at its end."""
    made = [
        CaseRow(
            number=f"430299-20240412-{serial}",
            url="case",
            category_zh=category,
            condition_zh=condition,
            place=place,
            stage=StageChip(stage=stage, stage_zh=stage_zh, turn=turn),
            time_left=left(minutes, allowance, limit, Counting.WORKING if "工作" in limit else Counting.CONTINUOUS),
            source_zh=source,
            reported_at=NOW - timedelta(minutes=37 * (index + 1)),
            flags=_flags(index),
        )
        for index, (
            serial,
            category,
            condition,
            place,
            stage,
            stage_zh,
            turn,
            minutes,
            allowance,
            limit,
            source,
        ) in enumerate(sorted(_ROWS, key=lambda row: int(row[7])))
    ]
    suspended = replace(
        made[3],
        number="430299-20240329-00418",
        category_zh="人行道铺装",
        condition_zh="塌陷",
        place="老街改造段（施工围挡内）",
        time_left=left(300, 960, "2 个工作日", Counting.WORKING, paused=True),
        flags=(Flag("挂账至 06-30"),),
    )
    ended = replace(
        made[2],
        number="430299-20240410-01102",
        stage=StageChip("closed", "已结案", is_ending=True),
        time_left=stopped_time_left(in_time=True),
        flags=(),
    )
    return (*made, suspended, ended)


def _flags(index: int) -> tuple[Flag, ...]:
    return {
        0: (Flag("督办", FlagKind.GRAVE), Flag("催办 1", FlagKind.WARNING)),
        2: (Flag("疑似重复", FlagKind.WARNING),),
        5: (Flag("返工 1", FlagKind.WARNING),),
    }.get(index, ())


def work_list() -> WorkListPage:
    """The seat's work list with its queues."""
    return WorkListPage(
        shell=shell("待办"),
        heading="待办案卷",
        queues=(
            Figure("全部", "76", "work-list", is_current=True),
            Figure("超期", "3", "#", Urgency.OVERDUE),
            Figure("待受理", "12", "#"),
            Figure("待立案", "31", "#"),
            Figure("待派遣", "8", "#"),
            Figure("回退待改派", "2", "#"),
            Figure("处置反馈待审", "5", "#"),
            Figure("待派核查", "9", "#"),
            Figure("待结案", "6", "#"),
        ),
        groups=(RowGroup(rows=rows()),),
        filters=(
            Field(
                "district",
                "区",
                FieldKind.SELECT,
                choices=tuple(Choice(name, name) for name in ("青石区", "临江区", "高新区")),
            ),
            Field(
                "source",
                "来源",
                FieldKind.SELECT,
                choices=tuple(Choice(name, name) for name in ("采集员上报", "公众上报", "12345 热线")),
            ),
        ),
        found_text="共 76 件，按剩余时间排序",
        next_url="?cursor=2",
    )


def empty_list() -> WorkListPage:
    """A search that found nothing."""
    page = work_list()
    nothing = EmptyList(
        title="没有符合“文昌桥 路灯”的案卷",
        detail="编号可只填末五位；地点与文字至少两个字。也可以清除条件再找。",
        link_url="work-list",
        link_text="清除条件",
    )
    return replace(
        page,
        shell=replace(page.shell, search_text="文昌桥 路灯"),
        groups=(RowGroup(rows=(), empty=nothing),),
        found_text="",
        next_url="",
        clear_url="work-list",
    )


def department_list() -> WorkListPage:
    """A unit's three lists on one page, its own on-time rate in the corner."""
    some = rows()
    rest = EmptyList(title="没有待核查的案卷", detail="处置反馈通过批转后会出现在这里。")
    return WorkListPage(
        shell=replace(
            shell("本单位案卷", DEPARTMENT),
            navigation=(NavItem("本单位案卷", "#", is_current=True), NavItem("已办", "#")),
        ),
        heading="城东供排水公司",
        queues=(),
        groups=(
            RowGroup(heading="今天到期", count="2", rows=some[1:3]),
            RowGroup(heading="其余在办", count="4", rows=some[5:9]),
            RowGroup(heading="待核查", count="0", rows=(), empty=rest),
        ),
        corner=(Figure("本月按期率", "96.4%", "#"), Figure("在办", "6", "#")),
    )


def my_tasks() -> WorkListPage:
    """A collector's tasks."""
    some = rows()
    return WorkListPage(
        shell=field_shell("我的任务"),
        heading="我的任务",
        queues=(Figure("待核实", "1", "#", is_current=True), Figure("待核查", "2", "#"), Figure("我上报的", "18", "#")),
        groups=(RowGroup(rows=(some[1], some[4], some[6])),),
    )


@dataclass(frozen=True, slots=True)
class GalleryPage:
    """The gallery's own list."""

    shell: Shell


def gallery_index() -> GalleryPage:
    """The gallery's own list."""
    return GalleryPage(shell=shell("页面样例", None))

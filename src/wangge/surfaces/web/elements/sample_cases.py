"""Invented cases for the gallery: each state the case page can be in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from wangge.surfaces.web.command.pages import (
    CasePage,
    QueuePane,
    Reporter,
)
from wangge.surfaces.web.elements.forms import BarredVerb, Choice, Conflict, Field, FieldKind, Form, VerbForm
from wangge.surfaces.web.elements.pieces import (
    ClockLine,
    ClockMark,
    ClockSegment,
    Fact,
    Flag,
    FlagKind,
    MapLayer,
    MapView,
    Notice,
    NoticeKind,
    Overlay,
    Photo,
    Place,
    SegmentKind,
    StageChip,
    Step,
    stopped_time_left,
)
from wangge.surfaces.web.elements.samples import NOW, field_shell, left, rows, shell
from wangge.surfaces.web.elements.words import Urgency

LAYERS = tuple(
    MapLayer(name, label, f"ground/{name}.geojson")
    for name, label in (
        ("water", "水系"),
        ("grids", "单元网格"),
        ("roads", "道路"),
        ("districts", "区界"),
        ("components", "部件"),
    )
)
MAP = MapView(lon="113.134000", lat="27.827000", layers=LAYERS)


def photo(number: int, kind: str, minutes_ago: int, *warnings: str) -> Photo:
    """A drawn picture."""
    return Photo(
        url=f"photo/{number}.svg",
        thumbnail_url=f"photo/{number}.svg",
        kind_zh=kind,
        taken_at=NOW - timedelta(minutes=minutes_ago),
        viewer_url="photo",
        warnings=warnings,
        check_code="9c1e4f0a77b1d3c2e85f6a90b4c8d7e1f2033445a6b7c8d9e0f1a2b3c4d5e6f7",
        uploaded_by="赵小禾",
    )


DEPARTMENTS = (
    Choice("D-SP", "城东供排水公司", "专业部门", "权属单位"),
    Choice("D-ZM", "市政照明中心", "专业部门"),
    Choice("D-YL", "园林养护一队", "专业部门"),
    Choice("D-QS", "青石区市政维护所", "青石区"),
    Choice("D-QS1", "青石街道办事处", "青石区"),
    Choice("D-LJ", "临江区城管执法大队", "临江区"),
)


def _verb(verb: str, verb_zh: str, *fields: Field, key: str = "", effect: str = "", **more: object) -> VerbForm:
    form = Form(url="#", fields=fields, submit_text=verb_zh, draft_key=f"sample-{verb}", hidden=(("version", "4"),))
    made = VerbForm(verb=verb, verb_zh=verb_zh, form=form, key=key, effect=effect)
    return replace(made, **more)  # type: ignore[arg-type]


REASON = Field("reason", "原因", FieldKind.LONG_TEXT, placeholder="写明原因，将记入案卷")


def verbs() -> tuple[VerbForm, ...]:
    """What a dispatcher may do with a filed case."""
    return (
        _verb(
            "dispatch",
            "派遣",
            Field(
                "department",
                "责任单位",
                FieldKind.SEARCH,
                value="D-SP",
                choices=DEPARTMENTS,
                placeholder="输入名称查找",
            ),
            Field("note", "说明", FieldKind.LONG_TEXT, required=False),
            key="Enter",
            effect="→ 处置中，处置时限 2 小时起算",
            proposal="建议：城东供排水公司。该井盖登记的权属单位，近一年同类案卷 41 件均由其处置。",
            is_usual=True,
        ),
        _verb("return_to_filing", "回退立案", REASON, key="R", effect="→ 待立案"),
        _verb(
            "split",
            "分案办理",
            Field("departments", "分给", FieldKind.MANY, choices=DEPARTMENTS[:4]),
            REASON,
            effect="→ 分案办理中",
        ),
        _verb("forward_outside", "转外单位", Field("body", "外单位", FieldKind.TEXT), REASON),
        _verb("request_void", "申请作废", REASON, key="V", is_grave=True),
    )


def clock_lines() -> tuple[ClockLine, ...]:
    """A handling clock that paused once and is past its limit, after an accept clock kept in time."""
    start = NOW - timedelta(minutes=252)
    return (
        ClockLine(
            label="处置 · 第 1 轮",
            time_left=left(-12, 120, "紧急 2 小时"),
            started_at=start,
            due_permille=860,
            segments=(
                ClockSegment(SegmentKind.RUNNING, 0, 310, "计时 62 分钟"),
                ClockSegment(SegmentKind.PAUSED, 310, 570, "暂停：询问诉求人"),
                ClockSegment(SegmentKind.RUNNING, 570, 860, "计时 58 分钟"),
                ClockSegment(SegmentKind.OVER, 860, 940, "超期 12 分钟"),
            ),
            marks=(
                ClockMark(0, "派遣", start),
                ClockMark(90, "签收", start + timedelta(minutes=20)),
                ClockMark(310, "询问诉求人", start + timedelta(minutes=62)),
                ClockMark(570, "诉求人答复", start + timedelta(minutes=182)),
            ),
            used_text="已用 2 小时 12 分钟",
            now_permille=940,
        ),
        ClockLine(
            label="受理",
            time_left=stopped_time_left(in_time=True, limit_text="30 分钟"),
            started_at=start - timedelta(minutes=50),
            due_permille=1000,
            segments=(ClockSegment(SegmentKind.RUNNING, 0, 400, "用时 12 分钟"),),
            marks=(ClockMark(400, "受理", start - timedelta(minutes=38)),),
            used_text="用时 12 分钟，限 30 分钟",
        ),
    )


def steps() -> tuple[Step, ...]:
    """The history so far, newest first."""
    return (
        Step(
            4,
            "督办",
            NOW - timedelta(minutes=20),
            "陈主任",
            "中心领导",
            facts=(Fact("级别", "二级"), Fact("限期回复", "4 个工作小时")),
            note="学校门口，先设围挡再修复。",
            check_code="a41f…09c2",
        ),
        Step(
            3,
            "立案",
            NOW - timedelta(minutes=82),
            "王值班",
            "值班长",
            to_stage_zh="待派遣",
            facts=(Fact("立案条件", "缺失、破损"), Fact("处置时限", "紧急 2 小时")),
            clock_text="立案用时 9 分钟（限 30 分钟）",
            clock_urgency=Urgency.MET,
            check_code="77be…d310",
        ),
        Step(
            2,
            "受理",
            NOW - timedelta(minutes=91),
            "系统",
            "系统",
            to_stage_zh="待立案",
            rule_zh="采集员上报且照片、位置齐全",
            clock_text="受理用时 1 分钟（限 30 分钟）",
            clock_urgency=Urgency.MET,
            check_code="0f52…7a4d",
        ),
        Step(
            1,
            "上报",
            NOW - timedelta(minutes=92),
            "赵小禾",
            "信息采集员",
            to_stage_zh="待受理",
            photos=(photo(1, "处置前", 93), photo(3, "处置前", 93)),
            note="井盖缺失，旁边有小学，已放置临时警示锥。",
            check_code="c9e0…1b88",
        ),
    )


def case() -> CasePage:
    """A filed case at the dispatcher's desk, late, supervised."""
    queue = tuple(replace(row, is_current=index == 0) for index, row in enumerate(rows()))
    return CasePage(
        shell=shell("上水井盖 430299-20240412-00731"),
        number="430299-20240412-00731",
        version=4,
        category_zh="上水井盖",
        category_path="部件 · 公用设施 · 0101",
        condition_zh="缺失、破损",
        stage=StageChip("filed", "待派遣", "派遣员"),
        time_left=left(-12, 30, "紧急 2 小时"),
        place=Place(
            "人民路 118 号门前人行道",
            "113.134000",
            "27.827000",
            "青石区",
            "430299001003012",
            "4302990101000731 · 上水井盖",
            "城东供排水公司",
        ),
        source_zh="采集员上报",
        reported_at=NOW - timedelta(minutes=92),
        description="人行道上水井盖缺失，井口约 70 厘米，紧邻小学放学路线，已放置临时警示锥。",
        verbs=verbs(),
        steps=steps(),
        clock_lines=clock_lines(),
        flags=(Flag("督办", FlagKind.GRAVE), Flag("催办 1", FlagKind.WARNING)),
        overlays=(
            Overlay(
                "二级督办",
                "陈主任：学校门口，先设围挡再修复。回复剩余 3 个工作小时",
                NOW - timedelta(minutes=20),
                NOW + timedelta(minutes=230),
                Urgency.OVERDUE,
            ),
            Overlay("申请延期", "4 个工作小时，待值班长审批", NOW - timedelta(minutes=8), None, Urgency.PAUSED),
        ),
        photos_before=(photo(1, "处置前", 93),),
        photos_after=(),
        photos_other=(photo(3, "处置前", 93), photo(5, "核实", 60)),
        reporter=Reporter(
            "赵**",
            "138****4471",
            Form(
                "#",
                (Field("reason", "查看事由", FieldKind.TEXT, placeholder="例如：核对到场时间"),),
                "显示并记录",
                hidden=(),
            ),
        ),
        facts=(Fact("责任网格", "青石 03 网格", "#"), Fact("立案依据", "城市管理部件和事件立案标准 2013 版", "#")),
        barred=(
            BarredVerb("延期", "次数已用完：本轮已批准延期 2 次。"),
            BarredVerb("简易程序结案", "该小类不在快速处置清单。"),
        ),
        map=MAP,
        queue=QueuePane("待办案卷", queue, "work-list", "case-after", "case-refused"),
        similar=rows()[1:3],
        photo_list_url="photo",
        print_url="case-file",
        watch_text="李四 正在查看",
    )


def case_after() -> CasePage:
    """A case just closed."""
    done = Notice(NoticeKind.DONE, "已结案。", "案卷已转入待归档。")
    page = case()
    return replace(
        page,
        shell=shell("路灯 430299-20240410-01102", page.shell.viewer, done),
        number="430299-20240410-01102",
        stage=StageChip("closed", "已结案", is_ending=True),
        time_left=stopped_time_left(in_time=True, limit_text="紧急 2 小时"),
        photos_after=(photo(0, "处置后", 12),),
        verbs=(),
        barred=(),
        overlays=(),
        flags=(),
        watch_text="",
    )


def case_refused() -> CasePage:
    """A move that was refused, with the reason and what to do."""
    refused = Notice(
        NoticeKind.REFUSED,
        "没有派遣：岗位不符。",
        "本环节由派遣员办理，您当前以受理员身份值班。内容未保存到案卷，已保留在下方表单中；请切换岗位或交派遣员办理。",
    )
    return replace(case(), refused=refused)


def case_conflict() -> CasePage:
    """Two people on one case."""
    conflict = Conflict(
        notice=Notice(
            NoticeKind.WARNING,
            "您填写期间，李四已办理此案卷。",
            "您的内容没有保存，保留在左侧；请对照后决定是否再提交。",
        ),
        mine_title="您要提交的",
        mine=(Fact("办理", "派遣"), Fact("责任单位", "城东供排水公司"), Fact("说明", "先围挡，两小时内恢复")),
        theirs_title="李四 10:41 已办理",
        theirs=(
            Fact("办理", "派遣"),
            Fact("责任单位", "青石区市政维护所"),
            Fact("环节", "待派遣 → 处置中"),
            Fact("版本", "4 → 5"),
        ),
        reload_url="case",
    )
    return replace(case(), conflict=conflict, version=5, stage=StageChip("handling", "处置中", "青石区市政维护所"))


def field_task() -> CasePage:
    """An inspection in a collector's hand."""
    page = case()
    form = Form(
        "#",
        (
            Field("photo_site", "现场照片", FieldKind.PHOTOS, from_camera=True),
            Field("location", "所在位置", FieldKind.POINT, map=MAP, value="113.134020,27.827010"),
        ),
        "核查通过",
        draft_key="sample-pass",
    )
    failed = Form(
        "#",
        (
            Field("reason", "不通过的原因", FieldKind.LONG_TEXT),
            Field("photo_site", "现场照片", FieldKind.PHOTOS, from_camera=True),
        ),
        "核查不通过",
        draft_key="sample-fail",
    )
    return replace(
        page,
        shell=field_shell("核查 上水井盖"),
        stage=StageChip("inspecting", "核查中", "赵小禾"),
        verbs=(
            VerbForm("pass_inspection", "核查通过", form, key="Enter", effect="→ 待结案", is_usual=True),
            VerbForm("fail_inspection", "核查不通过（返工）", failed, effect="→ 处置中", is_grave=True),
        ),
        photos_after=(photo(0, "处置后", 12),),
        photos_other=(),
        queue=None,
        barred=(),
        overlays=(),
        reporter=None,
        map=None,
        similar=(),
        print_url="",
        watch_text="",
        clock_lines=page.clock_lines[:1],
    )

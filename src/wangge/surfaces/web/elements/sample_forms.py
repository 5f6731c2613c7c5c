"""Invented single pages for the gallery: report form, photo, paper, sign-in, errors."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from wangge.surfaces.web.command.pages import CaseFilePage, ComponentChoice, Near, PhotoPage, ReportPage, Signature
from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form
from wangge.surfaces.web.elements.pieces import Fact
from wangge.surfaces.web.elements.sample_cases import MAP, case, photo
from wangge.surfaces.web.elements.samples import NOW, field_shell, rows, shell
from wangge.surfaces.web.pages import DemoSignIn, ErrorPage, NavItem, SignInPage, SignInStep

CATEGORIES = (
    Choice("component:0101", "上水井盖", "部件 · 公用设施", "0101"),
    Choice("component:0102", "污水井盖", "部件 · 公用设施", "0102"),
    Choice("component:0103", "雨水井盖", "部件 · 公用设施", "0103"),
    Choice("component:0104", "雨水箅子", "部件 · 公用设施", "0104"),
    Choice("component:0117", "路灯", "部件 · 公用设施", "0117"),
    Choice("event:0201", "暴露垃圾", "事件 · 市容环境", "0201"),
    Choice("event:0202", "积存垃圾渣土", "事件 · 市容环境", "0202"),
    Choice("event:0203", "道路不洁", "事件 · 市容环境", "0203"),
)
_SOURCE = Field(
    "source",
    "来源",
    FieldKind.CHOICE,
    value="public",
    choices=(
        Choice("public", "公众上报"),
        Choice("hotline", "12345 热线"),
        Choice("media", "媒体曝光"),
        Choice("video", "视频发现"),
        Choice("leader", "领导批示、交办"),
        Choice("transfer", "部门移送"),
    ),
)
_CATEGORY = Field(
    "category",
    "小类",
    FieldKind.SEARCH,
    choices=CATEGORIES,
    placeholder="输入名称或编码，如“井盖”“0201”",
    required=False,
)
_CONDITION = Field(
    "condition_seq",
    "立案条件",
    FieldKind.CHOICE,
    required=False,
    choices=(Choice("1", "缺失、破损", hint="紧急 2 小时"), Choice("2", "松动、响动", hint="1 个工作日")),
)
_DESCRIPTION = Field("description", "问题描述", FieldKind.LONG_TEXT, max_length=2000)
_POINT = Field(
    "location",
    "位置",
    FieldKind.POINT,
    map=MAP,
    required=False,
    help="在地图上点一下，或填写坐标；只有地址也可以登记。",
)
_ADDRESS = Field("address", "地点描述", FieldKind.ADDRESS, placeholder="路名、门牌、参照物，可输拼音首字母")


def report(*, wrong: bool = False) -> ReportPage:
    """A seat types what a caller says; with `wrong` the server found something missing."""
    problem = (_SOURCE, _CATEGORY, _CONDITION, _DESCRIPTION)
    where = (_POINT, _ADDRESS)
    errors: tuple[str, ...] = ()
    if wrong:
        errors = ("还没有保存：下面有 2 处需要补充。",)
        problem = (*problem[:3], replace(_DESCRIPTION, errors=("缺少必填项：请写明问题是什么。",)))
        where = (replace(_POINT, errors=("请给出位置或地址，两者有一即可。",)), _ADDRESS)
    photos = (
        Field("photo_before", "照片", FieldKind.PHOTOS, required=False, help="JPEG、PNG、WebP，每张不超过 20 MB。"),
    )
    reporter = (
        Field("reporter_name", "称呼", FieldKind.TEXT, required=False, is_personal=True),
        Field("reporter_phone", "电话", FieldKind.TEXT, required=False, is_personal=True, input_mode="tel"),
        Field("keep_secret", "保密", FieldKind.MANY, required=False, choices=(Choice("yes", "举报，身份保密"),)),
    )
    return ReportPage(
        shell=shell("登记"),
        heading="登记问题",
        form=Form("#", (*problem, *where, *photos, *reporter), "登记", draft_key="sample-report", errors=errors),
        problem=problem,
        where=where,
        photos=photos,
        reporter=reporter,
        near=Near(
            rows()[1:2],
            (
                ComponentChoice("9901010102000017", "污水井盖", "水务公司 · 4 米 · 9901010102000017", is_chosen=True),
                ComponentChoice("9901010103000021", "雨水井盖", "市政中心 · 18 米 · 9901010103000021"),
            ),
            "建议：水务公司。规则：全市 污水井盖 → 部件的权属单位（市政设施移交协议）。"
            "建议时限：4 小时（按这条规则：井盖移位、未盖严）。",
        ),
    )


def wrong_report() -> ReportPage:
    """The same with what must be mended."""
    return report(wrong=True)


def field_report() -> ReportPage:
    """A collector's report: the camera first."""
    page = report()
    photos = (Field("photo_before", "处置前照片", FieldKind.PHOTOS, from_camera=True),)
    return replace(
        page,
        shell=field_shell("上报"),
        heading="上报",
        form=replace(page.form, submit_text="上报"),
        photos=photos,
        problem=(replace(_CATEGORY, required=True), replace(_DESCRIPTION, required=False)),
        where=(replace(_POINT, required=True), replace(_ADDRESS, required=False)),
        reporter=(),
        near=replace(page.near, similar=(), proposal=""),
    )


def photo_page() -> PhotoPage:
    """One photo large."""
    return PhotoPage(
        shell=shell("照片"),
        number="430299-20240412-00731",
        case_url="case",
        category_zh="上水井盖 · 缺失、破损",
        photo=replace(photo(1, "处置前", 93, "拍摄位置距案卷位置 312 米，请核对。"), viewer_url="photo"),
        position_text="1 / 3",
        facts=(
            Fact("上传", "赵小禾 2024-04-12 09:10"),
            Fact("拍摄", "2024-04-12 09:09（照片记录）"),
            Fact("尺寸", "2560 × 1920"),
        ),
        next_url="photo",
        others=(
            photo(1, "处置前", 93),
            replace(photo(3, "处置前", 93), viewer_url="#2"),
            replace(photo(5, "核实", 60), viewer_url="#3"),
        ),
        original=Form("#", (Field("reason", "调阅事由", FieldKind.TEXT),), "调阅并记录"),
    )


def case_file() -> CaseFilePage:
    """The case on paper."""
    page = replace(case(), photos_after=(photo(0, "处置后", 12),))
    return CaseFilePage(
        shell=shell("案卷打印"),
        case=page,
        case_url="case",
        word_url="#",
        organization="青石市城市管理监督指挥中心",
        printed_by="张三（受理员）",
        printed_at=NOW,
        steps=tuple(reversed(page.steps)),
        signatures=(Signature("经办人"), Signature("审核人"), Signature("日期")),
        chain_text="校验码 SM3 a41f7b20e6c94d1882d0f3b5c7a9e1d4f6082b3c5d7e9f1a2b4c6d8e0f1309c2，共 4 步，核对一致",
    )


def marked_case_file() -> CaseFilePage:
    """The same in a city that asks for a watermark."""
    page = case_file()
    return replace(page, shell=replace(page.shell, watermark="张三 acceptor-3 2024-04-12 09:20"))


_USERNAME = Field("username", "账号", FieldKind.TEXT, autocomplete="username")
_PASSWORD = Field("password", "密码", FieldKind.SECRET, autocomplete="current-password", is_personal=True)
_CODE = Field(
    "code", "动态验证码", FieldKind.TEXT, autocomplete="one-time-code", input_mode="numeric", is_personal=True
)


def sign_in(step: SignInStep = SignInStep.PASSWORD) -> SignInPage:
    """Each step of signing in."""
    frame = replace(
        shell("登录", None),
        navigation=(),
        sign_out_url="",
        page_kind="sign_in",
        ribbon="演示城市：人员、地点、案卷均为虚构",
    )
    page = SignInPage(shell=frame, step=step, url="#", fields=(_USERNAME, _PASSWORD))
    if step is SignInStep.PASSWORD:
        return replace(
            page,
            provider_url="#",
            provider_text="用政务统一身份登录",
            demo=(
                DemoSignIn("seat", "受理员、值班长、派遣员", "全市"),
                DemoSignIn("collector", "信息采集员", "青石区"),
                DemoSignIn("water", "责任单位", "城东供排水公司"),
            ),
            demo_password="wangge-demo",  # noqa: S106 - printed by the gallery only
        )
    if step is SignInStep.LOCKED:
        return replace(
            page,
            fields=(),
            locked_text="密码连续 5 次不正确，请 15 分钟后再试，或联系系统管理员解除。",
            cancel_url="sign-in",
        )
    return replace(
        page,
        fields=(_CODE,),
        cancel_url="sign-in",
        qr_svg_url="photo/2.svg",
        secret_text="JBSW Y3DP EHPK 3PXP",  # noqa: S106 - an example
    )


def second_factor() -> SignInPage:
    """The second step, after a wrong code."""
    return replace(
        sign_in(SignInStep.SECOND_FACTOR), errors=("验证码不正确或已过期，请填写验证器当前显示的六位数字。",)
    )


def enrol() -> SignInPage:
    """The first binding of a second factor."""
    return sign_in(SignInStep.ENROL)


def locked() -> SignInPage:
    """Locked out."""
    return sign_in(SignInStep.LOCKED)


_ERRORS = {
    403: (
        "没有查看权限",
        "您的岗位不能查看这一页。",
        "没有写入任何内容。",
        "如因工作需要，请联系系统管理员调整岗位；也可回到工作台。",
    ),
    404: (
        "没有找到",
        "这个地址没有内容，或案卷不在您可查看的范围内。",
        "没有写入任何内容。",
        "请核对案卷编号，或从工作台查找。",
    ),
    409: (
        "案卷已有变化",
        "您打开之后，别人已办理此案卷。",
        "您这次提交没有保存，填写的内容保留在本机。",
        "请打开案卷的最新情况，再决定是否提交。",
    ),
    429: ("操作太频繁", "短时间内请求过多。", "这次提交没有保存。", "请在 30 秒后再试。"),
    500: (
        "系统出错",
        "处理时发生了意外错误，已自动记录。",
        "这次提交没有保存；填写的内容保留在本机。",
        "请稍后重试；如再次出现，请把下面的编号告知系统管理员。",
    ),
    503: (
        "暂时无法服务",
        "数据库暂时不可用，正在恢复。",
        "这次提交没有保存；填写的内容保留在本机。",
        "请稍候约一分钟后刷新本页。",
    ),
}


def error(status: int) -> ErrorPage:
    """An error page of each kind."""
    title, happened, saved, following = _ERRORS[status]
    return ErrorPage(
        shell=replace(shell(title), page_kind="error"),
        status=status,
        title=title,
        what_happened=happened,
        was_saved=saved,
        next_step=following,
        links=(NavItem("回到工作台", "work-list", is_primary=True), NavItem("重新载入", "#")),
        reference=f"{NOW + timedelta(minutes=1):%Y%m%d-%H%M}-7f3a" if status == 500 else "",
    )

"""Invented people, rights, rules and audit lines for the gallery."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from wangge.domains.cases.queries.rule_reach import Reach
from wangge.surfaces.web.administration.audit_pages import AuditPage, AuditRow
from wangge.surfaces.web.administration.people_pages import (
    HoldingRow,
    PeoplePage,
    PersonAct,
    PersonPage,
    PersonRow,
    TokenRow,
)
from wangge.surfaces.web.administration.permission_views import MoveRow, OpenPage, PermissionsPage, SightLine
from wangge.surfaces.web.administration.rule_views import RuleRow, RulesPage
from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind, Form
from wangge.surfaces.web.elements.pieces import Fact
from wangge.surfaces.web.elements.sample_office import OFFICE
from wangge.surfaces.web.elements.samples import NOW, shell

POSTS = (Choice("acceptor", "受理员"), Choice("department", "责任单位"))


def people() -> PeoplePage:
    """One on duty, one without a post, one who has left."""
    return PeoplePage(
        shell=shell("人员与岗位", OFFICE), heading="人员与岗位", url="#", words="", post="", posts=POSTS,
        people=(
            PersonRow("安晓", "an.xiao", "#", ("受理员",), True, "白班"),
            PersonRow("白帆", "bai.fan", "#", ("责任单位 · 供排水公司", "采集员 · 云岚区"), True, ""),
            PersonRow("常青", "chang.qing", "#", (), True, ""),
            PersonRow("丁宁", "ding.ning", "#", ("档案员",), False, ""),
        ),
        total=207,
        form=Form(
            "#",
            (
                Field("username", "用户名", FieldKind.TEXT, help="登录时输入；不含空格，以后不能改。"),
                Field("name", "姓名", FieldKind.TEXT),
                Field("phone", "电话", FieldKind.TEXT, required=False),
            ),
            "新建人员",
        ),
        permissions_url="#",
    )  # fmt: skip


def nobody() -> PeoplePage:
    """Nobody fits, and who looks may not add anyone."""
    return replace(people(), words="没有的人", people=(), total=0, form=None)


def person() -> PersonPage:
    """The security administrator looks at one who changed his post."""
    return PersonPage(
        shell=shell("白帆", OFFICE), heading="白帆", list_url="#", state="在用",
        facts=(
            Fact("用户名", "bai.fan"), Fact("电话", "138****5678"), Fact("最近登录", "2026-05-06 08:01:12"),
            Fact("密码设定", "2026-03-01 09:00:00"), Fact("动态口令", "已启用"),
        ),
        holdings=(
            HoldingRow(2, "责任单位", "供排水公司", NOW - timedelta(days=40), None, True, Form("#", (), "收回")),
            HoldingRow(1, "采集员", "云岚区", NOW - timedelta(days=400), NOW - timedelta(days=40), False, None),
        ),
        tokens=(
            TokenRow(7, "停车场视频平台", "读写业务", NOW - timedelta(days=20), NOW + timedelta(days=70), "有效",
                     Form("#", (), "吊销")),
        ),
        acts=(
            PersonAct("grant", "授予岗位", "立即生效；三员须由不同的人担任。",
                      Form("#", (Field("post", "岗位", FieldKind.SELECT, choices=POSTS),), "授予岗位")),
            PersonAct("password", "发放初始密码", "新密码只显示一次；下次登录必须修改，其他会话随即结束。",
                      Form("#", (), "发放初始密码")),
        ),
        barred=("维护人员由系统管理员办理。",),
    )  # fmt: skip


def new_password() -> PersonPage:
    """A password right after it was made."""
    return replace(person(), shown_once=Fact("初始密码", "wT7-kq2mZx9A"))


def permissions() -> PermissionsPage:
    """What an acceptor may do."""
    return PermissionsPage(
        shell=shell("岗位权限", OFFICE), heading="岗位权限", url="#", people_url="#", post="acceptor", posts=POSTS,
        holders=12,
        sights=(SightLine("全市的", (), "个人信息可凭事由查看", "举报人身份不可见", "posts.csv may_see"),),
        moves=(
            MoveRow("受理", ("待受理", "核实中"), "CJ/T 315 5.2"),
            MoveRow("立案", ("已受理",), "GB/T 30428.6 4.3"),
        ),
        pages=(OpenPage("工作台", "own choice", "C"), OpenPage("案卷查询", "own choice", "C")),
        endpoints=(OpenPage("案卷列表(接口)", "contract.md 1", "B"),),
    )  # fmt: skip


def rules() -> RulesPage:
    """Limits: one of the nation, one of the city's own, one that nobody has confirmed."""
    return RulesPage(
        shell=shell("规则查询", OFFICE), heading="规则查询", url="#", table="time_limits",
        tables=(Choice("time_limits", "处置时限"), Choice("moves", "流转操作")), on="2026-05-06", against="",
        coming=("2027-01-01",), words="", columns=("小类", "立案条件", "时限", "结案条件"),
        rules=(
            RuleRow((("上水井盖", ""), ("破损、缺失", ""), ("2 紧急工时", ""), ("修复", "")),
                    "GB/T 30428.2 A.1", "A", False, "", "national/time_limits.csv:2", False, "", "", ""),
            RuleRow((("路灯", ""), ("不亮", ""), ("1 工作日", ""), ("复明", "")), "市城管委通知", "B", True, "",
                    "overlay/time_limits.csv:2", True, "路灯 · 不亮 · 2 工作日 · 复明", "", "2026-01-01–"),
        ),
        total=2, changed=0, reach=None,
    )  # fmt: skip


def changes() -> RulesPage:
    """What a coming day changes."""
    row = rules().rules[1]
    changed = replace(row, cells=(("路灯", ""), ("不亮", ""), ("4 工作时", "1 工作日"), ("复明", "")), mark="改变")
    return replace(rules(), against="2027-01-01", rules=(changed,), total=1, changed=1, reach=Reach(213, 318))


def audit() -> AuditPage:
    """A sign-in, an act on a case, a reveal."""
    return AuditPage(
        shell=shell("审计记录", OFFICE), heading="审计记录", url="#", first="2026-05-01", last="2026-05-06", person="",
        object_key="", kind="", kinds=(Choice("sign_in", "登录"), Choice("reveal", "查看个人信息")),
        rows=(
            AuditRow(NOW, "安晓", "查看个人信息", "案卷", "430201-20260506-00017", "#",
                     (("事由", "回访"), ("查看的内容", "name phone")), "10.0.0.7"),
            AuditRow(NOW - timedelta(minutes=4), "安晓", "办理", "案卷", "430201-20260506-00017", "#",
                     (("办理", "accept"),), "10.0.0.7"),
            AuditRow(NOW - timedelta(minutes=31), "安晓", "登录", "人员", "an.xiao", "", (), "10.0.0.7"),
        ),
        next_url="#", export_url="#",
    )  # fmt: skip


def no_audit() -> AuditPage:
    """Nothing in these days."""
    return replace(audit(), rows=(), next_url="")

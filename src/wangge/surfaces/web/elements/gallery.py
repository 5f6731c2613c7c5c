"""The gallery: every page in every state with invented content, for looking at; open in the demo and in debug only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from wangge.groundwork import clock
from wangge.surfaces.web.elements import (
    sample_administration,
    sample_assessment,
    sample_assessment_checks,
    sample_case_imports,
    sample_cases,
    sample_check,
    sample_components,
    sample_department,
    sample_desks,
    sample_field,
    sample_finance,
    sample_finance_office,
    sample_forms,
    sample_hotline,
    sample_office,
    sample_ownership,
    sample_partners,
    sample_platform,
    sample_public,
    sample_telephone,
    samples,
)
from wangge.surfaces.web.elements.sample_ground import sample_layer, sample_photo


@dataclass(frozen=True, slots=True)
class Sample:
    """A page to look at: which template, and what fills it."""

    title: str
    template: str
    make: Callable[[], object]


SAMPLES: dict[str, Sample] = {
    "work-list": Sample("坐席待办", "web/command/work_list.html", samples.work_list),
    "search-empty": Sample("查找无结果", "web/command/work_list.html", samples.empty_list),
    "department-figures": Sample("责任单位：时限与考评", "web/department/figures.html", sample_department.figures),
    "department-figures-none": Sample(
        "责任单位：时限与考评：无", "web/department/figures.html", sample_department.nothing_yet
    ),
    "department-list": Sample("责任单位", "web/command/work_list.html", samples.department_list),
    "my-tasks": Sample("采集员任务", "web/command/work_list.html", samples.my_tasks),
    "case": Sample("案卷", "web/command/case.html", sample_cases.case),
    "case-after": Sample("案卷：刚结案", "web/command/case.html", sample_cases.case_after),
    "case-refused": Sample("案卷：办理被拒", "web/command/case.html", sample_cases.case_refused),
    "case-conflict": Sample("案卷：两人同办", "web/command/case.html", sample_cases.case_conflict),
    "field-task": Sample("采集员核查", "web/command/case.html", sample_cases.field_task),
    "report": Sample("登记", "web/command/report.html", sample_forms.report),
    "report-wrong": Sample("登记：需补充", "web/command/report.html", sample_forms.wrong_report),
    "field-report": Sample("采集员上报", "web/command/report.html", sample_forms.field_report),
    "field-app": Sample("外勤应用：上报", "web/field/app.html", sample_field.field_app),
    "field-mine": Sample("我的工作量与考评", "web/field/mine.html", sample_field.mine),
    "field-mine-new": Sample("我的工作量与考评：第一天", "web/field/mine.html", sample_field.mine_new),
    "field-tracker": Sample("后台定位", "web/field/tracker.html", sample_field.tracker),
    "field-tracker-made": Sample("后台定位：二维码", "web/field/tracker.html", sample_field.tracker_made),
    "photo": Sample("照片", "web/command/photo.html", sample_forms.photo_page),
    "case-file": Sample("案卷打印", "web/command/case_file.html", sample_forms.case_file),
    "case-file-marked": Sample("案卷打印：水印", "web/command/case_file.html", sample_forms.marked_case_file),
    "case-map": Sample("在办案卷地图", "web/command/case_map.html", sample_ownership.case_map),
    "components": Sample("部件", "web/office/components.html", sample_components.register),
    "components-empty": Sample("部件：空", "web/office/components.html", sample_components.nothing_there),
    "components-none": Sample("部件：没有找到", "web/office/components.html", sample_components.nothing_found),
    "component": Sample("部件：一个", "web/office/component.html", sample_components.component),
    "censuses": Sample("部件普查", "web/office/censuses.html", sample_components.censuses),
    "censuses-empty": Sample("部件普查：空", "web/office/censuses.html", sample_components.no_census),
    "census": Sample("部件普查：一次", "web/office/census.html", sample_components.census),
    "census-task": Sample("普查任务", "web/office/census_task.html", sample_components.task),
    "roads": Sample("路段与自有图层", "web/office/roads.html", sample_components.roads),
    "roads-empty": Sample("路段与自有图层：空", "web/office/roads.html", sample_components.no_roads),
    "ownership": Sample("权属规则", "web/office/ownership.html", sample_ownership.sets),
    "ownership-empty": Sample("权属规则：空", "web/office/ownership.html", sample_ownership.no_sets),
    "ownership-ruling": Sample("权属确认", "web/office/ruling.html", sample_ownership.ruling),
    "ownership-ruling-settled": Sample("权属确认：已成规则", "web/office/ruling.html", sample_ownership.ruling_settled),
    "ownership-set": Sample("权属规则：草案", "web/office/ownership_set.html", sample_ownership.draft),
    "ownership-wrong": Sample("不被采纳的规则", "web/office/ownership_wrong.html", sample_ownership.wrong),
    "ownership-wrong-none": Sample(
        "不被采纳的规则：无", "web/office/ownership_wrong.html", sample_ownership.nothing_proposed
    ),
    "case-imports": Sample("导入案卷", "web/office/case_imports.html", sample_case_imports.give_file),
    "case-imports-none": Sample("导入案卷：还没有", "web/office/case_imports.html", sample_case_imports.first_file),
    "case-import-under-way": Sample("案卷导入中", "web/office/case_import.html", sample_case_imports.under_way),
    "case-import-checked": Sample("案卷导入：待确认", "web/office/case_import.html", sample_case_imports.checked),
    "case-import-failed": Sample("案卷导入：没有完成", "web/office/case_import.html", sample_case_imports.failed),
    "hotline-orders": Sample("热线工单", "web/office/hotline_orders.html", sample_hotline.orders),
    "hotline-orders-none": Sample("热线工单：空", "web/office/hotline_orders.html", sample_hotline.no_orders),
    "hotline-days": Sample("热线对账", "web/office/hotline_days.html", sample_hotline.days),
    "hotline-days-none": Sample("热线对账：空", "web/office/hotline_days.html", sample_hotline.no_days),
    "hotline-order": Sample("热线工单：答复待审", "web/office/hotline_order.html", sample_hotline.one_order),
    "partners": Sample("外部推送", "web/office/partners.html", sample_partners.partners),
    "partners-none": Sample("外部推送：空", "web/office/partners.html", sample_partners.no_partners),
    "partner-stopped": Sample("外部系统：已停发", "web/office/partner.html", sample_partners.stopped),
    "partner-added": Sample("外部系统：刚登记", "web/office/partner.html", sample_partners.just_added),
    "platform": Sample("平台运行", "web/office/platform.html", sample_platform.troubled),
    "platform-well": Sample("平台运行：全部正常", "web/office/platform.html", sample_platform.well),
    "handover": Sample("交接班", "web/command/handover.html", sample_desks.handovers),
    "handover-none": Sample("交接班：空", "web/command/handover.html", sample_desks.no_handover),
    "search-within": Sample("案卷查询：图上范围", "web/command/work_list.html", sample_desks.within_ring),
    "search-telephone": Sample("按电话号码查找", "web/command/work_list.html", sample_desks.telephone_asked),
    "search-telephone-wrong": Sample(
        "按电话号码查找：号码不全", "web/command/work_list.html", sample_desks.telephone_wrong
    ),
    "work-list-views": Sample("待办：保存的视图", "web/command/work_list.html", sample_desks.with_views),
    "work-list-columns": Sample("待办：自选列", "web/command/work_list.html", sample_desks.with_columns),
    "board": Sample("值班长", "web/command/board.html", sample_desks.board),
    "board-calm": Sample("值班长：无事", "web/command/board.html", sample_desks.calm_board),
    "together": Sample("批量办理：一次办结", "web/command/together.html", sample_desks.together),
    "together-done": Sample("批量办理：结果", "web/command/together.html", sample_desks.together_done),
    "texts": Sample("常用语", "web/command/texts.html", sample_desks.texts),
    "texts-none": Sample("常用语：空", "web/command/texts.html", sample_desks.no_texts),
    "people": Sample("人员与岗位", "web/administration/people.html", sample_administration.people),
    "people-none": Sample("人员与岗位：没有这样的人", "web/administration/people.html", sample_administration.nobody),
    "person": Sample("人员：一人", "web/administration/person.html", sample_administration.person),
    "person-password": Sample("人员：初始密码", "web/administration/person.html", sample_administration.new_password),
    "permissions": Sample("岗位权限", "web/administration/permissions.html", sample_administration.permissions),
    "rules": Sample("规则查询", "web/administration/rules.html", sample_administration.rules),
    "rules-changes": Sample("规则查询：变动", "web/administration/rules.html", sample_administration.changes),
    "audit-log": Sample("审计记录", "web/administration/audit.html", sample_administration.audit),
    "audit-log-none": Sample("审计记录：空", "web/administration/audit.html", sample_administration.no_audit),
    "public-home": Sample("市民服务", "web/public/home.html", sample_public.home),
    "public-home-closed": Sample("市民服务：未开放", "web/public/home.html", sample_public.closed),
    "public-place": Sample("公众上报：位置", "web/public/report.html", sample_public.place),
    "public-outside": Sample("公众上报：不在本市", "web/public/report.html", sample_public.outside),
    "public-near": Sample("公众上报：附近有人报过", "web/public/report.html", sample_public.near),
    "public-code": Sample("公众上报：查询码", "web/public/reported.html", sample_public.code),
    "public-status": Sample("查询进度：处理中", "web/public/status.html", sample_public.handling),
    "public-done": Sample("查询进度：评价", "web/public/status.html", sample_public.done),
    "public-wrong-code": Sample("查询进度：查询码不对", "web/public/status.html", sample_public.wrong_code),
    "letters": Sample("公众来信", "web/office/letters.html", sample_public.letters),
    "letters-none": Sample("公众来信：空", "web/office/letters.html", sample_public.no_letters),
    "letter": Sample("公众来信：一封", "web/office/letter.html", sample_public.letter),
    "calls": Sample("来电", "web/office/calls.html", sample_telephone.calls),
    "calls-none": Sample("来电：未接入", "web/office/calls.html", sample_telephone.no_calls),
    "call": Sample("来电：一次", "web/office/call.html", sample_telephone.one_call),
    "ground": Sample("区域与网格", "web/office/ground.html", sample_office.ground),
    "ground-empty": Sample("区域与网格：空", "web/office/ground.html", sample_office.empty_ground),
    "ground-area": Sample("责任网格", "web/office/area.html", sample_office.area),
    "ground-draw": Sample("调整边界", "web/office/draw.html", sample_office.draw),
    "ground-import": Sample("导入区域", "web/office/import.html", sample_office.give_file),
    "ground-report": Sample("导入试运行：有错的行", "web/office/report.html", sample_office.report),
    "ground-report-off": Sample("导入试运行：坐标系不对", "web/office/report.html", sample_office.off_report),
    "ground-coming": Sample("即将生效的变动", "web/office/coming.html", sample_office.coming),
    "ground-coming-none": Sample("即将生效的变动：无", "web/office/coming.html", sample_office.nothing_coming),
    "budget-line": Sample("预算指标", "web/finance/budget_line.html", sample_finance.budget_line),
    "budget-board": Sample("预算执行", "web/finance/budget_board.html", sample_finance.board),
    "account-draft": Sample("决算编制与校核", "web/finance/draft.html", sample_finance.draft),
    "account-trace": Sample("数据溯源", "web/finance/trace.html", sample_finance.trace),
    "account-editions": Sample("版本与日程", "web/finance/editions.html", sample_finance_office.editions),
    "account-editions-empty": Sample("尚无版本", "web/finance/editions.html", sample_finance_office.no_editions),
    "account-template": Sample("决算模板", "web/finance/template.html", sample_finance_office.template),
    "registers": Sample("台账登记", "web/finance/registers.html", sample_finance_office.registers),
    "register": Sample("台账", "web/finance/register.html", sample_finance_office.register),
    "register-faults": Sample("线路故障", "web/finance/register.html", sample_finance_office.faults),
    "stocktaking": Sample("资产盘点", "web/finance/stocktaking.html", sample_finance_office.stocktaking),
    "register-record": Sample("台账记录", "web/finance/register_record.html", sample_finance_office.record),
    "ledger-imports": Sample("台账导入", "web/finance/imports.html", sample_finance_office.imports),
    "ledger-import": Sample("台账导入核对", "web/finance/import.html", sample_finance_office.import_tried),
    "published-list": Sample("决算公开：列表", "web/finance/published_list.html", sample_finance.published_list),
    "published": Sample("决算公开", "web/finance/published.html", sample_finance.published),
    "accounts-check": Sample("决算校核", "web/finance/accounts_check.html", sample_check.with_findings),
    "accounts-check-batch": Sample("成批校核", "web/finance/accounts_check_batch.html", sample_check.batch),
    "accounts-check-empty": Sample("决算校核：未选文件", "web/finance/accounts_check.html", sample_check.asked),
    "accounts-check-refused": Sample("决算校核：读不了", "web/finance/accounts_check.html", sample_check.refused),
    "evaluation-list": Sample("绩效自评", "web/finance/evaluation_list.html", sample_finance.evaluation_list),
    "evaluation-empty": Sample("绩效自评：无表", "web/finance/evaluation_list.html", sample_finance.empty_list),
    "evaluation-sheet": Sample("自评表", "web/finance/evaluation_sheet.html", sample_finance.evaluation_sheet),
    "evaluation-targets": Sample(
        "自评表：编写目标", "web/finance/evaluation_sheet.html", sample_finance.evaluation_targets
    ),
    "assessment": Sample("考评：各月", "web/assessment/months.html", sample_assessment.months),
    "assessment-empty": Sample("考评：尚无月份", "web/assessment/months.html", sample_assessment.no_months),
    "assessment-month": Sample("月度考评", "web/assessment/month.html", sample_assessment.month),
    "assessment-object": Sample("考评单", "web/assessment/object.html", sample_assessment.one_object),
    "assessment-figure": Sample("数的追溯", "web/assessment/figure.html", sample_assessment.figure),
    "assessment-checks": Sample("考评检查", "web/assessment/checks.html", sample_assessment_checks.checks),
    "assessment-appeals": Sample("批量申诉", "web/assessment/appeals.html", sample_assessment_checks.appeals),
    "assessment-grids": Sample("考评：按网格", "web/assessment/grids.html", sample_assessment_checks.grids),
    "assessment-grids-empty": Sample(
        "考评：没有按网格的数", "web/assessment/grids.html", sample_assessment_checks.no_grids
    ),
    "sign-in": Sample("登录", "web/sign_in.html", sample_forms.sign_in),
    "second-factor": Sample("登录：动态验证码", "web/sign_in.html", sample_forms.second_factor),
    "enrol": Sample("登录：绑定验证器", "web/sign_in.html", sample_forms.enrol),
    "locked": Sample("登录：锁定", "web/sign_in.html", sample_forms.locked),
} | {
    f"error-{status}": Sample(f"错误 {status}", "web/error.html", partial(sample_forms.error, status))
    for status in (403, 404, 409, 429, 500, 503)
}


def index(request: HttpRequest) -> HttpResponse:
    """The list of samples."""
    names = tuple((name, sample.title) for name, sample in SAMPLES.items())
    return render(request, "web/gallery.html", {"page": samples.gallery_index(), "names": names})


def sample(request: HttpRequest, name: str) -> HttpResponse:
    """One sample, at the moment the gallery stands still at."""
    found = SAMPLES.get(name)
    if found is None:
        raise Http404(name)
    with clock.held_at(samples.NOW):
        return render(request, found.template, {"page": found.make()})


def photo(_request: HttpRequest, number: int) -> HttpResponse:
    """A drawn picture."""
    return HttpResponse(sample_photo(number), content_type="image/svg+xml")


def layer(_request: HttpRequest, name: str) -> HttpResponse:
    """A layer of invented ground."""
    try:
        return HttpResponse(sample_layer(name), content_type="application/geo+json")
    except KeyError:
        raise Http404(name) from None

"""Refusals of the ledger: what the database's named constraints mean to the person whose entry they refuse."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext, gettext_noop


class LedgerRefused(Exception):
    """An entry is refused; the text tells the user what to do. ``constraint`` names the rule."""

    def __init__(self, message: str, constraint: str = "") -> None:
        super().__init__(message)
        self.constraint = constraint


_WORDS = {
    "allotment_not_overspent": gettext_noop("指标余额不足：支付与占用合计超过全年预算数。请先办理追加或调剂，再支付。"),
    "allotment_reservation_not_negative": gettext_noop("占用金额会小于零，请核对支付申请。"),
    "voucher_in_open_period": gettext_noop("会计期间未开放：请先建账，或改记到下一个开放期间。"),
    "voucher_balances": gettext_noop("凭证借贷不平，请核对各行金额。"),
    "voucher_has_postings": gettext_noop("凭证没有分录。"),
    "voucher_reversal_mirrors": gettext_noop("红字凭证须与被冲销凭证逐行相同、方向相反。"),
    "year_step_follows_state": gettext_noop("这一年度操作与当前状态不符，请按顺序办理。"),
    "year_step_by_second_person": gettext_noop("须由另一人办理，不能与上一步同一人。"),
    "year_step_says_why": gettext_noop("请写明理由。"),
    "change_in_open_year": gettext_noop("该年度未建账或已批复，指标不能再变动。"),
    "change_has_its_sign": gettext_noop("金额方向与阶段不符：追加为正，调减与收回为负。"),
    "change_after_approval_names_document": gettext_noop("年初预算以后的指标变动须写明文号。"),
    "dimension_project_names_project": gettext_noop("项目支出须写明项目名称。"),
    "dimension_basic_has_no_project": gettext_noop("基本支出不能带项目。"),
    "dimension_function_is_item": gettext_noop("功能分类须为七位项级科目代码。"),
    "dimension_economic_is_item": gettext_noop("部门经济分类须为五位款级科目代码。"),
    "payment_paid_or_returned": gettext_noop("该支付已办结，不能再次支付或退单。"),
    "payment_steps_run_forward": gettext_noop("该支付已办结，不能再次申请。"),
    "payment_number_once": gettext_noop("支付单号重复。"),
    "allotment_number_once": gettext_noop("指标编号重复。"),
    "record_version_once": gettext_noop("这条记录刚刚被他人更正，请刷新后再改。"),
}


def refusal_of(error: IntegrityError) -> LedgerRefused:
    """The refusal for a violated constraint; an unknown one keeps the database's own first line."""
    diagnosis: Any = getattr(error.__cause__, "diag", None)
    name = (diagnosis.constraint_name if diagnosis else "") or ""
    detail = str(error).splitlines()[0]
    if name in _WORDS:
        return LedgerRefused(f"{gettext(_WORDS[name])}（{detail}）", name)
    return LedgerRefused(gettext("数据库拒绝了这笔录入：%(detail)s") % {"detail": detail}, name)

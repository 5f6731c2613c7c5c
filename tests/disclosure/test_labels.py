"""Cells in the words of their forms."""

from __future__ import annotations

import pytest

from wangge.domains.disclosure.logic.labels import formula_text, label_of
from wangge.standards.accounts.library import load_accounts


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("01.r30", "公开01表 收入 · 总计"),
        ("01.r41", "公开01表 支出 · 十一、城乡社区支出"),
        ("05.2120101.c2", "公开05表 行政运行 · 基本支出"),
        ("05.合计.c1", "公开05表 合计 · 小计"),
        ("06.30101", "公开06表 基本工资"),
        ("09.c7", "公开09表 决算数 合计"),
        ("N.s51", ""),
        ("no name", ""),
    ],
)
def test_a_cell_is_called_what_its_form_calls_it(name: str, label: str) -> None:
    assert label_of(name, load_accounts("2024")) == label


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("01.r27 + 01.r28 + 01.r29", "01.r27 + 01.r28 + 01.r29"),
        ("sum(01.r1..r8)", "01.r1 至 r8 之和"),
        ("receipts(fund_type=general)", "本年收入（一般公共预算）"),
        ("payments(function_item=212* nature=basic|project)", "本年支出（212 城乡社区支出、基本支出或项目支出）"),
        ("carried_in()", "年初结转和结余"),
    ],
)
def test_a_formula_reads_in_words(formula: str, text: str) -> None:
    assert formula_text(formula, load_accounts("2024")) == text

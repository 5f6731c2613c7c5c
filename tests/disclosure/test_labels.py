"""Cells in the words of their forms."""

from __future__ import annotations

import pytest

from wangge.domains.disclosure.logic.labels import label_of
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

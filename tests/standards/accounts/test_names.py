"""The grammar of cell names: every kind of name is read and printed back; other text is refused."""

from __future__ import annotations

import pytest

from wangge.standards.accounts.names import CellName, NameRefused, Paper, Part, name_part, parse_name

NAMES = {
    "01.r27": ("01", "r27", "", Part.TABLE),
    "04.r33.c3": ("04", "r33", "c3", Part.TABLE),
    "05.2120101.c2": ("05", "2120101", "c2", Part.TABLE),
    "03.2019999.code": ("03", "2019999", "code", Part.TABLE),
    "02.合计.c7": ("02", "合计", "c7", Part.TABLE),
    "06.30101": ("06", "30101", "", Part.TABLE),
    "06.人员经费合计": ("06", "人员经费合计", "", Part.TABLE),
    "09.c7": ("09", "", "c7", Part.TABLE),
    "N.s51": ("N", "s51", "", Part.NARRATIVE),
    "N.s53.2080502.completion": ("N", "s53", "completion", Part.NARRATIVE),
    "R.personnel.share": ("R", "personnel", "share", Part.REPORT),
    "1-1.三公经费.c3": ("1-1", "三公经费", "c3", Part.ANNEX),
    "1-2.total.score": ("1-2", "total", "score", Part.ANNEX),
    "1-3b.服务器总故障时长.actual": ("1-3b", "服务器总故障时长", "actual", Part.ANNEX),
}


@pytest.mark.parametrize("text", NAMES)
def test_a_name_is_taken_apart_and_printed_back(text: str) -> None:
    name = parse_name(text)
    assert (name.table, name.row, name.column, name.part) == NAMES[text]
    assert str(name) == text


def test_a_name_says_in_which_other_paper_it_stands() -> None:
    name = parse_name("previous:01.r59")
    assert name == CellName("01", ("r59",), Paper.PREVIOUS)
    assert str(name) == "previous:01.r59"


@pytest.mark.parametrize(
    "text",
    ["", "10.r1", "01.27", "01.r0", "05.2120101.x2", "09.r1", "N.51", "1-4.total.score", "next:01.r1", ":01.r1", "06."],
)
def test_what_is_no_name_is_refused_with_examples(text: str) -> None:
    with pytest.raises(NameRefused, match=r"01\.r27"):
        parse_name(text)


def test_a_label_becomes_a_part_of_a_name() -> None:
    assert name_part("车载GPS 3.5（米）") == "车载GPS3·5米"
    assert parse_name(f"1-2.{name_part('7*24小时.不停机')}.target").row == "7*24小时·不停机"

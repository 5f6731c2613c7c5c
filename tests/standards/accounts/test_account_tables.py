"""The tables of the accounts: they load, they agree with each other, and faults are named by file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from wangge.standards.accounts.library import DIRECTORY, find_account_faults, load_accounts
from wangge.standards.findings import StandardsRefused


def test_the_tables_are_sound_and_complete() -> None:
    assert find_account_faults() == ()
    accounts = load_accounts("2024")
    assert [form.table for form in accounts.forms] == [f"0{number}" for number in range(1, 10)]
    assert len(accounts.classes) == 26
    assert accounts.row_of_class("04", "212") == "r43"
    assert [column.column for column in accounts.columns_of("09")] == [f"c{number}" for number in range(1, 13)]
    assert accounts.function_codes["2120399"].name == "其他城乡社区公共设施支出"


def test_every_row_of_form_six_bears_the_name_of_the_code_list() -> None:
    accounts = load_accounts("2024")
    coded = [row for row in accounts.rows_of("06") if row.code]
    assert len(coded) == 81
    assert [row.label for row in coded] == [accounts.economic_codes[row.code].name for row in coded]


def test_a_year_without_a_form_of_its_own_takes_the_last_before_it() -> None:
    assert load_accounts("2027").edition == "2024"
    assert load_accounts("2024") is load_accounts("2024")


@pytest.mark.parametrize(
    ("file", "old", "new", "line"),
    [
        ("rules.csv", "01.r27 = sum(01.r1..r8)", "01.r27 = sum(01.r1..", "rules.csv:2"),
        ("rules.csv", ",error,", ",fatal,", "rules.csv:2"),
        ("function_codes.csv", "2024,20101,款", "2024,20101,项", "function_codes.csv:3"),
        ("forms.csv", "two_sided", "threesided", "forms.csv:2"),
        ("form_rows.csv", "2024,01,r1,", "2024,11,r1,", "form_rows.csv:2"),
    ],
)
def test_a_fault_is_named_by_file_and_line(tmp_path: Path, file: str, old: str, new: str, line: str) -> None:
    copied = tmp_path / "accounts"
    shutil.copytree(DIRECTORY, copied)
    text = (copied / file).read_text(encoding="utf-8")
    assert old in text
    (copied / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(StandardsRefused) as refused:
        load_accounts("2024", directory=copied)
    assert any(line in finding.text() for finding in refused.value.findings)

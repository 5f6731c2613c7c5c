"""The 16-digit code of a component, by the row of the table of code structures."""

from __future__ import annotations

import csv

from hypothesis import given
from hypothesis import strategies as st

from wangge.domains.components.logic.codes import CodeFault, ComponentCode, read_code
from wangge.standards.library import NATIONAL

DISTRICTS, CLASSES = {"320508"}, {"component:0101"}


def read(text: str) -> ComponentCode | CodeFault:
    return read_code(text, districts=DISTRICTS, classes=CLASSES)


def test_the_cut_is_the_one_of_the_table() -> None:
    with (NATIONAL / "code_structures.csv").open(encoding="utf-8") as opened:
        row = next(row for row in csv.DictReader(opened) if row["object"] == "component ID (2007 and 2013)")
    assert (row["digits"], row["structure"]) == ("16", "6 county + 2 major + 2 minor + 6 sequence")
    code = read(row["rule"].removeprefix("example "))
    assert isinstance(code, ComponentCode)
    assert (code.district, code.category, code.sequence) == ("320508", "component:0101", 1)


def test_the_first_thing_that_is_wrong_is_named() -> None:
    assert read("320508010100001") is CodeFault.LENGTH
    assert read("32050801010000a1") is CodeFault.DIGITS
    assert read("３２０５０８０１０１００００01") is CodeFault.DIGITS
    assert read("3205090101000001") is CodeFault.DISTRICT
    assert read("3205080102000001") is CodeFault.CLASS
    assert read("3205080101000000") is CodeFault.SEQUENCE


@given(st.text(max_size=20))
def test_any_text_is_a_code_or_a_fault_and_a_code_is_put_together_again(text: str) -> None:
    code = read(text)
    if isinstance(code, ComponentCode):
        assert f"{code.district}{code.category.removeprefix('component:')}{code.sequence:06d}" == text

"""Papers of other offices: said otherwise, in yuan, with three levels of codes, copied badly. None raises an alarm."""

from __future__ import annotations

from random import Random

import pytest

from tests.disclosure.checking.dialects import PHRASES, in_other_words, in_yuan, with_levels, with_stray_blank
from tests.disclosure.checking.test_mutations import ACCOUNTS, SOAKING, findings, paper_of
from wangge.domains.disclosure.checking.findings.finding import Cause
from wangge.domains.disclosure.checking.reading.opening import read_document
from wangge.domains.disclosure.checking.recognition.papers import Paper
from wangge.domains.disclosure.checking.recognition.recognising import recognise

SEEDS = range(40 if SOAKING else 5)


def read(data: bytes, format: str = "txt") -> Paper:
    return recognise(read_document(data, name=f"paper.{format}"), ACCOUNTS)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("phrases", PHRASES)
def test_other_phrases_are_read_to_the_same_figures_and_raise_nothing(
    phrases: tuple[tuple[str, str], ...], seed: int
) -> None:
    made = paper_of(seed)
    data = made.as_format("txt", in_other_words(made.document, phrases))
    ours, theirs = read(made.as_format("txt")), read(data)
    told = {name: cell.value for name, cell in ours.cells.items() if name.startswith(("N.", "R."))}
    assert {name: theirs.value(name) for name in told} == told
    assert [(each.rule, each.cells, each.where) for each in findings(data, "txt")] == []


@pytest.mark.parametrize("seed", SEEDS)
def test_tables_in_yuan_tie_to_a_narrative_in_ten_thousands(seed: int) -> None:
    made = paper_of(seed)
    data = made.as_format("docx", in_yuan(made))
    value = read(data, "docx").value("01.r30")
    assert value is not None
    assert (
        value == made.account.cells["01.r30"] / 1_000_000
        or abs(float(value) * 1_000_000 - made.account.cells["01.r30"]) < 1
    )
    assert [(each.rule, each.cells, each.printed, each.expected) for each in findings(data, "docx")] == []


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_of_classes_and_sections_are_sums_and_not_added_twice(seed: int) -> None:
    made = paper_of(seed)
    data = made.as_format("txt", with_levels(made))
    paper = read(data)
    assert any(len(row.code) == 3 for row in paper.tables["05"].codes)
    assert [(each.rule, each.cells, each.printed, each.expected) for each in findings(data, "txt")] == []


def test_a_wrong_sum_of_a_class_is_found() -> None:
    made = paper_of(1)
    lines = made.as_format("txt", with_levels(made)).decode().split("\n")
    at = next(k for k, line in enumerate(lines) if line.startswith("208\t"))
    code, name, total, *rest = lines[at].split("\t")
    lines[at] = "\t".join([code, name, f"{float(total.replace(',', '')) + 10:.2f}", *rest])
    told = findings("\n".join(lines).encode(), "txt")
    assert any("02.208.c1" in each.cells for each in told)


@pytest.mark.parametrize("seed", range(60 if SOAKING else 12))
def test_a_row_moved_in_a_copy_is_read_by_its_sums_and_no_fault_of_the_paper(seed: int) -> None:
    text = paper_of(seed % 5).as_format("txt").decode()
    told = findings(with_stray_blank(text, Random(seed)).encode(), "txt")
    assert [each.rule for each in told if each.cause is Cause.DOCUMENT] == []

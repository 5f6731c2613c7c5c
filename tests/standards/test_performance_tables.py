"""The tables of performance budgeting: sound as shipped, refused when they are not, overlaid by a city."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from wangge.standards.findings import StandardsRefused
from wangge.standards.performance import performance_tables


def overlay(tmp_path: Path, file: str, *lines: str) -> Path:
    folder = tmp_path / "performance"
    folder.mkdir()
    (folder / file).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def test_the_shipped_tables_are_sound_and_say_where_they_come_from() -> None:
    tables = performance_tables()
    assert [block.weight for block in tables.blocks_of("province-2024", "whole")] == [10, 40, 20, 10, 20]
    assert [block.weight for block in tables.blocks_of("ministry-2020", "project")] == [10, 50, 30, 10]
    assert {rule.confidence for rule in tables.rules.values()} <= {"A", "B", "C"}
    assert tables.fact_named("有效案卷") is tables.facts["valid_case_rate"]


def test_a_form_holds_from_its_day() -> None:
    assert performance_tables(on=date(2023, 6, 1)).blocks_of("province-2024", "whole") == ()
    assert len(performance_tables(on=date(2024, 6, 1)).blocks_of("province-2024", "whole")) == 5


def test_a_city_changes_a_weight_and_the_rest_must_still_add_up(tmp_path: Path) -> None:
    head = "form,form_zh,kind,block,block_zh,seq,weight,seconds,decimals,valid_from,valid_to,source,confidence,note"
    city = overlay(tmp_path, "forms.csv", head, "province-2024,本市表,whole,cost,成本指标,5,10,,2,,,notice,B,")
    with pytest.raises(StandardsRefused, match="合计为 90"):
        performance_tables(city)


def test_a_city_takes_a_vague_word_away(tmp_path: Path) -> None:
    city = overlay(tmp_path, "vague_words.csv", "word,why,remove", "及时,,yes")
    assert "及时" not in {word.word for word in performance_tables(city).vague_words}


def test_an_unreadable_row_is_named_by_file_and_line(tmp_path: Path) -> None:
    city = overlay(tmp_path, "thresholds.csv", "threshold,value", "over_fulfilled,many")
    with pytest.raises(StandardsRefused, match=r"performance/thresholds\.csv:2"):
        performance_tables(city)

"""Mapping files: found by name or path, refused with file, line and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.exchange.foreign_city import MAPPING, mapping_of
from wangge.surfaces.exchange.imports.mapping import MappingRefused, load_mapping, shipped_mappings


def refusal(folder: Path, text: str, **given: Path) -> str:
    with pytest.raises(MappingRefused) as refused:
        mapping_of(folder, text, **given)
    return str(refused.value)


def line_of(text: str, beginning: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), start=1) if line.startswith(beginning))


@pytest.mark.parametrize("name", ["boston_open311", "boston_sla", "la311", "sf311"])
def test_every_shipped_mapping_loads(name: str) -> None:
    assert load_mapping(name).declaration.system == name
    assert name in shipped_mappings()


def test_an_unknown_name_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(MappingRefused, match="boston_open311 boston_sla la311 nyc311"):
        load_mapping("atlantis")


def test_broken_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    text = MAPPING.replace('system = "testville"', 'system = "testville')
    assert "testville.toml:2 " in refusal(tmp_path, text)


def test_a_misspelled_key_is_refused_on_its_line(tmp_path: Path) -> None:
    text = MAPPING.replace('address = "place"', 'adress = "place"')
    said = refusal(tmp_path, text)
    assert f"testville.toml:{line_of(text, 'adress')} 不认识“fields.adress”" in said


def test_a_missing_key_is_refused_at_its_section(tmp_path: Path) -> None:
    text = MAPPING.replace('external_key = "id"\n', "")
    assert f"testville.toml:{line_of(text, '[fields]')} 缺少“fields.external_key”" in refusal(tmp_path, text)


@pytest.mark.parametrize(
    ("old", "new", "line_begins"),
    [
        ('zone = "America/New_York"', 'zone = "Mars/Olympus"', "zone"),
        ('edition = "gbt30428-2-2013-yuncheng"', 'edition = "gbt1"', "edition"),
        ('Lamp = "component:0137"', 'Lamp = "component:9999"', "Lamp"),
        ('fallback = "event:0110"', 'fallback = "event:9999"', "fallback"),
        ('dropped = "cancelled"', 'dropped = "lost"', "dropped"),
        ('value = "public"', 'value = "gossip"', "value"),
        ('table = "states"', 'table = "stats"', 'table = "stats"'),
        ('reading = "wall_clock" }\nupdated', 'styles = "%Q", reading = "utc" }\nupdated', "reported_at"),
    ],
)
def test_a_wrong_value_is_refused_on_its_line(tmp_path: Path, old: str, new: str, line_begins: str) -> None:
    assert old in MAPPING
    text = MAPPING.replace(old, new)
    assert f"testville.toml:{line_of(text, line_begins)} " in refusal(tmp_path, text)


def test_a_policy_that_does_not_fit_its_finding_is_refused(tmp_path: Path) -> None:
    text = MAPPING + '\n[policies]\nclosed_before_reported = "keep"\n'
    said = refusal(tmp_path, text)
    assert f"testville.toml:{line_of(text, 'closed_before')} " in said
    assert "without_closing_time open refuse" in said


def test_several_faults_are_named_at_once(tmp_path: Path) -> None:
    text = MAPPING.replace('"component:0137"', '"component:9999"').replace('"public"', '"gossip"')
    assert len(refusal(tmp_path, text).splitlines()) == 2


LIMITS = """
[limit]
column = "kind"
table = "limits"
[tables.limits]
given = true
key = "kind"
value = "days"
"""


def test_a_table_that_must_be_given_is_asked_for(tmp_path: Path) -> None:
    assert "--table limits=" in refusal(tmp_path, MAPPING + LIMITS)


def test_a_given_table_is_read_by_its_two_columns(tmp_path: Path) -> None:
    table = tmp_path / "limits.csv"
    table.write_text("kind,days,note\nLamp,3,x\n", encoding="utf-8")
    assert mapping_of(tmp_path, MAPPING + LIMITS, limits=table).tables["limits"] == {"Lamp": "3"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("kind,hours\nLamp,3\n", "缺少列“days”"),
        ("kind,days\nLamp,3\nLamp,4\n", "limits.csv:3 代码“Lamp”出现两次"),
        ("kind,days\nLamp,soon\n", "“Lamp”的值“soon”不对"),
        ("kind,days\nLamp,0\n", "“Lamp”的值“0”不对"),
    ],
)
def test_a_broken_given_table_is_refused(tmp_path: Path, content: str, said: str) -> None:
    table = tmp_path / "limits.csv"
    table.write_text(content, encoding="utf-8")
    assert said in refusal(tmp_path, MAPPING + LIMITS, limits=table)


def test_a_table_nobody_asked_for_is_refused(tmp_path: Path) -> None:
    assert "没有要求外给代码表“extra”" in refusal(tmp_path, MAPPING, extra=tmp_path / "extra.csv")

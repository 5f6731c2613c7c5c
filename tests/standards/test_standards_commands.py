"""The commands standards and moves: what they print, their JSON and exit codes; the pages under docs."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.standards.conftest import WriteOverlay
from wangge.project.commands.moves import moves
from wangge.project.commands.standards import standards
from wangge.standards.city_settings import city_settings
from wangge.standards.library import NATIONAL, load_tables
from wangge.standards.printing import PAGES

ROOT = Path(__file__).parents[2]
LEAN = str(ROOT / "demo" / "overlays" / "lean")


def run(command, *words: str) -> Result:  # type: ignore[no-untyped-def]
    return CliRunner().invoke(command, words)


@pytest.mark.parametrize("page", sorted(PAGES))
def test_a_committed_page_is_what_the_tables_give(page: str) -> None:
    tables = load_tables()
    printed = PAGES[page](tables, city_settings(tables, on=date(2024, 1, 1)))
    assert (ROOT / page).read_text(encoding="utf-8") == printed, f"print {page} again, its second line says how"


def test_check_is_silent_about_sound_tables() -> None:
    result = run(standards, "check", "--json", "--overlay", LEAN)
    assert result.exit_code == 0
    assert json.loads(result.stdout)["findings"] == []


def test_check_ends_with_one_on_a_finding(write_overlay: WriteOverlay) -> None:
    overlay = str(write_overlay({"moves.csv": "verb,from_stage,post\ndispatch,filed,mayor"}))
    result = run(standards, "check", "--json", "--overlay", overlay)
    assert result.exit_code == 1
    findings = json.loads(result.stdout)["findings"]
    assert {(f["file"], f["line"]) for f in findings} >= {("city/moves.csv", 2)}
    spoken = run(standards, "check", "--overlay", overlay)
    assert spoken.exit_code == 1
    assert "city/moves.csv:2" in spoken.stderr


def test_show_prints_component_and_event_of_a_code_and_says_what_is_unconfirmed() -> None:
    result = run(standards, "show", "0101", "--on", "2024-06-01")
    assert result.exit_code == 0
    for word in (
        "部件 0101",
        "上水井盖",
        "事件 0101",
        "私搭乱建",
        "2 紧急工作时",
        "未经印证",
        "GB/T 30428.2-2013",
    ):
        assert word in result.stdout


def test_show_as_json_gives_limits_in_minutes() -> None:
    document = json.loads(run(standards, "show", "component:0101", "--on", "2024-06-01", "--json").stdout)
    (cls,) = document["classes"]
    assert [c["minutes"] for c in cls["conditions"]] == [120, 240, 960, 2400]
    assert cls["confirmed"] is False


def test_show_prints_both_the_national_and_the_citys_limit(write_overlay: WriteOverlay) -> None:
    overlay = write_overlay(
        {
            "time_limits.csv": "edition,category_type,code4,condition_seq,limit_value,limit_minutes\n"
            "gbt30428-2-2013-yuncheng,component,0101,1,1,60"
        }
    )
    printed = run(standards, "show", "component:0101", "--overlay", str(overlay)).stdout
    assert "1 紧急工作时" in printed
    assert "国家表：2 紧急工作时" in printed
    assert "本市自定（city/time_limits.csv:2）" in printed


def test_show_of_an_unknown_code_is_a_finding_and_of_an_unknown_edition_wrong_use() -> None:
    assert run(standards, "show", "9999").exit_code == 1
    assert run(standards, "show", "0101", "--edition", "gb-2099").exit_code == 2


def test_moves_in_every_format_holds_every_row() -> None:
    rows = list(csv.DictReader(io.StringIO(run(moves, "--national", "--format", "csv").stdout)))
    assert len(rows) == 216
    assert len(json.loads(run(moves, "--national", "--json").stdout)) == 216
    assert len(run(moves, "--national").stdout.splitlines()) == 217
    mermaid = run(moves, "--national", "--format", "mermaid").stdout
    assert mermaid.startswith("stateDiagram-v2\n")
    assert "filed --> handling : 派遣" in mermaid


def test_moves_of_the_lean_city_marks_its_own_row() -> None:
    rows = {row["move_id"]: row for row in json.loads(run(moves, "--json", "--overlay", LEAN).stdout)}
    assert (rows["M05"]["posts"], rows["M05"]["overlay"]) == ("acceptor;system", "yes")
    assert rows["M06"]["overlay"] == ""


def test_moves_tries_another_setting_and_refuses_a_wrong_one() -> None:
    tried = json.loads(run(moves, "--national", "--json", "--set", "file_post=acceptor").stdout)
    assert next(row["posts"] for row in tried if row["verb"] == "file_case") == "acceptor"
    for wrong in ("file_post=mayor", "mood=good", "file_post"):
        assert run(moves, "--national", "--set", wrong).exit_code == 2


def test_import_prints_the_difference_and_writes_only_when_told(tmp_path: Path) -> None:
    new, city = tmp_path / "new", tmp_path / "city"
    new.mkdir()
    city.mkdir()
    text = (NATIONAL / "time_units.csv").read_text(encoding="utf-8")
    (new / "time_units.csv").write_text(text.replace("紧急工作时", "紧急小时"), encoding="utf-8")

    dry = run(standards, "import", str(new), "--dry-run", "--overlay", str(city))
    assert dry.exit_code == 0
    assert "name_zh：紧急工作时 → 紧急小时" in dry.stdout
    assert list(city.iterdir()) == []

    assert run(standards, "import", str(new), "--overlay", str(city)).exit_code == 2
    written = run(standards, "import", str(new), "--from", "2025-03-01", "--overlay", str(city), "--json")
    assert written.exit_code == 0
    assert json.loads(written.stdout)["differences"][0]["change"] == "changed"
    assert "2025-03-01" in (city / "time_units.csv").read_text(encoding="utf-8")

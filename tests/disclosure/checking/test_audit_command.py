"""The command: exit codes, JSON of one and of many in the order given, reports, all without a city."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest
from click.testing import CliRunner

from tests.disclosure.checking.generated import made
from tests.disclosure.checking.mutations import mutated
from tests.disclosure.checking.test_mutations import tied_figures
from wangge.project.commands.accounts import accounts

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = json.loads((ROOT / "docs" / "schemas" / "accounts-check.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def papers(tmp_path: Path) -> tuple[Path, Path, Path]:
    """A correct paper, one with a mistake, and a file that is none."""
    from random import Random

    paper = made(3)
    good, bad, broken = tmp_path / "good.docx", tmp_path / "bad.txt", tmp_path / "broken.docx"
    good.write_bytes(paper.as_format("docx"))
    wrong = mutated(paper.document, Random(5), tied_figures(3), "table_digit")
    bad.write_bytes(paper.as_format("txt", wrong.document))
    broken.write_bytes(b"PK nothing")
    return good, bad, broken


def run(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(accounts, ["audit", *map(str, arguments)])
    return done.exit_code, done.output


def test_exit_codes_say_what_was_found(papers: tuple[Path, Path, Path]) -> None:
    good, bad, broken = papers
    assert run(good)[0] == 0
    assert run(bad)[0] == 1
    assert run(broken)[0] == 2
    assert run(good.parent / "absent.pdf")[0] == 2


def test_the_json_of_one_file_keeps_to_the_schema(papers: tuple[Path, Path, Path]) -> None:
    code, output = run(papers[1], "--json")
    printed = json.loads(output)
    jsonschema.validate(printed, SCHEMA)
    assert code == 1
    assert any(finding["severity"] == "error" for finding in printed["findings"])


def test_several_files_are_answered_in_the_order_given_by_processes(papers: tuple[Path, Path, Path]) -> None:
    """Run as a program of its own, with neither settings nor a database."""
    good, bad, broken = papers
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("DJANGO", "WANGGE", "DATABASE"))}
    done = subprocess.run(
        [Path(sys.executable).parent / "wangge", "accounts", "audit", bad, broken, good, "--json", "--jobs", "2"],
        capture_output=True, env=clean, timeout=120, check=False,
    )  # fmt: skip
    printed = json.loads(done.stdout)
    jsonschema.validate(printed, SCHEMA)
    assert [answer["document"]["file"] for answer in printed] == [
        "bad.txt",
        "broken.docx",
        "good.docx",
    ]
    assert printed[1]["refused"]["reason"] == "damaged"
    assert done.returncode == 2


def test_reports_are_written_and_mark_the_spot(papers: tuple[Path, Path, Path], tmp_path: Path) -> None:
    page, word, sheet, letters = (tmp_path / name for name in ("r.html", "r.docx", "r.xlsx", "letters"))
    _code, output = run(papers[1], "--json", "--html", page, "--word", word, "--excel", sheet, "--letters", letters)
    finding = next(each for each in json.loads(output)["findings"] if each["severity"] == "error")
    text = page.read_text(encoding="utf-8")
    assert "<mark class='error' title='1. " in text
    assert finding["printed"] in text
    assert "<script" not in text

    import docx
    import openpyxl

    marked = [
        run.text
        for table in docx.Document(str(word)).tables
        for row in table.rows
        for cell in row.cells
        for paragraph in cell.paragraphs
        for run in paragraph.runs
        if run.font.highlight_color is not None
    ]
    assert finding["printed"] in marked
    book = openpyxl.load_workbook(sheet)
    assert book["疑点"].max_row >= 4
    table = book[f"公开{finding['cells'][0][:2]}表"]
    coloured = [cell.value for row in table.iter_rows() for cell in row if cell.fill.fgColor.rgb == "00FFCDD2"]
    assert finding["printed"] in coloured
    letter = docx.Document(str(letters / "bad.docx"))
    assert any(finding["printed"] in paragraph.text for paragraph in letter.paragraphs)


def test_a_batch_is_ranked_by_what_was_found(papers: tuple[Path, Path, Path], tmp_path: Path) -> None:
    good, bad, broken = papers
    page = tmp_path / "all.html"
    run(good, bad, broken, "--html", page, "--jobs", 1)
    text = page.read_text(encoding="utf-8")
    names = [made(3).account.unit.name, "broken.docx"]
    assert all(name in text for name in names)
    assert text.index("broken.docx") < text.index(names[0])


def test_last_years_paper_and_official_tables_are_held_against_this_one(tmp_path: Path) -> None:
    paper, other = made(3), made(4)
    this, last, tables = tmp_path / "this.txt", tmp_path / "last.txt", tmp_path / "tables.xlsx"
    this.write_bytes(paper.as_format("txt"))
    last.write_bytes(other.as_format("txt"))
    tables.write_bytes(paper.as_format("xlsx"))
    _code, output = run(this, "--json", "--tables", tables)
    assert not [each for each in json.loads(output)["findings"] if each["rule"] == "O-OFFICIAL"]
    _code, output = run(this, "--json", "--previous", last, "--tables", last)
    printed = json.loads(output)
    assert printed["rules"]["T01-YOY-PRIOR"] == "fail"
    assert [each for each in printed["findings"] if each["rule"] == "O-OFFICIAL"]


def test_initial_budgets_are_held_against_the_published_budget(tmp_path: Path) -> None:
    paper = made(3)
    this, budget = tmp_path / "this.txt", tmp_path / "budget.txt"
    this.write_bytes(paper.as_format("txt"))
    rows = [
        f"{code}\t{paper.account.names[code]}\t{fen / 1_000_000:.2f}\t\t"
        for code, fen in paper.account.initial_fen.items()
    ]
    total = sum(paper.account.initial_fen.values()) / 1_000_000
    head = "一般公共预算支出表\n\n单位：万元\n\n科目代码\t科目名称\t合计\t基本支出\t项目支出\n"
    budget.write_text(head + "\n".join([f"合计\t\t{total:.2f}\t\t", *rows]), encoding="utf-8")
    _code, output = run(this, "--json", "--budget", budget)
    assert json.loads(output)["rules"]["B-INITIAL"] == "pass"
    wrong = next(row for row in rows if not row.endswith("\t0.00\t\t"))
    code = wrong.split("\t")[0]
    budget.write_text(
        budget.read_text(encoding="utf-8").replace(wrong, wrong.replace("\t\t", "9\t\t").replace(".", "7.", 1)),
        encoding="utf-8",
    )
    _code, output = run(this, "--json", "--budget", budget)
    named = [each["cells"] for each in json.loads(output)["findings"] if "B-INITIAL" in (each["rule"], *each["also"])]
    assert any(f"N.s53.{code}.budget" in cells for cells in named)

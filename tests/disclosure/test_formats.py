"""Every format says the same figures; Excel's formulas live; files come whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import random
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pypdfium2
import pytest
from python_calamine import CalamineWorkbook

from tests.disclosure.example_account import FORMS, account, cells, document, payments
from wangge.domains.disclosure.document import Document, Heading, Paragraph
from wangge.domains.disclosure.narrative.account import Account
from wangge.domains.disclosure.rendering import files
from wangge.domains.disclosure.rendering.addends import addends_of
from wangge.domains.disclosure.rendering.files import FORMATS, rendered, write_files
from wangge.groundwork import typesetting


@pytest.fixture(scope="module")
def told() -> Account:
    return account()


@pytest.fixture(scope="module")
def paper(told: Account) -> Document:
    return document(told)


@pytest.fixture(scope="module")
def made(told: Account, paper: Document) -> dict[str, bytes]:
    return {format: rendered(format, paper, told.cells, FORMS) for format in FORMATS}


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_word_holds_every_heading_paragraph_and_figure(made: dict[str, bytes], paper: Document) -> None:
    word = docx.Document(io.BytesIO(made["docx"]))
    text = bare("".join(paragraph.text for paragraph in word.paragraphs))
    cells_of_tables = {text for table in word.tables for text in table._tbl.xpath(".//w:t/text()")}
    for block in paper.blocks:
        if isinstance(block, Heading | Paragraph):
            assert bare(block.text) in text
    for grid in paper.grids():
        assert {cell.text for row in grid.rows for cell in row if cell.text} <= cells_of_tables, grid.id
    assert [table._tbl.xpath("count(.//w:tr)") for table in word.tables] == [len(grid.rows) for grid in paper.grids()]
    assert any(section.orientation for section in word.sections)
    assert "PAGE" in word.sections[0].footer._element.xml


def test_pdf_has_text_page_numbers_and_the_bundled_font_alone(made: dict[str, bytes], paper: Document) -> None:
    pdf = pypdfium2.PdfDocument(made["pdf"])
    text = bare("".join(page.get_textpage().get_text_range() for page in pdf))
    for figure in paper.figures():
        assert bare(figure.text) in text
    for heading in paper.headings():
        assert bare(heading.text) in text
    assert "—3—" in text
    fonts = set(re.findall(rb"/FontName\s*/(?:[A-Z]{6}\+)?([\w-]+)", made["pdf"]))
    assert all(font.startswith(b"NotoSerifSC") for font in fonts), fonts
    widths = [page.get_width() > page.get_height() for page in pdf]
    assert any(widths)
    assert not widths[0]


def test_the_web_page_names_every_figure_and_asks_nobody(made: dict[str, bytes], paper: Document) -> None:
    page = made["html"].decode()
    named = set(re.findall(r'data-figure="([^"]+)"', page))
    assert named == {figure.id for figure in paper.figures()}
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page)
    assert "<script" not in page
    assert page.count("<caption>") == len(list(paper.grids()))


def test_json_and_csv_hold_the_same_figures(made: dict[str, bytes], paper: Document) -> None:
    expected = {figure.id: figure.text for figure in paper.figures()}
    assert json.loads(made["json"])["figures"] == expected
    rows = list(csv.DictReader(io.StringIO(made["csv"].decode("utf-8-sig"))))
    assert {row["name"]: row["printed"] for row in rows} == expected


def test_excel_prints_each_cell_by_a_formula_that_carries_its_value(made: dict[str, bytes], paper: Document) -> None:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(made["xlsx"]))
    formulas = openpyxl.load_workbook(io.BytesIO(made["xlsx"]))
    for grid in paper.grids():
        printed = [cell for row in grid.rows for cell in row if cell.hundredths is not None]
        sheet = formulas[grid.number]
        alive = [cell.value for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=ROUND(")]
        assert len(alive) == len(printed)
        values = [value for row in workbook.get_sheet_by_name(grid.number).to_python() for value in row]
        found = sorted(round(value * 100) for value in values if isinstance(value, float) and value not in {1.0, 2.0})
        wanted = sorted(cell.hundredths for cell in printed if cell.hundredths not in {None, 100, 200})
        assert [value for value in found if value] == [value for value in wanted if value], grid.id


def test_totals_in_excel_are_sums_of_their_addends_to_the_fen(told: Account) -> None:
    checked = 0
    for name, fen in told.cells.items():
        addends = addends_of(name, told.cells, FORMS) if not name.startswith("budget:") else ()
        if addends:
            checked += 1
            assert sum(sign * told.cells.get(term, 0) for sign, term in addends) == fen, name
    assert checked > 60


def test_a_text_of_people_is_never_a_formula_or_markup(told: Account) -> None:
    nasty = '=HYPERLINK("x")<b>&#[]{}_*$'
    unit = replace(told.unit, name=nasty, superior=nasty)
    paper = document(replace(told, unit=unit))
    workbook = openpyxl.load_workbook(io.BytesIO(rendered("xlsx", paper, told.cells, FORMS)))
    texts = [cell for row in workbook["附件1-2"].iter_rows() for cell in row if cell.value == nasty]
    assert texts
    assert all(cell.data_type == "s" for cell in texts)
    assert nasty not in rendered("html", paper, told.cells, FORMS).decode()
    pdf = pypdfium2.PdfDocument(rendered("pdf", paper, told.cells, FORMS))
    assert bare(nasty) in bare(pdf[0].get_textpage().get_text_range())
    rendered("docx", paper, told.cells, FORMS)


def test_files_come_whole(tmp_path: Path, told: Account, paper: Document) -> None:
    written = write_files(paper, told.cells, FORMS, out=tmp_path)
    assert sorted(path.suffix[1:] for path in written) == sorted(FORMATS)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in written)


def test_when_one_format_fails_no_file_is_left(
    tmp_path: Path, told: Account, paper: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typesetting, "FONTS", tmp_path / "nowhere")
    with pytest.raises(typesetting.TypesettingFailed, match="make setup"):
        write_files(paper, told.cells, FORMS, out=tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []
    assert files.FORMATS[0] == "docx"


def test_payments_split_at_random_into_thousands_print_the_same_document() -> None:
    """Seed 20241231: each payment in pieces over the year, refunds among them."""
    rng = random.Random(20241231)
    pieces = []
    for row in payments():
        left = round(Decimal(row["amount_yuan"]) * 100)
        for _ in range(rng.randrange(20, 90)):
            piece = rng.randrange(-left // 10, left // 4) if left > 400 else 0
            pieces.append({**row, "amount_yuan": str(Decimal(piece) / 100)})
            left -= piece
        pieces.append({**row, "amount_yuan": str(Decimal(left) / 100)})
    assert len(pieces) > 1500
    assert cells(pieces) == cells(payments())
    whole = {figure.id: figure.text for figure in document(account(pieces)).figures()}
    assert whole == {figure.id: figure.text for figure in document().figures()}

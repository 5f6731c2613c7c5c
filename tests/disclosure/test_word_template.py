"""The finance bureau's Word template: fields and sections find their counterparts, the rest is listed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace

import docx
import pytest

from tests.disclosure.checking.generated import made
from wangge.domains.disclosure.document import Document, Heading
from wangge.domains.disclosure.rendering.template import Template, TemplateRefused, fill_template

HINT = "××年度收入总计××万元，与上年相比增加××万元。"


def issued(lines: Sequence[tuple[str, str]], *, header: str = "", split: bool = False) -> bytes:
    """A template of (style, text); ``split`` puts every sign of a field into a run of its own, as Word does."""
    word = docx.Document()
    for style, text in lines:
        paragraph = word.add_paragraph(style=style)
        for piece in text if split else [text]:
            paragraph.add_run(piece)
    word.sections[0].header.paragraphs[0].text = header
    kept = io.BytesIO()
    word.save(kept)
    return kept.getvalue()


def texts(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs]


@pytest.fixture(scope="module")
def document() -> Document:
    return made(3).document


def figure(document: Document, name: str) -> str:
    return next(each.text for each in document.figures() if each.id == name)


@pytest.mark.parametrize("split", [False, True])
def test_fields_are_filled_by_their_names_or_the_names_of_figures(document: Document, split: bool) -> None:
    lines = [("Normal", "{{单位名称}}{{ 年度 }}年收入总计{{ 收入总计 }}万元，支出{{01.r60}}万元。")]
    filled = fill_template(Template(issued(lines, header="{{ 单位名称 }}", split=split)), document)
    total = figure(document, "01.r30")
    text = f"{document.unit}{document.year}年收入总计{total}万元，支出{figure(document, '01.r60')}万元。"
    assert texts(filled.content) == [text]
    assert docx.Document(io.BytesIO(filled.content)).sections[0].header.paragraphs[0].text == document.unit
    assert {each.of_template: each.ours for each in filled.fields} == {
        "单位名称": "unit", "年度": "year", "收入总计": "01.r30", "01.r60": "01.r60",
    }  # fmt: skip


def test_a_field_nobody_knows_stays_visible_and_is_listed_until_somebody_says_what_it_is(document: Document) -> None:
    template = issued([("Normal", "全年收了{{ 收了多少 }}万元")])
    filled = fill_template(Template(template), document)
    assert filled.unmapped_fields == ("收了多少",)
    assert texts(filled.content) == ["全年收了【收了多少】万元"]
    told = fill_template(Template(template, {"收了多少": "01.r27"}), document)
    assert told.unmapped_fields == ()
    assert texts(told.content) == [f"全年收了{figure(document, '01.r27')}万元"]


def test_sections_are_recognised_though_numbered_and_named_otherwise(document: Document) -> None:
    lines = [
        ("Normal", "（一）收入支出决算总体情况………………3"),
        ("Heading 2", "（一）收入支出决算总体情况的说明"),
        ("Normal", HINT),
        ("Normal", "三、一般性支出情况"),
        ("Normal", "会议费××万元。"),
        ("Heading 2", "四、乡村振兴资金情况"),
        ("Normal", "由单位填写。"),
    ]
    filled = fill_template(Template(issued(lines)), document)
    assert [each.ours for each in filled.sections] == ["一、收入支出决算总体情况说明", "十、一般性支出情况说明"]
    assert filled.unmapped_sections == ("四、乡村振兴资金情况",)
    assert "二、收入决算情况说明" in filled.missing
    body = texts(filled.content)
    assert HINT not in body
    assert "由单位填写。" in body  # what is not ours is left alone
    place = body.index("（一）收入支出决算总体情况的说明")
    assert figure(document, "N.s1.total") in body[place + 1]


def test_a_heading_with_another_name_is_mapped_by_a_person(document: Document) -> None:
    template = issued([("Heading 2", "五、购买商品服务"), ("Normal", "××")])
    assert fill_template(Template(template), document).unmapped_sections == ("五、购买商品服务",)
    chosen = Template(template, {"五、购买商品服务": "十一、关于政府采购支出说明"})
    filled = fill_template(chosen, document)
    assert [each.ours for each in filled.sections] == ["十一、关于政府采购支出说明"]
    assert "××" not in texts(filled.content)


def test_tables_stand_where_the_template_has_their_headings(document: Document) -> None:
    headings = [each.text for each in document.blocks if isinstance(each, Heading) and each.anchor.startswith("table-")]
    assert len(headings) == 9
    filled = fill_template(Template(issued([("Heading 2", text) for text in headings])), document)
    tables = docx.Document(io.BytesIO(filled.content)).tables
    assert len(tables) == 9
    assert figure(document, "01.r27") in [cell.text for row in tables[0].rows for cell in row.cells]


def test_the_bureaus_own_sentence_with_fields_is_kept(document: Document) -> None:
    lines = [("Heading 2", "一、收入支出决算总体情况说明"), ("Normal", "本单位收入总计{{ 收入总计 }}万元。")]
    filled = fill_template(Template(issued(lines)), document)
    assert texts(filled.content)[1] == f"本单位收入总计{figure(document, '01.r30')}万元。"


def test_marks_in_a_value_do_not_break_the_file(document: Document) -> None:
    odd = replace(document, unit="甲<乙>&中心")
    assert texts(fill_template(Template(issued([("Normal", "{{ 单位名称 }}")])), odd).content) == ["甲<乙>&中心"]


@pytest.mark.parametrize("text", ["{% for x in range(10) %}", "{%p if 1 %}"])
def test_statements_are_refused(document: Document, text: str) -> None:
    with pytest.raises(TemplateRefused, match="语句"):
        fill_template(Template(issued([("Normal", text)])), document)


def test_a_call_in_a_field_is_text_and_never_run(document: Document) -> None:
    filled = fill_template(Template(issued([("Normal", "{{ ''.__class__.__mro__ }}")])), document)
    assert filled.unmapped_fields == ("''.__class__.__mro__",)


def test_what_is_no_word_file_is_refused(document: Document) -> None:
    with pytest.raises(TemplateRefused):
        fill_template(Template(b"PK\x03\x04 no"), document)

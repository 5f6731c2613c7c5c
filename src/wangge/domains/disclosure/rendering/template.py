"""Fills the Word template that the finance bureau issues: its fields with figures, its sections with our text.

A field is ``{{ 名称 }}`` or ``{{ 01.r27 }}``; a section is a heading that means one of ours, and what stands under it
(the bureau's hints and blanks) gives way to the text, unless the bureau put fields there. Nothing of a template is ever
run: statements are refused. What finds no counterpart is listed, on both sides.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from xml.sax.saxutils import escape
from zipfile import BadZipFile

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph as WordParagraph
from docxtpl import DocxTemplate

from wangge.domains.disclosure.document import Block, Contents, Document, Grid, Heading, NewPage
from wangge.domains.disclosure.logic.headings import is_in_contents, plain_heading, reads_as_section
from wangge.domains.disclosure.rendering.word import write_block
from wangge.standards.narrative import template_fields

_FIELD = re.compile(r"\{\{-?\s*([^{}]+?)\s*-?\}\}")
_STATEMENT = re.compile(r"\{%|\{#")
_PARTS = 1  # headings of level 1 are parts: their sections stand for themselves


class TemplateRefused(ValueError):
    """The file is no template that can be filled; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Template:
    """A Word file as issued, and what people said its fields and headings stand for: figure, or heading of ours."""

    content: bytes
    chosen: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mapped:
    """A part of the template with what stands there: a field with its figure, or a heading with our heading."""

    of_template: str
    ours: str


@dataclass(frozen=True, slots=True)
class Filled:
    """The filled template and what was mapped; ``missing`` are our sections that the template has no heading for."""

    content: bytes
    fields: tuple[Mapped, ...]
    sections: tuple[Mapped, ...]
    unmapped_fields: tuple[str, ...]
    unmapped_sections: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Section:
    heading: Heading
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """A heading of the template: its element, its text, and the elements up to the next one."""

    text: str
    element: Any
    below: tuple[Any, ...]


def fill_template(template: Template, document: Document) -> Filled:
    """The template with the document in it. Raises ``TemplateRefused``."""
    word = _opened(template.content)
    sections = _sections(document)
    placed = _placed(word, document.unit, sections, template.chosen)
    mapped = [(place, section) for place, section in placed if section is not None]
    for place, section in mapped:
        if not _has_fields(place):
            _write_below(word, place, section, document)
    known: dict[str, str] = {}
    unknown: dict[str, None] = {}
    content = _with_fields(word, _values(document), {**template_fields(), **template.chosen}, known, unknown)
    there = {id(section) for _place, section in mapped}
    return Filled(
        content,
        tuple(Mapped(name, figure) for name, figure in known.items()),
        tuple(Mapped(place.text, section.heading.text) for place, section in mapped),
        tuple(unknown),
        tuple(place.text for place, section in placed if section is None),
        tuple(each.heading.text for each in sections if id(each) not in there and each.blocks),
    )


def _opened(template: bytes) -> Any:
    try:
        word = docx.Document(io.BytesIO(template))
    except (KeyError, ValueError, OSError, BadZipFile, PackageNotFoundError) as broken:
        raise TemplateRefused("不是完好的 Word 文件（.docx）：请用 Office 另存后再上传。") from broken
    if _STATEMENT.search("".join(text.text or "" for text in word.element.body.iter(qn("w:t")))):
        raise TemplateRefused("模板里只能用字段 {{ 名称 }}，不能用 {% 语句 %}：请删去后再上传。")
    return word


def _values(document: Document) -> dict[str, str]:
    values = {figure.id: figure.text for figure in document.figures()}
    return values | {"year": str(document.year), "last_year": str(document.year - 1), "unit": document.unit}


def _sections(document: Document) -> list[_Section]:
    """Each heading of level 1 and 2 with its text; a part holds what stands before its first section."""
    found: list[_Section] = []
    current: list[Block] = []
    heading: Heading | None = None
    for block in (*document.blocks, None):
        if block is None or (isinstance(block, Heading) and block.level in {1, 2}):
            if heading is not None:
                found.append(_Section(heading, tuple(current)))
            heading, current = block, []
        elif heading is not None and not isinstance(block, Contents | NewPage):
            current.append(block)
    return found


def _placed(
    word: Any, unit: str, sections: Sequence[_Section], chosen: Mapping[str, str]
) -> list[tuple[_Place, _Section | None]]:
    """The template's headings with the section each means; of one that stands twice the last: contents come first."""
    by_name = {plain_heading(section.heading.text, unit): section for section in reversed(sections)}
    last = {plain_heading(place.text, unit): place for place in _places(word)}
    return [
        (place, by_name.get(plain_heading(chosen.get(place.text, place.text), unit)))
        for name, place in last.items()
        if name
    ]


def _places(word: Any) -> Iterator[_Place]:
    children = [child for child in word.element.body if child.tag != qn("w:sectPr")]
    heads = [(index, text) for index, child in enumerate(children) if (text := _heading_text(word, child))]
    ends = [*(index for index, _text in heads[1:]), len(children)][: len(heads)]
    for (index, text), after in zip(heads, ends, strict=True):
        yield _Place(text, children[index], tuple(children[index + 1 : after]))


def _heading_text(word: Any, element: Any) -> str:
    if element.tag != qn("w:p"):
        return ""
    paragraph = WordParagraph(element, word._body)
    text = paragraph.text.strip()
    style = (paragraph.style.name if paragraph.style is not None else "") or ""
    if not text or style.lower().startswith("toc") or is_in_contents(text):
        return ""
    styled = style.startswith(("Heading", "标题")) and style[-1:] in {"1", "2"}
    return text if styled or reads_as_section(text) else ""


def _has_fields(place: _Place) -> bool:
    texts = ("".join(text.text or "" for text in element.iter(qn("w:t"))) for element in place.below)
    return any(_FIELD.search(text) for text in texts)


def _write_below(word: Any, place: _Place, section: _Section, document: Document) -> None:
    """Our text in place of what stands under the heading; breaks of sections and pages stay."""
    if not section.blocks and section.heading.level == _PARTS:
        return
    for element in place.below:
        if element.find(f".//{qn('w:sectPr')}") is None:
            element.getparent().remove(element)
    body = word.element.body
    after = place.element
    for block in section.blocks:
        before = set(body)
        write_block(word, _upright(block), document)
        for element in [each for each in body if each not in before]:
            after.addnext(element)
            after = element


def _upright(block: Block) -> Block:
    """A wide table keeps the template's page, in small type."""
    return replace(block, is_landscape=False, small=True) if isinstance(block, Grid) else block


def _with_fields(
    word: Any, values: Mapping[str, str], fields: Mapping[str, str], known: dict[str, str], unknown: dict[str, None]
) -> bytes:
    """Fields of body, headers and footers as text; one that is split into runs is joined first."""
    kept = io.BytesIO()
    word.save(kept)
    kept.seek(0)
    template = DocxTemplate(kept)
    template.init_docx()

    def told(found: re.Match[str]) -> str:
        name = found[1]
        figure = fields.get(name, name)
        if figure not in values:
            unknown[name] = None
            return f"【{escape(name)}】"
        known[name] = figure
        return escape(values[figure])

    tree = template.fix_tables(_FIELD.sub(told, template.patch_xml(template.get_xml())))
    template.fix_docpr_ids(tree)
    template.map_tree(tree)
    for uri in (template.HEADER_URI, template.FOOTER_URI):
        for key, part in template.get_headers_footers(uri):
            xml = template.patch_xml(template.get_part_xml(part))
            encoding = template.get_headers_footers_encoding(xml)
            template.map_headers_footers_xml(key, _FIELD.sub(told, xml).encode(encoding))
    made = io.BytesIO()
    template.docx.save(made)
    return made.getvalue()

"""The case file 案卷 as Word: the sheet that is printed, for whoever has to put it into a paper of his own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import IO, Any, NamedTuple

import docx
from django.utils.translation import gettext as _
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from wangge.surfaces.web.command.pages import CaseFilePage, CasePage
from wangge.surfaces.web.elements.drawing.marks import full_moment
from wangge.surfaces.web.elements.pieces import Step

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SONG, HEI = "宋体", "黑体"
_LABEL_CM, _WORDS_CM = 2.6, 6.0
_STEPS_CM = (1.1, 2.9, 3.0, 2.6, 4.6, 3.0)
_PICTURE_CM = 8.0


class Picture(NamedTuple):
    """A picture with what stands beneath it."""

    words: str
    copy: IO[bytes]


def case_file_word(file: CaseFilePage, pictures: Sequence[Picture]) -> bytes:
    """The document."""
    paper = docx.Document()
    _prepare(paper, file)
    _line(paper, file.organization)
    _line(paper, _("城市管理案卷"), size=18, family=HEI)
    _line(paper, f"{_('案卷编号')} {file.case.number}")
    _facts(paper, file.case)
    _pictures(paper, pictures)
    paper.add_heading(_("办理经过"), 2)
    _steps(paper, file.steps)
    paper.add_paragraph("    ".join(f"{each.label}：{each.name or '__________'}" for each in file.signatures))
    paper.add_paragraph(file.chain_text)
    made = BytesIO()
    paper.save(made)
    return made.getvalue()


def _prepare(paper: Any, file: CaseFilePage) -> None:
    """A4, Chinese faces, who took it out and when at the head of each sheet."""
    paper.core_properties.title = f"{_('城市管理案卷')} {file.case.number}"
    paper.core_properties.author = file.organization
    for name, size, family in (("Normal", 10.5, SONG), ("Heading 2", 12, HEI)):
        style = paper.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = family, Pt(size), RGBColor(0, 0, 0)
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), family)
    section = paper.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(1.9)
    head = section.header.paragraphs[0]
    head.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    told = {"who": file.printed_by, "when": full_moment(file.printed_at)}
    run = head.add_run(_("%(who)s 于 %(when)s 导出") % told)
    run.font.size, run.font.color.rgb = Pt(9), RGBColor(0x70, 0x70, 0x70)


def _line(paper: Any, text: str, *, size: float = 12, family: str = SONG) -> None:
    paragraph = paper.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(text)
    run.font.size, run.font.name = Pt(size), family
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), family)


def _facts(paper: Any, case: CasePage) -> None:
    table = paper.add_table(rows=0, cols=4)
    table.style = "Table Grid"
    none = "—"
    where = f"{case.place.words}（{case.place.district} {case.place.grid}）"
    for pairs in (
        ((_("类别"), f"{case.category_path} · {case.category_zh}"), (_("立案条件"), case.condition_zh or none)),
        ((_("来源"), case.source_zh), (_("上报时间"), full_moment(case.reported_at))),
        (
            (_("环节"), f"{case.stage.stage_zh} {case.stage.turn}".strip()),
            (_("时限"), f"{case.time_left.limit_text} {case.time_left.text}".strip()),
        ),
    ):
        cells = table.add_row().cells
        for place, (label, value) in enumerate(pairs):
            cells[2 * place].text, cells[2 * place + 1].text = label, value
    more = [(fact.label, fact.value) for fact in case.facts]
    for label, value in ((_("地点"), where), *more, (_("问题描述"), case.description or none)):
        cells = table.add_row().cells
        cells[0].text = label
        cells[1].merge(cells[3]).text = value
    _widths(table, (_LABEL_CM, _WORDS_CM, _LABEL_CM, _WORDS_CM))


def _pictures(paper: Any, pictures: Sequence[Picture]) -> None:
    if not pictures:
        return
    table = paper.add_table(rows=0, cols=2)
    for first in range(0, len(pictures), 2):
        cells = table.add_row().cells
        for cell, picture in zip(cells, pictures[first : first + 2], strict=False):
            paragraph = cell.paragraphs[0]
            paragraph.add_run().add_picture(picture.copy, width=Cm(_PICTURE_CM))
            cell.add_paragraph(picture.words)


def _steps(paper: Any, steps: Iterable[Step]) -> None:
    table = paper.add_table(rows=1, cols=len(_STEPS_CM))
    table.style = "Table Grid"
    head = (_("序号"), _("时间"), _("办理"), _("办理人"), _("内容"), _("时限情况"))
    for cell, text in zip(table.rows[0].cells, head, strict=True):
        cell.text = ""
        cell.paragraphs[0].add_run(text).bold = True
    for step in steps:
        said = "；".join(f"{fact.label}：{fact.value}" for fact in step.facts)
        values = (
            str(step.seq), full_moment(step.at), step.verb_zh + (f" → {step.to_stage_zh}" if step.to_stage_zh else ""),
            f"{step.by} {step.post_zh}".strip(), " ".join(filter(None, (said, step.note))), step.clock_text,
        )  # fmt: skip
        for cell, text in zip(table.add_row().cells, values, strict=True):
            cell.text = text
    _widths(table, _STEPS_CM)


def _widths(table: Any, widths: Sequence[float]) -> None:
    """Word asks each cell."""
    table.autofit = False
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Cm(width)

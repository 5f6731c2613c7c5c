"""The operations on bulletins: which there are, and one whose figures name the frozen ones behind them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from wangge.domains.disclosure.document import Block, Cell, Document, Figure, Grid, Heading, Paragraph
from wangge.surfaces.api.door import Refuse, caller_of, json_answer
from wangge.surfaces.api.evaluation.operations import head_of
from wangge.surfaces.api.operations import at_the_door
from wangge.surfaces.api.problems import problem
from wangge.surfaces.web.assessment.bulletin import Paper, title_of
from wangge.surfaces.web.assessment.bulletin_paper import NoBulletin, bulletin_periods, published_paper


class _Addresses:
    """Addresses of the API: the notes of the document lead on within it."""

    def figure(self, result: str, name: str) -> str:
        object_, _slash, indicator = name.rpartition("/")
        kind, _mark, code = object_.partition("=")
        if not code:  # cases that lie in no street are a line too, and no address can name it
            return reverse("api-v1:get_result", args=[result])
        return reverse("api-v1:get_figure", args=[result, kind, code, indicator])

    def score(self, period: str, kind: str, code: str) -> str:
        return reverse("api-v1:get_month", args=[period])

    def month(self, period: str) -> str:
        return reverse("api-v1:get_bulletin", args=[period])


@at_the_door
def list_bulletins(request: HttpRequest) -> HttpResponse:
    """GET /evaluation/bulletins: the months, quarters and years that are published whole, newest first."""
    caller_of(request, door="api-v1:list_bulletins", writes=False)
    return json_answer({"items": [{"period": each, "title": title_of(each)} for each in bulletin_periods()]})


@at_the_door
def get_bulletin(request: HttpRequest, period: str) -> HttpResponse:
    """GET /evaluation/bulletins/{period}: the document of a published period."""
    caller_of(request, door="api-v1:get_bulletin", writes=False)
    try:
        paper, document, results = published_paper(period, _Addresses())
    except NoBulletin as missing:
        detail = _("没有这一期已发布的考评通报。期号见 /evaluation/bulletins。")
        raise Refuse(problem(404, "not_found", detail)) from missing
    return json_answer(
        {
            "period": period,
            "title": document.title,
            "results": [head_of(each) for each in results],
            "blocks": [told for block in document.blocks if (told := _block(block)) is not None],
            "figures": _figures(paper, document),
        }
    )


def _block(block: Block) -> dict[str, Any] | None:
    empty: dict[str, Any] = {"level": None, "number": "", "measure": "", "runs": [], "rows": []}
    if isinstance(block, Heading):
        return {**empty, "kind": "heading", "text": block.text, "level": block.level}
    if isinstance(block, Paragraph):
        runs = [
            {"text": run.text, "figure": run.id} if isinstance(run, Figure) else {"text": run, "figure": None}
            for run in block.runs
            if run != ""
        ]
        return {**empty, "kind": "paragraph", "text": block.text, "runs": runs}
    if isinstance(block, Grid):
        rows = [[_cell(cell) for cell in row] for row in block.rows]
        told = {"kind": "table", "text": block.title, "number": block.number, "measure": block.measure}
        return {**empty, **told, "rows": rows}
    return None  # contents and page breaks are no matter of a document that is read by programs


def _cell(cell: Cell) -> dict[str, Any]:
    return {"text": cell.text, "figure": cell.id or None, "is_head": cell.is_head}


def _figures(paper: Paper, document: Document) -> dict[str, Any]:
    """By id: as printed, and the frozen figures (result, name) that it is or is the sum of."""
    return {
        figure.id: {
            "text": figure.text,
            "traces": [{"result": result, "figure": name} for result, name in paper.traces[figure.id]],
        }
        for figure in document.figures()
    }

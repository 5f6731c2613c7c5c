"""The addresses under ``/api/v1/evaluation`` and what the document says of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from wangge.surfaces.api.documenting import BEARER, TEXT, document
from wangge.surfaces.api.evaluation import bulletins, checks, forms, months, operations

router = Router(auth=BEARER)
_RESULT_QUERY: tuple[tuple[str, dict[str, Any]], ...] = (
    ("kind", {"type": "string", "enum": list(operations.KINDS)}),
    ("code", {**TEXT, "description": "of a district or unit"}),
    ("indicator", {**TEXT, "description": "ids with commas between; all by default"}),
)
_WISHES = {"type": "array", "items": TEXT, "maxItems": 40}
_WHAT_IF_QUERY: tuple[tuple[str, dict[str, Any]], ...] = (
    ("kind", {"type": "string", "enum": list(operations.KINDS)}),
    ("weight", {**_WISHES, "description": "intime=0.35, for each part that is to weigh otherwise"}),
    ("least_cases", {"type": "integer", "minimum": 0, "description": "fewer cases get no rank"}),
    ("edge", {**_WISHES, "description": "grade/3=70: the lower edge of a band"}),
    ("score", {**_WISHES, "description": "department_filed/2=85: what a band scores"}),
)
_CASES_QUERY: tuple[tuple[str, dict[str, Any]], ...] = (
    ("count", {**TEXT, "description": "one of the figure's counts; by default the figure itself, where it is one"}),
    ("limit", {"type": "integer", "minimum": 1, "maximum": 200}),
    ("cursor", {**TEXT, "description": "next of the page before"}),
)


@router.get(
    "/results",
    response={200: forms.ResultHeads},
    operation_id="list_results",
    url_name="list_results",
    openapi_extra=document(),
)
def list_results(request: HttpRequest) -> HttpResponse:
    """The published evaluation results, every issue."""
    return operations.list_results(request)


@router.get(
    "/results/{result}",
    response={200: forms.Result},
    operation_id="get_result",
    url_name="get_result",
    openapi_extra=document(404, 422, query=_RESULT_QUERY),
)
def get_result(request: HttpRequest, result: str) -> HttpResponse:
    """One published result with its figures and scores."""
    return operations.get_result(request, result)


@router.get(
    "/results/{result}/figures/{kind}/{code}/{indicator}",
    response={200: forms.FigureTrace},
    operation_id="get_figure",
    url_name="get_figure",
    openapi_extra=document(404),
)
def get_figure(request: HttpRequest, result: str, kind: str, code: str, indicator: str) -> HttpResponse:
    """A figure with the counts it is made of."""
    return operations.get_figure(request, result, kind, code, indicator)


@router.get(
    "/results/{result}/figures/{kind}/{code}/{indicator}/cases",
    response={200: forms.CasesBehind},
    operation_id="list_figure_cases",
    url_name="list_figure_cases",
    openapi_extra=document(404, 422, query=_CASES_QUERY),
)
def list_figure_cases(request: HttpRequest, result: str, kind: str, code: str, indicator: str) -> HttpResponse:
    """The steps behind a count of a figure, as far as this person sees their cases."""
    return operations.list_figure_cases(request, result, kind, code, indicator)


@router.get(
    "/months",
    response={200: forms.MonthHeads},
    operation_id="list_months",
    url_name="list_months",
    openapi_extra=document(),
)
def list_months(request: HttpRequest) -> HttpResponse:
    """The months of evaluation, drafts among them, with the steps each has made."""
    return months.list_months(request)


@router.get(
    "/months/{period}",
    response={200: forms.Month},
    operation_id="get_month",
    url_name="get_month",
    openapi_extra=document(404),
)
def get_month(request: HttpRequest, period: str) -> HttpResponse:
    """A month's newest issue, draft or published, as far as this person may see it."""
    return months.get_month(request, period)


@router.get(
    "/months/{period}/what-if",
    response={200: forms.WhatIf},
    operation_id="get_what_if",
    url_name="get_what_if",
    openapi_extra=document(404, 422, query=_WHAT_IF_QUERY),
)
def get_what_if(request: HttpRequest, period: str) -> HttpResponse:
    """Whose rank would change by another weight, limit or band; nothing is kept."""
    return months.get_what_if(request, period)


@router.get(
    "/months/{period}/checks",
    response={200: forms.Checks},
    operation_id="list_checks",
    url_name="list_checks",
    openapi_extra=document(404),
)
def list_checks(request: HttpRequest, period: str) -> HttpResponse:
    """The checks of a month: draws, findings with points off, bonus and malus, as far as this person may see them."""
    return checks.list_checks(request, period)


@router.get(
    "/bulletins",
    response={200: forms.BulletinHeads},
    operation_id="list_bulletins",
    url_name="list_bulletins",
    openapi_extra=document(),
)
def list_bulletins(request: HttpRequest) -> HttpResponse:
    """The bulletins of months, quarters and years that are published whole."""
    return bulletins.list_bulletins(request)


@router.get(
    "/bulletins/{period}",
    response={200: forms.Bulletin},
    operation_id="get_bulletin",
    url_name="get_bulletin",
    openapi_extra=document(404),
)
def get_bulletin(request: HttpRequest, period: str) -> HttpResponse:
    """One bulletin as a document; every figure names the frozen figures behind it."""
    return bulletins.get_bulletin(request, period)


@router.get(
    "/signs",
    response={200: forms.Signs},
    operation_id="list_signs",
    url_name="list_signs",
    openapi_extra=document(422, query=(("period", {**TEXT, "description": "a month, 2024-03"}),)),
)
def list_signs(request: HttpRequest) -> HttpResponse:
    """Signs that figures of a month were made to look better: where each shows, its measure, its cases."""
    return operations.list_signs(request)

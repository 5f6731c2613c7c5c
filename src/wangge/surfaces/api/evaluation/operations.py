"""The operations on published evaluation results: their list, one of them, a figure's counts and the cases behind.

What is published is the same for everybody who may open evaluation; drafts are not here. Cases are shown as far as the
person sees each of them; of the others only their number is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from wangge.domains.cases import failures
from wangge.domains.cases.answers import iso
from wangge.domains.cases.queries.seen import numbers_seen
from wangge.domains.evaluation.logic.periods import PeriodUnknown, parse_period
from wangge.domains.evaluation.logic.signs import Showing
from wangge.domains.evaluation.models import Result
from wangge.domains.evaluation.queries import results
from wangge.domains.evaluation.queries.settings import month_begins_on
from wangge.domains.evaluation.queries.signs import MOST_DAYS, signs_of
from wangge.domains.evaluation.snapshots import latest
from wangge.groundwork.warehouse.manifest import WarehouseRefused
from wangge.surfaces.api.asked import limit_of
from wangge.surfaces.api.door import Refuse, caller_of, json_answer
from wangge.surfaces.api.operations import at_the_door
from wangge.surfaces.api.problems import problem
from wangge.surfaces.object_names import object_name

KINDS = ("district", "department")
TRACED = (*KINDS, "minor_class", "street")
"""Whose figures open: also those of the themes of a bulletin."""
_ROWS = {"district": "rows", "department": "departments"}
_MARKS = frozenset("=,/\0")  # they part the name of a figure; no code holds one
_LONGEST_CURSOR = 9


@at_the_door
def list_results(request: HttpRequest) -> HttpResponse:
    """GET /evaluation/results."""
    caller_of(request, door="api-v1:list_results", writes=False)
    return json_answer({"items": [head_of(each) for each in results.published_results()]})


@at_the_door
def get_result(request: HttpRequest, result: str) -> HttpResponse:
    """GET /evaluation/results/{result}: whole, or narrowed to a kind of object, a code, some indicators."""
    caller_of(request, door="api-v1:get_result", writes=False)
    found = _published(result)
    content = results.content_of(found)
    kinds = _kinds(request.GET.get("kind", ""))
    code = request.GET.get("code", "")
    wanted = frozenset(filter(None, request.GET.get("indicator", "").split(",")))
    definitions = [each for each in content["indicators"] if not wanted or each["id"] in wanted]
    unknown = wanted - {each["id"] for each in definitions}
    if unknown:
        raise failures.BadInput("indicator", _("本结果没有指标“%(name)s”。") % {"name": min(unknown)[:60]})
    return json_answer(
        {
            **head_of(found),
            "first": content["period"]["first"],
            "end": content["period"]["end"],
            "indicators": definitions,
            "rows": [
                row_of(kind, row, wanted)
                for kind in kinds
                for row in content[_ROWS[kind]]
                if code in ("", row["objects"][kind])
            ],
            "scores": [
                {"kind": kind, "name": object_name(kind, each["code"]), **each}
                for kind in kinds
                for each in content["scores"][kind]
                if code in ("", each["code"])
            ],
            "exclusions": content["exclusions"],
            "changes": [
                each
                for each in content.get("changes", ())
                if each["object"] in kinds and code in ("", each["code"]) and _is_wanted(each, wanted)
            ],
        }
    )


@at_the_door
def get_figure(request: HttpRequest, result: str, kind: str, code: str, indicator: str) -> HttpResponse:
    """GET /evaluation/results/{result}/figures/{kind}/{code}/{indicator}: the counts it is made of."""
    caller_of(request, door="api-v1:get_figure", writes=False)
    found, environment = _published(result), settings.ENVIRONMENT
    name = _figure_name(kind, code, indicator)
    try:
        told = results.explain(found, name, root=environment.warehouse_root, overlay=environment.city_overlay, most=0)
    except results.NoSuchFigure as missing:
        raise Refuse(problem(404, "not_found", str(missing))) from missing
    except WarehouseRefused as changed:
        raise Refuse(problem(503, "unavailable", str(changed))) from changed
    told = {name: told[name] for name in told if name not in ("objects", "counts")} | {"kind": kind, "code": code} | {
        "counts": [
            {"count": each["count"], "counted": each["counted"], "number": each["number"], "steps": each["marks"]}
            for each in told["counts"]
        ]
    }  # fmt: skip
    return json_answer(told)


@at_the_door
def list_figure_cases(request: HttpRequest, result: str, kind: str, code: str, indicator: str) -> HttpResponse:
    """GET …/{indicator}/cases: the steps behind one of its counts, by case, as far as this person sees the cases."""
    caller = caller_of(request, door="api-v1:list_figure_cases", writes=False)
    found, environment = _published(result), settings.ENVIRONMENT
    name, limit = _figure_name(kind, code, indicator), limit_of(request.GET.get("limit", ""))
    cursor = request.GET.get("cursor", "") or "0"
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= _LONGEST_CURSOR):
        raise failures.BadInput("cursor", _("cursor 须是上一页的 next。"))
    count = request.GET.get("count", "").replace("\0", "") or indicator
    try:
        number, steps = results.steps_behind(
            found, name, count, root=environment.warehouse_root, overlay=environment.city_overlay,
            skip=int(cursor), most=limit,
        )  # fmt: skip
    except results.NoSuchFigure as missing:
        raise Refuse(problem(404, "not_found", str(missing))) from missing
    except WarehouseRefused as changed:
        raise Refuse(problem(503, "unavailable", str(changed))) from changed
    seen = numbers_seen(by=caller.actor, numbers=[each["case"] for each in steps])
    items = [
        {name: each[name] for name in ("case", "step", "verb", "at", "sign")} for each in steps if each["case"] in seen
    ]
    after = int(cursor) + limit
    return json_answer(
        {
            "count": count,
            "steps": number,
            "items": items,
            "hidden": len(steps) - len(items),
            "next": str(after) if after < number else None,
        }
    )


def _published(name: str) -> Result:
    found = None if "\0" in name else results.published_result(name)
    if found is None:
        raise Refuse(problem(404, "not_found", _("没有此编号的已发布考评结果。编号见 /evaluation/results。")))
    return found


def _kinds(asked: str) -> tuple[str, ...]:
    if asked and asked not in KINDS:
        raise failures.BadInput("kind", _("kind 只能是 district 或 department。"))
    return (asked,) if asked else KINDS


def _figure_name(kind: str, code: str, indicator: str) -> str:
    if kind not in TRACED or _MARKS & set(code + indicator):
        detail = _("没有这个数：写作 对象类别/代码/指标，例如 district/430202/n_close。")
        raise Refuse(problem(404, "not_found", detail))
    return f"{kind}={code}/{indicator}"


def head_of(found: Result) -> dict[str, Any]:
    """What identifies a result."""
    return {
        "id": found.id,
        "period": found.period,
        "issue": found.issue,
        "replaces": found.replaces or None,
        "change_note": found.change_note or None,
        "snapshot": found.snapshot,
        "edition": found.edition,
        "software": found.software,
        "computed_at": iso(found.computed_at),
        "sm3": bytes(found.sm3).hex(),
    }


def row_of(kind: str, row: Mapping[str, Any], wanted: frozenset[str]) -> dict[str, Any]:
    """The figures of one object, narrowed to some indicators."""
    code = row["objects"][kind]
    figures = {name: each for name, each in row["figures"].items() if not wanted or name in wanted}
    return {"kind": kind, "code": code, "name": object_name(kind, code), "period": row["period"], "figures": figures}


def _is_wanted(change: Mapping[str, Any], wanted: frozenset[str]) -> bool:
    return not wanted or change.get("indicator", "") in wanted


@at_the_door
def list_signs(request: HttpRequest) -> HttpResponse:
    """GET /evaluation/signs: where figures of a month show signs, with measure and cases."""
    caller, environment = caller_of(request, door="api-v1:list_signs", writes=False), settings.ENVIRONMENT
    try:
        period = parse_period(request.GET.get("period", ""), starts_on=month_begins_on())
    except PeriodUnknown as unknown:
        raise failures.BadInput("period", str(unknown)) from unknown
    if (period.end - period.first).days > MOST_DAYS:
        raise failures.BadInput("period", _("期间最长一个月，例如 2024-03。"))
    try:
        snapshot = latest(environment.warehouse_root)
        found = signs_of(period, snapshot=snapshot, at=caller.at, overlay=environment.city_overlay)
    except WarehouseRefused as changed:
        raise Refuse(problem(503, "unavailable", str(changed))) from changed
    numbers = (case for sign in found for showing in sign.showings for case in showing.cases)
    seen = numbers_seen(by=caller.actor, numbers=numbers)
    return json_answer(
        {
            "period": period.name,
            "snapshot": snapshot.id,
            "items": [
                {
                    **{name: getattr(sign.row, name) for name in _SIGN},
                    "shows": sign.shows,
                    "showings": [_showing(each, sign.row.object, caller.at, seen) for each in sign.showings],
                }
                for sign in found
            ],
        }
    )


_SIGN = ("sign", "name_zh", "measure_zh", "object", "window", "least", "limit", "source", "confidence")


def _showing(each: Showing, kind: str, at: datetime, seen: frozenset[str]) -> dict[str, Any]:
    cases = [case for case in each.cases if case in seen]
    return {
        "code": each.code,
        "name": object_name(kind, each.code, at=at),
        "measure": str(each.measure),
        "part": each.part,
        "whole": each.whole,
        "hour": each.hour,
        "cases": cases,
        "all_cases": each.all_cases,
    }

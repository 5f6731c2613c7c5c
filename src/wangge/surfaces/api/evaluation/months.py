"""The operations on months of evaluation: where each stands, a draft as far as one may see it, what another rule gives.

Of a month that is not published a district or unit sees its own figures and scores, without a rank; the evaluation
section and the leaders see it whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from wangge.domains.cases import failures
from wangge.domains.cases.answers import iso
from wangge.domains.evaluation import policies
from wangge.domains.evaluation.logic.months import MonthState, state_after
from wangge.domains.evaluation.logic.what_if import Compared, Place, Wish, WishRefused, parse_wish
from wangge.domains.evaluation.models import MonthStep, Result
from wangge.domains.evaluation.queries import results
from wangge.domains.evaluation.queries import what_if as asking
from wangge.domains.organizations.logic import Actor
from wangge.surfaces.api.door import Refuse, caller_of, json_answer
from wangge.surfaces.api.evaluation.operations import KINDS, head_of, row_of
from wangge.surfaces.api.operations import at_the_door
from wangge.surfaces.api.problems import problem
from wangge.surfaces.object_names import object_name

_ROWS = {"district": "rows", "department": "departments"}
_MOST_WISHES = 40


@at_the_door
def list_months(request: HttpRequest) -> HttpResponse:
    """GET /evaluation/months: those this person may know of, the newest first."""
    caller = caller_of(request, door="api-v1:list_months", writes=False)
    found: dict[str, list[MonthStep]] = {}
    for step in MonthStep.objects.order_by("period", "seq"):
        found.setdefault(step.period, []).append(step)
    items = [_month(period, found[period], caller.actor) for period in sorted(found, reverse=True)]
    return json_answer({"items": [each for each in items if each is not None]})


@at_the_door
def get_month(request: HttpRequest, period: str) -> HttpResponse:
    """GET /evaluation/months/{period}: its newest issue as far as this person may see it, draft or published."""
    caller = caller_of(request, door="api-v1:get_month", writes=False)
    told, result, state = _opened(period, caller.actor)
    content = results.content_of(result)
    scores = {
        kind: policies.visible_scores(content["scores"][kind], kind=kind, state=state, by=caller.actor)
        for kind in KINDS
    }
    return json_answer(
        {
            **told,
            "issue": head_of(result),
            "rows": [
                row_of(kind, row, frozenset())
                for kind in KINDS
                for row in content[_ROWS[kind]]
                if policies.may_see_object(kind=kind, code=row["objects"][kind], state=state, by=caller.actor)
            ],
            "scores": [
                {"kind": kind, "name": object_name(kind, each["code"]), **each}
                for kind, of in scores.items()
                for each in of
            ],
            "exclusions": content["exclusions"],
        }
    )


@at_the_door
def get_what_if(request: HttpRequest, period: str) -> HttpResponse:
    """GET /evaluation/months/{period}/what-if: the scores by other weights, limits or bands; nothing is kept."""
    caller = caller_of(request, door="api-v1:get_what_if", writes=False)
    told, result, _state = _opened(period, caller.actor)
    kind = request.GET.get("kind", "district")
    if kind not in KINDS:
        raise failures.BadInput("kind", _("kind 只能是 district 或 department。"))
    setup = asking.setup_of(result, kind, settings.ENVIRONMENT.city_overlay)
    try:
        outcome = asking.what_if(result, kind, setup, _wish(request))
    except WishRefused as wrong:
        raise failures.BadInput("weight", _(wrong.message) % wrong.values) from wrong
    return json_answer(
        {
            "period": told["period"],
            "result": result.id,
            "kind": kind,
            "weight_sum": _text(outcome.weight_sum),
            "reproduces": outcome.reproduces,
            "moved": sum(each.moved for each in outcome.objects),
            "objects": [_compared(each, kind) for each in outcome.objects],
        }
    )


def _opened(period: str, by: Actor) -> tuple[dict[str, Any], Result, MonthState]:
    """A month's head, newest result and state; 404 for one that this person may not know of."""
    steps = [] if "\0" in period else list(MonthStep.objects.filter(period=period).order_by("seq"))
    told = _month(period, steps, by) if steps else None
    result = Result.objects.filter(id=steps[-1].result_id).first() if told is not None else None
    if told is None or result is None:
        raise Refuse(problem(404, "not_found", _("没有可看的这个月份。月份见 /evaluation/months。")))
    return told, result, MonthState(told["state"])


def _month(period: str, steps: list[MonthStep], by: Actor) -> dict[str, Any] | None:
    state = state_after([each.verb for each in steps])
    if not (state is MonthState.PUBLISHED or policies.may_see_drafts(by) or policies.own_objects(by)):
        return None
    return {
        "period": period,
        "state": state.value,
        "result": steps[-1].result_id,
        "open_steps": policies.open_steps(state=state, by=by),
        "steps": [
            {"step": each.verb, "by": each.person_name, "at": iso(each.at), "note": each.note or None}
            for each in steps
        ],
    }  # fmt: skip


def _wish(request: HttpRequest) -> Wish:
    given = request.GET
    least = given.get("least_cases", "")
    if least and not (least.isascii() and least.isdigit() and len(least) < 8):
        raise failures.BadInput("least_cases", _("“%(text)s”不是数：写作 0.35。") % {"text": least[:20]})
    lists = {name: given.getlist(name) for name in ("weight", "edge", "score")}
    for name, values in lists.items():
        if len(values) > _MOST_WISHES or any(len(each) > 60 or "\0" in each for each in values):
            raise failures.BadInput(name, _("看不懂“%(text)s”：写作 %(how)s。") % {"text": name, "how": "intime=0.35"})
    return parse_wish(
        weights=lists["weight"], least_cases=int(least) if least else None, edges=lists["edge"],
        scores=lists["score"],
    )  # fmt: skip


def _compared(each: Compared, kind: str) -> dict[str, Any]:
    return {
        "code": each.code,
        "name": object_name(kind, each.code),
        "moved": each.moved,
        "before": _place(each.before),
        "after": _place(each.after),
    }


def _place(place: Place) -> Mapping[str, Any]:
    return {
        "total": _text(place.total), "rank": place.rank, "grade": place.grade or None, "index": _text(place.index),
        "index_rank": place.index_rank,
    }  # fmt: skip


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")

"""The operation on the checks of a month: draws, findings with points off, bonus and malus, how far file checks are.

The evaluation section and the leaders see all of it, also before the month is frozen. A unit or district sees what
counts against itself; of others, once the month is published, the points that counted and no words.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from wangge.domains.cases.answers import iso
from wangge.domains.cases.queries.seen import numbers_seen
from wangge.domains.evaluation import policies
from wangge.domains.evaluation.logic.drawing import Drawn
from wangge.domains.evaluation.logic.months import MonthState, state_after
from wangge.domains.evaluation.logic.periods import Period, PeriodUnknown, parse_period
from wangge.domains.evaluation.models import Adjustment, CheckFinding, MonthStep
from wangge.domains.evaluation.queries.checks import MonthChecks, checks_of
from wangge.domains.evaluation.queries.settings import month_begins_on
from wangge.domains.organizations.logic import Actor
from wangge.surfaces.api.door import Refuse, caller_of, json_answer
from wangge.surfaces.api.operations import at_the_door
from wangge.surfaces.api.problems import problem
from wangge.surfaces.object_names import object_name

_COMPUTES = ("freeze", "reissue")
Row = TypeVar("Row", CheckFinding, Adjustment)


@at_the_door
def list_checks(request: HttpRequest, period: str) -> HttpResponse:
    """GET /evaluation/months/{period}/checks: as far as this person may see them."""
    caller = caller_of(request, door="api-v1:list_checks", writes=False)
    by = caller.actor
    month = _month(period)
    steps = list(MonthStep.objects.filter(period=month.name).order_by("seq"))
    state = state_after([each.verb for each in steps])
    whole = policies.may_see_drafts(by)
    if not (whole or state is MonthState.PUBLISHED or (state is not MonthState.OPEN and policies.own_objects(by))):
        raise Refuse(_missing())
    computed_at = max((each.at for each in steps if each.verb in _COMPUTES), default=None)
    found = checks_of(month, overlay=settings.ENVIRONMENT.city_overlay)
    drawn = found.draws.get(Drawn.QUALITY)
    files = drawn.drawn if drawn is not None else []
    named = [case for each in found.findings if (case := found.case_of(each))]
    seen = numbers_seen(by=by, numbers=[*named, *(files if whole else ())])
    findings = _shown(found.findings, state, by, computed_at)
    adjustments = _shown(found.adjustments, state, by, computed_at)
    return json_answer(
        {
            "period": month.name,
            "state": state.value,
            "draws": _draws(found, seen) if whole else [],
            "findings": [_finding(each, found, seen, computed_at, words=words) for each, words in findings],
            "adjustments": [_adjustment(each, computed_at, words=words) for each, words in adjustments],
            "files": {
                "drawn": len(files),
                "judged": len(found.verdicts),
                "valid": sum(each.valid for each in found.verdicts.values()),
            },
        }
    )


def _month(period: str) -> Period:
    try:
        return parse_period(period, starts_on=month_begins_on())
    except PeriodUnknown:
        raise Refuse(_missing()) from None


def _missing() -> HttpResponse:
    return problem(404, "not_found", _("没有可看的这个月份。月份见 /evaluation/months。"))


def _shown(rows: Sequence[Row], state: MonthState, by: Actor, computed_at: datetime | None) -> list[tuple[Row, bool]]:
    """The rows this person may see, and of each whether its words as well."""
    whole, own = policies.may_see_drafts(by), policies.own_objects(by)
    shown = []
    for each in rows:
        words = whole or (each.object_kind, each.object_code) in own
        if words or (state is MonthState.PUBLISHED and _counted(each.at, computed_at)):
            shown.append((each, words))
    return shown


def _counted(at: datetime, computed_at: datetime | None) -> bool:
    """Whether the newest issue was computed with what was written at this moment."""
    return computed_at is not None and at <= computed_at


def _draws(found: MonthChecks, seen: frozenset[str]) -> list[dict[str, Any]]:
    return [
        {
            "kind": kind.value,
            "pool": made.pool,
            "pool_sm3": bytes(made.pool_sm3).hex(),
            "seed": made.seed,
            "drawn": len(made.drawn),
            "keys": [key for key in made.drawn if kind is Drawn.SPOT or key in seen],
            "at": iso(made.at),
        }
        for kind, made in found.draws.items()
    ]


def _finding(
    each: CheckFinding, found: MonthChecks, seen: frozenset[str], computed_at: datetime | None, *, words: bool
) -> dict[str, Any]:
    row, case = found.items.get((each.form, each.item)), found.case_of(each)
    return {
        "id": each.id,
        "form": each.form,
        **_object(each),
        "item": each.item,
        "item_zh": row.name_zh if row is not None else each.item,
        "takes_back": each.takes_back,
        "taken_back": each.id in found.taken_back,
        "place": each.place if words else None,
        "note": each.note if words else None,
        "case": case if case in seen else None,
        "counted": _counted(each.at, computed_at),
        "at": iso(each.at),
    }


def _adjustment(each: Adjustment, computed_at: datetime | None, *, words: bool) -> dict[str, Any]:
    return {
        "id": each.id,
        **_object(each),
        "reason": each.reason if words else None,
        "order_no": each.order_no if words else None,
        "counted": _counted(each.at, computed_at),
        "at": iso(each.at),
    }


def _object(each: CheckFinding | Adjustment) -> dict[str, Any]:
    return {
        "kind": each.object_kind,
        "code": each.object_code,
        "name": object_name(each.object_kind, each.object_code),
        "points": f"{Decimal(each.points_hundredths) / 100:.2f}",
    }

"""Draws what a district or unit takes to the meeting: the cases that cost points, their photos, who is responsible,
and what would have changed the rank."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from wangge.domains.cases.queries.seen import SeenCase, cases_seen
from wangge.domains.evaluation.evaluating import indicators_on
from wangge.domains.evaluation.logic.scoring import cases_to_gain
from wangge.domains.evaluation.models import Result
from wangge.domains.evaluation.queries import results
from wangge.domains.geography.people_queries import ResponsiblePeriod, responsible_on
from wangge.domains.organizations.logic import Actor
from wangge.surfaces.web.assessment import words
from wangge.surfaces.web.assessment.pages import CaseGroup, CaseLine, CasePhoto
from wangge.surfaces.web.elements.labels import photo_kind

COSTS = (
    ("n_handle_overdue", gettext_noop("超期处置")),
    ("n_unhandled_overdue", gettext_noop("超期未处置")),
    ("n_rework", gettext_noop("返工案卷")),
)
_SHOWN_CASES = 8
"""So many of each kind, so that the paper stays one; the trace of the count has them all."""
_PHOTOS = ("photo_before", "photo_after")
Responsible = tuple[tuple[str, str, int], ...]


def costly_cases(
    result: Result, content: Mapping[str, Any], kind: str, code: str, by: Actor
) -> tuple[tuple[CaseGroup, ...], Responsible]:
    """The cases that cost points, by kind, as far as ``by`` may open them; and the persons responsible for them.

    Two statements, however many cases.
    """
    environment = settings.ENVIRONMENT
    counts = {
        count: results.explain(
            result, f"{kind}={code}/{count}", root=environment.warehouse_root, overlay=environment.city_overlay,
            most=_SHOWN_CASES,
        )["counts"][0]
        for count, _title in COSTS
    }  # fmt: skip
    seen = cases_seen(by=by, numbers=(step["case"] for told in counts.values() for step in told["steps"]))
    people = responsible_on(date.fromisoformat(content["period"]["end"]) - timedelta(days=1)) if seen else {}
    groups = []
    for count, title in COSTS:
        told = counts[count]
        lines = tuple(_line(step, seen[step["case"]], people) for step in told["steps"] if step["case"] in seen)
        more = [hidden(told["steps"], seen)]
        if told["number"] > len(told["steps"]):
            more.append(_("共 %(n)d 件，此处列出前 %(most)d 件。") % {"n": told["number"], "most": _SHOWN_CASES})
        url = words.figure_url(result.id, f"{kind}={code}/{count}") if told["number"] else ""
        groups.append(CaseGroup(f"{_(title)} {told['number']}", lines, " ".join(filter(None, more)), url))
    return tuple(groups), _responsible(seen, people)


def hidden(steps: Sequence[Mapping[str, Any]], seen: Mapping[str, Any] | frozenset[str]) -> str:
    """How many of the cases one may not open."""
    number = sum(step["case"] not in seen for step in steps)
    return _("另有 %(n)d 件不在您的查看范围内。") % {"n": number} if number else ""


def _line(step: Mapping[str, Any], case: SeenCase, people: Mapping[str, ResponsiblePeriod]) -> CaseLine:
    line = words.case_line(step)
    person = people.get(case.grid_code)
    units = dict.fromkeys(filter(None, (case.department_code, case.inner_department_code)))
    return CaseLine(
        line.number, line.url, line.step, line.at, line.sign,
        where=" · ".join(words.object_name("department", unit) for unit in units),
        responsible=person.name if person is not None else "",
        photos=_photos(case),
    )  # fmt: skip


def _photos(case: SeenCase) -> tuple[CasePhoto, ...]:
    """The first picture of the problem and the last of what was done."""
    by_kind = {kind: [photo for each, photo in case.photos if each == kind] for kind in _PHOTOS}
    chosen = [(kind, of[0 if kind == _PHOTOS[0] else -1]) for kind, of in by_kind.items() if of]
    return tuple(
        CasePhoto(
            reverse("photo_copy", args=[case.number, photo]), reverse("photo_thumbnail", args=[case.number, photo]),
            photo_kind(kind),
        )
        for kind, photo in chosen
    )  # fmt: skip


def _responsible(seen: Mapping[str, SeenCase], people: Mapping[str, ResponsiblePeriod]) -> Responsible:
    """Those responsible for the grids of the cases, who has most first."""
    found = Counter(
        (people[case.grid_code].name, people[case.grid_code].unit) for case in seen.values() if case.grid_code in people
    )
    ordered = sorted(found.items(), key=lambda each: (-each[1], each[0]))
    return tuple((name, unit, number) for (name, unit), number in ordered)


def advice(scores: Sequence[Mapping[str, Any]], score: Mapping[str, Any]) -> str:
    """How far the next rank was."""
    if score["rank"] is None:
        return _("案卷数不足，不参加排名。") if score["small"] else ""
    nearest = _nearest_above(scores, score)
    if nearest is None:
        return _("本月第一。")
    worst = max(score["parts"], key=lambda part: Decimal(part["lost"] or 0))
    return _("再得 %(gap)s 分即与第 %(rank)s 名持平；失分最多的是%(part)s（%(lost)s 分）。") % {
        "gap": _gap(nearest, score), "rank": nearest["rank"], "part": _(worst["name_zh"]), "lost": worst["lost"],
    }  # fmt: skip


def ways_up(
    scores: Sequence[Mapping[str, Any]], score: Mapping[str, Any], figures: Mapping[str, Any], *, end: date
) -> tuple[str, ...]:
    """What would have changed the rank, each by itself; by the definitions of the day before ``end``."""
    nearest = _nearest_above(scores, score) if score["rank"] is not None else None
    if nearest is None:
        return ()
    indicators = indicators_on(settings.ENVIRONMENT.city_overlay, end - timedelta(days=1))
    found = []
    for part in score["parts"]:
        figure = figures.get(part["of"], {})
        if part["value"] is None or figure.get("denominator") is None:
            continue
        whole, good = figure["denominator"], figure["numerator"]
        less = indicators[part["of"]].better == "lower"
        number = cases_to_gain(
            _gap(nearest, score), weight=Decimal(part["weight"]), denominator=whole, room=good if less else whole - good
        )
        if number:
            text = (
                _("%(part)s：少 %(n)d 件（现 %(good)d / %(whole)d）")
                if less
                else _("%(part)s：多 %(n)d 件（现 %(good)d / %(whole)d）")
            )
            found.append(text % {"part": _(part["name_zh"]), "n": number, "good": good, "whole": whole})
    return tuple(found)


def _nearest_above(scores: Sequence[Mapping[str, Any]], score: Mapping[str, Any]) -> Mapping[str, Any] | None:
    above = [each for each in scores if each["rank"] is not None and each["rank"] < score["rank"]]
    return min(above, key=lambda each: Decimal(each["total"])) if above else None


def _gap(nearest: Mapping[str, Any], score: Mapping[str, Any]) -> Decimal:
    return Decimal(nearest["total"]) - Decimal(score["total"])

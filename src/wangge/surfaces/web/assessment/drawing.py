"""Draws the pages of evaluation from frozen results: what a person sees of them, in words and links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from wangge.domains.cases.queries.seen import numbers_seen
from wangge.domains.evaluation import policies
from wangge.domains.evaluation.logic.months import MonthState, state_after
from wangge.domains.evaluation.models import MonthStep, Result
from wangge.domains.evaluation.queries import results
from wangge.domains.organizations.logic import Actor
from wangge.surfaces.web.assessment import words
from wangge.surfaces.web.assessment.pages import (
    CaseLine,
    Cell,
    ChangeLine,
    CountBlock,
    FigurePage,
    MonthLine,
    MonthPage,
    ObjectPage,
    PartLine,
    ScoreLine,
    ScoreTable,
    StepButton,
    StepLine,
)
from wangge.surfaces.web.assessment.paper import advice, costly_cases, hidden, ways_up
from wangge.surfaces.web.elements.drawing.marks import full_moment
from wangge.surfaces.web.pages import Shell

_KINDS = ("district", "department")
_SHOWN = (
    "n_report", "n_file", "n_handle", "n_close", "close_rate_filed", "close_rate_reached", "handle_intime_rate_reached",
    "rework_rate", "satisfaction_rate", "rating_satisfaction_rate", "n_excluded", "n_appeal", "n_appeal_granted",
)  # fmt: skip
_TREND_MONTHS = 13


def source_of(result: Result) -> str:
    """Where a page's figures come from, in one line."""
    return _("结果 %(id)s · 快照 %(snapshot)s · 定义 %(edition)s · 软件 %(software)s · %(at)s 计算") % {
        "id": result.id, "snapshot": result.snapshot, "edition": result.edition[:12], "software": result.software,
        "at": full_moment(result.computed_at),
    }  # fmt: skip


def month_lines(by: Actor) -> tuple[MonthLine, ...]:
    """The months this person may see, newest first; one statement."""
    months: dict[str, list[MonthStep]] = {}
    for step in MonthStep.objects.order_by("period", "seq"):
        months.setdefault(step.period, []).append(step)
    lines = []
    for period in sorted(months, reverse=True):
        state = state_after([each.verb for each in months[period]])
        if state is MonthState.PUBLISHED or policies.may_see_drafts(by) or policies.own_objects(by):
            last = months[period][-1]
            lines.append(
                MonthLine(
                    period, reverse("assessment_month", args=[period]), words.state_name(state),
                    last.result_id.rpartition("-")[2], last.note,
                )
            )  # fmt: skip
    return tuple(lines)


def month_page(shell: Shell, result: Result, state: MonthState, steps: Sequence[MonthStep], by: Actor) -> MonthPage:
    """One month as this person may see it."""
    content = results.content_of(result)
    period = content["period"]
    tables = tuple(
        table for kind in _KINDS if (table := _table(kind, result, content, state, by)) is not None and table.lines
    )
    whole = state is MonthState.PUBLISHED or policies.may_see_drafts(by)
    return MonthPage(
        shell=shell,
        period=result.period,
        span=_("%(first)s 至 %(end)s（不含）") % {"first": period["first"], "end": period["end"]},
        state=words.state_name(state),
        seal=bytes(result.sm3).hex(),
        source=source_of(result),
        steps=tuple(
            StepLine(words.step_name(each.verb), each.person_name, full_moment(each.at), each.note) for each in steps
        ),
        buttons=tuple(
            StepButton(verb, words.step_name(verb), verb == "reissue")
            for verb in policies.open_steps(state=state, by=by)
        ),
        tables=tables,
        exclusions=tuple(_excluded(each) for each in content["exclusions"]),
        changes=tuple(_change(each, content) for each in content.get("changes", ())[:60]) if whole else (),
        change_note=result.change_note,
        step_url=reverse("assessment_step", args=[result.period]),
        grids_url=reverse("assessment_grids", args=[result.period]) if whole else "",
        checks_url=reverse("assessment_checks", args=[result.period]) if policies.may_see_drafts(by) else "",
        what_if_url=reverse("assessment_what_if", args=[result.period]) if policies.may_see_drafts(by) else "",
        appeals_url=(
            reverse("assessment_appeals", args=[result.period])
            if state is MonthState.FROZEN and by.department_codes
            else ""
        ),
    )


def _table(kind: str, result: Result, content: Mapping[str, Any], state: MonthState, by: Actor) -> ScoreTable | None:
    scores = policies.visible_scores(content["scores"][kind], kind=kind, state=state, by=by)
    if not scores:
        return None
    columns = tuple(_(part["name_zh"]) for part in scores[0]["parts"])
    own = policies.own_objects(by)
    lines = []
    for each in scores:
        code = each["code"]
        cells = [_part_cell(part, result, kind, code) for part in each["parts"]]
        spread = each["interval"]
        note = _("案卷少，不排名") if each["small"] else ""
        if each["small"] and spread:
            note += " · " + _("按期处置率区间 %(low)s–%(high)s") % {"low": spread[0], "high": spread[1]}
        lines.append(
            ScoreLine(
                "—" if each["rank"] is None else str(each["rank"]), words.object_name(kind, code),
                reverse("assessment_object", args=[result.period, kind, code]), each["total"] or "—", tuple(cells),
                (kind, code) in own, note,
            )
        )  # fmt: skip
    return ScoreTable(_("各区得分") if kind == "district" else _("责任单位得分"), columns, tuple(lines))


def _part_cell(part: Mapping[str, Any], result: Result, kind: str, code: str) -> Cell:
    url = words.figure_url(result.id, f"{kind}={code}/{part['of']}") if part["of"] and part["value"] else ""
    return Cell(part["value"] or "—", url, "" if part["lost"] is None else f"−{part['lost']}")


def _excluded(each: Mapping[str, Any]) -> CaseLine:
    where = " ".join(words.object_name(kind, each[kind]) for kind in ("district", "department") if each[kind])
    return CaseLine(
        each["case"],
        reverse("case", args=[each["case"]]),
        f"#{each['step']}",
        each["at"].replace("T", " "),
        where=where,
    )


def _change(each: Mapping[str, Any], content: Mapping[str, Any]) -> ChangeLine:
    name = words.object_name(each["object"], each["code"])
    if "indicator" in each:
        old, new = ((side and side.get("value")) or "—" for side in each["value"])
        id_of, zh = each["indicator"], {of["id"]: of["name_zh"] for of in content["indicators"]}
        what = words.indicator_name(id_of, zh.get(id_of, id_of), _end(content) - timedelta(days=1))
        return ChangeLine(name, what, str(old), str(new))
    before, after = (
        _("%(total)s 分，第 %(rank)s 名") % {"total": each["total"][side] or "—", "rank": each["rank"][side] or "—"}
        for side in (0, 1)
    )
    return ChangeLine(name, _("得分"), before, after)


def object_page(
    shell: Shell, result: Result, content: Mapping[str, Any], kind: str, score: Mapping[str, Any], *,
    state: MonthState, by: Actor,
) -> ObjectPage:  # fmt: skip
    """One object's paper: what cost points and which cases."""
    code = score["code"]
    whole = state is MonthState.PUBLISHED or policies.may_see_drafts(by)
    figures = _figures_of(content, kind, code)
    day = _end(content) - timedelta(days=1)
    named = {each["id"]: words.indicator_name(each["id"], each["name_zh"], day) for each in content["indicators"]}
    groups, responsible = costly_cases(result, content, kind, code, by)
    return ObjectPage(
        shell=shell,
        heading=words.object_name(kind, code),
        period=result.period,
        rank=str(score["rank"]) if whole and score["rank"] is not None else "—",
        total=score["total"] or "—",
        advice=advice(content["scores"][kind], score) if whole else "",
        parts=tuple(
            PartLine(
                _(part["name_zh"]), _part_cell(part, result, kind, code), part["weight"], part["points"] or "—",
                part["lost"] or "—",
            )
            for part in score["parts"]
        ),
        figures=tuple(
            (named[name], words.figure_cell(figures[name], result=result.id, name=f"{kind}={code}/{name}"))
            for name in _SHOWN
            if name in figures
        ),
        groups=groups,
        back_url=reverse("assessment_month", args=[result.period]),
        source=source_of(result),
        trend=_trend(kind, code) if whole else (),
        ways=ways_up(content["scores"][kind], score, figures, end=_end(content)) if whole else (),
        responsible=responsible,
    )  # fmt: skip


def _count_name(count: str, named: Mapping[str, Mapping[str, Any]], day: date) -> str:
    """A count's name beside its id."""
    return f"{words.indicator_name(count, named[count]['name_zh'], day)} {count}" if count in named else count


def _end(content: Mapping[str, Any]) -> date:
    return date.fromisoformat(content["period"]["end"])


def _figures_of(content: Mapping[str, Any], kind: str, code: str) -> Mapping[str, Any]:
    rows = content["rows"] if kind == "district" else content["departments"]
    return next((row["figures"] for row in rows if row["objects"][kind] == code), {})


def _seen(counts: Iterable[Mapping[str, Any]], by: Actor) -> frozenset[str]:
    """Which of the cases of some counts this person may open; one statement."""
    return numbers_seen(by=by, numbers=(step["case"] for count in counts for step in count["steps"]))


def _trend(kind: str, code: str) -> tuple[tuple[str, str, str], ...]:
    """(month, total, rank) of the last published months."""
    found = results.scores_over_time(kind, code, months=_TREND_MONTHS)
    return tuple((period, total or "—", str(rank or "—")) for period, total, rank in found)


def figure_page(shell: Shell, result: Result, told: Mapping[str, Any], by: Actor) -> FigurePage:
    """The trace of one figure."""
    kind, code = next(iter(told["objects"].items()))
    content = results.content_of(result)
    named = {each["id"]: each for each in content["indicators"]}
    definition, day = named[told["indicator"]], _end(content) - timedelta(days=1)
    seen = _seen(told["counts"], by)
    cell = words.figure_cell(told["figure"], result=result.id, name="")
    return FigurePage(
        shell=shell,
        heading=words.indicator_name(told["indicator"], told["name_zh"], day),
        object_name=f"{words.object_name(kind, code)} {told['period']}",
        value=f"{cell.text}{'（' + cell.made_of + '）' if cell.made_of else ''}",
        formula=words.formula_in_words(definition["formula"], named, day) or definition["counted"],
        treatment=tuple(words.treatment_name(each) for each in definition["treatment"]),
        confidence=definition["confidence"],
        origin=definition["source"],
        counts=tuple(
            CountBlock(
                _count_name(each["count"], named, day),
                str(each["number"]),
                each["counted"],
                tuple(words.case_line(one) for one in each["steps"] if one["case"] in seen),
                " ".join(filter(None, (hidden(each["steps"], seen), _rest(each)))),
            )
            for each in told["counts"]
        ),
        back_url=_back_url(result.period, kind, code),
        source=source_of(result),
    )


def _back_url(period: str, kind: str, code: str) -> str:
    if kind in _KINDS:
        return reverse("assessment_object", args=[period, kind, code])
    return reverse("assessment_grids" if kind == "grid" else "bulletin", args=[period])


def _rest(count: Mapping[str, Any]) -> str:
    shown = len(count["steps"])
    if count["marks"] <= shown:
        return ""
    return _("此处列出前 %(n)d 步，全部见 wangge evaluate explain。") % {"n": shown}

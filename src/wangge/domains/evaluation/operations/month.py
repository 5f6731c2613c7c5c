"""The month: freezes it, has it reviewed, signed by another person, published; re-issues it with a note.

Every step is a row; the result of a step is frozen. Nothing of a month changes when a case of it is reopened later:
only a re-issue brings it in, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from wangge.domains.evaluation.evaluating import Answer, Question, evaluate
from wangge.domains.evaluation.logic import months, scoring
from wangge.domains.evaluation.logic.bulletins import SHOWN as THEMED
from wangge.domains.evaluation.logic.figures import rounded
from wangge.domains.evaluation.logic.periods import Period, parse_period
from wangge.domains.evaluation.logic.what_if import SMALL_BY
from wangge.domains.evaluation.models import Adjustment, CheckFinding, MonthStep, Result
from wangge.domains.evaluation.operations.bulletins import deliver
from wangge.domains.evaluation.operations.results import Frozen, freeze_result
from wangge.domains.evaluation.queries.exclusions import exclusion_list
from wangge.domains.evaluation.queries.ground import outside_counts
from wangge.domains.evaluation.queries.laid import band_classes
from wangge.domains.evaluation.queries.results import content_of
from wangge.domains.evaluation.queries.settings import least_cases_for_rank, month_begins_on
from wangge.domains.evaluation.snapshots import Snapshot
from wangge.domains.organizations.logic import SYSTEM, TERMINAL, Actor, AuditKind
from wangge.domains.organizations.operations.audit import record
from wangge.standards.library import load_tables

OBJECTS = ("district", "department")
SCHEME = "month"
THEMES = ("minor_class", "street", "grid")
"""What bulletins and the map look at besides districts and units: what was reported most, and where."""


class MonthRefused(Exception):
    """A step of a month is refused; the text says what to do."""


def step(
    *, period: str, verb: str, by: Actor, at: datetime, snapshot: Snapshot | None = None, overlay: Path | None = None,
    note: str = "", as_of: datetime | None = None,
) -> MonthStep:  # fmt: skip
    """Make the next step of a month; ``snapshot`` for those that compute (freeze, reissue).

    ``as_of``: the figures as they were known then, when a month is made up afterwards; else as known at ``at``.

    Raises ``MonthRefused``: not open now, not the actor's post, the reviewer's own signature, a re-issue without note.
    """
    by_itself = by is TERMINAL or (by is SYSTEM and verb == "freeze")
    if not by_itself and not by.holds(*months.POSTS[verb]):
        raise MonthRefused(_("您的岗位不能办理本月的这一步。"))
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('evaluation_month ' || %s))", [period])
        steps = list(MonthStep.objects.filter(period=period).order_by("seq"))
        try:
            months.check_step([each.verb for each in steps], verb)
        except months.StepRefused as refused:
            raise MonthRefused(str(refused)) from None
        if verb == "sign" and by.person_id is not None and by.person_id == steps[-1].person_id:
            raise MonthRefused(_("签发人不能是复核人：请由另一位领导签发。"))
        if verb == "reissue" and not note:
            raise MonthRefused(_("更正重发须写明更正说明。"))
        result_id = steps[-1].result_id if steps else ""
        if verb in ("freeze", "reissue"):
            if snapshot is None:
                raise MonthRefused(_("冻结与更正须有数据仓库快照：请先刷新数据仓库。"))
            result_id = _computed(
                period, snapshot, by, at, note, replaces=result_id, overlay=overlay, as_of=as_of or at
            ).id
        made = MonthStep.objects.create(
            period=period, seq=len(steps) + 1, verb=verb, result_id=result_id, person_id=by.person_id,
            person_name=by.display_name, at=at, note=note,
        )  # fmt: skip
        if verb in ("publish", "reissue"):
            deliver(period=period, verb=verb, issue=int(result_id.rpartition("-")[2]), at=at)
        detail = {"period": period, "step": verb, "result": result_id, "note": note}
        record(by=by, at=at, kind=AuditKind.SETTING, object_kind="evaluation_month", object_key=period, detail=detail)
    return made


def _computed(
    name: str,
    snapshot: Snapshot,
    by: Actor,
    at: datetime,
    note: str,
    *,
    replaces: str,
    overlay: Path | None,
    as_of: datetime,
) -> Result:
    """The month's result from a snapshot, frozen."""
    period = parse_period(name, starts_on=month_begins_on())
    issue = Result.objects.get(id=replaces).issue + 1 if replaces else 1
    answers = {kind: _answer(kind, period, snapshot, overlay, as_of) for kind in OBJECTS}
    content = month_content(period, answers, overlay)
    content["themes"] = {kind: _themed(kind, period, snapshot, overlay, as_of) for kind in THEMES}
    content["exclusions"] = exclusion_list(snapshot, period, known_until=as_of)
    if replaces:
        content["changes"] = changes(content_of(Result.objects.get(id=replaces)), content)
    frozen = Frozen("month", "duckdb", at, by, content, issue, replaces, note)
    return freeze_result(answer=answers["district"], frozen=frozen)


def _themed(
    kind: str, period: Period, snapshot: Snapshot, overlay: Path | None, as_of: datetime
) -> list[dict[str, Any]]:
    question = Question(period, (kind,), THEMED, starts_on=month_begins_on(), as_of=as_of)
    rows: list[dict[str, Any]] = evaluate(question, snapshot=snapshot, overlay=overlay).content()["rows"]
    return rows


def _answer(kind: str, period: Period, snapshot: Snapshot, overlay: Path | None, as_of: datetime) -> Answer:
    question = Question(
        period=period,
        by=(kind,),
        starts_on=month_begins_on(),
        as_of=as_of,
        outside=outside_counts(by=(kind,), on=period.end),
        band_classes=band_classes(on=period.end - timedelta(days=1), overlay=overlay),
    )
    return evaluate(question, snapshot=snapshot, overlay=overlay)


def month_content(period: Period, answers: Mapping[str, Answer], overlay: Path | None) -> dict[str, Any]:
    """Figures, scores and ranks of a month; the districts' rows stand first, as a plain result has them."""
    content = answers["district"].content()
    content["departments"] = answers["department"].content()["rows"]
    content["scores"] = {kind: scores_of(kind, answer, overlay) for kind, answer in answers.items()}
    return content


def scores_of(kind: str, answer: Answer, overlay: Path | None) -> list[dict[str, Any]]:
    """The scores of one kind of object, best first."""
    period = answer.question.period
    scheme = scheme_of(kind, period, overlay)
    found, checked = _findings(period.name, kind)
    adjusted = _adjustments(period.name, kind)
    least = least_cases_for_rank(period.end - timedelta(days=1))
    totals: dict[str, scoring.Score] = {}
    small = set()
    for row in answer.rows:
        code = row.objects[kind]
        values: dict[str, Decimal | None] = {}
        for part in scheme:
            if part.kind == "indicator":
                values[part.part] = row.figures[part.of].value
            else:
                lost = found.get((part.kind, code), Decimal(0))
                values[part.part] = Decimal(100) - lost if part.kind in checked else None
        totals[code] = scoring.score(scheme, values, adjusted.get(code, Decimal(0)))
        if (row.figures[SMALL_BY].value or 0) < least:
            small.add(code)
    ranks = scoring.ranks({code: each.total for code, each in totals.items()}, too_small=frozenset(small))
    ordered = sorted(totals, key=lambda code: (ranks.get(code, 10**6), code))
    return [_told(code, totals[code], ranks.get(code), code in small, answer, kind) for code in ordered]


def scheme_of(kind: str, period: Period, overlay: Path | None) -> tuple[scoring.ScorePart, ...]:
    """The scheme in force on the period's last day."""
    tables = load_tables(overlay, on=period.end - timedelta(days=1))
    better = {each.id: each.better for each in tables.indicators}
    return tuple(
        scoring.ScorePart(
            each.part, each.name_zh, Decimal(each.weight), each.kind, each.of,
            better.get(each.of) == "lower",
        )
        for each in tables.score_schemes
        if each.scheme == SCHEME and each.object == kind
    )  # fmt: skip


def _findings(period: str, kind: str) -> tuple[dict[tuple[str, str], Decimal], set[str]]:
    """Points off by (form, object), and which forms were filled in this month at all."""
    lost: dict[tuple[str, str], Decimal] = {}
    forms = set()
    for finding in CheckFinding.objects.filter(period=period, object_kind=kind):
        key = finding.form, finding.object_code
        lost[key] = lost.get(key, Decimal(0)) + Decimal(finding.points_hundredths) / 100
        forms.add(finding.form)
    return lost, forms


def _adjustments(period: str, kind: str) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for each in Adjustment.objects.filter(period=period, object_kind=kind):
        found[each.object_code] = found.get(each.object_code, Decimal(0)) + Decimal(each.points_hundredths) / 100
    return found


def _told(code: str, found: scoring.Score, rank: int | None, small: bool, answer: Answer, kind: str) -> dict[str, Any]:
    row = next(each for each in answer.rows if each.objects[kind] == code)
    handled = row.figures["handle_intime_rate_reached"]
    spread = scoring.interval(handled.numerator or 0, handled.denominator or 0)
    return {
        "code": code,
        "total": None if found.total is None else str(found.total),
        "rank": rank,
        "small": small,
        "interval": [str(each) for each in spread] if spread else None,
        "adjusted": str(found.adjusted),
        "parts": [
            {
                "part": each.part.part,
                "name_zh": each.part.name_zh,
                "kind": each.part.kind,
                "of": each.part.of,
                "value": None if each.value is None else str(each.value),
                "weight": str(rounded(each.weight, 4)),
                "points": None if each.points is None else str(rounded(each.points, 2)),
                "lost": None if each.lost is None else str(rounded(abs(each.lost), 2)),
            }
            for each in found.parts
        ],
    }


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a re-issue changes: scores, ranks and figures by object, old and new."""
    found = []
    for kind in OBJECTS:
        old = {each["code"]: each for each in before["scores"][kind]}
        for each in after["scores"][kind]:
            was = old.get(each["code"])
            if was is None or (was["total"], was["rank"]) != (each["total"], each["rank"]):
                told = {name: [was[name] if was else None, each[name]] for name in ("total", "rank")}
                found.append({"object": kind, "code": each["code"], **told})
    for rows in ("rows", "departments"):
        old_rows = {tuple(row["objects"].values()): row["figures"] for row in before[rows]}
        for row in after[rows]:
            figures = old_rows.get(tuple(row["objects"].values()), {})
            for name, figure in row["figures"].items():
                if figures.get(name) != figure:
                    objects = row["objects"]
                    found.append(
                        {"object": next(iter(objects)), "code": next(iter(objects.values())), "indicator": name,
                         "value": [figures.get(name), figure]}
                    )  # fmt: skip
    return found

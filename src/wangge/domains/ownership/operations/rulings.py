"""Owns what becomes of a ruling 权属确认 on one case: kept with its step, made a rule by minutes, or left alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from wangge.domains.organizations.logic import Actor, AuditKind
from wangge.domains.organizations.operations.audit import record
from wangge.domains.ownership.logic.choosing import PlaceKind, Source
from wangge.domains.ownership.models import RuleRow, RuleSet, Ruling
from wangge.domains.ownership.operations.rule_sets import (
    NewRule,
    RuleSetRefused,
    record_decision,
    rule_from_decision,
    start_draft,
)


def keep_ruling(
    *, case_id: UUID, seq: int, case_number: str, category: str, district: str, grid: str, unit: str, by: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """Keep what was ruled about a case; in the step's transaction, one statement."""
    Ruling.objects.create(
        case_id=case_id, seq=seq, case_number=case_number, category=category, district_code=district, grid_code=grid,
        department_code=unit, ruled_at=at, ruled_by_id=by.person_id,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Minutes:
    """What the meeting wrote down about a ruling, and how far it reaches."""

    minutes_no: str
    held_on: date
    decision: str
    paper: str = ""
    reach: PlaceKind = PlaceKind.DISTRICT


def make_rule_of_ruling(*, ruling_id: int, minutes: Minutes, by: Actor, at: datetime, on: date) -> int:
    """Keep the minutes, and write the ruling as a rule into the newest draft, or one begun now; answers the draft.

    A rule of the draft about the same matters steps aside: it would contradict the minutes.
    """
    with transaction.atomic():
        ruling = _waiting(ruling_id)
        place = _place(ruling, minutes.reach)
        decision = record_decision(
            minutes_no=minutes.minutes_no, held_on=minutes.held_on, decision=minutes.decision, by=by, at=at,
            paper=minutes.paper,
        )  # fmt: skip
        draft = _newest_draft() or start_draft(title=_title(minutes), by=by, at=at, on=on)
        RuleRow.objects.filter(
            rule_set_id=draft, category=ruling.category, place_kind=minutes.reach.value, place=place, role=""
        ).delete()
        rule = NewRule(
            category=ruling.category, source=Source.MEETING, source_text="", valid_from=minutes.held_on,
            department=ruling.department_code, place_kind=minutes.reach, place=place,
        )  # fmt: skip
        rule_from_decision(decision_id=decision, rule_set_id=draft, rule=rule, by=by, at=at)
        ruling.decision_id = decision
        ruling.save(update_fields=["decision"])
    return draft


def _place(ruling: Ruling, reach: PlaceKind) -> str:
    places = {
        PlaceKind.CITY: "", PlaceKind.DISTRICT: ruling.district_code, PlaceKind.RESPONSIBILITY_GRID: ruling.grid_code,
    }  # fmt: skip
    if reach not in places or (reach is not PlaceKind.CITY and not places[reach]):
        raise RuleSetRefused(_("请选择这条规则的范围。"))
    return places[reach]


def _newest_draft() -> int:
    found = RuleSet.objects.filter(released_at__isnull=True).order_by("-id").values_list("id", flat=True).first()
    return found or 0


def _title(minutes: Minutes) -> str:
    return _("%(number)s 后的职责分工") % {"number": minutes.minutes_no.strip()}


def leave_ruling_alone(*, ruling_id: int, why: str, by: Actor, at: datetime) -> None:
    """Say why a ruling holds for its case alone."""
    if not why.strip():
        raise RuleSetRefused(_("请写明为何不成规则。"))
    with transaction.atomic():
        ruling = _waiting(ruling_id)
        ruling.left_alone = why.strip()[:300]
        ruling.save(update_fields=["left_alone"])
        record(
            by=by, at=at, kind=AuditKind.SETTING, object_kind="ruling", object_key=str(ruling_id),
            detail={"left_alone": ruling.left_alone},
        )  # fmt: skip


def _waiting(ruling_id: int) -> Ruling:
    found = Ruling.objects.select_for_update().filter(id=ruling_id).first()
    if found is None:
        raise RuleSetRefused(_("没有这项权属确认。"))
    if found.decision_id is not None or found.left_alone:
        raise RuleSetRefused(_("这项权属确认已经处理过，请刷新后查看。"))
    return found

"""Owns the life of a rule set: drafted from the one in force, changed by rules and meeting decisions, released once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from wangge.domains.organizations.logic import Actor, AuditKind
from wangge.domains.organizations.models import Department
from wangge.domains.organizations.operations.audit import record
from wangge.domains.organizations.policies import Refused
from wangge.domains.ownership.logic.checking import Past, RuleFinding, Trouble, check_rules
from wangge.domains.ownership.logic.choosing import PlaceKind, Role, Source
from wangge.domains.ownership.models import MeetingDecision, RuleRow, RuleSet
from wangge.domains.ownership.queries import forget_rules, rules_of_set, set_in_force
from wangge.groundwork.attachments.operations import use_photos
from wangge.groundwork.clock import city_day


class RuleSetRefused(Refused):
    """A change of a rule set that cannot be made; the text says what to do."""


@dataclass(frozen=True, slots=True)
class NewRule:
    """A rule to be added to a draft."""

    category: str
    source: Source
    source_text: str
    valid_from: date
    department: str = ""
    role: Role | None = None
    place_kind: PlaceKind = PlaceKind.CITY
    place: str = ""
    condition_seq: int | None = None
    valid_to: date | None = None
    confidence: str = "C"
    decision_id: int | None = None
    support: int | None = None
    right: int | None = None


def start_draft(*, title: str, by: Actor, at: datetime, on: date, empty: bool = False) -> int:
    """A new draft with the rules in force on a day, or none; answers its id."""
    if not title.strip():
        raise RuleSetRefused(_("请填写规则集名称。"))
    with transaction.atomic():
        made = RuleSet.objects.create(title=title.strip()[:100], drafted_at=at, drafted_by_id=by.person_id)
        current = None if empty else set_in_force(on=on)
        if current is not None:
            _copy_rules(current, made.id, on)
        _record(by, at, made.id, {"drafted": title})
    return made.id


def _copy_rules(source: int, target: int, on: date) -> None:
    columns = (
        "category, place_kind, place, department_code, role, condition_seq, source, source_text, decision_id,"
        ' confidence, support, "right", valid_from, valid_to'
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO ownership_rule (rule_set_id, {columns}) SELECT %s, {columns} FROM ownership_rule"
            " WHERE rule_set_id = %s AND (valid_to IS NULL OR valid_to > %s) ORDER BY id",
            [target, source, on],
        )


def add_rules(*, rule_set_id: int, rules: Iterable[NewRule], by: Actor, at: datetime) -> int:
    """Add rules to a draft; answers how many. RuleSetRefused names a unit that is none of ours."""
    added = list(rules)
    _check_units(added)
    with transaction.atomic():
        _draft(rule_set_id)
        RuleRow.objects.bulk_create([_row(rule_set_id, rule) for rule in added], batch_size=2000)
        _record(by, at, rule_set_id, {"added": len(added)})
    return len(added)


def _check_units(rules: Sequence[NewRule]) -> None:
    named = {rule.department for rule in rules if rule.department}
    unknown = sorted(named - set(Department.objects.filter(code__in=named).values_list("code", flat=True)))
    if unknown:
        raise RuleSetRefused(_("没有代码为“%(codes)s”的责任单位。") % {"codes": "、".join(unknown[:10])})
    if any(bool(rule.department) == (rule.role is not None) for rule in rules):
        raise RuleSetRefused(_("规则须写明一个责任单位，或写明按部件的权属、主管或养护单位，二者取一。"))
    if any((rule.place_kind is PlaceKind.CITY) != (not rule.place) for rule in rules):
        raise RuleSetRefused(_("请写明地点；全市范围的规则不写地点。"))


def _row(rule_set_id: int, rule: NewRule) -> RuleRow:
    return RuleRow(
        rule_set_id=rule_set_id, category=rule.category, place_kind=rule.place_kind.value, place=rule.place,
        department_code=rule.department, role=rule.role.value if rule.role else "", condition_seq=rule.condition_seq,
        source=rule.source.value, source_text=rule.source_text[:300], decision_id=rule.decision_id,
        confidence=rule.confidence, support=rule.support, right=rule.right, valid_from=rule.valid_from,
        valid_to=rule.valid_to,
    )  # fmt: skip


def remove_rule(*, rule_set_id: int, rule_id: int, by: Actor, at: datetime) -> None:
    """Take a rule out of a draft."""
    with transaction.atomic():
        _draft(rule_set_id)
        count, _by_table = RuleRow.objects.filter(id=rule_id, rule_set_id=rule_set_id).delete()
        if not count:
            raise RuleSetRefused(_("草案中没有这条规则，请刷新后查看。"))
        _record(by, at, rule_set_id, {"removed": rule_id})


def record_decision(*, minutes_no: str, held_on: date, decision: str, by: Actor, at: datetime, paper: str = "") -> int:
    """Keep what a coordination meeting decided; answers its id."""
    if not minutes_no.strip() or not decision.strip():
        raise RuleSetRefused(_("请填写会议纪要文号和决定内容。"))
    if held_on > city_day(at):
        raise RuleSetRefused(_("会议日期不能晚于今天。"))
    with transaction.atomic():
        if paper:
            use_photos(ids=[paper], by=by.person_id or 0)
        made = MeetingDecision.objects.create(
            minutes_no=minutes_no.strip()[:60], held_on=held_on, decision=decision.strip(), paper=paper,
            recorded_at=at, recorded_by_id=by.person_id,
        )  # fmt: skip
    return made.id


def rule_from_decision(*, decision_id: int, rule_set_id: int, rule: NewRule, by: Actor, at: datetime) -> None:
    """Make a decision of a meeting a rule of a draft: it stands on the minutes."""
    decision = MeetingDecision.objects.get(id=decision_id)
    words = _("协调会纪要 %(number)s（%(day)s）") % {"number": decision.minutes_no, "day": decision.held_on.isoformat()}
    made = replace(rule, source=Source.MEETING, source_text=words, decision_id=decision_id, confidence="B")
    add_rules(rule_set_id=rule_set_id, rules=[made], by=by, at=at)


def findings_of(*, rule_set_id: int, past: Past, on: date) -> list[RuleFinding]:
    """What is wrong with a set, those that touch most past cases first."""
    return check_rules(rules_of_set(rule_set_id), past=past, on=on)


def release(
    *, rule_set_id: int, effective_on: date, past: Past, by: Actor, at: datetime, accepted_gaps: str = ""
) -> None:
    """Let a draft hold from a day on. Refused with conflicts, with gaps nobody accepts, or when nothing is in it."""
    with transaction.atomic():
        draft = _draft(rule_set_id)
        rules = rules_of_set(rule_set_id)
        if not rules:
            raise RuleSetRefused(_("草案中还没有规则。"))
        found = check_rules(rules, past=past, on=effective_on)
        conflicts = [each for each in found if each.trouble is Trouble.CONFLICT]
        if conflicts:
            raise RuleSetRefused(_("有 %(number)s 处冲突，请先解决再发布。") % {"number": len(conflicts)})
        gaps = [each for each in found if each.trouble is Trouble.GAP]
        if gaps and not accepted_gaps.strip():
            words = {"number": len(gaps), "cases": sum(each.cases for each in gaps)}
            raise RuleSetRefused(
                _("有 %(number)s 处空白（近一年案卷 %(cases)s 件），请补充规则，或写明为何可以留空。") % words
            )
        if RuleSet.objects.filter(effective_on=effective_on).exists():
            raise RuleSetRefused(_("%(day)s 已有规则集生效，请另选日期。") % {"day": effective_on.isoformat()})
        draft.effective_on, draft.released_at, draft.released_by_id = effective_on, at, by.person_id
        draft.accepted_gaps = accepted_gaps.strip()
        draft.save()
        _record(by, at, rule_set_id, {"released": effective_on.isoformat()})
    forget_rules()


def _draft(rule_set_id: int) -> RuleSet:
    found = RuleSet.objects.select_for_update().filter(id=rule_set_id).first()
    if found is None:
        raise RuleSetRefused(_("没有这个规则集。"))
    if found.released_at is not None:
        raise RuleSetRefused(_("规则集已经发布，不能再改；请另起草案。"))
    return found


def _record(by: Actor, at: datetime, rule_set_id: int, detail: dict[str, Any]) -> None:
    record(by=by, at=at, kind=AuditKind.SETTING, object_kind="rule_set", object_key=str(rule_set_id), detail=detail)

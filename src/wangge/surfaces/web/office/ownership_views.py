"""Rule sets of ownership on pages: the list, a draft with findings and release, decisions of meetings, wrong rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from wangge.domains.cases.queries.proposal import past_by_class_and_district
from wangge.domains.organizations.queries import city_tables
from wangge.domains.ownership.logic.checking import RuleFinding, Trouble
from wangge.domains.ownership.logic.choosing import PlaceKind, Role, Rule, Source
from wangge.domains.ownership.models import MeetingDecision, RuleRow, RuleSet
from wangge.domains.ownership.operations.rule_sets import (
    NewRule,
    RuleSetRefused,
    add_rules,
    findings_of,
    record_decision,
    release,
    remove_rule,
    rule_from_decision,
    start_draft,
)
from wangge.domains.ownership.queries import rules_of_set, set_in_force, share_taken, wrong_rules
from wangge.groundwork import clock
from wangge.groundwork.clock import CITY_ZONE
from wangge.standards.editions import edition_in_force
from wangge.surfaces.web.command.rows import unit_name
from wangge.surfaces.web.command.rule_words import class_words, place_words, rule_words, whose_words
from wangge.surfaces.web.elements import labels
from wangge.surfaces.web.elements.pieces import Figure, Notice, NoticeKind
from wangge.surfaces.web.gate import actor_on
from wangge.surfaces.web.intake import read_form
from wangge.surfaces.web.office.ownership_forms import decision_form, draft_form, release_form, rule_form
from wangge.surfaces.web.office.ownership_pages import (
    DecisionLine,
    FaredLine,
    FindingLine,
    OwnershipPage,
    RuleLine,
    RuleSetPage,
    SetLine,
    WrongRulesPage,
)
from wangge.surfaces.web.office.ruling_views import waiting_rulings
from wangge.surfaces.web.pictures import picture_answer
from wangge.surfaces.web.shells import opens, shell_for, tell

ROWS = 200
SHARE_DAYS = 90
Typed = Mapping[str, str]


@require_safe
def ownership(request: HttpRequest) -> HttpResponse:
    """Every set, the decisions, and how many proposals were taken."""
    return _list(request)


def _list(request: HttpRequest, typed: Typed | None = None, error: str = "", form: str = "") -> HttpResponse:
    by, at, today = actor_on(request), clock.now(), clock.today()
    current = set_in_force(on=today)
    counts: dict[int, int] = {}
    for rule_set_id in RuleRow.objects.values_list("rule_set_id", flat=True):
        counts[rule_set_id] = counts.get(rule_set_id, 0) + 1
    made, taken = share_taken(since=at - timedelta(days=SHARE_DAYS), before=at)
    drafts = opens(by, "ownership_draft")
    page = OwnershipPage(
        shell=shell_for(request, _("权属规则"), at=at, current="ownership"),
        heading=_("权属规则"),
        sets=tuple(
            SetLine(
                each.title, reverse("ownership_set", args=[each.id]), state_words(each, current, today),
                each.effective_on.isoformat() if each.effective_on else "", f"{counts.get(each.id, 0):,}",
                each.id == current,
            )
            for each in RuleSet.objects.all()[:ROWS]
        ),
        decisions=tuple(
            DecisionLine(
                each.minutes_no, each.held_on.isoformat(), each.decision,
                _("已成规则") if each.rules.all() else _("尚未成规则"),
                reverse("ownership_paper", args=[each.id]) if each.paper else "",
            )
            for each in MeetingDecision.objects.prefetch_related("rules")[:ROWS]
        ),
        figures=(
            Figure(_("近 %(days)s 天派遣建议") % {"days": SHARE_DAYS}, f"{made:,}", ""),
            Figure(_("采纳"), f"{taken * 100 // made}%" if made else "—", reverse("ownership_wrong")),
        ),
        wrong_url=reverse("ownership_wrong"),
        draft=draft_form(typed if form == "draft" else None, error if form == "draft" else "") if drafts else None,
        meeting=decision_form(typed if form == "meeting" else None, error if form == "meeting" else "")
        if drafts
        else None,
        rulings=waiting_rulings(may_settle=opens(by, "ownership_ruling")),
    )  # fmt: skip
    return render(request, "web/office/ownership.html", {"page": page}, status=422 if error else 200)


def state_words(rule_set: RuleSet, current: int | None, today: date) -> str:
    """What a set is now."""
    if rule_set.effective_on is None:
        return _("草案")
    if rule_set.id == current:
        return _("生效中")
    return _("将生效") if rule_set.effective_on > today else _("已被替代")


@require_POST
def ownership_draft(request: HttpRequest) -> HttpResponse:
    """Begin a draft from the set in force."""
    by, at = actor_on(request), clock.now()
    try:
        made = start_draft(title=request.POST.get("title", ""), by=by, at=at, on=clock.today())
    except RuleSetRefused as refused:
        return _list(request, request.POST, str(refused), "draft")
    return HttpResponseRedirect(reverse("ownership_set", args=[made]))


@require_POST
def ownership_decision(request: HttpRequest) -> HttpResponse:
    """Keep a decision of a coordination meeting."""
    by, at = actor_on(request), clock.now()
    brought = read_form(request, ("paper",), by=by, at=at)
    if brought.errors:
        return _list(request, request.POST, brought.errors["paper"], "meeting")
    try:
        record_decision(
            minutes_no=request.POST.get("minutes_no", ""), held_on=_day(request.POST.get("held_on", "")),
            decision=request.POST.get("decision", ""), by=by, at=at, paper=next(iter(brought.photos["paper"]), ""),
        )  # fmt: skip
    except RuleSetRefused as refused:
        return _list(request, request.POST, str(refused), "meeting")
    tell(request, Notice(NoticeKind.DONE, _("已登记协调会决定，可在草案中写成规则。")))
    return HttpResponseRedirect(reverse("ownership"))


@require_safe
def ownership_paper(request: HttpRequest, number: int) -> FileResponse:
    """The scanned minutes of a decision."""
    decision = MeetingDecision.objects.filter(id=number).first()
    if decision is None or not decision.paper:
        raise Http404(number)
    return picture_answer(decision.paper)


@require_safe
def ownership_set(request: HttpRequest, number: int) -> HttpResponse:
    """One set."""
    return _set(request, number)


def _set(
    request: HttpRequest, number: int, typed: Typed | None = None, error: str = "", form: str = ""
) -> HttpResponse:
    by, at, today = actor_on(request), clock.now(), clock.today()
    rule_set = RuleSet.objects.filter(id=number).first()
    if rule_set is None:
        raise Http404(number)
    rules = rules_of_set(number)
    is_draft = rule_set.released_at is None
    may_draft = is_draft and opens(by, "ownership_rule")
    found = findings_of(rule_set_id=number, past=past_by_class_and_district(at=at), on=today) if is_draft else []
    first = _start(request)
    by_id = {rule.id: rule for rule in rules}
    page = RuleSetPage(
        shell=shell_for(request, rule_set.title, at=at, current="ownership"),
        heading=rule_set.title,
        list_url=reverse("ownership"),
        state=state_words(rule_set, set_in_force(on=today), today),
        summary=_summary(rule_set, found),
        rules=tuple(_rule_line(rule, number, may_draft) for rule in rules[first : first + ROWS]),
        rules_text=_("规则 %(number)s 条") % {"number": f"{len(rules):,}"},
        findings=tuple(_finding_line(each, by_id) for each in found[:ROWS]),
        next_url=f"?{urlencode({'from': first + ROWS})}" if first + ROWS < len(rules) else "",
        add=rule_form(number, typed if form == "rule" else None, error if form == "rule" else "")
        if may_draft
        else None,
        release=release_form(number, typed if form == "release" else None, error if form == "release" else "")
        if is_draft and opens(by, "ownership_release")
        else None,
    )
    return render(request, "web/office/ownership_set.html", {"page": page}, status=422 if error else 200)


def _summary(rule_set: RuleSet, found: list[RuleFinding]) -> Notice:
    if rule_set.effective_on is not None:
        words = _("自 %(day)s 起生效。已发布的规则集不再改动；要改，请另起草案。")
        return Notice(NoticeKind.INFORMATION, words % {"day": rule_set.effective_on.isoformat()})
    conflicts = sum(each.trouble is Trouble.CONFLICT for each in found)
    gaps = sum(each.trouble is Trouble.GAP for each in found)
    if conflicts:
        return Notice(NoticeKind.WARNING, _("有 %(number)s 处冲突，解决后才能发布。") % {"number": conflicts})
    if gaps:
        return Notice(NoticeKind.WARNING, _("没有冲突；有 %(number)s 处空白，发布时须说明。") % {"number": gaps})
    return Notice(NoticeKind.INFORMATION, _("没有冲突，也没有空白，可以发布。"))


def _rule_line(rule: Rule, number: int, may_draft: bool) -> RuleLine:
    return RuleLine(
        rule.id, place_words(rule), class_words(rule.category), whose_words(rule), rule.source_text,
        rule.valid_from.isoformat(), rule.valid_to.isoformat() if rule.valid_to else "",
        remove_url=reverse("ownership_remove", args=[number, rule.id]) if may_draft else "",
    )  # fmt: skip


def _finding_line(found: RuleFinding, rules: Mapping[int, Rule]) -> FindingLine:
    names = {Trouble.CONFLICT: _("冲突"), Trouble.DOUBLE: _("重复"), Trouble.GAP: _("空白")}
    if found.trouble is Trouble.GAP:
        words = _("%(what)s 在 %(district)s 没有规则") % {
            "what": class_words(found.category), "district": found.district or _("区外"),
        }  # fmt: skip
    else:
        words = "；".join(f"{key}: {rule_words(rules[key])}" for key in found.rules)
    return FindingLine(names[found.trouble], words, f"{found.cases:,}", found.trouble is Trouble.CONFLICT)


@require_POST
def ownership_rule(request: HttpRequest, number: int) -> HttpResponse:
    """Add a rule to a draft, or make one of a meeting's decision."""
    by, at, typed = actor_on(request), clock.now(), request.POST
    try:
        rule = _typed_rule(typed)
        decision = typed.get("decision", "")
        if decision.isdigit():
            rule_from_decision(decision_id=int(decision), rule_set_id=number, rule=rule, by=by, at=at)
        else:
            add_rules(rule_set_id=number, rules=[rule], by=by, at=at)
    except RuleSetRefused as refused:
        return _set(request, number, typed, str(refused), "rule")
    tell(request, Notice(NoticeKind.DONE, _("已加入草案。")))
    return HttpResponseRedirect(reverse("ownership_set", args=[number]))


def _typed_rule(typed: Typed) -> NewRule:
    whose = typed.get("whose", "")
    kind = typed.get("place_kind", "city")
    if kind not in tuple(PlaceKind):
        raise RuleSetRefused(_("请选择范围。"))
    is_role = whose in tuple(Role)
    if not is_role and not typed.get("department", "").strip():
        raise RuleSetRefused(_("请选择责任单位，或选择按部件的单位。"))
    if not typed.get("source_text", "").strip() and not typed.get("decision", "").isdigit():
        raise RuleSetRefused(_("请写明依据，或选择协调会决定。"))
    condition = typed.get("condition_seq", "").strip()
    category = typed.get("category", "").strip()
    if condition and condition not in {
        str(row.condition_seq) for row in labels.conditions_of(category, edition_in_force(city_tables()))
    }:
        raise RuleSetRefused(_("该小类没有这个立案条件。请先选小类，再填它的立案条件序号。"))
    return NewRule(
        category=category, condition_seq=int(condition) if condition else None, source=Source.AGREEMENT,
        source_text=typed.get("source_text", "").strip(), valid_from=_day(typed.get("valid_from", "")),
        department="" if is_role else typed.get("department", "").strip(), role=Role(whose) if is_role else None,
        place_kind=PlaceKind(kind), place=typed.get("place", "").strip(), confidence="B",
    )  # fmt: skip


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise RuleSetRefused(_("请填写日期。")) from wrong


@require_POST
def ownership_remove(request: HttpRequest, number: int, rule: int) -> HttpResponse:
    """Take a rule out of a draft."""
    try:
        remove_rule(rule_set_id=number, rule_id=rule, by=actor_on(request), at=clock.now())
    except RuleSetRefused as refused:
        return _set(request, number, None, str(refused), "rule")
    tell(request, Notice(NoticeKind.DONE, _("已从草案中移出。")))
    return HttpResponseRedirect(reverse("ownership_set", args=[number]))


@require_POST
def ownership_release(request: HttpRequest, number: int) -> HttpResponse:
    """Release a draft from a day on."""
    by, at = actor_on(request), clock.now()
    try:
        day = _day(request.POST.get("effective_on", ""))
        release(
            rule_set_id=number, effective_on=day, past=past_by_class_and_district(at=at), by=by, at=at,
            accepted_gaps=request.POST.get("accepted_gaps", ""),
        )  # fmt: skip
    except RuleSetRefused as refused:
        return _set(request, number, request.POST, str(refused), "release")
    tell(request, Notice(NoticeKind.DONE, _("已发布，自 %(day)s 起生效。") % {"day": day.isoformat()}))
    return HttpResponseRedirect(reverse("ownership_set", args=[number]))


@require_safe
def ownership_wrong(request: HttpRequest) -> HttpResponse:
    """Rules by how often they were not followed, between two days."""
    at, today = clock.now(), clock.today()
    since = _given_day(request, "since", today - timedelta(days=SHARE_DAYS))
    before = _given_day(request, "before", today + timedelta(days=1))
    first, last = (datetime.combine(day, time(), CITY_ZONE).astimezone(UTC) for day in (since, before))
    found = wrong_rules(since=first, before=last)
    made, taken = share_taken(since=first, before=last)
    told = {"made": f"{made:,}", "taken": f"{taken:,}", "percent": taken * 100 // made if made else 0}
    page = WrongRulesPage(
        shell=shell_for(request, _("不被采纳的规则"), at=at, current="ownership"),
        heading=_("不被采纳的规则"),
        list_url=reverse("ownership"),
        form_url=reverse("ownership_wrong"),
        since=since.isoformat(),
        before=before.isoformat(),
        summary_text=_("建议 %(made)s 次，采纳 %(taken)s 次（%(percent)s%%）。") % told if made else "",
        rules=tuple(
            FaredLine(
                rule_words(each.rule), f"{each.proposed:,}", f"{each.taken:,}", f"{each.taken_percent}%",
                f"{unit_name(each.instead)} {each.instead_count:,}" if each.instead else "",
            )
            for each in found
        ),
    )  # fmt: skip
    return render(request, "web/office/ownership_wrong.html", {"page": page})


def _given_day(request: HttpRequest, name: str, default: date) -> date:
    try:
        return date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return default


def _start(request: HttpRequest) -> int:
    text = request.GET.get("from", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0

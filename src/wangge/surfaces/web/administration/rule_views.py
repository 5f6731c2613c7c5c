"""The rule browser 规则查询: every rule of a day with its ground, what changes by a later day, its reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wangge.domains.cases.queries.rule_reach import Reach, reach_of
from wangge.domains.organizations.queries import city_tables
from wangge.groundwork import clock
from wangge.groundwork.clock import CITY_ZONE
from wangge.surfaces.web.administration.rule_tables import TABLES, Change, Day, Rule, RuleTable, coming_days, rules_of
from wangge.surfaces.web.elements.forms import Choice
from wangge.surfaces.web.pages import Shell
from wangge.surfaces.web.shells import shell_for

MOST_SHOWN = 400


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule as it is shown; ``mark`` says how it differs, ``cells`` pair each cell with the earlier one."""

    cells: tuple[tuple[str, str], ...]
    clause: str
    confidence: str
    is_unconfirmed: bool
    note: str
    where: str
    is_own: bool
    national: str
    mark: str
    days: str


@dataclass(frozen=True, slots=True)
class RulesPage:
    """One table of rules on a day, beside a later day when one is named."""

    shell: Shell
    heading: str
    url: str
    table: str
    tables: tuple[Choice, ...]
    on: str
    against: str
    coming: tuple[str, ...]
    words: str
    columns: tuple[str, ...]
    rules: tuple[RuleRow, ...]
    total: int
    changed: int
    reach: Reach | None
    error: str = ""

    @property
    def left_out(self) -> int:
        """How many fit but are not shown."""
        return self.total - len(self.rules)


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """The table asked for, as it holds on a day, searched by words."""
    at = clock.now()
    today = at.astimezone(CITY_ZONE).date()
    table = TABLES.get(request.GET.get("table", ""), TABLES["time_limits"])
    on, against = _day(request.GET.get("on", "")) or today, _day(request.GET.get("against", ""))
    error = _("要比较的日期须晚于查看的日期。") if against is not None and against <= on else ""
    later = (city_tables(against), against) if against is not None and not error else None
    words = request.GET.get("q", "").strip()
    found = [rule for rule in rules_of(table, (city_tables(on), on), later) if _fits(rule, words.lower())]
    if later is not None:
        found = [rule for rule in found if rule.change is not Change.SAME]
    page = RulesPage(
        shell=shell_for(request, _("规则查询"), at=at, current="rules"),
        heading=_("规则查询"),
        url=reverse("rules"),
        table=table.name,
        tables=tuple(Choice(each.name, str(each.heading)) for each in TABLES.values()),
        on=on.isoformat(),
        against=against.isoformat() if against is not None else "",
        coming=tuple(day.isoformat() for day in coming_days(city_tables(), today)),
        words=words,
        columns=tuple(str(heading) for heading, _cell in table.columns),
        rules=tuple(map(_row, found[:MOST_SHOWN])),
        total=len(found),
        changed=sum(rule.change is not Change.SAME for rule in found),
        reach=_reach(table, later, found, at),
        error=error,
    )
    return render(request, "web/administration/rules.html", {"page": page}, status=422 if error else 200)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _fits(rule: Rule, words: str) -> bool:
    return not words or any(words in text.lower() for text in (*rule.cells, rule.clause, rule.note))


def _reach(table: RuleTable, later: Day | None, found: list[Rule], at: datetime) -> Reach | None:
    if later is None or not found:
        return None
    if table.name != "time_limits":
        return reach_of(categories=None, at=at)
    # the key of a limit begins with edition, type and code of its class
    return reach_of(categories={f"{rule.origin.key[1]}:{rule.origin.key[2]}" for rule in found}, at=at)


def _row(rule: Rule) -> RuleRow:
    before = rule.before or rule.cells
    days = [str(day) if day else "" for day in (rule.origin.valid_from, rule.origin.valid_to)]
    return RuleRow(
        tuple(zip(rule.cells, ("" if a == b else b for a, b in zip(rule.cells, before, strict=True)), strict=True)),
        rule.clause, rule.confidence, rule.confidence not in ("", "A"), rule.note, str(rule.origin),
        rule.origin.overlay, " · ".join(filter(None, rule.national)), _marks()[rule.change],
        "–".join(days) if any(days) else "",
    )  # fmt: skip


def _marks() -> dict[Change, str]:
    return {Change.SAME: "", Change.ADDED: _("新增"), Change.CHANGED: _("改变"), Change.ENDED: _("终止")}

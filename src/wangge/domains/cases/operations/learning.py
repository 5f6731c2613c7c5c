"""Owns the drafting of ownership rules from the city's own dispatches; what it drafts a person releases, or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from wangge.domains.cases.drafting import civil
from wangge.domains.cases.logic.moments import day_of
from wangge.domains.cases.queries.proposal import dispatched_in
from wangge.domains.organizations.logic import Actor
from wangge.domains.ownership.logic.choosing import PlaceKind, Source
from wangge.domains.ownership.logic.learning import ALL_YEARS, Learned, Past, learn
from wangge.domains.ownership.operations.rule_sets import NewRule, add_rules, start_draft

_PLACES = (PlaceKind.CITY, PlaceKind.DISTRICT, PlaceKind.STREET, PlaceKind.RESPONSIBILITY_GRID)


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft made from history."""

    rule_set_id: int
    learnt: int
    rules: int


def draft_from_history(
    *, title: str, since: datetime, before: datetime, least_support: int, by: Actor, at: datetime
) -> Drafted:
    """A draft of rules from the cases dispatched in a time: by class, then district, street and grid."""
    rows = dispatched_in(since=since, before=before)
    past = [
        Past((category, district, street, grid), ALL_YEARS, unit) for category, district, street, grid, unit in rows
    ]
    # A rule for every class there is would say nothing about whose a matter is: it begins with the class.
    learned = [rule for rule in learn(past, least_support=least_support, least_depth=1) if rule.keys[-1]]
    on = day_of(civil(at))
    rule_set_id = start_draft(title=title, by=by, at=at, on=on, empty=True)
    rules = [_rule(each, since, before) for each in learned]
    add_rules(rule_set_id=rule_set_id, rules=rules, by=by, at=at)
    return Drafted(rule_set_id, len(past), len(rules))


def _rule(learned: Learned, since: datetime, before: datetime) -> NewRule:
    kind = _PLACES[len(learned.keys) - 1]
    words = _("历史派遣 %(since)s 至 %(before)s：%(support)s 件中 %(right)s 件") % {
        "since": day_of(civil(since)).isoformat(), "before": day_of(civil(before)).isoformat(),
        "support": learned.support, "right": learned.right,
    }  # fmt: skip
    return NewRule(
        category=learned.keys[0], source=Source.LEARNED, source_text=words, valid_from=day_of(civil(before)),
        department=learned.unit, place_kind=kind, place="" if kind is PlaceKind.CITY else learned.keys[-1],
        support=learned.support, right=learned.right,
    )  # fmt: skip

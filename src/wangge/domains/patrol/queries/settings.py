"""Owns the city's settings that patrol keeps to."""

from __future__ import annotations

from datetime import datetime, timedelta

from wangge.domains.cases.rules import rulebook_on
from wangge.domains.patrol.logic.assigning import Rule
from wangge.groundwork.clock import CITY_ZONE


def whole(key: str, *, at: datetime) -> int:
    """A setting that is a whole number, as it holds on the city's day of ``at``."""
    return int(rulebook_on(at.astimezone(CITY_ZONE).date()).settings[key])


def assigning_rule(at: datetime) -> Rule:
    """How field tasks are handed out."""
    return Rule(fresh_minutes=whole("position_fresh", at=at), reach_m=whole("task_reach_m", at=at))


def positions_kept(at: datetime) -> timedelta:
    """How long a track is kept."""
    return timedelta(days=whole("positions_kept_days", at=at))

"""The month by itself: freezes the month that is over, opens the draft to its units, reminds who must act.

May run as often as one likes: a month is frozen once, and each message lies once in an inbox. Reviewing, signing and
publishing stay with people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from django.utils.translation import gettext as _

from wangge.domains.cases.models.case import Case
from wangge.domains.evaluation.evaluating import moments_of
from wangge.domains.evaluation.logic.months import TOPIC, Errand, MonthState, errands, state_after
from wangge.domains.evaluation.logic.periods import Period, last_ended
from wangge.domains.evaluation.models import MonthStep, Result
from wangge.domains.evaluation.operations.month import MonthRefused, step
from wangge.domains.evaluation.queries.results import content_of
from wangge.domains.evaluation.queries.settings import (
    appeals_end,
    month_begins_on,
    month_frozen_after,
    month_runs_by_itself,
)
from wangge.domains.evaluation.snapshots import Snapshot
from wangge.domains.notices import inboxes
from wangge.domains.notices.operations import InboxTelling, tell_inboxes
from wangge.domains.organizations.logic import SYSTEM
from wangge.groundwork.clock import CITY_ZONE, city_day
from wangge.groundwork.warehouse.manifest import WarehouseRefused

REMIND_EVERY_DAYS = 3
"""How often the same person is reminded of the same step; own choice."""
MONTHS_BACK = 3


def run_months(*, today: date, at: datetime, fresh: Callable[[], Snapshot], overlay: Path | None) -> list[str]:
    """Do what the last months want; what they wanted, as ``2024-03 freeze``. ``fresh`` gives the newest snapshot."""
    if not month_runs_by_itself(today):
        return []
    done = []
    ended = last_ended(today, starts_on=month_begins_on(today))
    for period in _watched(ended):
        for errand in _errands(period, ended, today, at):
            if errand is Errand.FREEZE:
                _freeze(ended, at, fresh, overlay)
            else:
                _tell(period, errand, today, at)
            done.append(f"{period} {errand.value}")
    return done


def _watched(ended: Period) -> list[str]:
    """The month that is over, and the last ones that were begun and are not published."""
    begun = MonthStep.objects.filter(verb="freeze").order_by("-period").values_list("period", flat=True)
    return sorted({ended.name, *begun[:MONTHS_BACK]})


def _errands(name: str, ended: Period, today: date, at: datetime) -> tuple[Errand, ...]:
    steps = list(MonthStep.objects.filter(period=name).order_by("seq"))
    state = state_after([each.verb for each in steps])
    freeze_due = hours_left = None
    if state is MonthState.OPEN:
        on = ended.end + timedelta(days=month_frozen_after(today) - 1)
        freeze_due = today >= on and _has_cases(ended)
    elif state is MonthState.FROZEN:
        end = appeals_end(steps[0].at)
        hours_left = None if end is None else (end - at).total_seconds() / 3600
    return errands(state, freeze_due=bool(freeze_due), hours_left=hours_left)


def _has_cases(period: Period) -> bool:
    """Whether anything was reported in the month: an empty city publishes nothing."""
    first, end = moments_of(period)
    return Case.objects.filter(reported_at__gte=first, reported_at__lt=end).exists()


def _freeze(period: Period, at: datetime, fresh: Callable[[], Snapshot], overlay: Path | None) -> None:
    """Freeze the month and open its draft; where that cannot be, the section is told why."""
    try:
        made = step(period=period.name, verb="freeze", by=SYSTEM, at=at, snapshot=fresh(), overlay=overlay)
    except (MonthRefused, WarehouseRefused) as refused:
        text = _("%(month)s 考评未能自动冻结：%(why)s") % {"month": period.name, "why": str(refused)}
        tell_inboxes([_telling("evaluator", text, f"{period.name}:failed:{city_day(at)}")], at=at)
        return
    _tell(made.period, Errand.CHECK, city_day(at), at)


def _tell(name: str, errand: Errand, today: date, at: datetime) -> None:
    """Tell whom the errand waits for; once, or every few days where it keeps waiting."""
    steps = list(MonthStep.objects.filter(period=name).order_by("seq"))
    if errand in (Errand.CHECK, Errand.LAST_DAY):
        tell_inboxes(_to_units(name, errand, steps[0]), at=at)
        return
    waited = (today - steps[-1].at.astimezone(CITY_ZONE).date()).days // REMIND_EVERY_DAYS
    words = {
        Errand.REVIEW: _("%(month)s 考评的核对与申诉期已满，请复核。"),
        Errand.SIGN: _("%(month)s 考评已复核，请签发。"),
        Errand.PUBLISH: _("%(month)s 考评已签发，请发布。"),
    }[errand]
    posts = {Errand.SIGN: ("centre_leader", "chief")}.get(errand, ("evaluator", "section_head"))
    key = f"{name}:{errand.value}:{waited}"
    tell_inboxes([_telling(post, words % {"month": name}, key) for post in posts], at=at)


def _to_units(name: str, errand: Errand, frozen: MonthStep) -> Iterator[InboxTelling]:
    """Every district and unit that has figures in the draft."""
    end = appeals_end(frozen.at)
    until = end.astimezone(CITY_ZONE).strftime("%Y-%m-%d %H:%M") if end is not None else "—"
    if errand is Errand.CHECK:
        words = _("%(month)s 考评已冻结，请核对本单位的核对稿；申诉截至 %(until)s。")
    else:
        words = _("%(month)s 考评的核对与申诉将于 %(until)s 截止。")
    text, key = words % {"month": name, "until": until}, f"{name}:{errand.value}"
    content = content_of(Result.objects.get(id=frozen.result_id))
    for row in content["rows"]:
        yield _telling("district_dispatcher", text, f"{key}:{row['objects']['district']}", row["objects"]["district"])
    for row in content["departments"]:
        yield InboxTelling(inboxes.of_unit(row["objects"]["department"]), TOPIC, text, f"{TOPIC}:{key}")


def _telling(post: str, text: str, key: str, district: str = "") -> InboxTelling:
    return InboxTelling(inboxes.of_post(post), TOPIC, text, f"{TOPIC}:{key}", district_code=district)

"""Writes the checks of a month: draws, findings with points off, bonus and malus with their order, quality verdicts.

Nothing is changed afterwards: a finding is taken back by a further row. What is written before a month is frozen counts
in it; what comes later counts with a re-issue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from wangge.domains.cases.models.case import Case
from wangge.domains.cases.surroundings import district_names, units
from wangge.domains.evaluation.evaluating import moments_of
from wangge.domains.evaluation.logic.drawing import Drawn, drawn, mark_of, seed_of
from wangge.domains.evaluation.logic.periods import Period, PeriodUnknown, parse_period
from wangge.domains.evaluation.models import Adjustment, CheckDraw, CheckFinding, QualityVerdict
from wangge.domains.evaluation.policies import check_may_check
from wangge.domains.evaluation.queries.settings import month_begins_on, sample_size, spot_grids
from wangge.domains.evaluation.refusals import CheckRefused
from wangge.domains.notices import inboxes
from wangge.domains.notices.operations import InboxTelling, tell_inboxes
from wangge.domains.organizations.logic import Actor, AuditKind
from wangge.domains.organizations.operations.audit import record
from wangge.standards.library import load_tables

TOPIC = "evaluation_check"
MOST_ADJUSTED = 20
_MOST_WORDS = 400
_GRIDS = (
    "SELECT district_code, code FROM geography_area WHERE kind = 'responsibility_grid' AND valid_from <= %s"
    " AND (valid_to IS NULL OR valid_to > %s)"
)


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found: the object it counts against, the item of the form, points off, the place and the case."""

    period: str
    form: str
    object_kind: str
    object_code: str
    item: str
    points: str
    place: str = ""
    note: str = ""
    case_number: str = ""
    wants_case: bool = False


def draw(*, kind: Drawn, period: str, by: Actor, at: datetime, instance: str) -> CheckDraw:
    """Draw of a month that is over, once."""
    check_may_check(by)
    month = _period(period)
    if moments_of(month)[1] > at:
        raise CheckRefused(_("本月尚未结束，还不能抽取。"))
    day = month.end - timedelta(days=1)
    pool, each = (_closed(month), sample_size(day)) if kind is Drawn.QUALITY else (_grids(month), spot_grids(day))
    if not pool:
        raise CheckRefused(_("本月没有可抽取的对象。"))
    seed = seed_of(kind, month.name, instance)
    try:
        with transaction.atomic():
            made = CheckDraw.objects.create(
                kind=kind.value, period=month.name, seed=seed, pool=len(pool), pool_sm3=mark_of(pool),
                drawn=drawn(pool, each=each, seed=seed), person_id=by.person_id, at=at,
            )  # fmt: skip
            _noted(by, at, month.name, {"drawn": kind.value, "pool": len(pool)})
    except IntegrityError:
        raise CheckRefused(_("本月已经抽取过，不能再抽。")) from None
    return made


def _closed(month: Period) -> list[tuple[str, str]]:
    first, end = moments_of(month)
    closed = Case.objects.filter(closed_at__gte=first, closed_at__lt=end, parent_id__isnull=True)
    return [("", number) for number in closed.values_list("number", flat=True)]


def _grids(month: Period) -> list[tuple[str, str]]:
    day = month.end - timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute(_GRIDS, [day, day])
        return list(cursor.fetchall())


def record_finding(*, found: Found, by: Actor, at: datetime, overlay: Path | None) -> CheckFinding:
    """Write what a check found; where a case is wanted, the acceptors are asked to register it."""
    check_may_check(by)
    month = _period(found.period)
    _check_object(found.object_kind, found.object_code)
    items = load_tables(overlay, on=month.end - timedelta(days=1)).check_items
    item = next((row for row in items if (row.form, row.item) == (found.form, found.item)), None)
    if item is None or found.form == "quality":
        raise CheckRefused(_("考评表里没有这一项。"))
    points = _points(found.points)
    if not 0 < points <= item.most_points:
        raise CheckRefused(_("扣分须大于 0，不超过 %(most)d 分。") % {"most": item.most_points})
    number = found.case_number.strip()
    if number and not Case.objects.filter(number=number).exists():
        raise CheckRefused(_("没有这件案卷：%(number)s。") % {"number": number[:40]})
    with transaction.atomic():
        made = CheckFinding.objects.create(
            period=month.name, form=found.form, object_kind=found.object_kind, object_code=found.object_code,
            place=found.place.strip()[:40], item=item.item, points_hundredths=int(points * 100), case_number=number,
            note=found.note.strip()[:_MOST_WORDS], person_id=by.person_id, at=at,
        )  # fmt: skip
        if found.wants_case and not number:
            tell_inboxes([_asks_for_case(made, item.name_zh)], at=at)
        _noted(by, at, month.name, {"finding": made.id, "points": str(points)})
    return made


def _asks_for_case(made: CheckFinding, item: str) -> InboxTelling:
    text = _("考评发现 #%(id)d 须登记为案卷：%(item)s，%(place)s。%(note)s") % {
        "id": made.id, "item": _(item), "place": made.place or "—", "note": made.note,
    }  # fmt: skip
    return InboxTelling(inboxes.of_post("acceptor"), TOPIC, text, f"{TOPIC}:{made.id}")


def take_back(*, finding_id: int, note: str, by: Actor, at: datetime) -> CheckFinding:
    """Take a finding back by a row with its points the other way round; once, with a reason."""
    check_may_check(by)
    if not note.strip():
        raise CheckRefused(_("撤销须写明理由。"))
    old = CheckFinding.objects.filter(id=finding_id, takes_back__isnull=True).first()
    if old is None:
        raise CheckRefused(_("没有这条考评发现。"))
    try:
        with transaction.atomic():
            made = CheckFinding.objects.create(
                period=old.period, form=old.form, object_kind=old.object_kind, object_code=old.object_code,
                place=old.place, item=old.item, points_hundredths=-old.points_hundredths, takes_back=old.id,
                case_number=old.case_number, note=note.strip()[:_MOST_WORDS], person_id=by.person_id, at=at,
            )  # fmt: skip
            _noted(by, at, old.period, {"taken_back": old.id})
    except IntegrityError:
        raise CheckRefused(_("这条考评发现已经撤销。")) from None
    return made


def adjust(
    *, period: str, object_kind: str, object_code: str, points: str, reason: str, order_no: str, by: Actor,
    at: datetime,
) -> Adjustment:  # fmt: skip
    """Write bonus or malus with the order behind it."""
    check_may_check(by)
    month = _period(period)
    _check_object(object_kind, object_code)
    number = _points(points)
    if not 0 < abs(number) <= MOST_ADJUSTED:
        raise CheckRefused(_("加减分须在 −20 与 20 之间，不为 0。"))
    if not reason.strip() or not order_no.strip():
        raise CheckRefused(_("加减分须写明事由和依据文号。"))
    with transaction.atomic():
        made = Adjustment.objects.create(
            period=month.name, object_kind=object_kind, object_code=object_code, points_hundredths=int(number * 100),
            reason=reason.strip()[:_MOST_WORDS], order_no=order_no.strip()[:80], person_id=by.person_id, at=at,
        )  # fmt: skip
        _noted(by, at, month.name, {"adjustment": made.id, "points": str(number)})
    return made


def judge_file(
    *, period: str, case_number: str, faults: Sequence[str], by: Actor, at: datetime, overlay: Path | None
) -> QualityVerdict:
    """Say of a drawn case file whether it is valid (no fault); once."""
    check_may_check(by)
    month = _period(period)
    of_month = CheckDraw.objects.filter(kind=Drawn.QUALITY.value, period=month.name).first()
    if of_month is None or case_number not in of_month.drawn:
        raise CheckRefused(_("这件案卷不在本月抽中之列。"))
    items = load_tables(overlay, on=month.end - timedelta(days=1)).check_items
    if set(faults) - {row.item for row in items if row.form == "quality"}:
        raise CheckRefused(_("考评表里没有这一项。"))
    try:
        with transaction.atomic():
            made = QualityVerdict.objects.create(
                period=month.name, case_number=case_number, valid=not faults, faults=sorted(set(faults)),
                person_id=by.person_id, at=at,
            )  # fmt: skip
            _noted(by, at, month.name, {"verdict": case_number, "faults": sorted(set(faults))})
    except IntegrityError:
        raise CheckRefused(_("这件案卷已有质检结论，不能再改。")) from None
    return made


def _period(name: str) -> Period:
    try:
        return parse_period(name, starts_on=month_begins_on())
    except PeriodUnknown as unknown:
        raise CheckRefused(str(unknown)) from None


def _check_object(kind: str, code: str) -> None:
    known = district_names() if kind == "district" else units() if kind == "department" else {}
    if code not in known:
        raise CheckRefused(_("没有这个考评对象。"))


def _points(text: str) -> Decimal:
    """Points with at most two digits after the point."""
    refused = CheckRefused(_("“%(text)s”不是数：写作 1.5。") % {"text": text[:20]})
    try:
        found = Decimal(text.strip().replace("−", "-"))
    except InvalidOperation:
        raise refused from None
    if not found.is_finite() or abs(found) > 100 or found != found.quantize(Decimal("0.01")):
        raise refused
    return found


def _noted(by: Actor, at: datetime, period: str, detail: dict[str, object]) -> None:
    record(by=by, at=at, kind=AuditKind.SETTING, object_kind="evaluation_check", object_key=period, detail=detail)

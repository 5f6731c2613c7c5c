"""The evaluation of a demo city: a year published by months as known then, and the re-issue of one of them.

Appeals granted after March was frozen, and a case left out by a signed order, change it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from wangge.domains.cases.operations.moving import Order, move_case
from wangge.domains.evaluation.models import Adjustment, CheckFinding
from wangge.domains.evaluation.operations.month import step
from wangge.domains.evaluation.operations.refreshing import refresh
from wangge.domains.evaluation.queries import results
from wangge.domains.evaluation.snapshots import latest
from wangge.domains.organizations.logic import Actor
from wangge.domains.organizations.queries import actor_of_person
from wangge.groundwork.attachments.operations import receive_photo

YEAR = 2024
MONTHS = 12
CITY_ZONE = ZoneInfo("Asia/Shanghai")
CORRECTED = f"{YEAR}-03"
_COURSE = (("freeze", "evaluator"), ("review", "evaluator"), ("sign", "centre_leader"), ("publish", "evaluator"))
_HOLDER = "SELECT person_id FROM organizations_post_holding WHERE post = %s ORDER BY person_id LIMIT 1"


def publish_year(*, at: datetime, jobs: int, paper: bytes, told: Callable[[int], None]) -> int:
    """Publish the twelve months; then an appeal and an exclusion change one of them. Answers the months published.

    ``paper`` is a picture that stands for the signed order. Must run as the owner, after the cases.
    """
    environment = settings.ENVIRONMENT
    root, overlay = environment.warehouse_root, environment.city_overlay
    told(0)  # the snapshot comes first, and takes its time
    refresh(root=root, at=at, software=version("wangge"), jobs=jobs)
    evaluator, leader = _holder("evaluator", at), _holder("centre_leader", at)
    if evaluator is None or leader is None:
        return 0
    by = {"evaluator": evaluator, "centre_leader": leader}
    _checks(evaluator, at)
    snapshot = latest(root)
    for month in range(1, MONTHS + 1):
        for verb, post in _COURSE:
            known = datetime(YEAR + month // 12, month % 12 + 1, 1, 9, tzinfo=CITY_ZONE)
            period = f"{YEAR}-{month:02d}"
            step(period=period, verb=verb, by=by[post], at=at, snapshot=snapshot, overlay=overlay, as_of=known)
        told(1)
    _exclude(root, overlay, evaluator, at, paper)
    refresh(root=root, at=at, software=version("wangge"), jobs=jobs)
    note = _("冻结后申诉成立的案卷不计超时；一件因重大活动剔除。")
    step(period=CORRECTED, verb="reissue", by=leader, at=at, snapshot=latest(root), overlay=overlay, note=note)
    return MONTHS


def _checks(by: Actor, at: datetime) -> None:
    """What on-the-spot checks found in the corrected month, and one bonus with its order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT code FROM organizations_district ORDER BY code")
        districts = [row[0] for row in cursor.fetchall()]
    for place, code in enumerate(districts):
        CheckFinding.objects.create(
            period=CORRECTED, form="spot", object_kind="district", object_code=code, item="street_order",
            points_hundredths=150 + 125 * place, note=_("实地考评抽查"), person_id=by.person_id, at=at,
        )  # fmt: skip
    if districts:
        Adjustment.objects.create(
            period=CORRECTED, object_kind="district", object_code=districts[-1], points_hundredths=50,
            reason=_("扫雪除冰组织有力"), order_no=_("演示〔2024〕3 号"), person_id=by.person_id, at=at,
        )  # fmt: skip


def _exclude(root: Path, overlay: Path | None, evaluator: Actor, at: datetime, paper: bytes) -> None:
    """One late case is left out of scoring by a signed order."""
    late = _late_cases(root, overlay)
    if not late:
        return
    assert evaluator.person_id is not None
    photo = receive_photo(data=paper, by=evaluator.person_id, at=at)
    reason = _("重大活动保障期间，按令剔除")
    order = Order(late[-1], "exclude_from_scoring", {"reason": reason}, {"signed_order": [photo.id]})
    move_case(order=order, by=evaluator, at=at)


def _late_cases(root: Path, overlay: Path | None) -> list[str]:
    """Cases closed late in the corrected month."""
    result = results.result_of(f"M{CORRECTED}-1")
    found: list[str] = []
    for row in results.content_of(result)["departments"]:
        figure = f"department={row['objects']['department']}/n_close_overdue"
        told = results.explain(result, figure, root=root, overlay=overlay)
        found += [each["case"] for each in told["counts"][0]["steps"] if each["sign"] > 0]
        if found:
            break
    return found


def _holder(post: str, at: datetime) -> Actor | None:
    with connection.cursor() as cursor:
        cursor.execute(_HOLDER, [post])
        row = cursor.fetchone()
    return actor_of_person(row[0], at) if row is not None else None

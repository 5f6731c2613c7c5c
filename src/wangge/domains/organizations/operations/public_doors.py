"""Opens and closes the public doors by recorded decisions: public report, public status, Open311."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from wangge.domains.organizations.logic import Actor, AuditKind
from wangge.domains.organizations.models import DoorDecision, PublicDoor
from wangge.domains.organizations.operations.audit import record
from wangge.domains.organizations.policies import Refused, Task, check_may_administer
from wangge.domains.organizations.public_doors import is_open

_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('organizations_door_decision'))"


def open_door(
    *, by: Actor, at: datetime, door: PublicDoor, decided_by: str, decision: str, secrecy_review: str
) -> DoorDecision:
    """Open a door from ``at`` on.

    ``decided_by`` names who decided (an office or a person), ``decision`` its words or number, ``secrecy_review``
    the result of the review of secrecy 保密审查. Raises ``Refused`` when one is missing or the door is open.
    """
    if not secrecy_review.strip():
        raise Refused(_("开放对外入口须先做保密审查，并写明审查结论。"))
    return _decide(
        by=by, at=at, door=door, opens=True, decided_by=decided_by, decision=decision, secrecy_review=secrecy_review
    )


def close_door(*, by: Actor, at: datetime, door: PublicDoor, decided_by: str, decision: str) -> DoorDecision:
    """Close a door from ``at`` on; raises ``Refused`` when it is not open."""
    return _decide(by=by, at=at, door=door, opens=False, decided_by=decided_by, decision=decision, secrecy_review="")


@transaction.atomic
def _decide(
    *, by: Actor, at: datetime, door: PublicDoor, opens: bool, decided_by: str, decision: str, secrecy_review: str
) -> DoorDecision:
    check_may_administer(by, Task.DOORS)
    if not decided_by.strip() or not decision.strip():
        raise Refused(_("请写明由谁决定和决定的内容。"))
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME)
    if is_open(door) is opens:
        text = _("“%(door)s”已经开放。") if opens else _("“%(door)s”没有开放。")
        raise Refused(text % {"door": door.label})
    made = DoorDecision.objects.create(
        door=door,
        opens=opens,
        at=at,
        decided_by=decided_by.strip(),
        decision=decision.strip(),
        secrecy_review=secrecy_review.strip(),
        recorded_by_id=by.person_id,
    )
    record(
        by=by,
        at=at,
        kind=AuditKind.SETTING,
        object_kind="door",
        object_key=door.value,
        detail={"opens": opens, "decided_by": made.decided_by, "decision": made.decision},
    )
    return made

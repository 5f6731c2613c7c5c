"""Questions about the public doors: which stand open, and by which decision."""

from __future__ import annotations

from wangge.domains.organizations.models import DoorDecision, PublicDoor
from wangge.groundwork.prepared import prepared_cursor

_STANDS = "SELECT opens FROM organizations_door_decision WHERE door = %(door)s ORDER BY id DESC LIMIT 1"


def is_open(door: PublicDoor) -> bool:
    """Whether the newest decision on the door opens it; one statement. A door nobody decided on is closed."""
    with prepared_cursor() as cursor:
        cursor.execute(_STANDS, {"door": door.value})
        row = cursor.fetchone()
    return row is not None and bool(row[0])


def open_doors() -> dict[PublicDoor, DoorDecision]:
    """The open doors with the decision that opened each; one statement."""
    newest = DoorDecision.objects.order_by("door", "-id").distinct("door")
    return {PublicDoor(each.door): each for each in newest if each.opens}


def door_decisions() -> tuple[DoorDecision, ...]:
    """Every decision there was, oldest first."""
    return tuple(DoorDecision.objects.order_by("id"))

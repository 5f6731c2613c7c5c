"""Lifts the lock-out that django-axes laid on a person after failed sign-ins."""

from __future__ import annotations

from datetime import datetime

from axes.utils import reset

from wangge.domains.organizations.logic import Actor, AuditKind
from wangge.domains.organizations.models import Person
from wangge.domains.organizations.operations.audit import record_on_person
from wangge.domains.organizations.policies import Task, check_may_administer


def lift_lock_out(*, by: Actor, at: datetime, person: Person) -> int:
    """Forget the failed sign-ins of this person; how many counters were cleared."""
    check_may_administer(by, Task.KEYS)
    cleared = int(reset(username=person.username.lower()))
    record_on_person(by=by, at=at, kind=AuditKind.ACCESS, username=person.username, unlocked=cleared)
    return cleared

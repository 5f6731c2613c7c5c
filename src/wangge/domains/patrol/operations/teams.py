"""Owns teams and their members: forming, ending, moving a collector from one to another."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from wangge.domains.organizations.logic import Actor, AuditKind
from wangge.domains.organizations.models import Person
from wangge.domains.organizations.operations.audit import record
from wangge.domains.patrol.models import Team, TeamMember
from wangge.domains.patrol.policies import check_may_plan
from wangge.domains.patrol.refusals import PatrolRefused


@transaction.atomic
def form_team(*, by: Actor, at: datetime, code: str, name: str, from_on: date, district_code: str = "") -> Team:
    """Form a team from a day on."""
    check_may_plan(by)
    try:
        with transaction.atomic():
            team = Team.objects.create(code=code, name=name, district_code=district_code, valid_from=from_on)
    except IntegrityError as error:
        raise PatrolRefused(_("已有代码为 %(code)s 的班组，或名称、代码不合要求。") % {"code": code}) from error
    record(by=by, at=at, kind=AuditKind.SETTING, object_kind="patrol_team", object_key=code)
    return team


@transaction.atomic
def put_in_team(
    *, by: Actor, at: datetime, team_id: int, username: str, from_on: date, is_leader: bool = False
) -> TeamMember:
    """From a day on the person is in this team; where he was before ends then."""
    check_may_plan(by)
    person = Person.objects.filter(username__iexact=username).first()
    if person is None:
        raise PatrolRefused(_("没有用户 %(name)s。") % {"name": username})
    held = TeamMember.objects.filter(person=person, valid_from__lt=from_on)
    held.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=from_on)).update(valid_to=from_on)
    try:
        with transaction.atomic():
            member = TeamMember.objects.create(team_id=team_id, person=person, valid_from=from_on, is_leader=is_leader)
    except IntegrityError as error:
        raise PatrolRefused(_("%(name)s 自该日起已在一个班组中。") % {"name": username}) from error
    record(by=by, at=at, kind=AuditKind.SETTING, object_kind="patrol_team", object_key=username)
    return member

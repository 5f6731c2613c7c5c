"""Makes and revokes the access tokens of machines; the token itself is shown once and never kept."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from wangge.domains.organizations.logic import Actor, AuditKind, TokenScope, token_digest
from wangge.domains.organizations.models import AccessToken, Person
from wangge.domains.organizations.operations.audit import record
from wangge.domains.organizations.policies import Refused, Task, check_may_administer
from wangge.domains.organizations.queries import own_trackers

MOST_TRACKERS = 3
TRACKER_HOLDS = timedelta(days=180)


@transaction.atomic
def add_token(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    scope: TokenScope = TokenScope.FULL,
    name: str = "",
    expires_at: datetime | None = None,
) -> str:
    """Make a token for ``person`` and give it back: the only time it can be seen.

    It may do what the person may, narrowed by ``scope``. Raises ``Refused`` for a person who is not active.
    """
    check_may_administer(by, Task.KEYS)
    if not person.is_active:
        raise Refused(_("%(name)s已停用，不能发放令牌。") % {"name": person.display_name})
    return _made(by=by, at=at, person=person, scope=scope, name=name, expires_at=expires_at)


@transaction.atomic
def add_own_tracker(*, by: Actor, at: datetime, name: str) -> str:
    """A token for one's own tracker app: it sends positions and opens nothing else, and it ends by itself.

    It stands in the settings of a telephone, so the person makes and revokes it himself, and there are few of them.
    Raises ``Refused`` where there are enough.
    """
    person = Person.objects.select_for_update().get(pk=by.person_id or 0)
    if len(own_trackers(by=by, at=at)) >= MOST_TRACKERS:
        raise Refused(_("已有 %(most)s 个在用的定位设置。请先停用不用的。") % {"most": MOST_TRACKERS})
    return _made(
        by=by, at=at, person=person, scope=TokenScope.POSITIONS, name=name[:80], expires_at=at + TRACKER_HOLDS
    )  # fmt: skip


@transaction.atomic
def revoke_own_tracker(*, by: Actor, at: datetime, token_id: int) -> None:
    """End one of one's own trackers at once; another person's is as if it were not there."""
    own = {each.pk for each in own_trackers(by=by, at=at)}
    if token_id in own and AccessToken.objects.filter(pk=token_id, revoked_at__isnull=True).update(revoked_at=at):
        record(
            by=by, at=at, kind=AuditKind.ACCESS, object_kind="token", object_key=str(token_id), detail={"revoked": True}
        )  # fmt: skip


def _made(*, by: Actor, at: datetime, person: Person, scope: TokenScope, name: str, expires_at: datetime | None) -> str:
    token = f"wg_{secrets.token_urlsafe(32)}"
    made = AccessToken.objects.create(
        person=person,
        digest=token_digest(token),
        scope=scope.value,
        name=name,
        created_at=at,
        expires_at=expires_at,
    )
    record(
        by=by,
        at=at,
        kind=AuditKind.ACCESS,
        object_kind="token",
        object_key=str(made.pk),
        detail={"person": person.username, "scope": scope.value},
    )
    return token


@transaction.atomic
def revoke_token(*, by: Actor, at: datetime, token_id: int) -> None:
    """End a token at once; revoking it again changes nothing. Raises ``Refused`` when there is none."""
    check_may_administer(by, Task.KEYS)
    if not AccessToken.objects.filter(pk=token_id).exists():
        raise Refused(_("没有令牌 %(id)s。") % {"id": token_id})
    if AccessToken.objects.filter(pk=token_id, revoked_at__isnull=True).update(revoked_at=at):
        record(
            by=by,
            at=at,
            kind=AuditKind.ACCESS,
            object_kind="token",
            object_key=str(token_id),
            detail={"revoked": True},
        )

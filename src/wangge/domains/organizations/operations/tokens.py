"""Makes and revokes the access tokens of machines; the token itself is shown once and never kept."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from wangge.domains.organizations.logic import Actor, AuditKind, TokenScope, token_digest
from wangge.domains.organizations.models import AccessToken, Person
from wangge.domains.organizations.operations.audit import record
from wangge.domains.organizations.policies import Refused, Task, check_may_administer


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

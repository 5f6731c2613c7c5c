"""Sign-in and sign-out of people in a browser, and how long a session lives.

Django checks the password, django-axes counts the failures, this module records all of it and says what
stands between a signed-in person and his work. Settings read here: ``TOTP_COMPULSORY``,
``PASSWORD_AGE_DAYS``, ``SESSION_IDLE_MINUTES``, and ``SESSION_COOKIE_AGE`` as the longest life of a session.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django_otp import user_has_device

from wangge.domains.organizations.logic import (
    Actor,
    AuditKind,
    SessionEnd,
    actor_of,
    password_too_old,
    session_end,
)
from wangge.domains.organizations.models import Person
from wangge.domains.organizations.operations.audit import record
from wangge.domains.organizations.policies import Refused
from wangge.domains.organizations.queries import actor_of_person, person_named

PASSWORD_BACKEND = "wangge.domains.organizations.session_backend.PersonBackend"  # noqa: S105 - a class
_SIGNED_IN_AT = "signed_in_at"
_SEEN_AT = "seen_at"
# A session is written again only when this long has passed, so that reading pages does not write each time.
_TOUCH_SECONDS = 60


class SignInRefused(Refused):
    """User name or password is wrong, or the person is locked out for a while (``locked_out``)."""

    def __init__(self, text: str, *, locked_out: bool) -> None:
        super().__init__(text)
        self.locked_out = locked_out


class NextStep(StrEnum):
    """What stands between a signed-in person and his work."""

    NOTHING = "nothing"
    SECOND_FACTOR = "second_factor"
    ENROL_SECOND_FACTOR = "enrol_second_factor"
    CHANGE_PASSWORD = "change_password"  # noqa: S105 - a step


def sign_in(*, request: HttpRequest, username: str, password: str, at: datetime) -> Person:
    """Check user name and password and open the session; raises ``SignInRefused``.

    ``next_step`` then says what is still to be done.
    """
    # One spelling for the counter of failures: letter case must not give further tries.
    folded = username.strip().lower()
    found = authenticate(request, username=folded, password=password)
    address = str(request.META.get("REMOTE_ADDR", ""))
    if not isinstance(found, Person):
        locked_out = bool(getattr(request, "axes_locked_out", False))
        _record_failure(folded, at, address, locked_out=locked_out)
        raise SignInRefused(
            _("尝试次数过多，登录已暂时锁定。请稍后再试，或请安全管理员解锁。")
            if locked_out
            else _("用户名或密码不对，请重新输入。"),
            locked_out=locked_out,
        )
    open_session(request=request, person=found, at=at)
    return found


def open_session(*, request: HttpRequest, person: Person, at: datetime) -> None:
    """Open the session of a person whose password or other proof has been checked."""
    login(request, person, backend=getattr(person, "backend", PASSWORD_BACKEND))
    _begin(request, at)


def _begin(request: HttpRequest, at: datetime) -> None:
    request.session[_SIGNED_IN_AT] = request.session[_SEEN_AT] = int(at.timestamp())
    assert isinstance(request.user, Person)
    record(
        by=_as_actor(request.user),
        at=at,
        kind=AuditKind.SIGN_IN,
        address=str(request.META.get("REMOTE_ADDR", "")),
    )


def sign_out(*, request: HttpRequest, at: datetime) -> None:
    """End the session; harmless when there is none."""
    if isinstance(request.user, Person):
        record(
            by=_as_actor(request.user),
            at=at,
            kind=AuditKind.SIGN_OUT,
            address=str(request.META.get("REMOTE_ADDR", "")),
        )
    logout(request)


def keep_session(*, request: HttpRequest, at: datetime) -> SessionEnd | None:
    """Note that the session was used at ``at``; when it has ended it is closed and the reason given back.

    For the gate before every page: call it once a request, for signed-in people.
    """
    first, last = request.session.get(_SIGNED_IN_AT), request.session.get(_SEEN_AT)
    if first is None or last is None:
        # Opened by the city's identity provider a moment ago, and by nobody else: its view leads to a page.
        _begin(request, at)
        return None
    signed_in_at, seen_at = datetime.fromtimestamp(first, tz=UTC), datetime.fromtimestamp(last, tz=UTC)
    ended = session_end(
        signed_in_at=signed_in_at,
        seen_at=seen_at,
        at=at,
        idle_minutes=settings.SESSION_IDLE_MINUTES,
        absolute_minutes=settings.SESSION_COOKIE_AGE // 60,
    )
    if ended is not None:
        logout(request)
    elif (at - seen_at).total_seconds() >= _TOUCH_SECONDS:
        request.session[_SEEN_AT] = int(at.timestamp())
    return ended


def next_step(*, person: Person, actor: Actor, at: datetime) -> NextStep:
    """What the signed-in ``person`` (``request.user``) must do before anything else.

    A second factor once enrolled is always asked for; where it is compulsory, staff must enrol.
    """
    verified = bool(getattr(person, "is_verified", lambda: False)())
    if not verified:
        if _has_second_factor(person):
            return NextStep.SECOND_FACTOR
        if settings.TOTP_COMPULSORY and actor.is_staff:
            return NextStep.ENROL_SECOND_FACTOR
    most_days = settings.PASSWORD_AGE_DAYS
    aged = password_too_old(set_at=person.password_set_at, at=at, most_days=most_days)
    if person.has_usable_password() and (person.must_change_password or aged):
        return NextStep.CHANGE_PASSWORD
    return NextStep.NOTHING


def _has_second_factor(person: Person) -> bool:
    """Whether one was enrolled: said by the session's own statement, else asked."""
    known = person.has_second_factor
    return bool(user_has_device(person)) if known is None else known


def actor_of_request(*, request: HttpRequest, at: datetime) -> Actor | None:
    """Who acts in a signed-in browser request, with the posts he holds; None without sign-in.

    Of a person read from his session they came with him; of one who signs in by this request they are asked.
    """
    person = request.user
    if not isinstance(person, Person):
        return None
    return person.actor_found or actor_of_person(person.pk, at)


def _record_failure(username: str, at: datetime, address: str, *, locked_out: bool) -> None:
    """Record a failed sign-in. What was typed is kept only where it names a person: it may be a password."""
    person = person_named(username)
    record(
        by=Actor(None, "", "") if person is None else _as_actor(person),
        at=at,
        kind=AuditKind.LOCKED_OUT if locked_out else AuditKind.SIGN_IN_FAILED,
        address=address,
    )


def _as_actor(person: Person) -> Actor:
    return actor_of(person_id=person.pk, username=person.username, display_name=person.display_name, holdings=())

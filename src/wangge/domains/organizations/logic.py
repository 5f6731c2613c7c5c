"""The pure part of organizations and access: who acts, what he may see, how personal data are masked.

No Django, no clock, no database: moments come in as ``at``, tables of the standards as values.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from wangge.standards.access import (
    POSTS_OUTSIDE_STAFF,
    Denouncer,
    PersonalData,
    SightScope,
    SightWindow,
)

# Posts that no two of which one person may hold at a time (三员分立); the database refuses it as well.
ADMINISTRATORS = frozenset({"system_administrator", "security_administrator", "audit_administrator"})
POSTS_OF_UNITS = frozenset({"department", "district_dispatcher"})

AUDIT_TABLE = "organizations_audit_record"
AUDIT_COLUMNS = (
    "month", "at", "person_id", "person_name", "token_id",
    "kind", "object_kind", "object_key", "detail", "address",
)  # fmt: skip


class TokenScope(StrEnum):
    """What a token may be used for: everything its person may, or a part of it."""

    FULL = "full"
    READ = "read"
    WRITE = "write"
    OPEN311 = "open311"
    POSITIONS = "positions"


class AuditKind(StrEnum):
    """What a line of the audit log records."""

    SIGN_IN = "sign_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_OUT = "sign_out"
    LOCKED_OUT = "locked_out"
    PASSWORD = "password"  # noqa: S105 - a kind of record
    SECOND_FACTOR = "second_factor"
    REPORT = "report"
    MOVE = "move"
    VIEW = "view"
    REVEAL = "reveal"
    REFUSED = "refused"
    EXPORT = "export"
    IMPORT = "import"
    SETTING = "setting"
    ACCESS = "access"
    ERASURE = "erasure"


@dataclass(frozen=True, slots=True)
class Holding:
    """A post held now, for a responsible unit or a district; neither means the whole city."""

    post: str
    department_code: str | None = None
    district_code: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person with the posts he holds at this moment, and the token he came with, if any."""

    person_id: int | None
    username: str
    display_name: str
    holdings: tuple[Holding, ...] = ()
    scope: TokenScope = TokenScope.FULL
    token_id: int | None = None
    own_case: str = ""  # the case a citizen without an account follows: he showed its query code

    @property
    def posts(self) -> frozenset[str]:
        """The posts held now."""
        return frozenset(holding.post for holding in self.holdings)

    @property
    def department_codes(self) -> frozenset[str]:
        """The responsible units he speaks for, by his posts ``department`` and ``district_dispatcher``."""
        return frozenset(
            holding.department_code
            for holding in self.holdings
            if holding.post in POSTS_OF_UNITS and holding.department_code is not None
        )

    def holds(self, *posts: str) -> bool:
        """Whether he holds at least one of ``posts``."""
        return any(holding.post in posts for holding in self.holdings)

    def holdings_of(self, post: str) -> tuple[Holding, ...]:
        """The holdings of one post: several where he serves several units or districts."""
        return tuple(holding for holding in self.holdings if holding.post == post)

    def may_read(self) -> bool:
        """Whether the token's scope opens reading through the API."""
        return self.scope in (TokenScope.FULL, TokenScope.READ, TokenScope.WRITE)

    def may_write(self) -> bool:
        """Whether the token's scope opens writing through the API."""
        return self.scope in (TokenScope.FULL, TokenScope.WRITE)

    def may_use_open311(self) -> bool:
        """Whether the token's scope opens Open311."""
        return self.scope in (TokenScope.FULL, TokenScope.OPEN311)

    def may_send_positions(self) -> bool:
        """Whether the token's scope opens sending where its person is."""
        return self.scope in (TokenScope.FULL, TokenScope.WRITE, TokenScope.POSITIONS)

    @property
    def is_staff(self) -> bool:
        """Whether he holds any post but those outside the staff."""
        return bool(self.posts - POSTS_OUTSIDE_STAFF)


# What timers, rules and intake act as; it is no person of the table.
SYSTEM = Actor(None, "system", "系统", (Holding("system"),))
# Who acts from the terminal of the machine: the operator who already has the database in his hands.
TERMINAL = Actor(None, "terminal", "命令行", ())


def actor_of(
    *,
    person_id: int,
    username: str,
    display_name: str,
    holdings: Iterable[tuple[str, str | None, str | None]],
    scope: str = TokenScope.FULL,
    token_id: int | None = None,
) -> Actor:
    """An actor from one row of the database; ``holdings`` are (post, department code, district code)."""
    return Actor(
        person_id,
        username,
        display_name,
        tuple(Holding(post, department, district) for post, department, district in holdings),
        TokenScope(scope),
        token_id,
    )


@dataclass(frozen=True, slots=True)
class Sight:
    """One window of a person onto the cases: a case is seen when some window fits it.

    ``stages`` None means every stage. ``district_code`` narrows a desk or the city to one district;
    ``department_code`` names the unit of ``SightScope.OWN_UNIT``. ``personal`` says how the reporter's
    data appear through this window, ``denouncer`` whether a denouncer's identity can ever be shown.
    """

    post: str
    scope: SightScope
    stages: frozenset[str] | None
    personal: PersonalData
    denouncer: Denouncer
    district_code: str | None = None
    department_code: str | None = None

    def shows(self, stage: str) -> bool:
        """Whether cases in ``stage`` lie in this window."""
        return self.stages is None or stage in self.stages


def sight_of(actor: Actor, table: Mapping[str, tuple[SightWindow, ...]]) -> frozenset[Sight]:
    """Every window the actor's posts open, from the rows of ``sight.csv`` by post (``access.sight_by_post``).

    An actor without posts sees nothing; so does a unit's post without a unit.
    """
    return frozenset(
        sight
        for holding in actor.holdings
        for row in table.get(holding.post, ())
        if (sight := _window(holding, row)) is not None
    )


def _window(holding: Holding, row: SightWindow) -> Sight | None:
    scope = row.scope
    if scope is SightScope.NONE or (scope is SightScope.OWN_UNIT and holding.department_code is None):
        return None
    narrowed = scope in (SightScope.DESK, SightScope.CITY)
    return Sight(
        post=holding.post,
        scope=scope,
        stages=row.stages,
        personal=row.personal,
        denouncer=row.denouncer,
        district_code=holding.district_code if narrowed else None,
        department_code=holding.department_code if scope is SightScope.OWN_UNIT else None,
    )


_MORE_TO_LESS = (PersonalData.FULL, PersonalData.MASKED, PersonalData.NONE)


def personal_data_shown(windows: Iterable[Sight], *, stage: str) -> PersonalData:
    """The most that ``windows`` (those that fit the case) show of the reporter while it is in ``stage``."""
    shown = {window.personal for window in windows if window.shows(stage)}
    return next((level for level in _MORE_TO_LESS if level in shown), PersonalData.NONE)


def denouncer_may_be_revealed(windows: Iterable[Sight], *, stage: str) -> bool:
    """Whether some window of the case lets a denouncer's identity (举报人) be revealed, with a reason."""
    return any(window.denouncer is Denouncer.REVEAL for window in windows if window.shows(stage))


def administrators_held(posts: Iterable[str]) -> frozenset[str]:
    """Which of the three administrators' posts are among ``posts``; more than one is refused."""
    return ADMINISTRATORS.intersection(posts)


def masked_name(name: str) -> str:
    """A person's name for those who need not know it: the first character stays (张*, 欧**)."""
    name = name.strip()
    return name if not name else name[0] + "*" * max(1, min(len(name) - 1, 3))


def masked_phone(phone: str) -> str:
    """A telephone number with its middle hidden: 138****5678; short ones keep two digits."""
    phone = phone.strip()
    if len(phone) >= 11:
        return f"{phone[:-8]}****{phone[-4:]}"
    return phone if not phone else "*" * max(len(phone) - 2, 1) + phone[-2:]


def token_digest(token: str) -> bytes:
    """The 32 bytes under which a token is kept: its SHA-256. Tokens are random, so no salt is needed."""
    return hashlib.sha256(token.encode()).digest()


class SessionEnd(StrEnum):
    """Why a session has ended."""

    IDLE = "idle"
    ABSOLUTE = "absolute"


def session_end(
    *, signed_in_at: datetime, seen_at: datetime, at: datetime, idle_minutes: int, absolute_minutes: int
) -> SessionEnd | None:
    """Whether and why a session has ended at ``at``; limits in minutes, the end itself is ended."""
    if at - signed_in_at >= timedelta(minutes=absolute_minutes):
        return SessionEnd.ABSOLUTE
    if at - seen_at >= timedelta(minutes=idle_minutes):
        return SessionEnd.IDLE
    return None


def password_too_old(*, set_at: datetime | None, at: datetime, most_days: int) -> bool:
    """Whether a password has passed its age; 0 days means passwords do not age, no date means it has."""
    if most_days <= 0:
        return False
    return set_at is None or at - set_at >= timedelta(days=most_days)


def month_of(at: datetime) -> date:
    """The month under which a record of this moment is filed: its first day, counted in UTC."""
    utc = at.astimezone(UTC)
    return date(utc.year, utc.month, 1)

"""Owns the followers of cases: a public report with its first one, joining a case that is there, and erasure.

A form sent twice brings one case and the same code: the code follows from the form's key, and its hash is kept once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, connection, transaction

from wangge.domains.cases.operations.erasing import erase_personal_words
from wangge.domains.cases.operations.reporting import Report, Reported, report_case
from wangge.domains.cases.operations.timing import after_report
from wangge.domains.cases.queries.published import PUBLISHED
from wangge.domains.cases.rows import load
from wangge.domains.citizens.logic.codes import code_of, hash_of
from wangge.domains.citizens.logic.limits import Sending, area_of
from wangge.domains.citizens.operations.counting import count_sending
from wangge.domains.citizens.queries.followers import digest_of_hash
from wangge.domains.citizens.queries.nearby import ended_stages
from wangge.domains.citizens.refusals import CannotJoin, CodeTaken
from wangge.domains.organizations.logic import SYSTEM, Actor

CODE_CONSTRAINT = "follower_code_once"
EXTERNAL_CONSTRAINT = "case_external_number_once_per_source"


@dataclass(frozen=True, slots=True)
class Contact:
    """How a citizen wishes to be answered, and where."""

    wish: str = "none"
    name: str = ""
    phone: str = ""
    email: str = ""
    openid: str = ""
    language: str = "zh-hans"


NOBODY = Contact()


@dataclass(frozen=True, slots=True)
class Sent:
    """One sending of a public form: its key, the digest of what it says, whence it came.

    Of one that was taken in outside the hash of its code alone is known, and it was counted there.
    """

    key: str
    digest: bytes
    secret: bytes
    address: str
    code_hash: bytes = b""

    @property
    def is_counted(self) -> bool:
        """Whether the limits were looked at already."""
        return bool(self.code_hash)

    @property
    def code(self) -> str:
        """The code to show; empty where it was shown elsewhere."""
        return code_of(secret=self.secret, key=self.key) if self.key else ""

    @property
    def hash(self) -> bytes:
        """What is kept of the code."""
        return self.code_hash or hash_of(self.code)


@dataclass(frozen=True, slots=True)
class Followable:
    """What a sending brought: the code to show this once."""

    code: str
    case_id: UUID
    is_new: bool


def report_publicly(*, report: Report, contact: Contact, sent: Sent, at: datetime) -> Followable:
    """A case of a citizen's report, with him as its first follower, once however often it is sent.

    Raises TooOften and what ``report_case`` raises.
    """
    before = _before(sent)
    if isinstance(before, Followable):
        return before
    sent = before
    try:
        made = _report(report, contact, sent, at)
    except IntegrityError as clash:
        return _sent_meanwhile(sent, clash)
    after_report(reported=made, at=at)
    return Followable(sent.code, made.draft.case_id, True)


def join_case(*, number: str, contact: Contact, sent: Sent, at: datetime) -> Followable:
    """One more follower of an open published case. Raises CannotJoin, TooOften."""
    before = _before(sent)
    if isinstance(before, Followable):
        return before
    sent = before
    try:
        with transaction.atomic():
            case_id = _joinable_case(number)
            count(Sending.REPORT, sent, contact, at)
            _follow(case_id, contact, sent, at, joined=True)
    except IntegrityError as clash:
        return _sent_meanwhile(sent, clash)
    return Followable(sent.code, case_id, True)


def follow_registered(*, number: str, contact: Contact, sent: Sent, at: datetime) -> str:
    """Let who told a seat of a matter be answered, and follow it; the code to tell him, the same for the same sending.

    Raises CannotJoin for a case that is not there.
    """
    kept = digest_of_hash(sent.hash)
    if kept is not None:
        return sent.code
    row = load(number)
    if row is None:
        raise CannotJoin
    try:
        with transaction.atomic():
            _follow(row.id, contact, sent, at, joined=False)
    except IntegrityError as clash:
        if CODE_CONSTRAINT not in str(clash):
            raise
    return sent.code


def answer_by_wechat(*, code: str, openid: str) -> bool:
    """Answer the citizen of this code at his WeChat account from now on; False where the code is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE citizens_follower SET wish = 'wechat', openid = %s WHERE code_hash = %s AND erased_at IS NULL",
            [openid, hash_of(code)],
        )
        return bool(cursor.rowcount == 1)


def leave_wechat(*, openid: str) -> None:
    """Answer this WeChat account no more."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE citizens_follower SET wish = 'none', openid = '' WHERE openid = %s", [openid])


def erase_citizens(*, number: str, because: str, by: Actor, at: datetime) -> int:
    """Erase the personal words of a case and the contacts of all who follow it; how many steps lost words."""
    with transaction.atomic(), connection.cursor() as cursor:
        steps = erase_personal_words(number=number, because=because, by=by, at=at)
        cursor.execute(
            "UPDATE citizens_follower SET wish = 'none', name = '', phone = '', email = '', openid = '',"
            " erased_at = %s WHERE erased_at IS NULL AND case_id = (SELECT id FROM cases_case WHERE number = %s)",
            [at, number],
        )
    return steps


def count(kind: Sending, sent: Sent, contact: Contact, at: datetime, *, area: str = "") -> None:
    """Count a sending against the limits, unless that was done outside. Raises TooOften."""
    if not sent.is_counted:
        count_sending(kind, at=at, secret=sent.secret, address=sent.address, phone=contact.phone, area=area)


def _before(sent: Sent) -> Followable | Sent:
    """What this very sending brought before; the same key with other words is a sending of its own."""
    kept = digest_of_hash(sent.hash)
    if kept is None:
        return sent
    if kept[1] == sent.digest:
        return Followable(sent.code, kept[0], False)
    if sent.is_counted:
        raise CodeTaken
    return replace(sent, key=str(uuid4()))


def _report(report: Report, contact: Contact, sent: Sent, at: datetime) -> Reported:
    place = report.location or {}
    named = replace(
        report, reporter_name=contact.name, reporter_phone=contact.phone, reporter_email=contact.email,
        external_no=f"web:{sent.hash.hex()[:32]}",
    )  # fmt: skip
    with transaction.atomic():
        area = area_of(place.get("lon"), place.get("lat"))
        count(Sending.REPORT, sent, contact, at, area=area)
        made = report_case(report=named, by=SYSTEM, at=at, address=sent.address)
        _follow(made.draft.case_id, contact, sent, at, joined=False)
    return made


def _joinable_case(number: str) -> UUID:
    if "\0" in number:
        raise CannotJoin
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.id FROM cases_case c WHERE c.number = %s AND c.stage <> ALL(%s) AND {PUBLISHED} FOR KEY SHARE",
            [number, ended_stages()],
        )
        row = cursor.fetchone()
    if row is None:
        raise CannotJoin
    return UUID(str(row[0]))


def _follow(case_id: UUID, contact: Contact, sent: Sent, at: datetime, *, joined: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO citizens_follower (code_hash, case_id, digest, at, joined, wish, name, phone, email, openid,"
            " language) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                sent.hash, case_id, sent.digest, at, joined, contact.wish, contact.name, contact.phone,
                contact.email, contact.openid, contact.language,
            ],
        )  # fmt: skip


def _sent_meanwhile(sent: Sent, clash: IntegrityError) -> Followable:
    """Another press of the same button was first."""
    kept = digest_of_hash(sent.hash)
    if not any(name in str(clash) for name in (CODE_CONSTRAINT, EXTERNAL_CONSTRAINT)) or kept is None:
        raise clash
    return Followable(sent.code, kept[0], False)

"""Owns letters: taken in once, handed to the authority that can act at once, receipted, answered, erased.

The authority is no user of the platform: order, receipt and answer are papers, and what is recorded is that they came.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from wangge.domains.citizens.letter_tables import authority_of, due_after, kind_of, takers_of
from wangge.domains.citizens.logic.limits import Sending
from wangge.domains.citizens.operations.following import Contact, Sent, count
from wangge.domains.citizens.queries.letters import Letter, kept_digest, letter_for
from wangge.domains.citizens.refusals import CodeTaken, LetterRefused, NoSuchLetter
from wangge.domains.organizations.logic import SYSTEM, Actor, AuditKind
from wangge.domains.organizations.operations.audit import record
from wangge.groundwork.attachments.operations import use_photos
from wangge.standards.letter_rows import Authority

CODE_CONSTRAINT = "letter_code_once"
LONGEST_ANSWER = 4000
LONGEST_RECEIPT = 80


@dataclass(frozen=True, slots=True)
class Written:
    """What a citizen writes."""

    kind: str
    words: str
    address: str = ""
    point: tuple[float, float] | None = None
    photos: Sequence[str] = ()


def write_letter(*, written: Written, contact: Contact, sent: Sent, at: datetime) -> str:
    """Take a letter in, once however often it is sent, and forward it where its kind is another authority's.

    Answers the code. Raises TooOften, LetterRefused, PhotoGone, PhotoUnknown.
    """
    kept = kept_digest(sent.hash)
    if kept == sent.digest:
        return sent.code
    if kept is not None:
        if sent.is_counted:
            raise CodeTaken
        sent = replace(sent, key=str(uuid4()))
    try:
        with transaction.atomic():
            _take_in(written, contact, sent, at)
    except IntegrityError as clash:
        if CODE_CONSTRAINT not in str(clash):
            raise
    return sent.code


def _take_in(written: Written, contact: Contact, sent: Sent, at: datetime) -> None:
    kind = kind_of(written.kind)
    if kind is None:
        raise LetterRefused(_("请选择来信的类别。"))
    count(Sending.LETTER, sent, contact, at)
    if written.photos:
        use_photos(ids=written.photos, by=0)
    lon, lat = written.point or (None, None)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO citizens_letter (code_hash, digest, kind, state, at, due_at, words, address, lon, lat, photos,"
            " wish, name, phone, email, language) VALUES (%s, %s, %s, 'received', %s, %s, %s, %s, %s, %s, %s, %s, %s,"
            " %s, %s, %s) RETURNING id",
            [
                sent.hash, sent.digest, kind.kind, at, due_after(kind.answer_within, at), written.words,
                written.address, lon, lat, list(written.photos), contact.wish, contact.name, contact.phone,
                contact.email, contact.language,
            ],
        )  # fmt: skip
        number = int(cursor.fetchone()[0])
    _note(number, 1, "receive", SYSTEM, at)
    takers = takers_of(kind.kind)
    if kind.forwards and takers:
        _hand_to(takers[0], number, 2, SYSTEM, at)


def forward_letter(*, number: int, authority: str, by: Actor, at: datetime) -> None:
    """Hand a letter to another authority that takes its kind. Raises NoSuchLetter, LetterRefused."""
    with transaction.atomic():
        letter = _locked(number, by)
        row = authority_of(authority)
        if row is None or letter.kind not in row.takes:
            raise LetterRefused(_("请选择能受理此类来信的部门。"))
        _hand_to(row, number, letter.version + 1, by, at)


def record_receipt(*, number: int, receipt_no: str, by: Actor, at: datetime) -> None:
    """Record that the authority confirmed it has the letter. Raises NoSuchLetter, LetterRefused."""
    receipt_no = receipt_no.strip()
    with transaction.atomic():
        letter = _locked(number, by)
        if letter.state != "forwarded":
            raise LetterRefused(_("只有已转送、还没有回执的来信可以登记回执。"))
        if not receipt_no or len(receipt_no) > LONGEST_RECEIPT:
            raise LetterRefused(_("请填写回执编号，不超过 %(most)s 字。") % {"most": LONGEST_RECEIPT})
        _set(number, "state = 'receipted', receipt_no = %s", receipt_no)
        _note(number, letter.version + 1, "receipt", by, at, receipt_no)


def answer_letter(*, number: int, answer: str, by: Actor, at: datetime) -> None:
    """Answer a letter, with the authority's words where it was forwarded. Raises NoSuchLetter, LetterRefused."""
    answer = answer.strip()
    with transaction.atomic():
        letter = _locked(number, by)
        if not answer or len(answer) > LONGEST_ANSWER:
            raise LetterRefused(_("请填写答复，不超过 %(most)s 字。") % {"most": LONGEST_ANSWER})
        _set(number, "state = 'answered', answer = %s", answer)
        _note(number, letter.version + 1, "answer", by, at)


def erase_letter(*, number: int, because: str, by: Actor, at: datetime) -> None:
    """Erase who wrote and what; that there was a letter of this kind, and what became of it, stays."""
    if not because.strip():
        raise LetterRefused(_("请写明清除个人信息的理由。"))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE citizens_letter SET words = '', address = '', lon = NULL, lat = NULL, photos = '{}', name = '',"
            " phone = '', email = '', wish = 'none', erased_at = %s, version = version + 1"
            " WHERE id = %s AND erased_at IS NULL RETURNING version",
            [at, number],
        )
        row = cursor.fetchone()
        if row is None:
            raise NoSuchLetter
        _note(number, int(row[0]), "erase", by, at, because.strip())
        record(
            by=by, at=at, kind=AuditKind.ERASURE, object_kind="letter", object_key=str(number),
            detail={"because": because.strip()},
        )  # fmt: skip


def _locked(number: int, by: Actor) -> Letter:
    letter = letter_for(by=by, number=number, lock=True)
    if letter is None:
        raise NoSuchLetter
    if letter.state == "answered":
        raise LetterRefused(_("这封信已经答复。"))
    return letter


def _hand_to(authority: Authority, number: int, seq: int, by: Actor, at: datetime) -> None:
    _set(
        number, "state = 'forwarded', authority = %s, receipt_no = '', receipt_due_at = %s", authority.authority,
        due_after(authority.receipt_within, at),
    )  # fmt: skip
    _note(number, seq, "forward", by, at, authority.authority)


def _set(number: int, what: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE citizens_letter SET {what}, version = version + 1 WHERE id = %s",
            [*values, number],  # type: ignore[list-item]
        )


def _note(number: int, seq: int, act: str, by: Actor, at: datetime, detail: str = "") -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO citizens_letter_event (letter_id, seq, act, at, person_id, person_name, detail)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [number, seq, act, at, by.person_id, by.display_name, detail],
        )

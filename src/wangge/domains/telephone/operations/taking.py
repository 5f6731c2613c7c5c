"""Owns the once-only taking of an exchange's events and of the recordings they announce.

A call is made by whichever of its events comes first; the others add what they know. Its seat hears of it in the
same transaction through the outbox.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.db import connection, transaction
from django.utils.translation import gettext as _

from wangge.domains.telephone.logic.calls import KINDS, number_of
from wangge.domains.telephone.refusals import BadEvent, EventIdTaken, NoSuchRecording
from wangge.groundwork.outbox.operations import append

TOPIC = "telephone"
AHEAD = timedelta(minutes=5)
_MARK = re.compile(r"[!-~]{1,100}")
_EXTENSION = re.compile(r"[0-9A-Za-z_-]{0,20}")
_MOMENTS = {"ringing": "rang_at", "answered": "answered_at", "ended": "ended_at", "missed": "missed_at"}
_HEARD = frozenset({"ringing", "answered", "ended", "missed"})


@dataclass(frozen=True, slots=True)
class Event:
    """What the exchange told: ``happened_at`` by its own clock; a recording by its content's SHA-256."""

    event_id: str
    digest: bytes
    kind: str
    call_id: str
    happened_at: datetime
    caller: str = ""
    extension: str = ""
    recording: str = ""
    recording_bytes: int | None = None
    recording_seconds: int | None = None


def take_event(*, event: Event, at: datetime) -> bool:
    """Take an event once; whether it was new. Raises BadEvent, EventIdTaken."""
    _check(event, at)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO telephone_event (event_id, digest, kind, call_id, happened_at, at)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (event_id) DO NOTHING",
            [event.event_id, event.digest, event.kind, event.call_id, event.happened_at, at],
        )
        if not cursor.rowcount:
            cursor.execute("SELECT digest FROM telephone_event WHERE event_id = %s", [event.event_id])
            if bytes(cursor.fetchone()[0]) != event.digest:
                raise EventIdTaken(_("此事件编号已用于另一事件。新的事件请用新的编号。"))
            return False
        _note(event, at)
    return True


def _check(event: Event, at: datetime) -> None:
    if event.kind not in KINDS:
        raise BadEvent("type", _("没有这种事件。"))
    for name, mark in (("event_id", event.event_id), ("call_id", event.call_id)):
        if not _MARK.fullmatch(mark):
            raise BadEvent(name, _("编号须为 1 至 100 个可见字符。"))
    if event.happened_at.tzinfo is None:
        raise BadEvent("at", _("%(name)s 须带时区。") % {"name": "at"})
    if event.happened_at - at > AHEAD:
        raise BadEvent("at", _("事件时间晚于本系统的时间，请校准时钟。"))
    if not _EXTENSION.fullmatch(event.extension):
        raise BadEvent("extension", _("分机号只能由字母、数字、- 和 _ 组成，不超过 20 位。"))
    if event.kind == "recording" and (not event.recording or event.recording_bytes is None):
        raise BadEvent("recording", _("请给出录音的 sha256 与字节数。"))


def _note(event: Event, at: datetime) -> None:
    """Make the call where this is the first word of it, and add what the event knows; two statements, one to tell."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO telephone_call (call_id, first_at) VALUES (%s, %s) ON CONFLICT (call_id) DO NOTHING",
            [event.call_id, event.happened_at],
        )
        sets = ["caller = CASE WHEN cleared_at IS NULL AND caller = '' THEN %s ELSE caller END"]
        values: list[Any] = [number_of(event.caller)]
        if event.kind in _MOMENTS:
            column = _MOMENTS[event.kind]
            sets.append(f"{column} = LEAST({column}, %s), first_at = LEAST(first_at, %s)")
            values += [event.happened_at, event.happened_at]
        # Who answered is at whose seat it is; who it rang at counts only until then.
        if event.extension and event.kind in ("ringing", "answered"):
            wins = "TRUE" if event.kind == "answered" else "answered_at IS NULL"
            sets.append(
                f"extension = CASE WHEN {wins} THEN %s ELSE extension END, person_id = CASE WHEN {wins} THEN"
                " (SELECT person_id FROM telephone_seat WHERE telephone_seat.extension = %s) ELSE person_id END"
            )
            values += [event.extension, event.extension]
        if event.kind == "recording":
            sets.append(
                "recording = CASE WHEN recording = '' THEN %s ELSE recording END,"
                " recording_bytes = COALESCE(recording_bytes, %s), recording_seconds = COALESCE(recording_seconds, %s)"
            )
            values += [event.recording, event.recording_bytes, event.recording_seconds]
        cursor.execute(
            f"UPDATE telephone_call SET {', '.join(sets)} WHERE call_id = %s RETURNING id, person_id",
            [*values, event.call_id],
        )
        number, person_id = cursor.fetchone()
    if person_id is not None and event.kind in _HEARD:
        append(topic=TOPIC, key=str(number), payload=orjson.dumps({"seat": person_id}).decode(), at=at)


def announced(*, recording: str) -> int:
    """How long a recording of this content was announced to be. Raises NoSuchRecording."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT recording_bytes FROM telephone_call WHERE recording = %s AND cleared_at IS NULL LIMIT 1",
            [recording],
        )
        row = cursor.fetchone()
    if row is None:
        raise NoSuchRecording(_("没有通话登记过这段录音，请先发送 recording 事件。"))
    return int(row[0])


def note_recording(*, recording: str, form: str, at: datetime) -> None:
    """Note that the content lies here; the same again changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE telephone_call SET recorded_at = %s, recording_format = %s"
            " WHERE recording = %s AND recorded_at IS NULL AND cleared_at IS NULL",
            [at, form, recording],
        )

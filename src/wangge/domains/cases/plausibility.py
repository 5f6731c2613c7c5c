"""Whether the photos of a self-handled report agree with what it says: their times, their places, their pictures.

What does not agree is not refused: the report waits for the acceptor, who looks himself. The first half is pure; the
question to the database at the end gathers what it compares.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from wangge.domains.cases.rules import rulebook_on
from wangge.groundwork.attachments.models import PhotoUpload
from wangge.groundwork.attachments.queries import PhotoView, photos
from wangge.groundwork.clock import CITY_ZONE
from wangge.groundwork.coordinates import metres_between


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How far a photo may lie from its report; ``longest_before`` and ``metres`` are settings of the city.

    The rest is own choice, confirmed by no source. A telephone's clock may be five minutes ahead. Two pictures are the
    same when at most 3 of the 64 bits of their fingerprints differ, looked for among the collector's reports of the
    last 30 days: the same pair handed in twice is the oldest trick of piece-work pay.
    """

    longest_before: timedelta
    metres: float
    longest_after: timedelta = timedelta(minutes=5)
    same_bits: int = 3
    lookback: timedelta = timedelta(days=30)


def thresholds_on(day: date) -> Thresholds:
    """Those of a day, by the city's settings ``self_handled_within`` (minutes) and ``self_handled_within_m``."""
    rules = rulebook_on(day)
    return Thresholds(
        longest_before=timedelta(minutes=rules.number("self_handled_within")),
        metres=float(rules.number("self_handled_within_m")),
    )


BEFORE, AFTER = "photo_before", "photo_after"
_MASK = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Picture:
    """What a photo says of itself: when and where it was taken (WGS-84), how it looks (64 bits)."""

    kind: str
    photo_id: str
    taken_at: datetime | None
    lon: float | None
    lat: float | None
    fingerprint: int


def pictures_fit(
    pictures: Sequence[Picture],
    *,
    place: tuple[float, float],
    reported_at: datetime,
    thresholds: Thresholds,
    earlier: Iterable[int] = (),
) -> bool:
    """Whether every picture was taken at the time and place of the report, the ones before before those after, and
    none looks like an ``earlier`` one (fingerprints). ``place`` is (lon, lat) of the case."""
    before = [picture for picture in pictures if picture.kind == BEFORE]
    after = [picture for picture in pictures if picture.kind == AFTER]
    if not before or not after or len({picture.photo_id for picture in pictures}) < len(pictures):
        return False
    if not all(_taken_here(picture, place, reported_at, thresholds) for picture in (*before, *after)):
        return False
    if max(taken(picture) for picture in before) > min(taken(picture) for picture in after):
        return False
    known = tuple(earlier)
    return not any(
        look_alike(picture.fingerprint, other, bits=thresholds.same_bits) for picture in pictures for other in known
    )


def look_alike(one: int, other: int, *, bits: int) -> bool:
    """Whether two fingerprints differ in no more than ``bits`` bits, so that the pictures are the same."""
    return ((one ^ other) & _MASK).bit_count() <= bits


def taken(picture: Picture) -> datetime:
    assert picture.taken_at is not None
    return picture.taken_at


def _taken_here(picture: Picture, place: tuple[float, float], reported_at: datetime, limit: Thresholds) -> bool:
    if picture.taken_at is None or picture.lon is None or picture.lat is None:
        return False
    if not -limit.longest_after <= reported_at - picture.taken_at <= limit.longest_before:
        return False
    return metres_between(picture.lon, picture.lat, *place) <= limit.metres


# ---- the question ----------------------------------------------------------------------------------------------


def pictures_of_case_fit(*, case_id: str | UUID) -> bool:
    """``pictures_fit`` for a case that is written; four statements. False too when someone else sent a picture."""
    case = _case(case_id)
    if case is None:
        return False
    reporter_id, reported_at, lon, lat, kept = case
    if lon is None or lat is None or reporter_id is None:
        return False
    thresholds = thresholds_on(reported_at.astimezone(CITY_ZONE).date())
    named = [(kind, photo_id) for kind, photo_id, _seq in orjson.loads(kept) if kind in (BEFORE, AFTER)]
    earlier_ids = _earlier_photos(reporter_id, reported_at - thresholds.lookback, reported_at, case_id)
    ids = [photo_id for _kind, photo_id in named]
    found = photos(ids=[*ids, *earlier_ids])
    if any(photo_id not in found for photo_id in ids) or earlier_ids.intersection(ids):
        return False
    if PhotoUpload.objects.filter(photo_id__in=ids).exclude(uploader_id=reporter_id).exists():
        return False
    return pictures_fit(
        [_picture(kind, found[photo_id]) for kind, photo_id in named],
        place=(lon, lat),
        reported_at=reported_at,
        earlier=[found[photo_id].fingerprint for photo_id in earlier_ids if photo_id in found],
        thresholds=thresholds,
    )


def _case(case_id: str | UUID) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.reporter_id, c.reported_at, m.lon, m.lat, c.photos"
            " FROM cases_case c JOIN cases_matter m ON m.case_id = c.id WHERE c.id = %s::uuid",
            [str(case_id)],
        )
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def _earlier_photos(reporter_id: int, since: datetime, until: datetime, case_id: str | UUID) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT piece ->> 1 FROM cases_case c, jsonb_array_elements(c.photos::jsonb) AS piece"
            " WHERE c.reporter_id = %s AND c.reported_at BETWEEN %s AND %s AND c.id <> %s::uuid",
            [reporter_id, since, until, str(case_id)],
        )
        return {row[0] for row in cursor.fetchall()}


def _picture(kind: str, photo: PhotoView) -> Picture:
    return Picture(kind, photo.id, photo.taken_at, photo.lon, photo.lat, photo.fingerprint)

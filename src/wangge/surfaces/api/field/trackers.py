"""Reads positions as background trackers write them: OsmAnd's form fields, and the JSON of newer clients. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

_SECONDS_BELOW = 2**31  # as Traccar's server tells seconds from milliseconds
_LATEST = 253_402_300_799  # the last second of the year 9999
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class UnreadableTrack(ValueError):
    """A field that no tracker sends so."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class ReadFix:
    """A position as it was sent; whether it is a place on earth is judged later."""

    at: datetime
    lon: float
    lat: float
    accuracy_m: float | None


def of_form(given: Mapping[str, str], *, at: datetime) -> ReadFix:
    """The position of ``lat``, ``lon`` (or ``location``), ``timestamp``, ``accuracy``; without a time it is now's."""
    lat, lon = given.get("lat", ""), given.get("lon", "")
    if not lat and not lon and "location" in given:
        lat, _comma, lon = given["location"].partition(",")
    return ReadFix(
        _moment(given.get("timestamp", ""), "timestamp", at), _number(lon, "lon"), _number(lat, "lat"),
        _maybe(given.get("accuracy")),
    )  # fmt: skip


def of_json(told: Mapping[str, Any], *, at: datetime) -> list[ReadFix]:
    """The positions of ``location``: one, or a list where the client sends what it kept."""
    location = told.get("location")
    items = location if isinstance(location, list) else [location]
    return [_of_location(item, at) for item in items]


def _of_location(item: object, at: datetime) -> ReadFix:
    if not isinstance(item, dict) or not isinstance(item.get("coords"), dict):
        raise UnreadableTrack("location.coords")
    coords = item["coords"]
    timestamp = item.get("timestamp", "")
    return ReadFix(
        _moment(str(timestamp), "location.timestamp", at),
        _number(coords.get("longitude"), "location.coords.longitude"),
        _number(coords.get("latitude"), "location.coords.latitude"), _maybe(coords.get("accuracy")),
    )  # fmt: skip


def _number(value: object, field: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise UnreadableTrack(field)
    try:
        number = float(value)
    except (ValueError, OverflowError) as wrong:
        raise UnreadableTrack(field) from wrong
    if not math.isfinite(number):
        raise UnreadableTrack(field)
    return number


def _maybe(value: object) -> float | None:
    try:
        return _number(value, "accuracy")
    except UnreadableTrack:
        return None


def _moment(text: str, field: str, at: datetime) -> datetime:
    """Seconds or milliseconds since 1970, or a moment of ISO 8601, which without an offset is UTC."""
    if not text:
        return at
    if text.isascii() and text.isdigit():
        number = int(text[:20])
        milliseconds = number * 1000 if number < _SECONDS_BELOW else number
        if milliseconds // 1000 > _LATEST:
            raise UnreadableTrack(field)
        return _EPOCH + timedelta(milliseconds=milliseconds)
    try:
        moment = datetime.fromisoformat(text.replace(" ", "T", 1) if text[10:11] == " " else text.replace(" ", "+"))
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as wrong:
        raise UnreadableTrack(field) from wrong

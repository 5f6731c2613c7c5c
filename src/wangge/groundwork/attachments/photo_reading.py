"""Owns what a photo says of itself: pixels, place and time, from EXIF or, failing that, from XMP.

A broken note of place or time never refuses a photo: it is taken with a remark. Pure.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from PIL import ExifTags, Image

from wangge.groundwork.attachments.photo_structure import PhotoFormat, Structure, walk
from wangge.groundwork.attachments.refusals import PhotoRefused, PhotoWarning, RefusalReason

MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 60_000_000
_MOST_SIDE = 20_000
# A camera without a zone in its time stands in the city; its clock may go wrong by a day before it is odd.
_CAMERA_ZONE = ZoneInfo("Asia/Shanghai")
_FIRST_YEAR = 1995
_CLOCK_ERROR = timedelta(days=1)
_XMP_VALUE = rb"exif:%s\s*(?:=\s*[\"']([^\"']{1,40})[\"']|>\s*([^<]{1,40})<)"

# What Pillow is known to raise on broken files.
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    EOFError,
    OverflowError,
    MemoryError,
)


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """What a photo says of itself; positions in degrees of WGS-84, the time in UTC."""

    format: PhotoFormat
    width: int
    height: int
    taken_at: datetime | None
    lon: float | None
    lat: float | None
    warnings: tuple[PhotoWarning, ...]


def read_photo(data: bytes, *, at: datetime) -> PhotoFacts:
    """Check a photo's bytes and read its facts; `at` is the moment of receipt. Raises PhotoRefused."""
    if len(data) > MOST_BYTES:
        raise PhotoRefused(RefusalReason.TOO_LARGE)
    structure = walk(data)
    image = open_image(data, structure.format)
    width, height = image.size
    exif, broken = _exif(image)
    position = _exif_position(exif) or _xmp_position(structure.metadata)
    taken_at = _taken_at(exif)
    plausible = taken_at is None or (taken_at.year >= _FIRST_YEAR and taken_at <= at + _CLOCK_ERROR)
    warnings = _warnings(structure, broken, position, taken_at, plausible)
    lon, lat = position or (None, None)
    return PhotoFacts(structure.format, width, height, taken_at if plausible else None, lon, lat, warnings)


def open_image(data: bytes, form: PhotoFormat) -> Image.Image:
    """The picture with its header read and its size within limits, pixels not yet decoded."""
    try:
        image = Image.open(BytesIO(data), formats=[form.value])
    except Image.DecompressionBombError:
        raise PhotoRefused(RefusalReason.TOO_MANY_PIXELS) from None
    except BROKEN:
        raise PhotoRefused(RefusalReason.UNREADABLE) from None
    width, height = image.size
    if width * height > MOST_PIXELS or max(width, height) > _MOST_SIDE:
        raise PhotoRefused(RefusalReason.TOO_MANY_PIXELS)
    return image


def _warnings(
    structure: Structure,
    broken: bool,
    position: tuple[float, float] | None,
    taken_at: datetime | None,
    plausible: bool,
) -> tuple[PhotoWarning, ...]:
    told = {
        PhotoWarning.NO_POSITION: position is None,
        PhotoWarning.NO_TIME: taken_at is None,
        PhotoWarning.BROKEN_EXIF: broken,
        PhotoWarning.IMPLAUSIBLE_TIME: not plausible,
        PhotoWarning.TRAILING_DATA: structure.has_trailer,
    }
    return tuple(warning for warning, holds in told.items() if holds)


@dataclass(frozen=True, slots=True)
class _Exif:
    """The three tables of EXIF that matter here."""

    base: Mapping[int, Any]
    detail: Mapping[int, Any]
    gps: Mapping[int, Any]


def _exif(image: Image.Image) -> tuple[_Exif, bool]:
    """EXIF as far as it can be read, and whether some of it could not."""
    try:
        exif = image.getexif()
        base = dict(exif)
    except BROKEN:
        return _Exif({}, {}, {}), True
    tables: list[Mapping[int, Any]] = []
    broken = False
    for table in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo):
        try:
            tables.append(dict(exif.get_ifd(table)))
        except BROKEN:
            tables.append({})
            broken = True
    return _Exif(base, tables[0], tables[1]), broken or _odd_altitude(tables[1])


def _odd_altitude(gps: Mapping[int, Any]) -> bool:
    """The reference of the altitude is one byte, 0 to 3; writers that err there err elsewhere too."""
    reference = gps.get(ExifTags.GPS.GPSAltitudeRef)
    if isinstance(reference, bytes) and len(reference) == 1:
        reference = reference[0]
    return reference is not None and not (isinstance(reference, int) and 0 <= reference <= 3)


def _exif_position(exif: _Exif) -> tuple[float, float] | None:
    gps = exif.gps
    lat = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef), "N", "S")
    lon = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef), "E", "W")
    return _position(lon, lat)


def _degrees(parts: Any, side: Any, positive: str, negative: str) -> float | None:
    """Degrees from three rationals and a letter; None when they say nothing certain."""
    try:
        letter = (side.decode("ascii") if isinstance(side, bytes) else str(side)).strip("\0 ").upper()[:1]
        numbers = [float(part) for part in parts]
    except (*BROKEN, ZeroDivisionError, AttributeError):
        return None
    if letter not in (positive, negative) or not numbers or not all(map(math.isfinite, numbers)):
        return None
    value = sum(number / 60.0**i for i, number in enumerate(numbers[:3]))
    return -value if letter == negative else value


def _xmp_position(metadata: bytes) -> tuple[float, float] | None:
    return _position(_xmp_degrees(metadata, b"GPSLongitude"), _xmp_degrees(metadata, b"GPSLatitude"))


def _xmp_degrees(metadata: bytes, name: bytes) -> float | None:
    """Degrees of an XMP value: `34,22.9161E` or `34,22,55E` (XMP specification part 2, GPSCoordinate).

    Found by pattern, not by a parser of markup: a packet from a stranger may be made to burst one.
    """
    match = re.search(_XMP_VALUE % name, metadata)
    if match is None:
        return None
    text = (match[1] or match[2]).decode("ascii", "replace").strip()
    try:
        numbers = [float(part) for part in text[:-1].split(",")]
    except ValueError:
        return None
    positive, negative = ("E", "W") if name == b"GPSLongitude" else ("N", "S")
    return _degrees(numbers, text[-1:], positive, negative)


def _position(lon: float | None, lat: float | None) -> tuple[float, float] | None:
    """A position, or None; exactly zero and zero is what receivers without a fix write."""
    if lon is None or lat is None or not (-180 <= lon <= 180 and -90 <= lat <= 90):
        return None
    return None if lon == lat == 0 else (round(lon, 7), round(lat, 7))


def _taken_at(exif: _Exif) -> datetime | None:
    """When the shutter was pressed, in UTC; the time of the last change is the last resort."""
    for table, tag, offset_tag, fraction_tag in (
        (exif.detail, ExifTags.Base.DateTimeOriginal, ExifTags.Base.OffsetTimeOriginal, 0x9291),
        (exif.detail, ExifTags.Base.DateTimeDigitized, ExifTags.Base.OffsetTimeDigitized, 0x9292),
        (exif.base, ExifTags.Base.DateTime, ExifTags.Base.OffsetTime, 0x9290),
    ):
        moment = _moment(table.get(tag), exif.detail.get(offset_tag), exif.detail.get(fraction_tag))
        if moment is not None:
            return moment
    return None


def _moment(text: Any, offset: Any, fraction: Any) -> datetime | None:
    try:
        # Some cameras append the fraction or a zero byte.
        local = datetime.strptime(str(text).strip("\0 ")[:19], "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - zone follows
        digits = re.match(r"\d{1,6}", str(fraction or "").strip("\0 "))
        local += timedelta(microseconds=int(digits[0].ljust(6, "0")) if digits else 0)
        return local.replace(tzinfo=_zone(offset)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(offset: Any) -> timezone | ZoneInfo:
    match = re.match(r"([+-])(\d{2}):(\d{2})", str(offset or ""))
    if match is None:
        return _CAMERA_ZONE
    minutes = int(match[2]) * 60 + int(match[3])
    return timezone(timedelta(minutes=minutes if match[1] == "+" else -minutes))

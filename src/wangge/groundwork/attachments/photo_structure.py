"""Owns the walk through a photo's bytes: its format by content, is it whole, what else hides in it.

Decoders forgive much: they read a picture and ignore what stands between and after its parts. So the
parts are walked here first. Pure: bytes in, a description out, PhotoRefused otherwise.
"""

import re
import struct
from dataclasses import dataclass
from enum import StrEnum

from wangge.groundwork.attachments.refusals import PhotoRefused, RefusalReason


class PhotoFormat(StrEnum):
    """Formats taken in, by Pillow's names."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"

    @property
    def extension(self) -> str:
        """The ending of the stored file's name."""
        return {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}[self.value]


@dataclass(frozen=True, slots=True)
class Structure:
    """What the walk found: the format, all bytes that are no pixels, whether data follow the end."""

    format: PhotoFormat
    metadata: bytes
    has_trailer: bool


_MOST_SCANS = 100
_MOST_PADDING = 64
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_PIXELS = {b"IDAT", b"fdAT", b"PLTE"}
_WEBP_PIXELS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANMF", b"ANIM"}
# After a scan's header the next marker is the first FF that is followed by neither 00 nor a restart mark.
_NEXT_MARKER = re.compile(rb"\xff+[\x01-\xcf\xd8-\xfe]")
_MARKUP = re.compile(rb"<(?:script|html|body|iframe|object|embed|!doctype\s+html)\b|<\?php|%PDF-", re.IGNORECASE)
_PROGRAMS = re.compile(rb"^(?:PK\x03\x04|Rar!|7z\xbc\xaf|MZ|\x7fELF|\x1f\x8b|%PDF|#!|<)")
_ZIP_END = b"PK\x05\x06"
_ZIP_END_SIZE = 22
_ZIP_LONGEST_COMMENT = 65_535


def walk(data: bytes) -> Structure:
    """The structure of a photo; PhotoRefused when it is none, is cut off, or carries something else."""
    if not data:
        raise PhotoRefused(RefusalReason.EMPTY)
    if data.startswith(b"\xff\xd8\xff"):
        found, end = _walk_jpeg(data)
    elif data.startswith(_PNG_SIGNATURE):
        found, end = _walk_png(data)
    elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        found, end = _walk_webp(data)
    else:
        raise PhotoRefused(RefusalReason.NOT_A_PHOTO)
    trailer = data[end:]
    if _MARKUP.search(found.metadata) or _holds_zip(data):
        raise PhotoRefused(RefusalReason.POLYGLOT)
    if _is_padding(trailer):
        return found
    if not _is_known_trailer(trailer, found.metadata):
        raise PhotoRefused(RefusalReason.POLYGLOT)
    return Structure(found.format, found.metadata, has_trailer=True)


def _walk_jpeg(data: bytes) -> tuple[Structure, int]:
    """Marker segments up to the end mark (ITU-T T.81, annex B)."""
    metadata: list[bytes] = []
    scans, at = 0, 2
    while True:
        marker, at = _marker(data, at)
        if marker == 0xD9:
            return Structure(PhotoFormat.JPEG, b"".join(metadata), has_trailer=False), at
        if marker == 0x01 or 0xD0 <= marker <= 0xD7:
            continue
        end = at + _unsigned(data, at, ">H")
        if end > len(data):
            raise PhotoRefused(RefusalReason.TRUNCATED)
        if marker == 0xFE or 0xE0 <= marker <= 0xEF:
            metadata.append(data[at + 2 : end])
        if marker == 0xDA:
            scans += 1
            # A small file may declare thousands of passes over a large picture.
            if scans > _MOST_SCANS:
                raise PhotoRefused(RefusalReason.UNREADABLE)
            following = _NEXT_MARKER.search(data, end)
            if following is None:
                raise PhotoRefused(RefusalReason.TRUNCATED)
            end = following.end() - 2
        at = end


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """The marker at a place and where its segment begins; any number of fill bytes may stand before it."""
    if at + 1 >= len(data):
        raise PhotoRefused(RefusalReason.TRUNCATED)
    if data[at] != 0xFF:
        raise PhotoRefused(RefusalReason.UNREADABLE)
    while at < len(data) and data[at] == 0xFF:
        at += 1
    if at >= len(data):
        raise PhotoRefused(RefusalReason.TRUNCATED)
    return data[at], at + 1


def _walk_png(data: bytes) -> tuple[Structure, int]:
    """Chunks up to IEND (ISO/IEC 15948)."""
    metadata: list[bytes] = []
    at = len(_PNG_SIGNATURE)
    while True:
        length = _unsigned(data, at, ">I")
        name = data[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(data):
            raise PhotoRefused(RefusalReason.TRUNCATED)
        if name not in _PNG_PIXELS:
            metadata.append(data[at + 8 : end - 4])
        at = end
        if name == b"IEND":
            return Structure(PhotoFormat.PNG, b"".join(metadata), has_trailer=False), at


def _walk_webp(data: bytes) -> tuple[Structure, int]:
    """Chunks of the RIFF container (RFC 9649)."""
    whole = 8 + _unsigned(data, 4, "<I")
    if whole > len(data):
        raise PhotoRefused(RefusalReason.TRUNCATED)
    metadata: list[bytes] = []
    at = 12
    while at + 8 <= whole:
        length = _unsigned(data, at + 4, "<I")
        if data[at : at + 4] not in _WEBP_PIXELS:
            metadata.append(data[at + 8 : at + 8 + length])
        at += 8 + length + length % 2
    return Structure(PhotoFormat.WEBP, b"".join(metadata), has_trailer=False), whole


def _unsigned(data: bytes, at: int, form: str) -> int:
    try:
        return int(struct.unpack_from(form, data, at)[0])
    except struct.error:
        raise PhotoRefused(RefusalReason.TRUNCATED) from None


def _holds_zip(data: bytes) -> bool:
    """Whether an archive's end record stands where archive readers look for it, at the file's tail."""
    start = max(0, len(data) - _ZIP_END_SIZE - _ZIP_LONGEST_COMMENT)
    at = data.find(_ZIP_END, start)
    while at >= 0:
        if at + _ZIP_END_SIZE <= len(data):
            size, _offset, comment = struct.unpack_from("<IIH", data, at + 12)
            directory = data[max(0, at - size) : at]
            if at + _ZIP_END_SIZE + comment <= len(data) and (size == 0 or directory.startswith(b"PK\x01\x02")):
                return True
        at = data.find(_ZIP_END, at + 1)
    return False


def _is_padding(trailer: bytes) -> bool:
    return not trailer.strip(b"\x00\xff \r\n\t") or (
        len(trailer) <= _MOST_PADDING and not _PROGRAMS.match(trailer) and not _MARKUP.search(trailer)
    )


def _is_known_trailer(trailer: bytes, metadata: bytes) -> bool:
    """What telephones are known to append: further pictures, a short film, the maker's own block."""
    trailer = trailer.lstrip(b"\x00")
    if _MARKUP.search(trailer) or _PROGRAMS.match(trailer):
        return False
    further_pictures = b"MPF\x00" in metadata and trailer.startswith(b"\xff\xd8\xff")
    short_film = trailer[4:8] == b"ftyp" and (b"MotionPhoto" in metadata or b"MicroVideo" in metadata)
    return further_pictures or short_film or trailer.endswith(b"SEFT")

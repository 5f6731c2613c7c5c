"""Small pictures for the tests, plain and malicious."""

import struct
import zlib
from io import BytesIO

from PIL import Image


def jpeg(*, size: tuple[int, int] = (64, 48), colour: tuple[int, int, int] = (90, 140, 60), **options: object) -> bytes:
    """A plain JPEG of one colour."""
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG", **options)
    return out.getvalue()


def png(*, size: tuple[int, int] = (64, 48), mode: str = "RGB") -> bytes:
    """A plain PNG."""
    out = BytesIO()
    Image.new(mode, size).save(out, "PNG")
    return out.getvalue()


def webp() -> bytes:
    """A plain WebP."""
    out = BytesIO()
    Image.new("RGB", (64, 48), (10, 20, 30)).save(out, "WEBP")
    return out.getvalue()


def located_jpeg(
    *, lon: float = 113.134, lat: float = 27.827, taken: str = "2024:04:12 10:30:00", offset: str = "+08:00"
) -> bytes:
    """A JPEG with EXIF position and time."""
    exif = Image.Exif()
    exif[0x0132] = taken
    exif.get_ifd(0x8769).update({0x9003: taken, 0x9011: offset, 0xA431: "SN-20240412"})
    exif.get_ifd(0x8825).update({1: "N" if lat >= 0 else "S", 2: dms(lat), 3: "E" if lon >= 0 else "W", 4: dms(lon)})
    return jpeg(exif=exif.tobytes())


def dms(degrees: float) -> tuple[float, float, float]:
    """Degrees, minutes and seconds."""
    degrees = abs(degrees)
    minutes = (degrees - int(degrees)) * 60
    return float(int(degrees)), float(int(minutes)), (minutes - int(minutes)) * 60


def png_bomb(side: int) -> bytes:
    """A PNG of a few kilobytes that declares side × side pixels."""
    row = zlib.compress(b"\0" * 65536)

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", row) + chunk(b"IEND", b"")


def with_segment(picture: bytes, marker: int, body: bytes) -> bytes:
    """The JPEG with one more segment after its beginning."""
    return picture[:2] + bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body + picture[2:]

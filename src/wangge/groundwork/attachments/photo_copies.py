"""Owns the copies of a photo that others see: drawn anew from the pixels, upright, without notes. Pure."""

from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps

from wangge.groundwork.attachments.photo_reading import BROKEN, open_image
from wangge.groundwork.attachments.photo_structure import PhotoFormat
from wangge.groundwork.attachments.refusals import PhotoRefused, RefusalReason

SHOWN_SIDE = 1600
THUMBNAIL_SIDE = 320
_SHOWN_QUALITY = 82
_THUMBNAIL_QUALITY = 75
_BACKGROUND = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Copies:
    """Two JPEG copies, and the fingerprint by which pictures that look alike are found."""

    shown: bytes
    thumbnail: bytes
    fingerprint: int


def make_copies(data: bytes, form: PhotoFormat) -> Copies:
    """Decode every pixel once and draw the copies; raises PhotoRefused when the pixels cannot be read."""
    image = open_image(data, form)
    try:
        # JPEG can be decoded at a fraction of its size: a large photo costs a quarter of the time.
        image.draft("RGB", (SHOWN_SIDE, SHOWN_SIDE))
        image.load()
    except OSError as error:
        cut_off = "truncated" in str(error)
        raise PhotoRefused(RefusalReason.TRUNCATED if cut_off else RefusalReason.UNREADABLE) from None
    except (*BROKEN, Image.DecompressionBombError):
        raise PhotoRefused(RefusalReason.UNREADABLE) from None
    shown = _plain(image)
    shown.thumbnail((SHOWN_SIDE, SHOWN_SIDE), Image.Resampling.LANCZOS)
    thumbnail = shown.copy()
    thumbnail.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    return Copies(_encoded(shown, _SHOWN_QUALITY), _encoded(thumbnail, _THUMBNAIL_QUALITY), _fingerprint(thumbnail))


def _plain(image: Image.Image) -> Image.Image:
    """The picture upright, in three colours, on white, without any note."""
    # A broken note of the orientation leaves the picture as it lies.
    with suppress(*BROKEN):
        image = ImageOps.exif_transpose(image)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        layered = image.convert("RGBA")
        plain = Image.new("RGB", layered.size, _BACKGROUND)
        plain.paste(layered, mask=layered.getchannel("A"))
        return plain
    plain = image.convert("RGB")
    plain.info = {}
    return plain


def _encoded(image: Image.Image, quality: int) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()


def _fingerprint(image: Image.Image) -> int:
    """64 bits as a signed number: is each of 8 by 8 places brighter than its right neighbour (dHash)."""
    grey = image.convert("L").resize((9, 8), Image.Resampling.BOX).tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            bits = bits << 1 | (grey[row * 9 + column] > grey[row * 9 + column + 1])
    return bits - (1 << 64) if bits >= 1 << 63 else bits

"""Small real photographs for the tests, each its own content."""

from __future__ import annotations

import io
import itertools
import random
from datetime import datetime

from PIL import Image

from wangge.domains.organizations.logic import Actor
from wangge.groundwork.attachments.operations import receive_photo

_shades = itertools.count()


def jpeg() -> bytes:
    """A tiny JPEG unlike every other one."""
    shade = next(_shades)
    picture = Image.new("RGB", (64, 48), (shade % 256, shade // 256 % 256, 90))
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", comment=str(shade).encode())
    return buffer.getvalue()


def scene(seed: int) -> bytes:
    """A JPEG of light and dark patches by seed: the same seed looks the same, another one does not."""
    patches = Image.frombytes("L", (9, 8), random.Random(seed).randbytes(72))
    picture = patches.resize((180, 160), Image.Resampling.NEAREST)
    buffer = io.BytesIO()
    picture.convert("RGB").save(buffer, "JPEG", comment=str(next(_shades)).encode())
    return buffer.getvalue()


def photo_of(by: Actor, at: datetime) -> str:
    """The id of a new photo this person sent."""
    assert by.person_id is not None
    return receive_photo(data=jpeg(), by=by.person_id, at=at).id

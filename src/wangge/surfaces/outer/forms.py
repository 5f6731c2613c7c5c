"""What a citizen's form brings where no database is at hand: values, pictures kept in the folder, what is wrong."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

import orjson
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wangge.domains.citizens.logic.codes import code_of, hash_of
from wangge.groundwork.attachments.photo_copies import make_copies
from wangge.groundwork.attachments.photo_reading import MOST_BYTES, read_photo
from wangge.groundwork.attachments.refusals import PhotoRefused, RefusalReason
from wangge.surfaces.outer.store import Store
from wangge.surfaces.web.intake import LONGEST_KEY, Brought
from wangge.surfaces.web.public.filled import MOST_PHOTOS, NAMES, PHOTO, Filled


@dataclass(frozen=True, slots=True)
class Sending:
    """One sending: the code to show, what is kept of it, the digest of what is said."""

    code: str
    code_hash: bytes
    digest: bytes


def filled_outside(request: HttpRequest, store: Store, *, at: datetime) -> Filled:
    """Read the form; a picture is checked to its last pixel before it is kept."""
    if request.method != "POST":
        return Filled(Brought({}, {}, {}), str(uuid4()))
    kept = [name for name in request.POST.getlist(f"kept_{PHOTO}") if store.picture(name) is not None][:MOST_PHOTOS]
    errors: dict[str, str] = {}
    for file in request.FILES.getlist(PHOTO)[: MOST_PHOTOS - len(kept)]:
        try:
            if (file.size or 0) > MOST_BYTES:
                raise PhotoRefused(RefusalReason.TOO_LARGE)
            data = file.read()
            make_copies(data, read_photo(data, at=at).format)
            kept.append(store.keep_picture(data))
        except PhotoRefused as refused:
            errors[PHOTO] = str(refused)
    values = {name: [str(value) for value in request.POST.getlist(name)] for name in request.POST}
    brought = Brought(values, {PHOTO: tuple(dict.fromkeys(kept))}, errors)
    return Filled(brought, brought.first("key")[:LONGEST_KEY] or str(uuid4()))


def sending_of(request: HttpRequest, filled: Filled, secret: bytes) -> Sending:
    """The sending of this form; the same form gives the same code."""
    content = orjson.dumps([request.path, [filled.text(name) for name in NAMES], list(filled.photos)])
    code = code_of(secret=secret, key=filled.key)
    return Sending(code, hash_of(code), hashlib.sha256(content).digest())


def place_faults(filled: Filled) -> Mapping[str, str]:
    """Whether a place is given that can be one; whether it lies in the city is seen in the house."""
    given = filled.text("location_lon") or filled.text("location_lat")
    if given and filled.point is None:
        return {"location": _("坐标写得不对，请在地图上点一下，或只写地址。")}
    return {} if given or filled.text("address") else {"location": _("请在地图上点一下，或写明地址。")}


def language() -> str:
    """The reader's language, for the answer."""
    return (get_language() or "zh-hans")[:10]

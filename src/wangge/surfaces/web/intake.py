"""What a browser's form brings, made into what the domain takes: values, pictures, a place, the key of a sending."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from wangge.domains.cases.operations.writing import Receipt
from wangge.domains.organizations.logic import Actor
from wangge.groundwork.attachments.operations import receive_photo
from wangge.groundwork.attachments.photo_reading import MOST_BYTES
from wangge.groundwork.attachments.refusals import PhotoRefused, RefusalReason
from wangge.surfaces.web.elements.forms import Field, FieldKind

LONGEST_KEY = 200
MOST_PHOTOS = 12
PICTURES = frozenset({FieldKind.PHOTOS, FieldKind.FILE})
NOT_THE_MATTER = frozenset({"csrfmiddlewaretoken", "version", "key", "queue"})


@dataclass(frozen=True, slots=True)
class Brought:
    """A form as it came: values by name, ids of pictures by kind, what was wrong with a picture by kind."""

    values: Mapping[str, list[str]]
    photos: Mapping[str, tuple[str, ...]]
    errors: Mapping[str, str]

    def first(self, name: str) -> str:
        """The first value of a name without blanks around it, or empty."""
        return next(iter(self.values.get(name, ())), "").replace("\x00", "").strip()


def read_form(request: HttpRequest, kinds: Iterable[str], *, by: Actor, at: datetime) -> Brought:
    """Read the form and take its pictures in; those kept from an earlier sending come first.

    A picture once received stays its sender's for thirty days: after a refusal it need not be chosen again.
    """
    photos: dict[str, tuple[str, ...]] = {}
    errors: dict[str, str] = {}
    for kind in kinds:
        kept = [text for text in request.POST.getlist(f"kept_{kind}") if text][:MOST_PHOTOS]
        for file in request.FILES.getlist(kind)[: MOST_PHOTOS - len(kept)]:
            try:
                kept.append(_receive(file, by=by, at=at))
            except PhotoRefused as refused:
                errors[kind] = f"{file.name}：{refused}" if file.name else str(refused)
        photos[kind] = tuple(dict.fromkeys(kept))
    values = {name: [str(value) for value in request.POST.getlist(name)] for name in request.POST}
    return Brought(values, photos, errors)


def _receive(file: UploadedFile[Any], *, by: Actor, at: datetime) -> str:
    if file.size is not None and file.size > MOST_BYTES:
        raise PhotoRefused(RefusalReason.TOO_LARGE)
    return receive_photo(data=file.read(), by=by.person_id or 0, at=at).id


def argument_values(fields: Iterable[Field], brought: Brought) -> dict[str, Any]:
    """The arguments of a move from the questions that were asked; empty ones are left out."""
    found: dict[str, Any] = {}
    for question in fields:
        if question.kind in PICTURES or question.kind is FieldKind.POINT:
            continue
        if question.kind is FieldKind.MANY:
            value: Any = [text for text in brought.values.get(question.name, ()) if text]
        elif question.kind is FieldKind.AMOUNT:
            number = brought.first(question.name)
            value = f"{number} {brought.first(f'{question.name}_unit')}" if number else ""
        else:
            value = brought.first(question.name)
        if value:
            found[question.name] = value
    return found


def place_of(brought: Brought, name: str = "location", *, address: str = "") -> dict[str, Any] | None:
    """The place of a form: degrees of WGS-84, an address, or both; None where there is neither."""
    lon, lat = brought.first(f"{name}_lon"), brought.first(f"{name}_lat")
    if not (lon and lat) and not address:
        return None
    return {"lon": lon or None, "lat": lat or None, "system": "wgs84", "address": address}


@dataclass(frozen=True, slots=True)
class Sending:
    """One press of a form's button: the key it carries, and the digest of what it says."""

    key: str
    digest: bytes
    person_id: int

    def receipt(self, body: Mapping[str, Any]) -> Receipt:
        """What to keep under the key, written together with the act."""
        return Receipt(self.person_id, self.key, self.digest, 200, orjson.dumps(body).decode())


def sending_of(request: HttpRequest, brought: Brought, *, by: Actor) -> Sending:
    """The sending; a form without a key (an old page) gets one from what it says, so that twice is still once."""
    matter = {name: values for name, values in sorted(brought.values.items()) if name not in NOT_THE_MATTER}
    content = orjson.dumps([request.path, matter, dict(sorted(brought.photos.items()))])
    digest = hashlib.sha256(content).digest()
    key = brought.first("key")[:LONGEST_KEY] or digest.hex()
    # Keys of pages and of machines are kept in one table and must not meet.
    return Sending(f"page:{key}", digest, by.person_id or 0)

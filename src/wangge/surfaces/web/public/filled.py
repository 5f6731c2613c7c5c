"""What a citizen's report says so far: carried from screen to screen in the form itself, so that nothing is lost."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

import orjson
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from wangge.domains.cases.operations.reporting import Report
from wangge.domains.citizens.operations.following import Contact, Sent
from wangge.domains.organizations.logic import SYSTEM
from wangge.surfaces.web.intake import LONGEST_KEY, Brought, read_form
from wangge.surfaces.web.public.visiting import address_of, secret

PHOTO = "photo_before"
MOST_PHOTOS = 6
LONGEST = {"description": 2000, "address": 200, "reporter_name": 40, "reporter_phone": 30, "reporter_email": 120}
NAMES = (
    "location_lon", "location_lat", "address", "category", "description", "wish", "reporter_name", "reporter_phone",
    "reporter_email", "openness", "join", "hand", "kind",
)  # fmt: skip
_PHOTO_ID = re.compile(r"[a-z2-7]{26}")
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{4,28}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
Wrong = dict[str, str]


@dataclass(frozen=True, slots=True)
class Filled:
    """The report as it came, and the key of its form."""

    brought: Brought
    key: str
    changed: Mapping[str, str] | None = None

    def text(self, name: str) -> str:
        """What was said under a name."""
        if self.changed is not None and name in self.changed:
            return self.changed[name]
        return self.brought.first(name)

    def saying(self, **values: str) -> Filled:
        """The same with some answers changed."""
        return replace(self, changed={**(self.changed or {}), **values})

    @property
    def photos(self) -> tuple[str, ...]:
        return self.brought.photos.get(PHOTO, ())

    @property
    def point(self) -> tuple[float, float] | None:
        """The place on earth, if it was given and can be one."""
        try:
            lon, lat = float(self.text("location_lon")), float(self.text("location_lat"))
        except ValueError:
            return None
        return (lon, lat) if -180 <= lon <= 180 and -90 <= lat <= 90 else None

    def hidden(self, shown: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """What the screen does not ask is carried along unseen; pictures by their ids."""
        there = set(shown)
        carried = [(name, self.text(name)) for name in NAMES if name not in there and self.text(name)]
        if PHOTO not in there:
            carried += [(f"kept_{PHOTO}", photo) for photo in self.photos]
        return (("key", self.key), *carried)


def filled_of(request: HttpRequest, *, at: datetime) -> Filled:
    """Read the form; pictures are taken in at once, those from earlier screens by their ids."""
    if request.method != "POST":
        return Filled(Brought({}, {}, {}), str(uuid4()))
    brought = read_form(request, (PHOTO,), by=SYSTEM, at=at)
    ids = tuple(photo for photo in brought.photos.get(PHOTO, ()) if _PHOTO_ID.fullmatch(photo))[:MOST_PHOTOS]
    brought = Brought(brought.values, {PHOTO: ids}, brought.errors)
    return Filled(brought, brought.first("key")[:LONGEST_KEY] or str(uuid4()))


def too_long(filled: Filled, names: Iterable[str]) -> Wrong:
    """The answers that are longer than they may be."""
    return {
        name: _("不能超过 %(most)s 字。") % {"most": LONGEST[name]}
        for name in names
        if name in LONGEST and len(filled.text(name)) > LONGEST[name]
    }


def contact_faults(filled: Filled) -> Wrong:
    """What is missing or cannot be used to answer him."""
    wrong = too_long(filled, ("reporter_name", "reporter_phone", "reporter_email"))
    phone, email, wish = filled.text("reporter_phone"), filled.text("reporter_email"), filled.text("wish")
    if wish == "sms" and not phone:
        wrong.setdefault("reporter_phone", _("用短信答复，请留手机号。"))
    if wish == "email" and not email:
        wrong.setdefault("reporter_email", _("用邮件答复，请留邮箱。"))
    if phone and not _PHONE.fullmatch(phone):
        wrong.setdefault("reporter_phone", _("电话只能有数字，请核对。"))
    if email and not _EMAIL.fullmatch(email):
        wrong.setdefault("reporter_email", _("邮箱写法不对，请核对。"))
    return wrong


def contact_of(filled: Filled) -> Contact:
    """How he wishes to be answered."""
    wish = filled.text("wish")
    return Contact(
        wish=wish if wish in ("sms", "email") else "none",
        name=filled.text("reporter_name"),
        phone=re.sub(r"[ ()-]", "", filled.text("reporter_phone")),
        email=filled.text("reporter_email"),
        language=(get_language() or "zh-hans")[:10],
    )


def report_of(filled: Filled) -> Report:
    """The report for the domain."""
    openness = filled.text("openness")
    return Report(
        source="public",
        category=filled.text("category"),
        description=filled.text("description"),
        location=location_of(filled),
        photos={PHOTO: list(filled.photos)} if filled.photos else None,
        denounces=openness == "denounces",
        is_private=openness == "private",
    )


def location_of(filled: Filled) -> dict[str, Any] | None:
    """The place: a point, an address, or both."""
    address, point = filled.text("address"), filled.point
    if point is None:
        return {"address": address} if address else None
    return {"lon": point[0], "lat": point[1], "system": "wgs84", "address": address}


def sent_of(request: HttpRequest, filled: Filled) -> Sent:
    """This sending: twice the same is once."""
    content = orjson.dumps([request.path, [filled.text(name) for name in NAMES], list(filled.photos)])
    return Sent(filled.key, hashlib.sha256(content).digest(), secret(), address_of(request))

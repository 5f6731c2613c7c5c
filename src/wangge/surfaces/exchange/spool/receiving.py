"""Takes packages of the public surface into the house: each once, whatever is sent twice, late, or in another order."""

from __future__ import annotations

import base64
import binascii
import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction

from wangge.domains.cases.failures import BadInput, CaseRefused
from wangge.domains.cases.operations.moving import Order, move_case
from wangge.domains.cases.operations.reporting import Report
from wangge.domains.citizens.operations.following import Contact, Sent, report_publicly
from wangge.domains.citizens.operations.letters import Written, write_letter
from wangge.domains.citizens.operations.packages import ONE_CODE, begin_package, refuse_package
from wangge.domains.citizens.queries.followers import citizen_of, followed_by_hash
from wangge.domains.citizens.refusals import CodeTaken, LetterRefused
from wangge.groundwork.attachments.operations import receive_photo
from wangge.groundwork.attachments.refusals import PhotoRefused
from wangge.surfaces.exchange.spool.packages import NotAPackage, Package, read, set_aside, waiting
from wangge.surfaces.web.public.report_steps import OUTSIDE, is_outside

log = logging.getLogger(__name__)
PATIENCE = timedelta(days=7)  # an act may come before the report it is about
_REFUSALS = (BadInput, CaseRefused, LetterRefused, CodeTaken, PhotoRefused)
_LONGEST = 4000
_MOVES = {"rate": ("rate", "grade"), "answer": ("reporter_answered", "answer"), "reopen": ("request_reopen", "reason")}


class Outcome(StrEnum):
    """What became of a file."""

    TAKEN = "taken"
    BEFORE = "before"
    REFUSED = "refused"
    FORGED = "forged"
    LATER = "later"


class _Later(Exception):
    """What the package is about has not come yet."""


@dataclass(frozen=True, slots=True)
class _Said:
    """The words of a package, which may have been made by anybody who holds the other side's secret."""

    body: Mapping[str, Any]

    def text(self, name: str) -> str:
        value = self.body.get(name, "")
        if not isinstance(value, str) or len(value) > _LONGEST:
            raise BadInput(name, "text")
        return value.replace("\0", "").strip()

    def bytes(self, name: str) -> bytes:
        try:
            return base64.b64decode(self.text(name), validate=True)
        except binascii.Error as wrong:
            raise BadInput(name, "base64") from wrong

    @property
    def point(self) -> tuple[float, float] | None:
        lon, lat = self.body.get("lon"), self.body.get("lat")
        if isinstance(lon, (int, float)) and isinstance(lat, (int, float)):
            return float(lon), float(lat)
        return None


def take_in(folder: Path, *, secret: bytes, at: datetime) -> Counter[Outcome]:
    """Take in every package of the folder, in the order of their names; how many came to what.

    A file goes only after its package is committed: ended in between, the next run finds it taken before.
    """
    found: Counter[Outcome] = Counter()
    for path in waiting(folder):
        try:
            package = read(path, secret)
        except FileNotFoundError:
            continue
        except NotAPackage as wrong:
            log.warning("spool: %s is no package of the public surface (%s)", path.name, wrong)
            set_aside(path)
            found[Outcome.FORGED] += 1
            continue
        outcome = _take(package, at)
        found[outcome] += 1
        if outcome is Outcome.FORGED:
            set_aside(path)
        elif outcome is not Outcome.LATER:
            path.unlink(missing_ok=True)
    return found


def _take(package: Package, at: datetime) -> Outcome:
    said = _Said(package.body)
    try:
        code_hash = said.bytes("code_hash")
        if len(code_hash) != 32 or package.kind not in _DOES:
            raise BadInput("code_hash", "hash")
    except BadInput:
        log.warning("spool: package %s says nothing that can be read", package.id)
        return Outcome.FORGED
    try:
        with transaction.atomic():
            if not begin_package(id=package.id, kind=package.kind, code_hash=code_hash, at=at):
                return Outcome.BEFORE
            _DOES[package.kind](package, said, code_hash, at)
    except _Later:
        if at - _moment(said, at) < PATIENCE:
            return Outcome.LATER
        refuse_package(id=package.id, kind=package.kind, code_hash=code_hash, at=at, why="no such report")
        return Outcome.REFUSED
    except IntegrityError as clash:
        if ONE_CODE not in str(clash):
            raise
        refuse_package(id=package.id, kind=package.kind, code_hash=code_hash, at=at, why="code taken")
        return Outcome.REFUSED
    except _REFUSALS as why:
        log.warning("spool: package %s was refused: %s", package.id, why)
        refuse_package(id=package.id, kind=package.kind, code_hash=code_hash, at=at, why=str(why))
        return Outcome.REFUSED
    return Outcome.TAKEN


def _moment(said: _Said, at: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(said.text("at"))
    except ValueError:
        return at - PATIENCE
    return moment if moment.tzinfo is not None else at - PATIENCE


def _sent(package: Package, said: _Said, code_hash: bytes) -> Sent:
    return Sent("", package.id.encode().ljust(32, b"\0")[:32], b"", said.text("address")[:64], code_hash)


def _contact(said: _Said) -> Contact:
    wish, phone, email = said.text("wish"), said.text("reporter_phone"), said.text("reporter_email")
    can = (wish == "sms" and phone) or (wish == "email" and email)
    return Contact(
        wish if can else "none", said.text("reporter_name"), phone, email, language=said.text("language")[:10]
    )


def _photos(package: Package, at: datetime) -> list[str]:
    return [receive_photo(data=blob, by=0, at=at).id for blob in package.blobs]


def _report(package: Package, said: _Said, code_hash: bytes, at: datetime) -> None:
    point, address, openness = said.point, said.text("place"), said.text("openness")
    place: dict[str, Any] = {"address": address}
    if point is not None:
        place |= {"lon": point[0], "lat": point[1], "system": "wgs84"}
    on_earth = point is not None and abs(point[0]) <= 180 and abs(point[1]) <= 90
    if point is not None and on_earth and is_outside(point, at):
        _hand_on(package, said, code_hash, at)
        return
    photos = _photos(package, at)
    report = Report(
        source="public",
        category=said.text("category"),
        description=said.text("description"),
        location=place,
        photos={"photo_before": photos} if photos else None,
        denounces=openness == "denounces",
        is_private=openness == "private",
    )
    report_publicly(report=report, contact=_contact(said), sent=_sent(package, said, code_hash), at=at)


def _hand_on(package: Package, said: _Said, code_hash: bytes, at: datetime) -> None:
    """What lies beyond the city's border goes to the authority there: outside nobody could see that it does."""
    written = Written(
        OUTSIDE, said.text("description"), said.text("place"), said.point, tuple(_photos(package, at))
    )  # fmt: skip
    write_letter(written=written, contact=_contact(said), sent=_sent(package, said, code_hash), at=at)


def _letter(package: Package, said: _Said, code_hash: bytes, at: datetime) -> None:
    written = Written(
        said.text("kind"), said.text("description"), said.text("place"), said.point, tuple(_photos(package, at))
    )
    write_letter(written=written, contact=_contact(said), sent=_sent(package, said, code_hash), at=at)


def _act(_package: Package, said: _Said, code_hash: bytes, at: datetime) -> None:
    followed = followed_by_hash(code_hash)
    if followed is None:
        raise _Later
    verb, name = _MOVES.get(said.text("act"), ("", ""))
    if not verb:
        raise BadInput("act", "act")
    order = Order(followed.row.number, verb, {name: said.text("text")}, {})
    move_case(order=order, by=citizen_of(followed), at=at, address=said.text("address")[:64])


_DOES = {"report": _report, "letter": _letter, "act": _act}

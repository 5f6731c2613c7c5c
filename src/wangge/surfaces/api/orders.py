"""What a body orders: a report, a move, read from their forms."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import ValidationError

from wangge.domains.cases import failures
from wangge.domains.cases.intake import photo_kinds
from wangge.domains.cases.operations.moving import Order
from wangge.domains.cases.operations.reporting import Report
from wangge.surfaces.api.forms import Location, MoveBody, ReportBody

OBSERVED_BACK = timedelta(days=7)
KEPT_BACK = ("recorded_at", "rule")  # arguments the system alone gives
Form = TypeVar("Form", bound=Schema)


def checked(form: type[Form], body: dict[str, Any]) -> Form:
    """The body in its form; BadInput names the first field that does not fit."""
    try:
        return form.model_validate(body)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise failures.BadInput(
            field, _("字段“%(field)s”不符：%(why)s") % {"field": field, "why": first["msg"]}
        ) from wrong


def _observed(moment: datetime | None, at: datetime) -> datetime | None:
    """A field device's own time: evidence only, up to seven days back."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise failures.BadInput("observed_at", _("observed_at 须带时区。"))
    if not at - OBSERVED_BACK <= moment <= at + timedelta(minutes=5):
        raise failures.BadInput("observed_at", _("observed_at 只能在最近 7 天内。"))
    return moment


def report_of(form: ReportBody, at: datetime) -> Report:
    """The report of a form."""
    reporter = form.reporter
    return Report(
        source=form.source,
        category=form.category or "",
        description=form.description or "",
        location=form.location.model_dump() if form.location else None,
        reporter_name=(reporter.name if reporter else None) or "",
        reporter_phone=(reporter.phone if reporter else None) or "",
        denounces=bool(reporter and reporter.denounces),
        photos=_photos_of(form.evidence),
        stated_entry=form.entry or "",
        external_no=form.external_no or "",
        observed_at=_observed(form.observed_at, at),
        note=form.note or "",
    )


def order_of(number: str, verb: str, version: int | None, body: dict[str, Any], at: datetime) -> Order:
    """The order of a move; what cannot be read in its body is told only where nothing before it refuses."""
    try:
        form = checked(MoveBody, body)
        observed_at = _observed(form.observed_at, at)
        photos = _photos_of({kind: ids for kind, ids in form.evidence.items() if not isinstance(ids, Location)})
    except failures.BadInput as wrong:
        post = body.get("post")
        return Order(
            number, verb, _arguments(body), {}, None, version, needs_version=True,
            post=post if isinstance(post, str) else "", unreadable=wrong,
        )  # fmt: skip
    places = [pieces for pieces in form.evidence.values() if isinstance(pieces, Location)]
    args = _arguments(body)
    if form.note:
        args["note"] = form.note
    return Order(
        number, verb, args, photos, places[0].model_dump() if places else None, version, needs_version=True,
        post=form.post or "", observed_at=observed_at,
    )  # fmt: skip


def _arguments(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in KEPT_BACK and name not in MoveBody.model_fields}


def _photos_of(evidence: dict[str, list[str]]) -> dict[str, list[str]]:
    """Photo ids by kind; a kind the table of moves never asks for is a slip of the pen, told rather than kept."""
    known = photo_kinds()
    for kind in evidence:
        if kind not in known:
            why = _("没有名为“%(kind)s”的照片凭证。可用：%(known)s。")
            raise failures.BadInput(f"evidence.{kind}", why % {"kind": kind, "known": "、".join(sorted(known))})
    return {kind: ids for kind, ids in evidence.items() if ids}

"""Where people on duty are: batches of the field app, and the OsmAnd form that background trackers speak.

A tracker keeps a position until it gets a 2xx and sends nothing else before. So what is well formed is always taken,
and the answer says what of it was not kept (off duty, no place, too old).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import numpy as np
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import ConfigDict, Field

from wangge.domains.cases.failures import BadInput
from wangge.domains.organizations.logic import Actor, TokenScope
from wangge.domains.patrol.logic.fixes import Fix, FixSource
from wangge.domains.patrol.operations.positions import Taken, take_positions
from wangge.groundwork.coordinates import to_wgs84_many
from wangge.surfaces.api.door import Caller, bearer_of, body_of, caller_with, json_answer, text_of
from wangge.surfaces.api.field.trackers import ReadFix, UnreadableTrack, of_form, of_json
from wangge.surfaces.api.operations import at_the_door
from wangge.surfaces.api.orders import checked

MOST_AT_ONCE = 1000


class Position(Schema):
    """A place and the moment somebody was there, by the device's clock."""

    model_config = ConfigDict(extra="forbid")
    at: datetime = Field(description="with its offset or Z; up to seven days back")
    lon: float
    lat: float
    accuracy_m: float | None = None


class PositionsBody(Schema):
    """Positions of the token's person, in any order; the same one may come again."""

    model_config = ConfigDict(extra="forbid")
    positions: list[Position] = Field(max_length=MOST_AT_ONCE)
    system: Literal["wgs84", "gcj02", "bd09"] = "wgs84"


class NotKeptPositions(Schema):
    """How many were not kept, by reason."""

    no_place: int = 0
    ahead: int = 0
    too_old: int = 0
    off_duty: int = 0


class PositionsTaken(Schema):
    """What became of a batch; whatever it says, nothing of the batch need be sent again."""

    kept: int
    known: int = Field(description="kept before")
    not_kept: NotKeptPositions


@at_the_door
def send_positions(request: HttpRequest) -> HttpResponse:
    """POST /positions: a person and a moment are their own key."""
    caller = caller_with(
        request, bearer_of(request), door="api-v1:send_positions", reaches=Actor.may_send_positions
    )  # fmt: skip
    form = checked(PositionsBody, body_of(request))
    for index, position in enumerate(form.positions):
        if position.at.tzinfo is None:
            raise BadInput(f"positions.{index}.at", _("时间须带时区，例如 2024-03-13T08:10:00+08:00。"))
    lons, lats = to_wgs84_many(
        np.array([position.lon for position in form.positions], dtype=np.float64),
        np.array([position.lat for position in form.positions], dtype=np.float64), system=form.system,
    )  # fmt: skip
    found = [
        ReadFix(position.at.astimezone(UTC), lon, lat, position.accuracy_m)
        for position, lon, lat in zip(form.positions, lons.tolist(), lats.tolist(), strict=True)
    ]
    return _answer(_take(caller, found, FixSource.FIELD_APP))


@at_the_door
def send_osmand(request: HttpRequest) -> HttpResponse:
    """GET and POST /positions/osmand: one position in the address or a form, or the newer clients' JSON.

    A token in an address lands in logs and in the settings of telephones: there only one of the scope ``positions``.
    """
    given = {name: request.GET.get(name, "") for name in request.GET}
    text = text_of(request) if request.method == "POST" else b""
    is_json = text.lstrip()[:1] == b"{"
    told: dict[str, Any] = {}
    if is_json:
        told = body_of(request)
    elif text:
        given |= {name: request.POST.get(name, "") for name in request.POST}
    token = bearer_of(request)
    reaches: Callable[[Actor], bool] = Actor.may_send_positions
    if not token:
        device = told.get("device_id")
        token = (
            given.get("token")
            or given.get("id")
            or given.get("deviceid")
            or (device if isinstance(device, str) else "")
        )
        reaches = _is_narrow
    lacking = _("请把定位程序的设备标识符填为范围 positions 的有效令牌。")
    caller = caller_with(request, token.strip(), door="api-v1:send_osmand", reaches=reaches, lacking=lacking)
    try:
        found = of_json(told, at=caller.at) if is_json else [of_form(given, at=caller.at)]
    except UnreadableTrack as wrong:
        raise BadInput(
            wrong.field, _("“%(field)s”无法读取。请检查定位程序的设置。") % {"field": wrong.field}
        ) from wrong
    return _answer(_take(caller, found[:MOST_AT_ONCE], FixSource.OSMAND))


def _is_narrow(actor: Actor) -> bool:
    return actor.scope is TokenScope.POSITIONS


def _take(caller: Caller, found: Sequence[ReadFix], source: FixSource) -> Taken:
    person = caller.actor.person_id
    assert person is not None, "a token is a person's"
    return take_positions(
        fixes=[Fix(person, each.at, each.lon, each.lat, _metres(each.accuracy_m), source) for each in found],
        at=caller.at,
    )


def _metres(accuracy: float | None) -> float | None:
    """The accuracy where it says something: telephones send -1 for one they do not know."""
    return accuracy if accuracy is not None and 0 <= accuracy <= 1_000_000 else None


def _answer(taken: Taken) -> HttpResponse:
    not_kept = {reason.value: count for reason, count in taken.not_kept.items()}
    answer = PositionsTaken(kept=taken.kept, known=taken.known, not_kept=NotKeptPositions(**not_kept))
    return json_answer(answer.model_dump())

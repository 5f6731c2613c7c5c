"""Moves in a batch, as a telephone sends results of field tasks when it has a network again: each item by itself.

An item is what ``POST /cases/{number}/moves/{verb}`` takes, and its key stands for the same there and here.
"""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Schema
from pydantic import ConfigDict, Field

from wangge.domains.cases import failures
from wangge.surfaces.api import forms
from wangge.surfaces.api.door import Caller, body_of, caller_of, checked_key, digest_for, json_answer
from wangge.surfaces.api.field.batches import MOST_AT_ONCE, ItemResult, result_of
from wangge.surfaces.api.operations import at_the_door, move_once
from wangge.surfaces.api.orders import checked

_NUMBER = re.compile(r"[0-9-]{1,64}")
_VERB = re.compile(r"[a-z_]{1,64}")
LARGEST_VERSION = 999_999_999


class MoveItem(Schema):
    """A move with the key it is known by."""

    model_config = ConfigDict(extra="forbid")
    key: str = Field(max_length=255, description="as the header Idempotency-Key of the move alone")
    number: str = Field(description="of the case")
    verb: str
    version: int | None = Field(None, ge=0, description="as the header If-Match of the move alone")
    move: forms.MoveBody


class MovesBody(Schema):
    """Moves, made in the order they stand in."""

    model_config = ConfigDict(extra="forbid")
    items: list[MoveItem] = Field(max_length=MOST_AT_ONCE)


class _GivenItem(Schema):
    """An item as far as it must be readable for the others to be made."""

    model_config = ConfigDict(extra="forbid")
    key: str
    number: str
    verb: str
    version: int | None = Field(None, ge=0, le=LARGEST_VERSION)
    move: dict[str, Any]


class _Given(Schema):
    model_config = ConfigDict(extra="forbid")
    items: list[_GivenItem] = Field(max_length=MOST_AT_ONCE)


class MovesMade(Schema):
    """The results, in the order of the items."""

    items: list[ItemResult]


@at_the_door
def send_moves(request: HttpRequest) -> HttpResponse:
    """POST /moves."""
    caller = caller_of(request, door="api-v1:send_moves", writes=True)
    form = checked(_Given, body_of(request))
    return json_answer({"items": [_result(caller, item) for item in form.items]})


def _result(caller: Caller, item: _GivenItem) -> dict[str, Any]:
    def take() -> HttpResponse:
        key = checked_key(item.key)
        if not _NUMBER.fullmatch(item.number) or not _VERB.fullmatch(item.verb):
            raise failures.NoSuchCase(item.number[:64])
        path = reverse("api-v1:make_move", args=[item.number, item.verb])
        return move_once(
            caller, item.number, item.verb, item.version, item.move, key, digest_for("POST", path, item.move)
        )

    return result_of(item.key, take)

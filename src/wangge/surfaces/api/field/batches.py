"""What became of the items of a batch, each by itself: one that is wrong, or breaks us, holds up no other."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import orjson
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field

from wangge.surfaces.api import forms
from wangge.surfaces.api.operations import refusals_told
from wangge.surfaces.api.problems import problem

MOST_AT_ONCE = 50
log = logging.getLogger(__name__)


class ItemResult(Schema):
    """What became of an item: the status and body that it alone would have been answered with."""

    key: str
    status: int
    replayed: bool = Field(description="answered before under this key")
    case: forms.Case | None
    problem: forms.Problem | None


def result_of(key: str, take: Callable[[], HttpResponse]) -> dict[str, Any]:
    """Status and body that the item alone would have been answered with."""
    answer = _taken(take)
    is_case = answer.status_code < HTTPStatus.MULTIPLE_CHOICES
    told = orjson.loads(answer.content)
    return {
        "key": key, "status": answer.status_code, "replayed": answer.has_header("Idempotency-Replayed"),
        "case": told if is_case else None, "problem": None if is_case else told,
    }  # fmt: skip


def _taken(take: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        return refusals_told(take)
    except (OperationalError, InterfaceError):
        raise  # the database is away: the batch comes again, and what was written answers by its key
    except Exception:
        # One item that breaks us must not keep a telephone's other items from ever entering.
        log.exception("an item of a batch failed")
        return problem(500, "failure", _("系统内部错误，已记录。请稍后重试，或联系管理员。"), title=_("系统内部错误"))

"""Reports in a batch, as a telephone sends them when it has a network again: each item by itself, with its own key.

An item is what ``POST /cases`` takes, and its key stands for the same: whoever got no answer may send it alone or in
another batch, and it is one case. What is wrong with one item is told with it and holds up no other.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

import orjson
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import ConfigDict, Field

from wangge.surfaces.api import forms
from wangge.surfaces.api.door import Caller, body_of, caller_of, checked_key, digest_for, json_answer
from wangge.surfaces.api.operations import at_the_door, refusals_told, report_once
from wangge.surfaces.api.orders import checked
from wangge.surfaces.api.problems import problem

MOST_AT_ONCE = 50
log = logging.getLogger(__name__)


class ReportItem(Schema):
    """A report with the key it is known by."""

    model_config = ConfigDict(extra="forbid")
    key: str = Field(max_length=255, description="as the header Idempotency-Key of POST /cases")
    report: forms.ReportBody


class ReportsBody(Schema):
    """Reports, taken in the order they stand in."""

    model_config = ConfigDict(extra="forbid")
    items: list[ReportItem] = Field(max_length=MOST_AT_ONCE)


class _GivenItem(Schema):
    """An item as far as it must be readable for the others to be taken."""

    model_config = ConfigDict(extra="forbid")
    key: str
    report: dict[str, Any]


class _Given(Schema):
    model_config = ConfigDict(extra="forbid")
    items: list[_GivenItem] = Field(max_length=MOST_AT_ONCE)


class ReportResult(Schema):
    """What became of an item: the status and body that ``POST /cases`` would have answered."""

    key: str
    status: int
    replayed: bool = Field(description="answered before under this key")
    case: forms.Case | None
    problem: forms.Problem | None


class ReportsTaken(Schema):
    """The results, in the order of the items."""

    items: list[ReportResult]


@at_the_door
def send_reports(request: HttpRequest) -> HttpResponse:
    """POST /reports."""
    caller = caller_of(request, door="api-v1:send_reports", writes=True)
    form = checked(_Given, body_of(request))
    return json_answer({"items": [_result(caller, item) for item in form.items]})


def _result(caller: Caller, item: _GivenItem) -> dict[str, Any]:
    answer = _taken(caller, item)
    is_case = answer.status_code < HTTPStatus.MULTIPLE_CHOICES
    told = orjson.loads(answer.content)
    return {
        "key": item.key, "status": answer.status_code, "replayed": answer.has_header("Idempotency-Replayed"),
        "case": told if is_case else None, "problem": None if is_case else told,
    }  # fmt: skip


def _taken(caller: Caller, item: _GivenItem) -> HttpResponse:
    def take() -> HttpResponse:
        key = checked_key(item.key)
        return report_once(caller, item.report, key, digest_for("POST", reverse("api-v1:report_case"), item.report))

    try:
        return refusals_told(take)
    except (OperationalError, InterfaceError):
        raise  # the database is away: the batch comes again, and what was written answers by its key
    except Exception:
        # One item that breaks us must not keep a telephone's other reports from ever entering.
        log.exception("an item of a batch failed")
        return problem(500, "failure", _("系统内部错误，已记录。请稍后重试，或联系管理员。"), title=_("系统内部错误"))

"""Reports in a batch, as a telephone sends them when it has a network again: each item by itself, with its own key.

An item is what ``POST /cases`` takes, and its key stands for the same: whoever got no answer may send it alone or in
another batch, and it is one case. What is wrong with one item is told with it and holds up no other.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Schema
from pydantic import ConfigDict, Field

from wangge.surfaces.api import forms
from wangge.surfaces.api.door import Caller, body_of, caller_of, checked_key, digest_for, json_answer
from wangge.surfaces.api.field.batches import MOST_AT_ONCE, ItemResult, result_of
from wangge.surfaces.api.operations import at_the_door, report_once
from wangge.surfaces.api.orders import checked


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


class ReportsTaken(Schema):
    """The results, in the order of the items."""

    items: list[ItemResult]


@at_the_door
def send_reports(request: HttpRequest) -> HttpResponse:
    """POST /reports."""
    caller = caller_of(request, door="api-v1:send_reports", writes=True)
    form = checked(_Given, body_of(request))
    return json_answer({"items": [_result(caller, item) for item in form.items]})


def _result(caller: Caller, item: _GivenItem) -> dict[str, Any]:
    def take() -> HttpResponse:
        key = checked_key(item.key)
        return report_once(caller, item.report, key, digest_for("POST", reverse("api-v1:report_case"), item.report))

    return result_of(item.key, take)

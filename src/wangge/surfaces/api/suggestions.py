"""POST /suggestions: the likeliest classes and owners for words, how often that is right, and cases that say the same.

Words go in the body: they may name people, and an address lands in logs.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Schema
from pydantic import ConfigDict, Field

from wangge.domains.cases.answers import iso
from wangge.domains.cases.queries.suggested import Suggested, suggest
from wangge.surfaces.api.door import body_of, caller_of, json_answer
from wangge.surfaces.api.operations import at_the_door
from wangge.surfaces.api.orders import checked

DIRECTORY = "suggestions"


class WordsBody(Schema):
    """What was said."""

    model_config = ConfigDict(extra="forbid")
    words: str = Field(max_length=10_000)


class SuggestionMeasure(Schema):
    """How good the suggestions are, measured by folds on the city's own cases."""

    cases: int
    labels: int
    first: float = Field(description="share whose label was named first")
    among_three: float = Field(description="share whose label was among the three")
    macro_f1: float


class Echo(Schema):
    """A case that may be about the same."""

    number: str
    likeness: float
    category: str | None
    stage: str
    reported_at: str
    description: str


class Suggestions(Schema):
    """Empty, with ``model`` null, before the first training."""

    model: str | None = Field(description="the edition of the model")
    trained_at: str | None
    cases: int
    classes: list[str]
    classes_measured: SuggestionMeasure | None
    owners: list[str]
    owners_measured: SuggestionMeasure | None
    same: list[Echo]


@at_the_door
def post_suggestions(request: HttpRequest) -> HttpResponse:
    """Suggestions as far as the person sees cases."""
    caller = caller_of(request, door="api-v1:post_suggestions", writes=False)
    words = checked(WordsBody, body_of(request)).words
    found = suggest(words=words, by=caller.actor, directory=settings.VAR / DIRECTORY)
    return json_answer(_NOTHING if found is None else _told(found))


_NOTHING: dict[str, Any] = {
    "model": None, "trained_at": None, "cases": 0, "classes": [], "classes_measured": None, "owners": [],
    "owners_measured": None, "same": [],
}  # fmt: skip


def _told(found: Suggested) -> dict[str, Any]:
    manifest = found.manifest
    return {
        "model": manifest["edition"], "trained_at": manifest["made_at"], "cases": manifest["cases"],
        "classes": list(found.classes), "classes_measured": manifest["measured"]["classes"],
        "owners": list(found.owners), "owners_measured": manifest["measured"]["owners"],
        "same": [
            {
                "number": each.number, "likeness": each.likeness, "category": each.category or None,
                "stage": each.stage, "reported_at": iso(each.reported_at), "description": each.description,
            }
            for each in found.echoes
        ],
    }  # fmt: skip

"""The API against its own document: what schemathesis makes up is never a server error and always answered as said."""

from __future__ import annotations

from typing import Any

import hypothesis
import pytest
import schemathesis
from django.db.backends.base.base import BaseDatabaseWrapper
from hypothesis import HealthCheck, given
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.conftest import Speak
from wangge.project.wsgi import application

pytestmark = pytest.mark.django_db

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
    response_headers_conformance, allow_header_conformance,
]  # fmt: skip
OPERATIONS = (
    "report_case", "list_cases", "get_case", "list_steps", "make_move", "reveal_reporter", "upload_photo",
    "find_places", "place_at", "near_components", "get_component", "get_proposal", "list_similar", "map_clusters",
    "hotline_message", "hotline_statement", "call_event", "call_recording", "sms_receipt",
    "mini_program_session", "mini_program_follow",
    "list_results", "get_result", "get_figure", "list_figure_cases", "list_signs",
    "list_months", "get_month", "get_what_if", "list_checks", "list_bulletins", "get_bulletin",
    "send_positions", "osmand_get", "osmand_post", "send_reports", "send_moves", "announce_photo", "get_upload",
    "send_piece", "post_suggestions",
)  # fmt: skip
POSTS = ("acceptor-1", "collector-1", "system-1", "dept-a")
EXAMPLES = max(hypothesis.settings.default.max_examples // 5, 20)  # type: ignore[union-attr]
SCHEMA = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
OPERATIONS_READ = [found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)]
BY_ID = {found.definition.raw["operationId"]: found for found in OPERATIONS_READ}


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """The web server's requests use the connection, and so the transaction, of the test."""
    monkeypatch.setattr(BaseDatabaseWrapper, "close_if_unusable_or_obsolete", lambda _self: None)


@pytest.fixture
def case(speak: Speak) -> dict[str, Any]:
    """A case that some of the made-up requests shall hit."""
    return speak("collector-1").report()


def test_every_operation_of_the_document_is_tried() -> None:
    assert set(BY_ID) == set(OPERATIONS)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=str)
@pytest.mark.parametrize("username", POSTS)
@pytest.mark.parametrize("name", OPERATIONS)
def test_made_up_requests_are_answered_as_the_document_says(
    speak: Speak, case: dict[str, Any], name: str, username: str, mode: GenerationMode
) -> None:
    headers = speak(username).headers
    verbs = iter(range(1_000_000))

    @hypothesis.settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(made_up=BY_ID[name].as_strategy(generation_mode=mode))
    def one(made_up: schemathesis.Case[Any]) -> None:
        turn = next(verbs)
        if "number" in (made_up.path_parameters or {}) and turn % 3:
            made_up.path_parameters["number"] = case["number"]
            if "verb" in made_up.path_parameters and turn % 4:
                made_up.path_parameters["verb"] = ("accept", "merge", "ask_reporter", "send_verification")[turn % 4]
                if made_up.headers is not None and turn % 5:
                    made_up.headers["If-Match"] = '"1"'
        made_up.call_and_validate(headers=headers, checks=CHECKS)

    one()

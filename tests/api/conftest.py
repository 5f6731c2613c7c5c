"""A client that speaks the API as a person of the small city."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.cases.conftest import BEGAN, actor, small_city
from tests.cases.photographs import jpeg
from wangge.domains.organizations.logic import token_digest
from wangge.domains.organizations.models import AccessToken, Person

__all__ = ["actor", "small_city"]
PLACE: dict[str, Any] = {"lon": 113.134, "lat": 27.827, "system": "wgs84", "address": "建设路 1 号"}
_keys = itertools.count(1)


class Speaker:
    """Speaks the API with one person's token; makes an Idempotency-Key for each write unless given."""

    def __init__(self, token: str) -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {token}"}

    def get(self, path: str) -> HttpResponse:
        return self.client.get(f"/api/v1{path}", headers=self.headers)  # type: ignore[return-value]

    def post(self, path: str, body: Any = None, *, key: str | None = "", version: object = None) -> HttpResponse:
        headers = dict(self.headers)
        if key is not None:
            headers["Idempotency-Key"] = key or f"key-{next(_keys)}"
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        text = body if isinstance(body, str) else json.dumps(body or {})
        return self.client.post(f"/api/v1{path}", text, content_type="application/json", headers=headers)  # type: ignore[return-value]

    def photo(self, data: bytes | None = None) -> str:
        from django.core.files.uploadedfile import SimpleUploadedFile

        file = SimpleUploadedFile("a.jpg", data or jpeg(), "image/jpeg")
        answer = self.client.post("/api/v1/photos", {"file": file}, headers=self.headers)
        assert answer.status_code == 201, answer.content
        return str(answer.json()["id"])

    def report(self, **changed: Any) -> dict[str, Any]:
        answer = self.post("/cases", self.report_body(**changed))
        assert answer.status_code == 201, answer.content
        return dict(json.loads(answer.content))

    def report_body(self, **changed: Any) -> dict[str, Any]:
        body = {
            "source": "collector", "category": "component:0101", "description": "井盖缺失", "location": PLACE,
            "evidence": {"photo_before": [self.photo()]},
        }  # fmt: skip
        return {**body, **changed}

    def move(self, case: dict[str, Any], verb: str, body: Any = None, **options: Any) -> dict[str, Any]:
        answer = self.post(f"/cases/{case['number']}/moves/{verb}", body, version=case["version"], **options)
        assert answer.status_code == 200, answer.content
        return dict(json.loads(answer.content))


Speak = Callable[[str], Speaker]


@pytest.fixture
def speak(small_city: None) -> Speak:
    """A speaker for a user name."""

    def speaker(username: str) -> Speaker:
        token = f"token-of-{username}"
        AccessToken.objects.get_or_create(
            digest=token_digest(token),
            defaults={"person": Person.objects.get(username=username), "scope": "full", "created_at": BEGAN},
        )
        return Speaker(token)

    return speaker

"""How an operation is told of in the API's document: its problems, body, headers and query."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Schema
from ninja.security import HttpBearer


class Bearer(HttpBearer):
    """Named in the document; the operations ask for the token themselves, in the contract's order of refusals."""

    def __call__(self, request: HttpRequest) -> Any:
        return True

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        return True


BEARER = Bearer()
TEXT: dict[str, Any] = {"type": "string"}
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_TEXTS = {
    400: "Body is no JSON object, or a header is missing or malformed",
    401: "No valid access token",
    403: "The post or the token's scope does not reach",
    404: "Not there, or behind a wall",
    409: "The table of moves or a guard refuses, or the key is busy",
    412: "The case has changed since the version given",
    413: "Too large",
    422: "A value, an argument, a piece of evidence or a reused key",
    428: "If-Match is missing",
    429: "Too often",
    503: "The database is away",
}


def document(
    *codes: int,
    body: type[Schema] | None = None,
    headers: tuple[str, ...] = (),
    may_have: tuple[str, ...] = (),
    query: tuple[Any, ...] = (),
    answers: str = "",
) -> dict[str, Any]:
    """Problems, request body and headers of an operation for the document.

    ``may_have``: headers that may be left out. ``answers``: a type that is not JSON.
    """
    extra: dict[str, Any] = {
        "responses": {code: {"description": _TEXTS[code], "content": _PROBLEM} for code in (*codes, 401, 403, 429, 503)}
    }
    if answers:
        extra["responses"][200] = {"description": "OK", "content": {answers: {"schema": {"type": "object"}}}}
    if body is not None:
        extra["requestBody"] = {"required": True, "content": {"application/json": {"schema": _flat(body)}}}
    parameters = [
        {"in": "header", "name": name, "required": name in headers, "schema": {"type": "string", **_HEADERS[name]}}
        for name in (*headers, *may_have)
    ]
    parameters += [{"in": "query", "name": name, "required": False, "schema": schema} for name, schema in query]
    if parameters:
        extra["parameters"] = parameters
    return extra


_HEADERS: dict[str, dict[str, Any]] = {
    "Idempotency-Key": {"minLength": 1, "maxLength": 255, "pattern": r"^[!#-~]+$"},
    "If-Match": {"pattern": r'^"[0-9]{1,9}"$'},
    "Upload-Offset": {"pattern": r"^[0-9]{1,9}$", "description": "where the piece begins: received, so far"},
    "Content-Digest": {
        "pattern": r"^sha-256=:[A-Za-z0-9+/]{43}=:$",
        "description": "the piece's own hash (RFC 9530): a broken piece is refused",
    },
    "X-Wangge-Timestamp": {"pattern": r"^[0-9]{1,11}$"},
    "X-Wangge-Signature": {"pattern": r"^[0-9A-Fa-f]{64}$"},
}


def _flat(form: type[Schema]) -> dict[str, Any]:
    """The form's schema with what it refers to written in place."""
    schema = form.model_json_schema()
    definitions = schema.pop("$defs", {})

    def inlined(value: Any) -> Any:
        if isinstance(value, dict):
            if "$ref" in value:
                return inlined(definitions[value["$ref"].rpartition("/")[2]])
            return {name: inlined(part) for name, part in value.items()}
        return [inlined(part) for part in value] if isinstance(value, list) else value

    result = inlined(schema)
    assert isinstance(result, dict)
    return result

"""The document and the addresses of ``/api/v1``: every operation with all the problems it may answer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.security import HttpBearer

from wangge.surfaces.api import forms, hotline, operations, places, things

api = NinjaAPI(
    title="网格 Wangge",
    version="1",
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api-v1",
    description="城市运行管理服务平台（数字城管）的接口：上报、流转、查询、照片。",
    openapi_extra={
        "components": {
            "securitySchemes": {
                "ChannelSignature": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "X-Wangge-Signature",
                    "description": "HMAC-SHA256 of timestamp and body under the channel's secret",
                }
            }
        }
    },
)


class Bearer(HttpBearer):
    """Named in the document; the operations ask for the token themselves, in the contract's order of refusals."""

    def __call__(self, request: HttpRequest) -> Any:
        return True

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        return True


BEARER = Bearer()
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


def _document(
    *codes: int,
    body: type[Schema] | None = None,
    headers: tuple[str, ...] = (),
    query: tuple[Any, ...] = (),
    answers: str = "",
) -> dict[str, Any]:
    """Problems, request body and headers of an operation for the document; ``answers``: a type that is not JSON."""
    extra: dict[str, Any] = {
        "responses": {code: {"description": _TEXTS[code], "content": _PROBLEM} for code in (*codes, 401, 403, 429, 503)}
    }
    if answers:
        extra["responses"][200] = {"description": "OK", "content": {answers: {"schema": {"type": "object"}}}}
    if body is not None:
        extra["requestBody"] = {"required": True, "content": {"application/json": {"schema": _flat(body)}}}
    parameters = [
        {"in": "header", "name": name, "required": True, "schema": {"type": "string", **_HEADERS[name]}}
        for name in headers
    ]
    parameters += [{"in": "query", "name": name, "required": False, "schema": schema} for name, schema in query]
    if parameters:
        extra["parameters"] = parameters
    return extra


_HEADERS: dict[str, dict[str, Any]] = {
    "Idempotency-Key": {"minLength": 1, "maxLength": 255, "pattern": r"^[!#-~]+$"},
    "If-Match": {"pattern": r'^"[0-9]{1,9}"$'},
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


_TEXT = {"type": "string"}
_LIST_QUERY: tuple[tuple[str, dict[str, Any]], ...] = (
    ("limit", {"type": "integer", "minimum": 1, "maximum": 200}),
    ("cursor", _TEXT),
    ("stage", _TEXT),
    ("district", _TEXT),
    ("department", _TEXT),
    ("category", _TEXT),
    ("source", _TEXT),
    ("from", {"type": "string", "format": "date-time"}),
    ("to", {"type": "string", "format": "date-time"}),
    ("overdue", {"type": "boolean"}),
    ("bbox", {"type": "string", "description": "west,south,east,north in degrees of WGS-84"}),
    ("q", _TEXT),
)


@api.post(
    "/cases",
    auth=BEARER,
    response={201: forms.Case, 200: forms.Case, 400: forms.Problem},
    operation_id="report_case",
    url_name="report_case",
    openapi_extra=_document(400, 409, 413, 422, body=forms.ReportBody, headers=("Idempotency-Key",)),
)
def report_case(request: HttpRequest) -> HttpResponse:
    """Report: make a case. 200 when the external number's case is there already."""
    return operations.report(request)


@api.get(
    "/cases",
    auth=BEARER,
    response={200: forms.Cases},
    operation_id="list_cases",
    url_name="list_cases",
    openapi_extra=_document(422, query=_LIST_QUERY),
)
def list_cases(request: HttpRequest) -> HttpResponse:
    """The cases this person sees, newest first."""
    return operations.list_cases(request)


_NUMBER = {"type": "number"}
_NEAR_QUERY: tuple[tuple[str, dict[str, Any]], ...] = (
    ("lon", _NUMBER),
    ("lat", _NUMBER),
    ("x", {"type": "number", "description": "metres, with system=city"}),
    ("y", _NUMBER),
    ("system", {"type": "string", "enum": ["wgs84", "gcj02", "bd09", "city"]}),
    ("category", _TEXT),
)


@api.get(
    "/cases/similar",
    auth=BEARER,
    response={200: forms.SimilarCases},
    operation_id="list_similar",
    url_name="list_similar",
    openapi_extra=_document(
        422, query=(*_NEAR_QUERY, ("q", _TEXT), ("limit", {"type": "integer", "minimum": 1, "maximum": 20}))
    ),
)
def list_similar(request: HttpRequest) -> HttpResponse:
    """Cases that may be the same matter as a report at this point now; a person decides."""
    return things.list_similar(request)


@api.get(
    "/cases/clusters",
    auth=BEARER,
    response={200: dict[str, Any]},
    operation_id="map_clusters",
    url_name="map_clusters",
    openapi_extra=_document(
        422,
        answers="application/geo+json",
        query=(
            ("bbox", {"type": "string", "description": "west,south,east,north in degrees of WGS-84"}),
            ("zoom", {"type": "integer", "minimum": 0, "maximum": 22}),
            ("stage", _TEXT),
            ("department", _TEXT),
        ),
    ),
)
def map_clusters(request: HttpRequest) -> HttpResponse:
    """Open cases this person sees, gathered for a map, as GeoJSON."""
    return things.map_clusters(request)


@api.get(
    "/components",
    auth=BEARER,
    response={200: forms.Components},
    operation_id="near_components",
    url_name="near_components",
    openapi_extra=_document(
        422,
        query=(
            *_NEAR_QUERY,
            ("within", {"type": "integer", "minimum": 1, "maximum": 500, "description": "metres"}),
            ("limit", {"type": "integer", "minimum": 1, "maximum": 20}),
        ),
    ),
)
def near_components(request: HttpRequest) -> HttpResponse:
    """The components nearest to a point."""
    return things.near_components(request)


@api.get(
    "/proposals",
    auth=BEARER,
    response={200: forms.Proposal},
    operation_id="get_proposal",
    url_name="get_proposal",
    openapi_extra=_document(
        422,
        query=(
            *_NEAR_QUERY,
            ("component", {**_TEXT, "description": "code of the component: its own units come before any place"}),
            ("address", {**_TEXT, "description": "words, in which a road's name counts as the place"}),
            ("condition_seq", {"type": "integer", "minimum": 0, "maximum": 99}),
        ),
    ),
)
def get_proposal(request: HttpRequest) -> HttpResponse:
    """The unit and the limit that the rules in force propose, with the rule."""
    return things.get_proposal(request)


@api.get(
    "/components/{code}",
    auth=BEARER,
    response={200: forms.Component},
    operation_id="get_component",
    url_name="get_component",
    openapi_extra=_document(404),
)
def get_component(request: HttpRequest, code: str) -> HttpResponse:
    """One component with its units of today."""
    return things.get_component(request, code)


@api.get(
    "/cases/{number}",
    auth=BEARER,
    response={200: forms.Case},
    operation_id="get_case",
    url_name="get_case",
    openapi_extra=_document(404),
)
def get_case(request: HttpRequest, number: str) -> HttpResponse:
    """One case."""
    return operations.get_case(request, number)


@api.get(
    "/cases/{number}/steps",
    auth=BEARER,
    response={200: forms.Steps},
    operation_id="list_steps",
    url_name="list_steps",
    openapi_extra=_document(404),
)
def list_steps(request: HttpRequest, number: str) -> HttpResponse:
    """The steps of a case with their hashes."""
    return operations.get_steps(request, number)


@api.post(
    "/cases/{number}/moves/{verb}",
    auth=BEARER,
    response={200: forms.Case},
    operation_id="make_move",
    url_name="make_move",
    openapi_extra=_document(
        400, 404, 409, 412, 413, 422, 428, body=forms.MoveBody, headers=("Idempotency-Key", "If-Match")
    ),
)
def make_move(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Make a move of the table."""
    return operations.move(request, number, verb)


@api.post(
    "/cases/{number}/reveal",
    auth=BEARER,
    response={200: forms.Revealed},
    operation_id="reveal_reporter",
    url_name="reveal_reporter",
    openapi_extra=_document(400, 404, 413, 422, body=forms.RevealBody),
)
def reveal_reporter(request: HttpRequest, number: str) -> HttpResponse:
    """The reporter's name and telephone in full, for a reason; recorded in the audit log each time."""
    return operations.reveal_reporter(request, number)


@api.post(
    "/photos",
    auth=BEARER,
    response={201: forms.Photo},
    operation_id="upload_photo",
    url_name="upload_photo",
    openapi_extra={
        **_document(400, 413, 422),
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "properties": {"file": {"type": "string", "format": "binary"}},
                        "required": ["file"],
                    }
                }
            },
        },
    },
)
def upload_photo(request: HttpRequest) -> HttpResponse:
    """Send a photo; its content is its own key."""
    return operations.photo(request)


@api.post(
    "/hotline/{channel}/messages",
    response={201: hotline.HotlineTaken, 200: hotline.HotlineTaken},
    operation_id="hotline_message",
    url_name="hotline_message",
    openapi_extra={
        **_document(
            400, 404, 409, 413, 422, body=hotline.HotlineMessageBody,
            headers=("X-Wangge-Timestamp", "X-Wangge-Signature"),
        ),
        "security": [{"ChannelSignature": []}],
    },
)  # fmt: skip
def hotline_message(request: HttpRequest, channel: str) -> HttpResponse:
    """A message of the hotline's system, signed with the channel's secret; the same message id once."""
    return hotline.take_message(request, channel)


_PLACES_QUERY: tuple[tuple[str, dict[str, Any]], ...] = (
    ("q", {**_TEXT, "description": "words, pinyin, initials, or the code of a grid"}),
    ("limit", {"type": "integer", "minimum": 1, "maximum": 50}),
    ("district", _TEXT),
    ("lon", {"type": "number", "minimum": -180, "maximum": 180, "description": "the nearer of two alike comes first"}),
    ("lat", {"type": "number", "minimum": -90, "maximum": 90}),
)
_POINT_QUERY: tuple[tuple[str, dict[str, Any]], ...] = (
    ("lon", {"type": "number"}),
    ("lat", {"type": "number"}),
    ("x", {"type": "number", "description": "with system=city: metres east"}),
    ("y", {"type": "number", "description": "with system=city: metres north"}),
    ("system", {"type": "string", "enum": ["wgs84", "gcj02", "bd09", "city"]}),
)


@api.get(
    "/places",
    auth=BEARER,
    response={200: forms.Places},
    operation_id="find_places",
    url_name="find_places",
    openapi_extra=_document(422, query=_PLACES_QUERY),
)
def find_places(request: HttpRequest) -> HttpResponse:
    """Places of the gazetteer for what was typed, the likeliest first."""
    return places.find(request)


@api.get(
    "/places/at",
    auth=BEARER,
    response={200: forms.PlaceAt},
    operation_id="place_at",
    url_name="place_at",
    openapi_extra=_document(422, query=_POINT_QUERY),
)
def place_at(request: HttpRequest) -> HttpResponse:
    """The address of a point, and the areas it lies in today."""
    return places.at(request)

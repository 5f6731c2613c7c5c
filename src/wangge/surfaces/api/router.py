"""The document and the addresses of ``/api/v1``: every operation with all the problems it may answer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from wangge.surfaces.api import (
    forms,
    hotline,
    mini_program,
    operations,
    places,
    receipts,
    suggestions,
    telephone,
    things,
)
from wangge.surfaces.api.documenting import BEARER, TEXT, document
from wangge.surfaces.api.evaluation import routing as evaluation
from wangge.surfaces.api.field import routing as field

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


_LIST_QUERY: tuple[tuple[str, dict[str, Any]], ...] = (
    ("limit", {"type": "integer", "minimum": 1, "maximum": 200}),
    ("cursor", TEXT),
    ("stage", TEXT),
    ("district", TEXT),
    ("department", TEXT),
    ("category", TEXT),
    ("source", TEXT),
    ("from", {"type": "string", "format": "date-time"}),
    ("to", {"type": "string", "format": "date-time"}),
    ("overdue", {"type": "boolean"}),
    ("bbox", {"type": "string", "description": "west,south,east,north in degrees of WGS-84"}),
    ("within", {"type": "string", "description": "lon,lat;lon,lat;… of a ring of 3 to 60 corners, WGS-84"}),
    ("q", TEXT),
)


@api.post(
    "/cases",
    auth=BEARER,
    response={201: forms.Case, 200: forms.Case, 400: forms.Problem},
    operation_id="report_case",
    url_name="report_case",
    openapi_extra=document(400, 409, 413, 422, body=forms.ReportBody, headers=("Idempotency-Key",)),
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
    openapi_extra=document(422, query=_LIST_QUERY),
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
    ("category", TEXT),
)


@api.get(
    "/cases/similar",
    auth=BEARER,
    response={200: forms.SimilarCases},
    operation_id="list_similar",
    url_name="list_similar",
    openapi_extra=document(
        422, query=(*_NEAR_QUERY, ("q", TEXT), ("limit", {"type": "integer", "minimum": 1, "maximum": 20}))
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
    openapi_extra=document(
        422,
        answers="application/geo+json",
        query=(
            ("bbox", {"type": "string", "description": "west,south,east,north in degrees of WGS-84"}),
            ("zoom", {"type": "integer", "minimum": 0, "maximum": 22}),
            ("stage", TEXT),
            ("department", TEXT),
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
    openapi_extra=document(
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
    openapi_extra=document(
        422,
        query=(
            *_NEAR_QUERY,
            ("component", {**TEXT, "description": "code of the component: its own units come before any place"}),
            ("address", {**TEXT, "description": "words, in which a road's name counts as the place"}),
            ("condition_seq", {"type": "integer", "minimum": 0, "maximum": 99}),
        ),
    ),
)
def get_proposal(request: HttpRequest) -> HttpResponse:
    """The unit and the limit that the rules in force propose, with the rule."""
    return things.get_proposal(request)


@api.post(
    "/suggestions",
    auth=BEARER,
    response={200: suggestions.Suggestions},
    operation_id="post_suggestions",
    url_name="post_suggestions",
    openapi_extra=document(400, 413, 422, body=suggestions.WordsBody),
)
def post_suggestions(request: HttpRequest) -> HttpResponse:
    """The likeliest classes and owners for words, with how often that is right, and cases that say the same."""
    return suggestions.post_suggestions(request)


@api.get(
    "/components/{code}",
    auth=BEARER,
    response={200: forms.Component},
    operation_id="get_component",
    url_name="get_component",
    openapi_extra=document(404),
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
    openapi_extra=document(404),
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
    openapi_extra=document(404),
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
    openapi_extra=document(
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
    openapi_extra=document(400, 404, 413, 422, body=forms.RevealBody),
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
        **document(400, 413, 422),
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
        **document(
            400, 404, 409, 413, 422, body=hotline.HotlineMessageBody,
            headers=("X-Wangge-Timestamp", "X-Wangge-Signature"),
        ),
        "security": [{"ChannelSignature": []}],
    },
)  # fmt: skip
def hotline_message(request: HttpRequest, channel: str) -> HttpResponse:
    """A message of the hotline's system, signed with the channel's secret; the same message id once."""
    return hotline.take_message(request, channel)


@api.post(
    "/hotline/{channel}/statements",
    response={200: hotline.StatementCompared},
    operation_id="hotline_statement",
    url_name="hotline_statement",
    openapi_extra={
        **document(
            400, 413, 422, body=hotline.StatementBody, headers=("X-Wangge-Timestamp", "X-Wangge-Signature")
        ),
        "security": [{"ChannelSignature": []}],
    },
)  # fmt: skip
def hotline_statement(request: HttpRequest, channel: str) -> HttpResponse:
    """The hotline's statement of a day, compared by count and order by order, with every difference."""
    return hotline.take_statement(request, channel)


@api.post(
    "/telephone/events",
    response={201: telephone.CallEventTaken, 200: telephone.CallEventTaken},
    operation_id="call_event",
    url_name="call_event",
    openapi_extra={
        **document(
            400, 409, 413, 422, body=telephone.CallEventBody, headers=("X-Wangge-Timestamp", "X-Wangge-Signature")
        ),
        "security": [{"ChannelSignature": []}],
    },
)  # fmt: skip
def call_event(request: HttpRequest) -> HttpResponse:
    """What the telephone exchange tells of a call, signed; the same event id once."""
    return telephone.take_call_event(request)


@api.put(
    "/telephone/recordings/{sha256}",
    response={201: telephone.RecordingTaken},
    operation_id="call_recording",
    url_name="call_recording",
    openapi_extra={
        **document(400, 404, 413, 422, headers=("X-Wangge-Timestamp", "X-Wangge-Signature")),
        "requestBody": {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
        "security": [{"ChannelSignature": []}],
    },
)  # fmt: skip
def call_recording(request: HttpRequest, sha256: str) -> HttpResponse:
    """The bytes of a recording an event announced, signed; the same content again changes nothing."""
    return telephone.take_recording(request, sha256)


@api.post(
    "/sms/receipts",
    response={200: receipts.ReceiptTaken},
    operation_id="sms_receipt",
    url_name="sms_receipt",
    openapi_extra={
        **document(
            400, 404, 413, 422, body=receipts.ReceiptBody, headers=("X-Wangge-Timestamp", "X-Wangge-Signature")
        ),
        "security": [{"ChannelSignature": []}],
    },
)  # fmt: skip
def sms_receipt(request: HttpRequest) -> HttpResponse:
    """What became of an SMS the gateway took, signed; the first word of a message counts."""
    return receipts.take_sms_receipt(request)


@api.post(
    "/wechat/sessions",
    response={201: mini_program.Session},
    operation_id="mini_program_session",
    url_name="mini_program_session",
    openapi_extra={**document(400, 404, 413, 422, 503, body=mini_program.LoginBody), "security": []},
)
def mini_program_session(request: HttpRequest) -> HttpResponse:
    """Sign in from the WeChat mini-program with the code of ``wx.login``."""
    return mini_program.sign_in(request)


@api.post(
    "/wechat/followings",
    response={200: mini_program.Following},
    operation_id="mini_program_follow",
    url_name="mini_program_follow",
    openapi_extra={**document(400, 401, 404, 409, 413, 422, 429, body=mini_program.FollowBody), "security": []},
)
def mini_program_follow(request: HttpRequest) -> HttpResponse:
    """Have the report of a query code answered in the mini-program, by subscription messages."""
    return mini_program.follow(request)


_PLACES_QUERY: tuple[tuple[str, dict[str, Any]], ...] = (
    ("q", {**TEXT, "description": "words, pinyin, initials, or the code of a grid"}),
    ("limit", {"type": "integer", "minimum": 1, "maximum": 50}),
    ("district", TEXT),
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
    openapi_extra=document(422, query=_PLACES_QUERY),
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
    openapi_extra=document(422, query=_POINT_QUERY),
)
def place_at(request: HttpRequest) -> HttpResponse:
    """The address of a point, and the areas it lies in today."""
    return places.at(request)


api.add_router("/evaluation", evaluation.router)
api.add_router("", field.router)

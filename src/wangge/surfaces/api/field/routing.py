"""The addresses of the field API and their part of the document."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from wangge.surfaces.api.documenting import BEARER, TEXT, document
from wangge.surfaces.api.field import moves, photos, positions, reports

router = Router()
_TOKEN = {**TEXT, "description": "a token of the scope positions, where no Authorization is sent"}
_OSMAND_QUERY: tuple[tuple[str, dict[str, Any]], ...] = (
    ("id", _TOKEN),
    ("token", _TOKEN),
    ("lat", TEXT),
    ("lon", TEXT),
    ("timestamp", {**TEXT, "description": "seconds or milliseconds since 1970, or ISO 8601"}),
    ("accuracy", {**TEXT, "description": "metres"}),
)
_OSMAND_BODY = {
    "requestBody": {
        "required": False,
        "content": {
            "application/x-www-form-urlencoded": {"schema": {"type": "object"}},
            "application/json": {"schema": {"type": "object"}},
        },
    }
}
_OPEN_TO_QUERY: dict[str, Any] = {"security": [{"Bearer": []}, {}]}


@router.post(
    "/positions",
    auth=BEARER,
    response={200: positions.PositionsTaken},
    operation_id="send_positions",
    url_name="send_positions",
    openapi_extra=document(400, 413, 422, body=positions.PositionsBody),
)
def send_positions(request: HttpRequest) -> HttpResponse:
    """Where the token's person was, up to 1,000 positions at a time; kept on duty only. Needs no key."""
    return positions.send_positions(request)


@router.get(
    "/positions/osmand",
    response={200: positions.PositionsTaken},
    operation_id="osmand_get",
    url_name="send_osmand",
    openapi_extra={**document(400, 413, 422, query=_OSMAND_QUERY), **_OPEN_TO_QUERY},
)
def osmand_get(request: HttpRequest) -> HttpResponse:
    """One position in the OsmAnd form, in the address."""
    return positions.send_osmand(request)


@router.post(
    "/positions/osmand",
    response={200: positions.PositionsTaken},
    operation_id="osmand_post",
    url_name="send_osmand",
    openapi_extra={**document(400, 413, 422, query=_OSMAND_QUERY), **_OSMAND_BODY, **_OPEN_TO_QUERY},
)
def osmand_post(request: HttpRequest) -> HttpResponse:
    """One position in the OsmAnd form, in the address or as form fields, or the JSON of newer trackers."""
    return positions.send_osmand(request)


@router.post(
    "/reports",
    auth=BEARER,
    response={200: reports.ReportsTaken},
    operation_id="send_reports",
    url_name="send_reports",
    openapi_extra=document(400, 413, 422, body=reports.ReportsBody),
)
def send_reports(request: HttpRequest) -> HttpResponse:
    """Up to 50 reports, each with its own idempotency key and its own result."""
    return reports.send_reports(request)


@router.post(
    "/moves",
    auth=BEARER,
    response={200: moves.MovesMade},
    operation_id="send_moves",
    url_name="send_moves",
    openapi_extra=document(400, 413, 422, body=moves.MovesBody),
)
def send_moves(request: HttpRequest) -> HttpResponse:
    """Up to 50 moves, as results of field tasks, each with its own idempotency key and its own result."""
    return moves.send_moves(request)


@router.post(
    "/photos/uploads",
    auth=BEARER,
    response={201: photos.Upload, 200: photos.Upload},
    operation_id="announce_photo",
    url_name="announce_photo",
    openapi_extra=document(400, 413, 422, body=photos.UploadBody),
)
def announce_photo(request: HttpRequest) -> HttpResponse:
    """Begin, or go on with, a photo that comes in pieces; its hash is its key. 200 when it was announced before."""
    return photos.announce_photo(request)


@router.get(
    "/photos/uploads/{upload}",
    auth=BEARER,
    response={200: photos.Upload},
    operation_id="get_upload",
    url_name="photo_upload",
    openapi_extra=document(404),
)
def get_upload(request: HttpRequest, upload: str) -> HttpResponse:
    """How far a photo is."""
    return photos.get_upload(request, upload)


@router.patch(
    "/photos/uploads/{upload}",
    auth=BEARER,
    response={200: photos.Upload},
    operation_id="send_piece",
    url_name="photo_upload",
    openapi_extra={
        **document(400, 404, 409, 413, 422, headers=("Upload-Offset",), may_have=("Content-Digest",)),
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        },
    },
)
def send_piece(request: HttpRequest, upload: str) -> HttpResponse:
    """Send the next piece. The photo is there with the last one, if its hash is the announced one."""
    return photos.send_piece(request, upload)

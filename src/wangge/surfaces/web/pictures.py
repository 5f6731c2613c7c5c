"""The answer that hands out a picture: always our own re-encoded copy, never what was sent in."""

from __future__ import annotations

from django.http import FileResponse, Http404

from wangge.groundwork.attachments.queries import open_copy

KEPT_FOR_SECONDS = 3600


def picture_answer(photo_id: str, *, thumbnail: bool = False) -> FileResponse:
    """The copy, which the reader's own browser may keep for an hour; 404 where there is none."""
    copy = open_copy(photo_id=photo_id, thumbnail=thumbnail)
    if copy is None:
        raise Http404(photo_id)
    response = FileResponse(copy, content_type="image/jpeg")
    response["Cache-Control"] = f"private, max-age={KEPT_FOR_SECONDS}"
    response["X-Content-Type-Options"] = "nosniff"
    return response

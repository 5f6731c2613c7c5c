"""An answer of a part of a file, as players of sound ask for it: without one nobody goes to a place in a recording."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import IO

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
_AT_ONCE = 65_536


def file_answer(request: HttpRequest, file: IO[bytes], *, size: int, content_type: str) -> HttpResponseBase:
    """The whole file, or the one range that was asked for; several at once are answered with the whole."""
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    if asked is None or not (asked[1] or asked[2]):
        response: HttpResponseBase = FileResponse(file, content_type=content_type)
    else:
        begin, end = _ends(asked[1], asked[2], size)
        if begin > end:
            file.close()
            response = HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            response["Content-Range"] = f"bytes */{size}"
        else:
            response = StreamingHttpResponse(
                _part(file, begin, end), status=HTTPStatus.PARTIAL_CONTENT, content_type=content_type
            )
            response["Content-Range"] = f"bytes {begin}-{end}/{size}"
            response["Content-Length"] = str(end - begin + 1)
    response["Accept-Ranges"] = "bytes"
    return response


def _ends(first: str, last: str, size: int) -> tuple[int, int]:
    """The first and last byte; ``-N`` means the last N."""
    if not first:
        return max(0, size - int(last)), size - 1 if int(last) else -1
    return int(first), min(int(last), size - 1) if last else size - 1


def _part(file: IO[bytes], begin: int, end: int) -> Iterator[bytes]:
    with file:
        file.seek(begin)
        left = end - begin + 1
        while left > 0 and (data := file.read(min(left, _AT_ONCE))):
            left -= len(data)
            yield data

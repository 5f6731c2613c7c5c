"""How Open311 answers look: one set of values as XML or JSON, dates in UTC with Z, errors as a list.

XML has a root and an element for each; JSON leaves the root's list away, and a list with one child stays a list.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

import orjson
from django.http import HttpResponse

MEDIA_TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
FORMATS = ("xml", "json")
DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ITEMS = {
    "services": "service", "service_requests": "request", "attributes": "attribute", "values": "value",
    "endpoints": "endpoint", "formats": "format", "errors": "error", "service_requests_updates": "request_update",
}  # fmt: skip
"""List → the element of its items."""


def told(root: str, value: Any, fmt: str, *, status: int = 200) -> HttpResponse:
    """The answer: ``value`` is a list for a root of ``ITEMS``, else an object."""
    text = orjson.dumps(value) if fmt == "json" else (DECLARATION + element(root, value)).encode()
    return HttpResponse(text, status=status, content_type=MEDIA_TYPES[fmt])


def told_errors(status: int, why: str, fmt: str, *, code: str = "") -> HttpResponse:
    """A refusal: a list of code and description."""
    return told("errors", [{"code": code or str(status), "description": why}], fmt, status=status)


def element(name: str, value: Any) -> str:
    """A value as an element; nothing becomes an empty one."""
    if value is None or value == "":
        return f"<{name}/>"
    if isinstance(value, bool):
        return f"<{name}>{'true' if value else 'false'}</{name}>"
    if isinstance(value, Mapping):
        return f"<{name}>{''.join(element(key, part) for key, part in value.items())}</{name}>"
    if isinstance(value, Sequence) and not isinstance(value, str):
        inner = ITEMS[name]
        return f"<{name}>{''.join(element(inner, part) for part in value)}</{name}>"
    return f"<{name}>{escape(_NO_XML.sub('', str(value)))}</{name}>"


def zulu(moment: datetime | None) -> str | None:
    """A moment in UTC with Z, to the second."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

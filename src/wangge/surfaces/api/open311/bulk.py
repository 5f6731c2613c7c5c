"""The bulk file of Open311: every published request of a month of the city, as CSV, XML or JSON, streamed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from wangge.domains.cases.queries.published import published_between
from wangge.domains.cases.surroundings import units
from wangge.groundwork.clock import CITY_ZONE
from wangge.surfaces.api.open311.answering import item_of, resource, rules_now, services_now
from wangge.surfaces.api.open311.asking import Refused
from wangge.surfaces.api.open311.telling import DECLARATION, MEDIA_TYPES, element, zulu

BULK_COLUMNS = (
    "service_request_id", "requested_datetime", "updated_datetime", "closed_date", "status",
    "status_description", "source", "service_code", "service_name", "service_subtype", "description",
    "agency_responsible", "address", "lat", "long",
)  # fmt: skip


@resource("GET")
def bulk_month(request: HttpRequest, *, year: str, month: str, fmt: str) -> HttpResponseBase:
    """Every published request of a month of the city, as one file, streamed."""
    return _bulk(int(year), int(month), fmt)


def _bulk(year: int, month: int, fmt: str) -> HttpResponseBase:
    if not (1990 <= year <= 2199 and 1 <= month <= 12):
        raise Refused(404, _("没有此资源。接口说明见 discovery.xml。"))
    first = datetime(year, month, 1, tzinfo=CITY_ZONE)
    after = (first + timedelta(days=32)).replace(day=1)
    rows = _bulk_rows(first.astimezone(UTC), after.astimezone(UTC))
    parts = {"csv": _as_csv, "json": _as_json, "xml": _as_xml}[fmt](rows)
    kind = MEDIA_TYPES.get(fmt, "text/csv; charset=utf-8")
    answer = StreamingHttpResponse(parts, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="requests-{year:04d}-{month:02d}.{fmt}"'
    return answer


def _bulk_rows(since: datetime, before: datetime) -> Iterator[dict[str, Any]]:
    rules, known, all_units = rules_now(), services_now(), units()
    for case in published_between(since=since, before=before):
        item = item_of(case, rules, known, all_units)
        service = known.get(item["service_code"] or "")
        yield {
            **{name: item.get(name) for name in BULK_COLUMNS},
            "closed_date": zulu(case.closed_at),
            "status_description": item["status_notes"],
            "source": "public",
            "service_name": service.group if service else item["service_name"],
            "service_subtype": service.name if service else None,
        }


def _as_csv(rows: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, BULK_COLUMNS, lineterminator="\r\n")
    stream.write("\ufeff")
    writer.writeheader()
    for count, row in enumerate(rows):
        writer.writerow({name: _plain(value) for name, value in row.items()})
        if count % 500 == 499:
            yield stream.getvalue().encode()
            stream.seek(0)
            stream.truncate()
    yield stream.getvalue().encode()


def _plain(value: Any) -> Any:
    """Text a spreadsheet will not run as a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value


def _as_json(rows: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    yield b"["
    for count, row in enumerate(rows):
        yield (b",\n" if count else b"") + orjson.dumps(row)
    yield b"]"


def _as_xml(rows: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    yield f"{DECLARATION}<service_requests>".encode()
    for row in rows:
        yield element("request", row).encode()
    yield b"</service_requests>"

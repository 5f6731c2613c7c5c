"""What a request asks for in its address and headers: filters, limits, the version it was decided on."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _

from wangge.domains.cases import failures
from wangge.domains.cases.logic.rings import MOST_CORNERS, NoRing, Ring, ring_of
from wangge.domains.cases.queries import lists
from wangge.domains.cases.queries.conditions import Filter
from wangge.groundwork.clock import CITY_ZONE
from wangge.surfaces.api.door import Refuse
from wangge.surfaces.api.problems import problem


def limit_of(text: str) -> int:
    """How many rows a page of a list has."""
    if not text:
        return 50
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= lists.MOST:
        raise failures.BadInput("limit", _("limit 须为 1 至 200 的整数。"))
    return int(text)


def filter_of(request: HttpRequest) -> Filter:
    """What a list of cases is narrowed by."""
    given = request.GET
    for name in given:
        if "\0" in name + given.get(name, ""):
            raise failures.BadInput(name.replace("\0", ""), _("查询条件不能含空字符（U+0000）。"))
    stage = given.get("stage", "")
    return Filter(
        stages=tuple(stage.split(",")) if stage else (),
        district=given.get("district", ""),
        department=given.get("department", ""),
        category=given.get("category", ""),
        source=given.get("source", ""),
        since=_moment(given.get("from", ""), "from"),
        before=_moment(given.get("to", ""), "to"),
        overdue=_truth(given.get("overdue", "")),
        bbox=box_of(given.get("bbox", "")),
        within=_ring(given.get("within", "")),
        words=given.get("q", "")[:200],
    )


def _moment(text: str, name: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=CITY_ZONE)).astimezone(UTC)
    except (ValueError, OverflowError) as wrong:
        raise failures.BadInput(name, _("时间应写作 2024-03-13T08:10:00+08:00。")) from wrong


def _truth(text: str) -> bool | None:
    if not text:
        return None
    if text not in ("true", "false", "1", "0"):
        raise failures.BadInput("overdue", _("overdue 只能是 true 或 false。"))
    return text in ("true", "1")


def box_of(text: str) -> tuple[float, float, float, float] | None:
    """West, south, east, north in degrees."""
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as wrong:
        raise failures.BadInput("bbox", _("bbox 应写作 西,南,东,北（WGS-84 度）。")) from wrong
    if not (abs(west) <= 180 and abs(east) <= 180 and abs(south) <= 90 and abs(north) <= 90):
        raise failures.BadInput("bbox", _("bbox 应写作 西,南,东,北（WGS-84 度）。"))
    return west, south, east, north


def _ring(text: str) -> Ring:
    if not text:
        return ()
    try:
        return ring_of(text)
    except NoRing as wrong:
        values = {"most": MOST_CORNERS}
        words = _("within 应写作 经度,纬度;经度,纬度;…（WGS-84 度），3 至 %(most)s 个顶点。") % values
        raise failures.BadInput("within", words) from wrong


def version_of(request: HttpRequest) -> int | None:
    """The version of If-Match; None when absent (428 comes after what is asked before it)."""
    text = request.headers.get("If-Match", "").strip()
    if not text:
        return None
    inner = text[1:-1]
    if text[0] != '"' or text[-1] != '"' or not inner.isascii() or not inner.isdigit() or len(inner) > 9:
        raise Refuse(problem(400, "version_malformed", _('If-Match 须为带引号的版本号，例如 "3"。')))
    return int(inner)

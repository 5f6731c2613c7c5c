"""What an Open311 request says: its parameters, its key, its window of time; and how it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, QueryDict, UnreadablePostError
from django.utils.translation import gettext as _

from wangge.domains.organizations.logic import Actor, Holding, token_digest
from wangge.domains.organizations.models import PublicDoor
from wangge.domains.organizations.public_doors import is_open
from wangge.domains.organizations.queries import actor_of_token
from wangge.surfaces.api.door import take_chunked

LONGEST_WINDOW = timedelta(days=90)
MOST_ROWS = 1000
_FIRST_YEAR, _LAST_YEAR = 1990, 2199


@dataclass
class Refused(Exception):
    """The request is refused; ``code`` is the HTTP status, or finer in the body."""

    status: int
    why: str
    code: str = ""


def check_open(request: HttpRequest) -> None:
    """Refuse where no recorded decision opened Open311."""
    if not is_open(PublicDoor.OPEN311):
        raise Refused(404, _("Open311 接口没有开放。"))
    check_jurisdiction(request, request.GET)


def check_jurisdiction(request: HttpRequest, given_in: Mapping[str, str]) -> None:
    """Refuse a jurisdiction that is not this one; none is needed."""
    given = parameter(given_in, "jurisdiction_id")
    if given and given.lower() not in _jurisdictions(request):
        raise Refused(404, _("没有辖区“%(given)s”。") % {"given": given})


def _jurisdictions(request: HttpRequest) -> set[str]:
    names = {request.get_host().partition(":")[0], *settings.ENVIRONMENT.hosts}
    return {name.lower().removeprefix("www.") for name in names} | {name.lower() for name in names}


def form_of(request: HttpRequest) -> QueryDict:
    """The form of a POST: urlencoded or multipart, UTF-8. Refuses what cannot be read."""
    try:
        take_chunked(request, most=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        kind = request.content_type or "application/x-www-form-urlencoded"
        if kind not in ("application/x-www-form-urlencoded", "multipart/form-data"):
            raise Refused(400, _("正文须为 application/x-www-form-urlencoded。"))
        if kind == "application/x-www-form-urlencoded":
            request.body.decode("utf-8")
            return QueryDict(request.body, encoding="utf-8")
        return request.POST
    except RequestDataTooBig:
        raise Refused(413, _("正文过大。")) from None
    except (UnicodeDecodeError, UnreadablePostError, TooManyFieldsSent, ValueError) as wrong:
        raise Refused(400, _("正文无法读取，须为 UTF-8 的表单。")) from wrong


def parameter(given: Mapping[str, str], name: str) -> str:
    """A parameter's value; an empty one counts as absent."""
    return (given.get(name) or "").replace("\0", "").strip()


def listed(given: Mapping[str, str], name: str) -> tuple[str, ...]:
    """A comma list, empty pieces left out."""
    return tuple(filter(None, (piece.strip() for piece in parameter(given, name).split(","))))


def key_holder(request: HttpRequest, form: Mapping[str, str], at: datetime) -> Actor:
    """Whose key it is, acting as the machine that takes reports in. Refuses 403."""
    key = parameter(form, "api_key") or parameter(request.GET, "api_key")
    actor = actor_of_token(token_digest(key), at) if key else None
    if actor is None:
        raise Refused(403, _("请给出有效的 api_key。"))
    if not actor.may_use_open311():
        raise Refused(403, _("此 api_key 的范围不含 Open311。"))
    return replace(actor, holdings=(Holding("system"),))


def moment_of(given: Mapping[str, str], name: str) -> datetime | None:
    """A moment with an offset or Z. Refuses 400."""
    text = parameter(given, name)
    if not text:
        return None
    try:
        # a plus in a query that was not encoded arrives as a blank
        moment = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise Refused(400, _("%(name)s 须带时区，例如 2024-03-13T00:10:00Z。") % {"name": name})
    return moment.astimezone(UTC)


def window_of(given: Mapping[str, str], at: datetime) -> tuple[datetime, datetime]:
    """[since, before) of a list: at most 90 days, the last 90 when nothing is said. Refuses 400."""
    start, end = moment_of(given, "start_date"), moment_of(given, "end_date")
    if start is None and end is None:
        return at - LONGEST_WINDOW, at + timedelta(seconds=1)
    if start is None:
        assert end is not None
        return end - LONGEST_WINDOW, end
    if end is None:
        return start, start + LONGEST_WINDOW
    if end < start:
        raise Refused(400, _("end_date 不能早于 start_date。"))
    if end - start > LONGEST_WINDOW:
        raise Refused(400, _("一次查询的时间跨度不能超过 90 天。"))
    return start, end


def page_of(given: Mapping[str, str]) -> tuple[int, int]:
    """(limit, offset) by page and page_size. Refuses 400."""
    numbers = {}
    for name, fallback, most in (("page", 1, 1_000_000), ("page_size", MOST_ROWS, MOST_ROWS)):
        text = parameter(given, name)
        if text and not (text.isascii() and text.isdecimal() and int(text[:9]) >= 1):
            raise Refused(400, _("%(name)s 须为正整数。") % {"name": name})
        if text and int(text[:9]) > most:
            raise Refused(400, _("%(name)s 不能超过 %(most)s。") % {"name": name, "most": most})
        numbers[name] = int(text) if text else fallback
    return numbers["page_size"], (numbers["page"] - 1) * numbers["page_size"]

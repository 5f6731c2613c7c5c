"""What a list is narrowed by, read from the address of the page, and the same again as form and links."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from wangge.domains.cases.logic.rings import NoRing, Ring, ring_of, text_of
from wangge.domains.cases.queries.conditions import Filter
from wangge.domains.cases.surroundings import district_names
from wangge.domains.organizations.queries import city_tables
from wangge.groundwork import clock
from wangge.surfaces.web.command.argument_fields import unit_choices
from wangge.surfaces.web.command.columns import ASKED
from wangge.surfaces.web.elements import labels
from wangge.surfaces.web.elements.forms import Choice, Field, FieldKind
from wangge.surfaces.web.fixed_addresses import address_of

LIST = ("district", "source", "late")
SEARCH = ("stage", "district", "department", "source", "late", "days")
LONGEST_SEARCH = 200
_NARROWS_NOTHING = ("queue", ASKED)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """The filter in force and its form."""

    filter: Filter
    fields: tuple[Field, ...]
    asked: tuple[tuple[str, str], ...]
    clear_url: str

    @property
    def is_active(self) -> bool:
        """Whether anything narrows the list: the queue and the columns do not."""
        return any(value for name, value in self.asked if name not in _NARROWS_NOTHING)

    @property
    def within(self) -> str:
        """The ring drawn on the map, as text; empty for none."""
        return text_of(self.filter.within)

    def without(self, part: str) -> tuple[tuple[str, str], ...]:
        """What was asked but for one part."""
        return tuple((name, value) for name, value in self.asked if name != part)

    def address(self, name: str, *, cursor: str | None = None, **parts: str) -> str:
        """The same list again, from a cursor on or as another page; ``parts`` are of the path."""
        asked = [*self.asked, ("cursor", cursor or "")]
        query = urlencode([(key, value) for key, value in asked if value])
        path = reverse(name, kwargs=parts) if parts else address_of(name)
        return f"{path}?{query}" if query else path


def narrowing_of(
    request: HttpRequest, names: tuple[str, ...] = LIST, *, hidden: tuple[tuple[str, str], ...] = ()
) -> Narrowing:
    """Read the filter; a value that is not on offer narrows nothing."""
    fields = tuple(_field(name, request.GET.get(name, "")) for name in names)
    given = {field.name: field.value for field in fields}
    words = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST_SEARCH]
    within = _ring(request.GET.get("within", ""))
    filter = Filter(
        stages=(given["stage"],) if given.get("stage") else (),
        district=given.get("district", ""),
        department=given.get("department", ""),
        source=given.get("source", ""),
        overdue=True if given.get("late") == "yes" else None,
        since=_since(given.get("days", "")),
        words=words,
        within=within,
    )
    asked = (*hidden, ("q", words), ("within", text_of(within)), *((field.name, field.value) for field in fields))
    plain = urlencode([(name, value) for name, value in hidden if value])
    return Narrowing(filter, fields, asked, f"{request.path}?{plain}" if plain else request.path)


def _ring(text: str) -> Ring:
    """What was drawn on the map; what is no ring narrows nothing."""
    try:
        return ring_of(text)
    except NoRing:
        return ()


def _since(days: str) -> datetime | None:
    """The beginning of the day so many days ago, on the city's clock."""
    if not days.isdigit():
        return None
    first: date = clock.today() - timedelta(days=int(days) - 1)
    return datetime(first.year, first.month, first.day, tzinfo=clock.CITY_ZONE)


def _field(name: str, value: str) -> Field:
    choices = _CHOICES[name]()
    known = value if value in {choice.value for choice in choices} else ""
    return Field(name, str(_label(name)), FieldKind.SELECT, required=False, value=known, choices=choices)


def _label(name: str) -> str:
    return {
        "stage": _("环节"), "district": _("区"), "department": _("责任单位"), "source": _("来源"), "late": _("时限"),
        "days": _("上报"),
    }[name]  # fmt: skip


def _stages() -> tuple[Choice, ...]:
    rows = [row for row in city_tables().stages if row.stage != "new"]
    return tuple(Choice(row.stage, labels.stage_name(row.stage)) for row in rows)


def _districts() -> tuple[Choice, ...]:
    return tuple(Choice(code, name) for code, name in sorted(district_names().items()))


def _sources() -> tuple[Choice, ...]:
    return tuple(Choice(row.source, labels.word("source", row.source)) for row in city_tables().entries)


_CHOICES: dict[str, Callable[[], tuple[Choice, ...]]] = {
    "stage": _stages,
    "district": _districts,
    "department": lambda: unit_choices(""),
    "source": _sources,
    "late": lambda: (Choice("yes", _("已超过时限")),),
    "days": lambda: (
        Choice("1", _("今天")),
        Choice("7", _("近 7 天")),
        Choice("30", _("近 30 天")),
        Choice("365", _("近一年")),
    ),
}

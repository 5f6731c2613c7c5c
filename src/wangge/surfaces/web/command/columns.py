"""The columns of a list of cases: those there are, those a person chose, what each holds on a page and in a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.utils.translation import gettext as _

from wangge.domains.cases.rows import CaseRow
from wangge.domains.cases.surroundings import district_names
from wangge.groundwork import clock
from wangge.surfaces.web.command.rows import unit_name
from wangge.surfaces.web.elements.drawing import rows as drawing
from wangge.surfaces.web.elements.drawing.marks import full_moment
from wangge.surfaces.web.elements.pieces import CaseRow as Line
from wangge.surfaces.web.elements.pieces import ListColumn

ASKED = "columns"
ALWAYS = "number"  # it opens the case
USUAL = drawing.USUAL
MORE = ("unit", "district", "grid", "due", "handling_due", "filed_at", "closed_at", "category_code")
KNOWN = (*USUAL, *MORE)
# One column of a page may be several of a file, where a cell should hold one thing.
_OF_FILE: Mapping[str, tuple[str, ...]] = {"category": ("category", "condition"), "stage": ("stage", "turn")}


class FileColumn(NamedTuple):
    """A column of a file: its heading and how a row fills it."""

    key: str
    heading: str
    value: Callable[[CaseRow, Line], Any]


def asked_for(request: HttpRequest) -> str:
    """The columns named in the address, as they are carried along; empty where it names none that there is."""
    return ",".join(_known(request.GET.get(ASKED, "").split(",")))


def chosen(asked: str, kept: Iterable[str] = ()) -> tuple[str, ...]:
    """Those of the address, else those kept, else the usual; the number is always among them."""
    return _known(asked.split(",")) or _known(kept) or USUAL


def _known(names: Iterable[str]) -> tuple[str, ...]:
    wanted = set(names) & set(KNOWN)
    return tuple(name for name in KNOWN if name in wanted or name == ALWAYS) if wanted else ()


def headings(names: Iterable[str]) -> tuple[ListColumn, ...]:
    """The columns of a page with their headings."""
    words = _headings()
    return tuple(ListColumn(name, words[name]) for name in names)


def _headings() -> Mapping[str, str]:
    return {
        "time_left": _("剩余时间"), "number": _("案卷编号"), "category": _("小类 · 立案条件"), "place": _("地点"),
        "stage": _("环节 · 轮到谁"), "source": _("来源"), "reported_at": _("上报时间"), "unit": _("责任单位"),
        "district": _("区"), "grid": _("责任网格"), "due": _("时限截止"), "handling_due": _("处置截止"),
        "filed_at": _("立案时间"), "closed_at": _("结案时间"), "category_code": _("小类代码"),
    }  # fmt: skip


def with_more(found: Sequence[CaseRow], lines: Sequence[Line], names: Iterable[str]) -> tuple[Line, ...]:
    """The lines with what they say in the chosen columns beyond the usual ones."""
    more = set(names) & set(MORE)
    if not more:
        return tuple(lines)
    wanted = [each for each in _of_file() if each.key in more]
    return tuple(
        replace(line, more=tuple((each.key, _in_words(each.value(row, line))) for each in wanted))
        for row, line in zip(found, lines, strict=True)
    )  # fmt: skip


def _in_words(value: Any) -> str:
    return full_moment(value) if isinstance(value, datetime) else str(value or "—")


def of_file(names: Iterable[str] = ()) -> tuple[FileColumn, ...]:
    """The columns of a file, left to right, in the language of the page: all, or what the named ones of a page hold."""
    wanted = {part for name in names for part in _OF_FILE.get(name, (name,))}
    return tuple(each for each in _of_file() if not wanted or each.key in wanted)


def _of_file() -> tuple[FileColumn, ...]:
    districts = district_names()
    return (
        FileColumn("number", _("案卷编号"), lambda row, line: row.number),
        FileColumn("category", _("小类"), lambda row, line: line.category_zh),
        FileColumn("category_code", _("小类代码"), lambda row, line: row.category),
        FileColumn("condition", _("立案条件"), lambda row, line: line.condition_zh),
        FileColumn("stage", _("环节"), lambda row, line: line.stage.stage_zh),
        FileColumn("turn", _("轮到"), lambda row, line: line.stage.turn),
        FileColumn("time_left", _("剩余时间"), lambda row, line: line.time_left.text),
        FileColumn("due", _("时限截止"), lambda row, line: line.time_left.due_at),
        FileColumn("district", _("区"), lambda row, line: districts.get(row.district_code, row.district_code)),
        FileColumn("grid", _("责任网格"), lambda row, line: row.grid_code),
        FileColumn("unit", _("责任单位"), lambda row, line: unit_name(row.department_code)),
        FileColumn("place", _("地点"), lambda row, line: line.place),
        FileColumn("lon", _("经度"), lambda row, line: row.lon),
        FileColumn("lat", _("纬度"), lambda row, line: row.lat),
        FileColumn("source", _("来源"), lambda row, line: line.source_zh),
        FileColumn("reported_at", _("上报时间"), lambda row, line: row.reported_at),
        FileColumn("filed_at", _("立案时间"), lambda row, line: row.filed_at),
        FileColumn("handling_due", _("处置截止"), lambda row, line: row.handling_due_at),
        FileColumn("closed_at", _("结案时间"), lambda row, line: row.closed_at),
    )


def for_file(value: Any) -> Any:
    """A value as a file holds it: moments on the city's clock."""
    if isinstance(value, datetime):
        return value.astimezone(clock.CITY_ZONE).replace(tzinfo=None, microsecond=0)
    return value

"""A case as a row of a list and as an item of the queue beside an open case, drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from wangge.surfaces.web.elements.drawing.marks import case_number, flags, moment, stage_chip, time_left
from wangge.surfaces.web.elements.pieces import CaseRow, ListColumn

USUAL = ("time_left", "number", "category", "place", "stage", "source", "reported_at")


def table_row(row: CaseRow, columns: Sequence[ListColumn] = ()) -> str:
    """One row of a list; without columns those there usually are."""
    current = ' aria-current="true"' if row.is_current else ""
    start = f'<tr data-row{current} data-urgency="{row.time_left.urgency.value}">\n'
    if not columns:
        return start + "".join(_CELLS[name](row) for name in USUAL) + "</tr>\n"
    more = dict(row.more)
    cells = (
        _CELLS[each.key](row) if each.key in _CELLS else _more(each, more.get(each.key, "")) for each in columns
    )  # fmt: skip
    return start + "".join(cells) + "</tr>\n"


def _number(row: CaseRow) -> str:
    return (
        f'  <td class="c-number"><a class="row-link" href="{escape(row.url)}">{case_number(row.number)}</a></td>\n'
    )  # fmt: skip


def _category(row: CaseRow) -> str:
    return f'  <td class="c-what"><b>{escape(row.category_zh)}</b>{_condition(row)} {flags(row.flags)}</td>\n'


def _more(column: ListColumn, words: str) -> str:
    return f'  <td class="c-more quiet" data-label="{escape(column.heading)}">{escape(words)}</td>\n'


_CELLS: dict[str, Callable[[CaseRow], str]] = {
    "time_left": lambda row: f'  <td class="c-time">{time_left(row.time_left)}</td>\n',
    "number": _number,
    "category": _category,
    "place": lambda row: f'  <td class="c-place">{escape(row.place)}</td>\n',
    "stage": lambda row: f'  <td class="c-stage">{stage_chip(row.stage)}</td>\n',
    "source": lambda row: f'  <td class="c-source quiet">{escape(row.source_zh)}</td>\n',
    "reported_at": lambda row: f'  <td class="c-at quiet">{moment(row.reported_at)}</td>\n',
}


def pane_item(row: CaseRow) -> str:
    """One item of the queue beside an open case: what burns, what it is, where."""
    current = ' aria-current="true"' if row.is_current else ""
    return (
        f'<li{current}><a href="{escape(row.url)}">{time_left(row.time_left)} <b>{escape(row.category_zh)}</b>'
        f'{_condition(row)}<span class="where quiet">{escape(row.place)}</span></a></li>'
    )


def _condition(row: CaseRow) -> str:
    return f' <span class="quiet">{escape(row.condition_zh)}</span>' if row.condition_zh else ""

"""A case as a row of a list and as an item of the queue beside an open case, drawn."""

from __future__ import annotations

from html import escape

from wangge.surfaces.web.elements.drawing.marks import case_number, flags, moment, stage_chip, time_left
from wangge.surfaces.web.elements.pieces import CaseRow


def table_row(row: CaseRow) -> str:
    """One row of a list: time left, number, class and marks, place, stage, source, when reported."""
    current = ' aria-current="true"' if row.is_current else ""
    return (
        f'<tr data-row{current} data-urgency="{row.time_left.urgency.value}">\n'
        f'  <td class="c-time">{time_left(row.time_left)}</td>\n'
        f'  <td class="c-number"><a class="row-link" href="{escape(row.url)}">{case_number(row.number)}</a></td>\n'
        f'  <td class="c-what"><b>{escape(row.category_zh)}</b>{_condition(row)} {flags(row.flags)}</td>\n'
        f'  <td class="c-place">{escape(row.place)}</td>\n'
        f'  <td class="c-stage">{stage_chip(row.stage)}</td>\n'
        f'  <td class="c-source quiet">{escape(row.source_zh)}</td>\n'
        f'  <td class="c-at quiet">{moment(row.reported_at)}</td>\n'
        "</tr>\n"
    )


def pane_item(row: CaseRow) -> str:
    """One item of the queue beside an open case: what burns, what it is, where."""
    current = ' aria-current="true"' if row.is_current else ""
    return (
        f'<li{current}><a href="{escape(row.url)}">{time_left(row.time_left)} <b>{escape(row.category_zh)}</b>'
        f'{_condition(row)}<span class="where quiet">{escape(row.place)}</span></a></li>'
    )


def _condition(row: CaseRow) -> str:
    return f' <span class="quiet">{escape(row.condition_zh)}</span>' if row.condition_zh else ""

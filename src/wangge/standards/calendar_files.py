"""Calendar files of two columns, ``date,is_working``: what a city or a test hands in instead of the notices.

A file that names ordinary working days (a Monday to Friday worked) is a full list: exactly its days are
known. One that only names days off and worked weekends is a list of exceptions: the years it names are known,
and its other days go by Monday to Friday.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from wangge.groundwork.working_time import WorkCalendar, day_number
from wangge.standards.calendar_rows import read_cells
from wangge.standards.findings import Finding, StandardsRefused, gettext_noop
from wangge.standards.tables import Origin

_COLUMNS = ("date", "is_working")
_WORDS = {
    "1": True,
    "0": False,
    "yes": True,
    "no": False,
    "true": True,
    "false": False,
    "是": True,
    "否": False,
}


def load_calendar_file(path: Path) -> WorkCalendar:
    """The calendar of a file ``date,is_working`` (1/0, yes/no, true/false, 是/否).

    Refused: :class:`StandardsRefused` with file and line of every fault; a day named twice is one.
    """
    rows, findings = read_cells(path, _COLUMNS, shown_as=path.name, overlay=True)
    works: dict[date, bool] = {}
    for cells in rows:
        day = cells.day("date")
        word = _WORDS.get(cells.text("is_working").lower())
        if word is None:
            cells.wrong("is_working", gettext_noop("工作日写 1，休息日写 0。"))
        elif day in works:
            cells.wrong("date", gettext_noop("同一天只能出现一次，请删去其中一行。"))
        elif day is not None:
            works[day] = word
        findings += cells.findings
    if not works and not findings:
        at = Origin(path.name, 1, True)
        findings.append(Finding(at, gettext_noop("日历里没有一天。"), gettext_noop("请每行写一天。")))
    if findings:
        raise StandardsRefused(tuple(findings))
    return _calendar(path.name, works)


def _calendar(name: str, works: dict[date, bool]) -> WorkCalendar:
    days = {day_number(day): working for day, working in works.items()}
    if any(working and day.weekday() < 5 for day, working in works.items()):
        return WorkCalendar(name, ((day, day) for day in days), days)
    return WorkCalendar.of_years(name, {day.year for day in works}, days)

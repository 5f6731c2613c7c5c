"""The city's settings: which value of each key holds on a day for a scope, and which values are allowed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from wangge.standards.tables import SettingValue, Tables

SCOPE = re.compile(r"city|(district|department|shift):\S+")
_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d"
_SPAN = re.compile(rf"{_TIME}-(?:{_TIME}|24:00)")


def city_settings(tables: Tables, *, on: date, scopes: Sequence[str] = ("city",)) -> dict[str, str]:
    """Every setting's value on a day. ``scopes`` run from wide to narrow; the narrowest one wins.

    For example ``("city", "district:D1", "department:D1-03", "shift:night")``. Other keys keep the default.
    """
    values = {setting.key: setting.default for setting in tables.settings}
    for scope in scopes:
        for row in tables.setting_values:
            if row.scope == scope and row.at.holds_on(on):
                values[row.key] = row.value
    return values


def holding_value(tables: Tables, key: str, *, on: date, scopes: Sequence[str]) -> SettingValue | None:
    """The overlay row that decides a setting (None: the national default), for pages that show both."""
    for scope in reversed(scopes):
        for row in tables.setting_values:
            if row.key == key and row.scope == scope and row.at.holds_on(on):
                return row
    return None


def is_allowed(tables: Tables, key: str, value: str, settings: Mapping[str, str]) -> bool:
    """Whether the setting may take ``value``; ``settings`` are those it stands beside (for lists of them).

    Raises KeyError for an unknown key.
    """
    setting = next((row for row in tables.settings if row.key == key), None)
    if setting is None:
        raise KeyError(key)
    if value == setting.default:
        return True
    return any(_fits(form, value, tables, settings) for form in setting.allowed.split("; "))


def shift_names(shifts: str) -> tuple[str, ...]:
    """Names of the setting ``shifts``: ``day 07:00-21:00 night 21:00-07:00`` gives day and night."""
    return tuple(shifts.split()[::2])


def late_words(settings: Mapping[str, str]) -> tuple[str, str]:
    """The city's pair of words for late and in time (setting ``label_late``)."""
    late, in_time = settings["label_late"].split()
    return late, in_time


def _amount(value: str, tables: Tables, _: Mapping[str, str]) -> bool:
    number, _blank, unit = value.partition(" ")
    return number.isdigit() and int(number) > 0 and unit in {row.unit for row in tables.time_units}


def _number(value: str, _tables: Tables, _settings: Mapping[str, str]) -> bool:
    return value.isascii() and value.isdigit()


def _words(value: str, _tables: Tables, _settings: Mapping[str, str]) -> bool:
    words = value.split()
    return bool(words) and len(set(words)) == len(words)


def _spans(value: str, _tables: Tables, _settings: Mapping[str, str]) -> bool:
    return bool(value.split()) and all(_SPAN.fullmatch(span) for span in value.split())


def _named_spans(value: str, tables: Tables, settings: Mapping[str, str]) -> bool:
    names, spans = value.split()[::2], value.split()[1::2]
    return (
        len(names) == len(spans)
        and _words(" ".join(names), tables, settings)
        and _spans(" ".join(spans), tables, settings)
    )


def _grades(value: str, _tables: Tables, settings: Mapping[str, str]) -> bool:
    known = settings.get("rating_grades", "").split()
    return bool(value.split()) and value.split() == [grade for grade in known if grade in value.split()]


def _shifts(value: str, _tables: Tables, settings: Mapping[str, str]) -> bool:
    return bool(value.split()) and set(value.split()) <= set(shift_names(settings.get("shifts", "")))


def _classes(value: str, tables: Tables, _settings: Mapping[str, str]) -> bool:
    known = {category.key for category in tables.categories}
    return bool(value.split()) and set(value.split()) <= known


def _period(value: str, _tables: Tables, _settings: Mapping[str, str]) -> bool:
    return re.fullmatch(r"[1-9]\d* (?:year|month|natural_day)", value) is not None


# a form named in the column ``allowed`` -> the test of a value
_FORMS: Mapping[str, Callable[[str, Tables, Mapping[str, str]], bool]] = {
    "list of spans": _spans,
    "integer": _number,
    "minutes": _number,
    "metres": _number,
    "hours": _number,
    "span": _period,
    "amount": _amount,
    "NUMBER UNIT": _amount,
    "list": _words,
    "part of rating_grades": _grades,
    "name and span, repeated": _named_spans,
    "names of shifts with blanks between": _shifts,
    "list of classes with blanks between, as event:0201 component:0101": _classes,
}


def _fits(form: str, value: str, tables: Tables, settings: Mapping[str, str]) -> bool:
    if form in _FORMS:
        return _FORMS[form](value, tables, settings)
    between = re.fullmatch(r"(\d+)-(\d+)", form)
    if between:
        low, high = map(int, between.groups())
        return value.isascii() and value.isdigit() and low <= int(value) <= high
    return value == form


def scopes_of(values: Iterable[SettingValue]) -> tuple[str, ...]:
    """The scopes that have values of their own, the city first."""
    return tuple(dict.fromkeys(("city", *(row.scope for row in values))))

"""The objects figures are for: district, street, grid, unit, collector, class …, each read from one column of a step.

An object of another domain joins by data: a grid's responsible person or a component's owner is a table *code → object*
laid over the column of grids or components (``Laid``); nothing here knows where such a table comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

PlaceOf = Mapping[int, tuple[str, ...]]
CodeOf = Mapping[int, str]


@dataclass(frozen=True, slots=True)
class ObjectKind:
    """A kind of object: its name, the key column of steps, and which part of a place or code it is."""

    kind: str
    name_zh: str
    column: str
    part: int = -1  # of a place
    prefix: Callable[[str], str] | None = None
    laid_over: str = ""  # the kind whose codes a table leads from


def _major(category: str) -> str:
    return category[:-2]


KINDS: Mapping[str, ObjectKind] = {
    each.kind: each
    for each in (
        ObjectKind("district", "区", "place", 0),
        ObjectKind("street", "街道", "place", 1),
        ObjectKind("community", "社区", "place", 2),
        ObjectKind("grid", "责任网格", "place", 3),
        ObjectKind("group", "区县组别", "place", 0, laid_over="district"),
        ObjectKind("responsible_person", "网格责任人", "place", 3, laid_over="grid"),
        ObjectKind("department", "责任单位", "unit"),
        ObjectKind("inner_department", "区内单位", "inner"),
        ObjectKind("collector", "采集员", "collector"),
        ObjectKind("seat", "坐席", "seat"),
        ObjectKind("minor_class", "小类", "category"),
        ObjectKind("major_class", "大类", "category", prefix=_major),
        ObjectKind("source", "问题来源", "source"),
        ObjectKind("component", "部件", "component"),
        ObjectKind("component_owner", "部件权属单位", "component", laid_over="component"),
    )
}
"""Every kind by name; ``city`` is no kind: it is what all others add up to."""

Laid = Mapping[str, Mapping[str, str]]
"""Kind → (code of the kind it is laid over → object)."""


class UnknownObject(ValueError):
    """No such kind of object; the message lists those there are."""


def kinds_of(by: tuple[str, ...]) -> tuple[ObjectKind, ...]:
    """The kinds named; :class:`UnknownObject` for one that does not exist."""
    for name in by:
        if name not in KINDS:
            raise UnknownObject(f"没有“{name}”这种考评对象：可用 city month {' '.join(KINDS)}。")
    return tuple(KINDS[name] for name in by)


def object_of(kind: ObjectKind, key: int | str, places: PlaceOf, codes: CodeOf, laid: Laid) -> str:
    """The code of the object a key stands for; empty where there is none."""
    if isinstance(key, str):
        code = key
    elif kind.part >= 0:
        code = places[key][kind.part] if key else ""
    else:
        code = codes[key] if key > 0 else ""
    if kind.prefix is not None:
        code = kind.prefix(code)
    if kind.laid_over:
        code = laid.get(kind.kind, {}).get(code, "")
    return code

"""The services Open311 offers: the minor classes in force that have a time limit, each with its filing conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wangge.domains.cases.logic.rulebook import Rulebook
from wangge.standards.library import load_tables

CONDITION = "condition"


@dataclass(frozen=True, slots=True)
class Service:
    """One service: a class of the edition with what may be said of it."""

    code: str
    category: str
    name: str
    group: str
    conditions: tuple[tuple[str, str], ...]

    @property
    def has_metadata(self) -> bool:
        """A choice of one is none."""
        return len(self.conditions) > 1

    def as_item(self) -> dict[str, Any]:
        """As an element of the service list."""
        return {
            "service_code": self.code,
            "service_name": self.name,
            "description": f"{self.group}：{self.name}",
            "metadata": self.has_metadata,
            "type": "realtime",
            "keywords": f"{self.group},{self.name}",
            "group": self.group,
        }

    def as_definition(self) -> dict[str, Any]:
        """As a service definition: one question, which of the filing conditions it looks like."""
        attribute = {
            "variable": True,
            "code": CONDITION,
            "datatype": "singlevaluelist",
            "required": False,
            "datatype_description": "请选择最接近现场情况的一项",
            "order": 1,
            "description": "现场情况",
            "values": [{"key": key, "name": name} for key, name in self.conditions],
        }
        return {"service_code": self.code, "attributes": [attribute] if self.has_metadata else []}


_made: dict[int, tuple[Rulebook, Mapping[str, Service]]] = {}
"""By the rulebook's identity; the book is held too, so that no other takes its place."""


def services_of(rules: Rulebook) -> Mapping[str, Service]:
    """Service code → service, in the order of the edition; made once for a rulebook."""
    found = _made.get(id(rules))
    if found is None:
        found = _made[id(rules)] = (rules, _services_of(rules))
    return found[1]


def _services_of(rules: Rulebook) -> Mapping[str, Service]:
    conditions: dict[str, list[tuple[str, str]]] = {}
    for (category, seq), limit in sorted(rules.limits.items()):
        words = limit.filing_condition_keywords_zh or limit.filing_condition_en or limit.minor_zh
        conditions.setdefault(category, []).append((str(seq), words))
    found = {}
    for row in load_tables().categories:
        category = f"{row.category_type}:{row.code4}"
        if row.edition == rules.edition and category in conditions:
            code = f"{row.category_type}-{row.code4}"
            found[code] = Service(code, category, row.minor_zh, row.major_zh, tuple(conditions[category]))
    return found


def code_of(category: str) -> str:
    """The service code of a class."""
    return category.replace(":", "-")

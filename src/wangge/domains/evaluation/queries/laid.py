"""What lies over objects on a day: groups of districts, who is responsible for a grid, whose a component is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from django.db import connection

from wangge.domains.geography.people_queries import responsible_on
from wangge.standards.library import load_tables

# without a code of his own an owner is his name
_OWNERS = """
SELECT c.code, coalesce(nullif(u.owner_code, ''), u.owner_name)
FROM components_component c JOIN components_units u ON u.component_id = c.id
WHERE u.valid_from <= %s AND (u.valid_to IS NULL OR u.valid_to > %s) AND (u.owner_code, u.owner_name) <> ('', '')
"""


def laid_over(by: tuple[str, ...], *, on: date, overlay: Path | None) -> dict[str, dict[str, str]]:
    """The tables that the asked kinds of objects need, as of a day: kind → (code below → object)."""
    found: dict[str, dict[str, str]] = {}
    if "group" in by:
        found["group"] = {row.code: row.group for row in load_tables(overlay, on=on).object_groups}
    if "responsible_person" in by:
        found["responsible_person"] = {
            grid: f"{each.unit} {each.name}".strip() for grid, each in responsible_on(on).items()
        }
    if "component_owner" in by:
        with connection.cursor() as cursor:
            cursor.execute(_OWNERS, [on, on])
            found["component_owner"] = dict(cursor.fetchall())
    return found


def band_classes(*, on: date, overlay: Path | None) -> Mapping[str, Mapping[str, str]]:
    """District → the band tables of its class of area."""
    return {
        row.code: {"area_filed_per_grid": f"area_class_{row.area_class}_filed_per_grid"}
        for row in load_tables(overlay, on=on).object_groups
        if row.area_class
    }

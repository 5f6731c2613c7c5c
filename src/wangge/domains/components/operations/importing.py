"""Owns the import of components: rows go by COPY into a waiting table and from there by sets into the register.

One transaction: all fit rows are in, or none. A dry run does the same work and takes it back, so that what it says is
what would happen. Unfit rows are handed to ``refuse`` one by one and never stop the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection, transaction

from wangge.domains.components.logic.incoming import Fault, Incoming, RefusedRow, fault_of
from wangge.domains.components.misplaced import (
    LEAST_ASKED,
    MOST_ASKED,
    OFF_BY_METRES,
    Floats,
    Witnesses,
    system_that_fits,
)
from wangge.domains.geography.area_index import AreaIndex
from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.queries import ground
from wangge.domains.organizations.logic import Actor, AuditKind
from wangge.domains.organizations.operations.audit import record
from wangge.domains.organizations.queries import city_tables
from wangge.groundwork.coordinates import metres_between_many
from wangge.standards.editions import categories_of, edition_in_force

BATCH = 20_000
SHOWN = 20

_WAITING = (
    "line", "code", "name", "category", "district_code", "unit_grid_code", "state", "lon", "lat", "form", "shape",
    "given_system", "initial_on", "changed_on", "data_source", "note", "manager_code", "manager_name", "owner_code",
    "owner_name", "maintainer_code", "maintainer_name",
)  # fmt: skip
_PLAIN = (
    "name", "unit_grid_code", "state", "lon", "lat", "form", "shape", "given_system", "initial_on", "changed_on",
    "data_source", "note",
)  # fmt: skip
_UNITS = ("manager_code", "manager_name", "owner_code", "owner_name", "maintainer_code", "maintainer_name")


@dataclass(slots=True)
class Outcome:
    """What an import did, or in a dry run would do."""

    rows: int = 0
    added: int = 0
    changed: int = 0
    units_changed: int = 0
    same: int = 0
    refused: int = 0
    refused_by: dict[str, int] = field(default_factory=dict)
    grid_disagrees: int = 0
    outside_code_district: int = 0
    system_that_fits: str = ""
    """The system the file should have been read in, where the grids its rows state tell so; then nothing is written."""
    off_by_metres: int = 0
    """How far the file's known components lie from where the register has them, where that is far for most."""
    examples: list[dict[str, str]] = field(default_factory=list)
    """Some of the changes: code, what, before, after."""

    @property
    def lies_elsewhere(self) -> bool:
        """Whether the file as a whole seems to lie elsewhere than it should."""
        return bool(self.system_that_fits or self.off_by_metres)


class _City:
    """What rows are held against: the areas, districts and classes of a day."""

    def __init__(self, index: AreaIndex, on: date) -> None:
        tables = city_tables(on)
        self.index, self.on = index, on
        self.classes = categories_of(tables, edition_in_force(tables))
        self.districts = {area.code for area in index.areas_on(kind=AreaKind.DISTRICT, on=on)}
        self.heard = Witnesses()

    def grids_of(self, lons: Floats, lats: Floats) -> npt.NDArray[np.object_]:
        return self.index.locate_many(lons, lats, on=self.on).unit_grid


def import_components(
    *,
    rows: Iterable[Incoming | RefusedRow],
    by: Actor,
    at: datetime,
    from_on: date,
    dry_run: bool,
    strict: bool = False,
    accept_offset: bool = False,
    refuse: Callable[[RefusedRow], None] = lambda _row: None,
    told: Callable[[int], None] = lambda _count: None,
) -> Outcome:
    """Take rows in; new units of a known component hold from ``from_on``. ``strict``: one unfit row and none is in.

    A file that lies elsewhere as a whole is not taken, unless ``accept_offset``: its places are true all the same.
    """
    outcome = Outcome()

    def turned_away(row: RefusedRow) -> None:
        outcome.refused += 1
        outcome.refused_by[row.fault.value] = outcome.refused_by.get(row.fault.value, 0) + 1
        refuse(row)

    with transaction.atomic():
        _make_waiting_table()
        # The city is asked before the copy begins: while it runs, the connection answers nothing else.
        city = _City(ground(), from_on)
        _copy(_fit(rows, city, outcome, turned_away, told))
        outcome.system_that_fits = system_that_fits(city.heard, city.grids_of)
        _merge(outcome, from_on)
        if dry_run or (strict and outcome.refused) or (outcome.lies_elsewhere and not accept_offset):
            transaction.set_rollback(True)
        else:
            detail = {"rows": outcome.rows, "added": outcome.added, "changed": outcome.changed}
            record(by=by, at=at, kind=AuditKind.IMPORT, object_kind="components", detail=detail)
    return outcome


def _fit(
    rows: Iterable[Incoming | RefusedRow],
    city: _City,
    outcome: Outcome,
    turned_away: Callable[[RefusedRow], None],
    told: Callable[[int], None],
) -> Iterator[tuple[Any, ...]]:
    """The rows that are fit, located, as lines of the waiting table."""
    seen: set[str] = set()
    waiting = iter(rows)
    while batch := list(islice(waiting, BATCH)):
        fit: list[Incoming] = []
        for row in batch:
            outcome.rows += 1
            fault = (
                row if isinstance(row, RefusedRow) else fault_of(row, districts=city.districts, classes=city.classes)
            )
            if fault is None and isinstance(row, Incoming):
                if row.code in seen:
                    turned_away(RefusedRow(row.line, row.code, Fault.CODE_TWICE, row.code))
                    continue
                seen.add(row.code)
                fit.append(row)
            elif fault is not None:
                turned_away(fault)
        yield from _located(fit, city, outcome, turned_away)
        told(len(batch))


def _located(
    rows: list[Incoming], city: _City, outcome: Outcome, turned_away: Callable[[RefusedRow], None]
) -> Iterator[tuple[Any, ...]]:
    lons, lats = np.array([row.lon for row in rows]), np.array([row.lat for row in rows])
    places = city.index.locate_many(lons, lats, on=city.on)
    for row, district, grid in zip(rows, places.district, places.unit_grid, strict=True):
        city.heard.hear(row.lon, row.lat, row.stated_grid, row.given_system)
        if district is None:
            turned_away(RefusedRow(row.line, row.code, Fault.OUTSIDE, f"{row.lon:.6f}, {row.lat:.6f}"))
            continue
        outcome.grid_disagrees += bool(row.stated_grid) and row.stated_grid != grid
        outcome.outside_code_district += district != row.code[:6]
        units = row.units
        yield (
            row.line, row.code, row.name, f"component:{row.code[6:10]}", row.code[:6], grid or "", row.state, row.lon,
            row.lat, row.form, row.shape, row.given_system, row.initial_on, row.changed_on, row.data_source, row.note,
            units.manager_code, units.manager_name, units.owner_code, units.owner_name, units.maintainer_code,
            units.maintainer_name,
        )  # fmt: skip


def _make_waiting_table() -> None:
    columns = ", ".join(f"c.{name}" for name in _WAITING[1:-6])
    units = ", ".join(f"u.{name}" for name in _UNITS)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS components_waiting")
        cursor.execute(
            f"CREATE TEMPORARY TABLE components_waiting ON COMMIT DROP AS SELECT 0::int AS line, {columns}, {units}"
            " FROM components_component c, components_units u WITH NO DATA"
        )


def _copy(lines: Iterable[tuple[Any, ...]]) -> None:
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f"COPY components_waiting ({', '.join(_WAITING)}) FROM STDIN") as copy,
    ):
        for line in lines:
            copy.write_row(line)


def _merge(outcome: Outcome, from_on: date) -> None:
    differs = f"({', '.join('c.' + name for name in _PLAIN)}) IS DISTINCT FROM ({', '.join('w.' + n for n in _PLAIN)})"
    other_units = f"({', '.join('u.' + n for n in _UNITS)}) IS DISTINCT FROM ({', '.join('w.' + n for n in _UNITS)})"
    holds = "u.valid_from <= %(on)s AND (u.valid_to IS NULL OR u.valid_to > %(on)s)"
    joined = f"components_waiting w JOIN components_component c ON c.code = w.code WHERE {differs}"
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'; SET LOCAL maintenance_work_mem = '128MB'")
        cursor.execute("ANALYZE components_waiting")
        outcome.off_by_metres = _off_by(cursor)
        cursor.execute(f"SELECT w.code, c.name, w.name, c.state, w.state FROM {joined} ORDER BY w.code LIMIT {SHOWN}")
        for code, name, new_name, state, new_state in cursor.fetchall():
            outcome.examples.append({"code": code, "before": f"{name} {state}", "after": f"{new_name} {new_state}"})
        sets = ", ".join(f"{name} = w.{name}" for name in _PLAIN)
        cursor.execute(
            f"UPDATE components_component c SET {sets} FROM components_waiting w WHERE c.code = w.code AND {differs}"
        )
        outcome.changed = cursor.rowcount
        # The stretch that holds ends where the new one begins; begun that very day, it is written over.
        cursor.execute(
            f"""
            WITH held AS (
                SELECT u.id, u.valid_from, u.valid_to, u.component_id, {", ".join("w." + name for name in _UNITS)}
                  FROM components_units u JOIN components_component c ON c.id = u.component_id
                  JOIN components_waiting w ON w.code = c.code
                 WHERE {holds} AND {other_units}
            ), over AS (
                UPDATE components_units u SET {", ".join(f"{name} = h.{name}" for name in _UNITS)}
                  FROM held h WHERE u.id = h.id AND h.valid_from = %(on)s
            ), ended AS (
                UPDATE components_units u SET valid_to = %(on)s FROM held h WHERE u.id = h.id AND h.valid_from < %(on)s
                RETURNING u.id
            )
            SELECT h.component_id, h.valid_to, {", ".join("h." + name for name in _UNITS)}, h.valid_from < %(on)s
              FROM held h
            """,
            {"on": from_on},
        )
        held = cursor.fetchall()
        outcome.units_changed = len(held)
        _begin_units(cursor, [row for row in held if row[-1]], from_on)
        cursor.execute(
            f"""
            INSERT INTO components_component (code, category, district_code, {", ".join(_PLAIN)})
            SELECT w.code, w.category, w.district_code, {", ".join("w." + name for name in _PLAIN)}
              FROM components_waiting w
             WHERE NOT EXISTS (SELECT FROM components_component c WHERE c.code = w.code) ORDER BY w.line
            """
        )
        outcome.added = cursor.rowcount
        cursor.execute(
            f"""
            INSERT INTO components_units (component_id, {", ".join(_UNITS)}, valid_from)
            SELECT c.id, {", ".join("w." + name for name in _UNITS)}, w.initial_on
              FROM components_waiting w JOIN components_component c ON c.code = w.code
             WHERE NOT EXISTS (SELECT FROM components_units u WHERE u.component_id = c.id) ORDER BY c.id
            """
        )
        cursor.execute("SELECT count(*) FROM components_waiting")
        outcome.same = cursor.fetchone()[0] - outcome.added - outcome.changed


def _off_by(cursor: Any) -> int:
    """How far most of the known components lie from their place in the register, in metres; 0 where that is near."""
    cursor.execute(
        "SELECT c.lon, c.lat, w.lon, w.lat FROM components_waiting w JOIN components_component c ON c.code = w.code"
        " LIMIT %s",
        [MOST_ASKED],
    )
    places = cursor.fetchall()
    if len(places) < LEAST_ASKED:
        return 0
    metres = float(np.median(metres_between_many(*zip(*places, strict=True))))
    return round(metres) if metres > OFF_BY_METRES else 0


def _begin_units(cursor: Any, held: list[tuple[Any, ...]], from_on: date) -> None:
    """The new stretches; a statement of its own, so that the constraint sees the old ones ended."""
    if not held:
        return
    columns = f"component_id, valid_to, {', '.join(_UNITS)}, valid_from"
    with connection.wrap_database_errors, cursor.copy(f"COPY components_units ({columns}) FROM STDIN") as copy:
        for row in held:
            copy.write_row((*row[:-1], from_on))

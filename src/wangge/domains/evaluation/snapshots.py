"""A snapshot of the warehouse as evaluation reads it: its tables' files, and its small dictionaries in memory."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from wangge.domains.evaluation.logic.facts import What
from wangge.groundwork.warehouse.keeping import read_whole, sound_paths
from wangge.groundwork.warehouse.manifest import Manifest, WarehouseRefused, read_latest, read_manifest

STEPS, CASES, WHATS, PLACES, CODES = "steps", "cases", "whats", "places", "codes"


@dataclass(frozen=True)
class Snapshot:
    """One snapshot: what a figure is computed from."""

    root: Path
    manifest: Manifest

    @property
    def id(self) -> str:
        return self.manifest.id

    def paths(self, table: str) -> list[str]:
        """The files of a table, each found unchanged; ``WarehouseRefused`` names those that are not."""
        return sound_paths(self.root, self.manifest, table)

    @cached_property
    def whats(self) -> dict[int, What]:
        """Number → kind of step."""
        return {row[0]: What(*row[1:]) for row in self._rows(WHATS)}

    @cached_property
    def places(self) -> dict[int, tuple[str, ...]]:
        """Number → (district, street, community, responsibility grid)."""
        return {row[0]: tuple(row[1:]) for row in self._rows(PLACES)}

    @cached_property
    def codes(self) -> dict[int, str]:
        """Number → code."""
        return {row[0]: row[1] for row in self._rows(CODES)}

    def _rows(self, table: str) -> list[tuple[Any, ...]]:
        paths = self.paths(table)
        if not paths:
            return []
        # Only here: a web process that shows published figures reads no fact, and Arrow is heavy.
        import pyarrow as pa

        columns = pa.concat_tables([read_whole(path) for path in paths]).columns
        return list(zip(*(column.to_pylist() for column in columns), strict=True))


def latest(root: Path) -> Snapshot:
    """The newest snapshot; ``WarehouseRefused`` when nothing was ever refreshed."""
    manifest = read_latest(root)
    if not manifest.number:
        raise WarehouseRefused("数据仓库还是空的：请先运行 wangge warehouse refresh。")
    return _kept(root, manifest)


def of_id(root: Path, snapshot: str) -> Snapshot:
    """The snapshot a result names."""
    return _kept(root, read_manifest(root, snapshot))


_snapshots: dict[tuple[Path, str], Snapshot] = {}
_MOST_KEPT = 8


def _kept(root: Path, manifest: Manifest) -> Snapshot:
    """The same object for the same snapshot, so that its dictionaries are read once a process."""
    found = _snapshots.get((root, manifest.id))
    if found is None:
        if len(_snapshots) >= _MOST_KEPT:
            _snapshots.pop(next(iter(_snapshots)))
        found = _snapshots[root, manifest.id] = Snapshot(root, manifest)
    return found

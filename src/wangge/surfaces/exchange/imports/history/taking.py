"""Owns the taking in of an export from its files to its report: what the command and the page both call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from wangge.domains.cases.operations.full_history import Family, HistoryTaken, take_in_history
from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.queries import ground
from wangge.domains.organizations.logic import Actor
from wangge.groundwork.clock import city_day
from wangge.surfaces.exchange.imports.findings import FindingKind, RowFinding
from wangge.surfaces.exchange.imports.foreign import RefusedRow
from wangge.surfaces.exchange.imports.history.city import CityPeople, CityUnits, ExportPhotos
from wangge.surfaces.exchange.imports.history.mapping import HistoryMapping
from wangge.surfaces.exchange.imports.history.offsets import OffsetWatch
from wangge.surfaces.exchange.imports.history.run import HistoryRun
from wangge.surfaces.exchange.imports.history.staging import Shelf, Source
from wangge.surfaces.exchange.imports.run import RefusedFile

MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Told:
    """Whom the run tells how far it is: reading (file, bytes, of bytes), then writing (more cases, of all)."""

    reading: Callable[[Source, int, int], None] | None = None
    counted: Callable[[int], None] | None = None
    written: Callable[[int], None] | None = None


SILENT = Told()


def take_in_export(
    export: Path,
    mapping: HistoryMapping,
    *,
    by: Actor,
    at: datetime,
    refused_file: Path,
    dry_run: bool,
    jobs: int = 1,
    with_photos: bool = True,
    told: Told = SILENT,
) -> dict[str, Any]:
    """Read, translate and write a whole export; the report, JSON-ready. Raises FileRefused and ImportRefused."""
    photos = ExportPhotos(_photo_folder(export, mapping), at, dry_run)
    watch = OffsetWatch(_middle_of(at))
    units = CityUnits(mapping, by, at, dry_run)
    people = CityPeople(mapping, at)
    with Shelf() as shelf, RefusedFile(refused_file) as refused:
        run = HistoryRun(
            export,
            mapping,
            at=at,
            refuse=refused.write,
            unit_of=units.unit_of,
            person_of=people.person_of,
            take_photo=photos.take if with_photos else _left_there,
            shelf=shelf,
        )
        run.shelve(told.reading)
        if told.counted is not None:
            told.counted(shelf.count())
        days = mapping.declaration.archive_after_days
        taken = take_in_history(
            families=_watched(run.families(), watch),
            by=by,
            at=at,
            jobs=jobs,
            archive_after=None if days is None else timedelta(days=days),
            dry_run=dry_run,
            told=told.written,
        )
        for each in taken.not_taken:
            finding = RowFinding(FindingKind(each.reason), "category", each.stated)
            refused.write(RefusedRow(each.line, each.key, finding, ""))
    return _report(export, mapping, run, taken, watch, photos.taken, refused_file, dry_run=dry_run)


def _photo_folder(export: Path, mapping: HistoryMapping) -> Path:
    base = export if export.is_dir() else export.parent
    return base / mapping.declaration.files.photo_folder


def _left_there(_path: Path) -> tuple[str, str]:
    return "", ""


def _middle_of(at: datetime) -> Callable[[str], tuple[float, float] | None]:
    known: dict[str, tuple[float, float] | None] = {}

    def middle_of(code: str) -> tuple[float, float] | None:
        if code not in known:
            area = ground().area(kind=AreaKind.UNIT_GRID, code=code, on=city_day(at))
            middle = area.boundary.centroid if area is not None else None
            known[code] = None if middle is None else (middle.x, middle.y)
        return known[code]

    return middle_of


def _watched(families: Iterator[Family], watch: OffsetWatch) -> Iterator[Family]:
    for family in families:
        case = family.case
        watch.see(case.lon, case.lat, case.given_system, str(case.told.get("unit_grid", "")))
        yield family


def _report(
    export: Path,
    mapping: HistoryMapping,
    run: HistoryRun,
    taken: HistoryTaken,
    watch: OffsetWatch,
    photos: int,
    refused_file: Path,
    *,
    dry_run: bool,
) -> dict[str, Any]:
    not_taken = len(taken.not_taken)
    refused = run.tally.refused.total() + not_taken
    reasons = run.tally.refused.copy()
    reasons.update(FindingKind(each.reason) for each in taken.not_taken)
    return {
        "export": str(export),
        "mapping": mapping.name,
        "system": mapping.declaration.system,
        "dry_run": dry_run,
        **run.tally.as_json(),
        "refused": refused,
        "refused_by_reason": {kind.value: n for kind, n in reasons.most_common()},
        "refused_file": str(refused_file) if refused else None,
        "written": taken.written,
        "already_there": taken.already_there,
        "steps_told": taken.told_steps,
        "steps_written": taken.steps,
        "photos_taken": photos,
        "stages": dict(taken.stages.most_common()),
        "stage_differs": dict(taken.stage_differs.most_common()),
        "remarks": dict(taken.remarks.most_common(MOST_SHOWN)),
        "bridged": dict(taken.bridged.most_common()),
        "would_refuse": dict(taken.would_refuse.most_common()),
        "unknown": {
            name: dict(codes.most_common(MOST_SHOWN)) for name, codes in run.translator.unknown_codes.items() if codes
        },
        "coordinates": watch.as_json(),
    }

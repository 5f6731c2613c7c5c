"""Owns one way in for every file of the ground: what it is, how to read it, and what its change would move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from wangge.domains.cases.queries.coming_borders import coming_borders
from wangge.domains.geography.areas import AreaKind
from wangge.domains.geography.logic.moving import index_after
from wangge.domains.geography.logic.reports import ImportReport
from wangge.domains.geography.operations.layers import LayerStyle
from wangge.domains.geography.operations.placing import Reading
from wangge.domains.geography.queries import areas_stored
from wangge.domains.organizations.logic import Actor
from wangge.surfaces.exchange.spatial.areas import import_area_file
from wangge.surfaces.exchange.spatial.figures import Mapped, import_figure_file

AREA_KINDS = tuple(kind.value for kind in AreaKind)
OTHERS = ("road", "name", "layer")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a file holds and how it is to be read; kept as JSON beside the file."""

    what: str
    system: str = ""
    swap_axes: bool = False
    repair: bool = False
    complete: bool = False
    accept_offset: bool = False
    without_bad: bool = False
    encoding: str = ""
    layer: str = ""
    layer_name: str = ""
    layer_colour: str = ""
    drawn: str = ""
    """The code of the area that was drawn by hand: such borders may leave no ground open."""

    def as_json(self) -> dict[str, Any]:
        """For keeping."""
        return asdict(self)


def wanted_of(kept: Mapping[str, Any]) -> Wanted:
    """The same from what was kept."""
    return Wanted(**{name: kept[name] for name in Wanted.__dataclass_fields__ if name in kept})


def bring_content(
    *, by: Actor, at: datetime, name: str, content: bytes, wanted: Wanted, from_on: date, dry_run: bool
) -> ImportReport:
    """Import a file given by its bytes. Raises FileUnreadable, GroundRefused, NotYours."""
    with TemporaryDirectory(prefix="wangge-upload-") as made:
        # The name decides how the file is read and nothing else.
        path = Path(made) / f"upload{PurePosixPath(name).suffix.lower()[:10]}"
        path.write_bytes(content)
        reading = Reading(
            wanted.system, wanted.swap_axes, wanted.repair, wanted.complete, wanted.accept_offset, wanted.without_bad,
            closed=bool(wanted.drawn),
        )  # fmt: skip
        if wanted.what in AREA_KINDS:
            return import_area_file(
                by=by, at=at, path=path, kind=AreaKind(wanted.what), from_on=from_on, reading=reading,
                dry_run=dry_run, encoding=wanted.encoding, shown_name=name,
            )  # fmt: skip
        style = LayerStyle(wanted.layer, wanted.layer_name, wanted.layer_colour) if wanted.layer else None
        return import_figure_file(
            by=by, at=at, path=path, what=wanted.what, from_on=from_on, reading=reading, dry_run=dry_run, layer=style,
            mapped=Mapped(encoding=wanted.encoding), shown_name=name,
        )  # fmt: skip


def moves_of(report: ImportReport, *, from_on: date, most: int) -> dict[str, Any]:
    """What the change of a dry run would move, with lists cut short; nothing for roads, names and layers."""
    if report.what not in AREA_KINDS or not any(report.counts()[name] for name in ("new", "moved", "ended")):
        return {}
    index = index_after(areas_stored(), report.changes, AreaKind(report.what), from_on)
    found = coming_borders(index, day=from_on).as_json()
    lists = {name: values for name, values in found.items() if isinstance(values, list)}
    return {
        "day": found["day"],
        **{name: values[:most] for name, values in lists.items()},
        "counts": {name: len(values) for name, values in lists.items()},
    }

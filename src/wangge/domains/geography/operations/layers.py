"""Owns the city's own layers: what each shows and how it is drawn, and the import of its figures."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely

from wangge.domains.geography.logic.planning_figures import ANY_SHAPE, FigureRow, StoredFigure
from wangge.domains.geography.models import LayerRow
from wangge.domains.geography.operations.figures import Columns, Target, read_figures
from wangge.domains.geography.operations.versions import new_version

TABLE = "geography_layer_item"


@dataclass(frozen=True, slots=True)
class LayerStyle:
    """A layer by its key, what people call it, and how it is drawn."""

    key: str
    name: str = ""
    colour: str = ""
    width: int = 0


def layer_target(style: LayerStyle, *, from_on: date) -> Target:
    """Where the figures of a layer go; the layer itself is made, or drawn anew, with the first import that names it."""

    def stored(on: date) -> dict[str, StoredFigure]:
        return read_figures(
            f"SELECT code, name, figure, valid_from, properties FROM {TABLE}"
            " WHERE layer_id = %s AND valid_from <= %s AND (valid_to IS NULL OR valid_to > %s)",
            [style.key, on, on],
        )

    def columns(row: FigureRow) -> Columns:
        return {
            "layer_id": style.key,
            "code": row.key,
            "name": row.name,
            "figure": shapely.to_wkb(row.figure),
            "properties": json.dumps(dict(row.values), ensure_ascii=False),
        }

    def where(keys: Sequence[str]) -> tuple[str, list[Any]]:
        return "layer_id = %s AND code = ANY(%s)", [style.key, list(keys)]

    def after(_on: date, _import_id: int) -> None:
        new_version()

    def prepare() -> None:
        known = LayerRow.objects.filter(key=style.key).first() or LayerRow(key=style.key, valid_from=from_on)
        known.name = style.name or known.name or style.key
        known.colour = style.colour or known.colour
        known.width = style.width or known.width
        known.valid_from = min(known.valid_from, from_on)
        known.save()

    return Target("layer", TABLE, ANY_SHAPE, False, stored, columns, where, after, prepare=prepare)

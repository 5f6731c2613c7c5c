"""Owns the tables of the ground; one module for each thing."""

from wangge.domains.geography.models.areas import AreaRow, Days, Ground, Kind
from wangge.domains.geography.models.imports import GroundImportRow
from wangge.domains.geography.models.layers import LayerItemRow, LayerRow
from wangge.domains.geography.models.names import NameKind, PlaceNameRow
from wangge.domains.geography.models.people import GridDutyRow, ResponsibleRow
from wangge.domains.geography.models.roads import RoadSectionRow, Side

__all__ = [
    "AreaRow",
    "Days",
    "GridDutyRow",
    "Ground",
    "GroundImportRow",
    "Kind",
    "LayerItemRow",
    "LayerRow",
    "NameKind",
    "PlaceNameRow",
    "ResponsibleRow",
    "RoadSectionRow",
    "Side",
]

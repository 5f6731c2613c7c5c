"""What GDAL reads, through pyogrio: the layers of a file, and one of them whole.

Imported only where a file is read: GDAL and what pyogrio brings with it cost a process some 70 MB.
"""

from __future__ import annotations

from typing import Any

import pyogrio
import pyogrio.errors
import pyogrio.raw

# GDAL would close an open ring without a word.
pyogrio.set_gdal_config_options({"OGR_GEOMETRY_ACCEPT_UNCLOSED_RING": False})


def layers_with_figures(source: str) -> list[str]:
    """The layers that hold figures. Raises ValueError."""
    try:
        return [str(name) for name, kind in pyogrio.list_layers(source) if kind is not None]
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise ValueError(str(error)) from error


def read_layer(source: str, *, layer: str | None, encoding: str) -> tuple[Any, Any, Any]:
    """(what the file says of itself, shapes as WKB, columns). Time stamps come as text: only their days are of
    interest, and no column then needs a type of its own. Raises ValueError."""
    try:
        meta, _fids, shapes, fields = pyogrio.raw.read(
            source, layer=layer, encoding=encoding or None, force_2d=True, datetime_as_string=True
        )
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise ValueError(str(error)) from error
    return meta, shapes, fields

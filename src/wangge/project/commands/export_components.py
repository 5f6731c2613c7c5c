"""The command ``wangge export components``: the register in the standard's fields."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from wangge.project.opening import open_city
from wangge.project.words import _


@click.command(name="components", help=_("按国标字段导出部件：.csv、.xlsx、.geojson、.gpkg 或 .shp。"))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--district", default="", metavar="CODE", help=_("只导出一个区。"))
@click.option("--category", default="", metavar="CLASS", help=_("只导出一个小类，例如 component:0101。"))
@click.option("--on", "on", type=click.DateTime(["%Y-%m-%d"]), help=_("哪天的单位，默认今天。"))
def command(*, file: Path, district: str, category: str, on: Any) -> None:
    """Write the file; exit 2 when its form is none of ours."""
    with open_city():
        from django.db import transaction

        from wangge.domains.components.queries.register import RegisterFilter, export_rows
        from wangge.groundwork import clock
        from wangge.surfaces.exchange.components.exporting import ExportRefused, write_components

        day: date = on.date() if on else clock.today()
        try:
            with transaction.atomic():
                rows = export_rows(filter=RegisterFilter(district=district, category=category), on=day)
                count = write_components(rows, file)
        except ExportRefused as refused:
            click.echo(str(refused), err=True)
            raise SystemExit(2) from None
    click.echo(_("已导出 %(count)d 个部件到 %(file)s。") % {"count": count, "file": file})

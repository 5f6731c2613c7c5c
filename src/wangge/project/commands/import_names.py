"""The command ``wangge import names``: roads, house numbers and places of the gazetteer, by a mapping of columns."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from wangge.project.commands.import_areas import refused_files_shown, show_report
from wangge.project.opening import open_city
from wangge.project.words import _


@click.command(
    name="names",
    help=_("从 CSV、Excel、Shapefile、GeoPackage 或 GeoJSON 导入地名、门牌与地点；先用 --dry-run 查看差异。"),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), help=_("列与类别的映射（.toml）。")
)
@click.option(
    "--kind",
    default="",
    type=click.Choice(["", "road", "house_number", "crossing", "place"]),
    help=_("没有类别列时，每行是什么；默认按名称的写法判断。"),
)
@click.option("--from", "from_on", type=click.DateTime(["%Y-%m-%d"]), help=_("生效日期；默认今天。"))
@click.option("--dry-run", is_flag=True, help=_("只查看差异，不写入。"))
@click.option("--encoding", default="", help=_("文字编码，如 GBK；默认自行判断。"))
@click.option("--crs", default="", help=_("坐标系：wgs84、gcj02、bd09、city 或 EPSG:4547；默认按文件所说。"))
@click.option("--complete", is_flag=True, help=_("文件是全部：文件里没有的地名自生效日停用。"))
@click.option("--accept-offset", is_flag=True, help=_("整体偏移属实，不是坐标系不对。"))
@click.option("--without-bad", is_flag=True, help=_("有错的行不导入，其余照常导入。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def command(
    *,
    file: Path,
    mapping: Path | None,
    kind: str,
    from_on: datetime | None,
    dry_run: bool,
    encoding: str,
    crs: str,
    complete: bool,
    accept_offset: bool,
    without_bad: bool,
    as_json: bool,
) -> None:
    """Print what changes and every row that is wrong; exit 1 when something was kept out, 2 for wrong use."""
    with open_city():
        from wangge.domains.geography.operations.placing import Reading
        from wangge.domains.organizations.logic import TERMINAL
        from wangge.groundwork import clock
        from wangge.surfaces.exchange.spatial.figures import Mapped, import_figure_file, read_mapping

        began = clock.monotonic()
        with refused_files_shown():
            mapped = read_mapping(mapping) if mapping else Mapped()
            mapped = replace(mapped, kind=kind or mapped.kind, encoding=encoding or mapped.encoding)
            report = import_figure_file(
                by=TERMINAL,
                at=clock.now(),
                path=file,
                what="name",
                from_on=from_on.date() if from_on else clock.today(),
                reading=Reading(crs or mapped.system, False, False, complete, accept_offset, without_bad),
                dry_run=dry_run,
                mapped=mapped,
            )
        report.seconds = clock.monotonic() - began
        document = report.as_json()
    show_report(report, document, as_json=as_json)

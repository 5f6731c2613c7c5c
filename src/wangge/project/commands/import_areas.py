"""The command ``wangge import areas``: districts, streets, communities and grids from the city's own files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wangge.project.opening import open_city
from wangge.project.words import _

if TYPE_CHECKING:
    from wangge.domains.geography.logic.reports import ImportReport

AREA_KINDS = ("district", "street", "community", "unit_grid", "responsibility_grid")
OTHERS = ("road", "layer")
COLUMNS = ("code", "name", "parent", "end", "side", "begins_at", "ends_at", "district")
_SHOWN = 20


@click.command(
    name="areas",
    help=_("从 Shapefile（可为 zip）、GeoPackage、GeoJSON 或 CSV 导入区划、网格、路段、图层；先 --dry-run 查看差异。"),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", required=True, type=click.Choice([*AREA_KINDS, *OTHERS]), help=_("导入什么。"))
@click.option("--layer", "layer_key", default="", help=_("--kind layer 时图层的标识，如 green-belt。"))
@click.option("--layer-name", default="", help=_("图层的名称。"))
@click.option(
    "--layer-colour",
    default="",
    type=click.Choice(["", "district", "grid", "road", "water", "accent"]),
    help=_("图层的颜色。"),
)
@click.option("--from", "from_on", type=click.DateTime(["%Y-%m-%d"]), help=_("生效日期；默认今天。"))
@click.option("--dry-run", is_flag=True, help=_("只查看差异，不写入。"))
@click.option("--encoding", default="", help=_("文字编码，如 GBK；默认自行判断。"))
@click.option("--crs", default="", help=_("坐标系：wgs84、gcj02、bd09、city 或 EPSG:4547；默认按文件所说。"))
@click.option("--swap-axes", is_flag=True, help=_("文件的坐标轴颠倒了。"))
@click.option("--source-layer", default="", help=_("文件里有多个图层时，读哪一个。"))
@click.option("--column", "columns", multiple=True, metavar="NAME=COLUMN", help=_("code、name 等是哪一列。"))
@click.option("--complete", is_flag=True, help=_("文件是全部：文件里没有的区域自生效日停用。"))
@click.option("--repair", is_flag=True, help=_("自动修正自相交的边界。"))
@click.option("--accept-offset", is_flag=True, help=_("整体偏移属实，不是坐标系不对。"))
@click.option("--without-bad", is_flag=True, help=_("有错的行不导入，其余照常导入。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def command(
    *,
    file: Path,
    kind: str,
    layer_key: str,
    layer_name: str,
    layer_colour: str,
    from_on: datetime | None,
    dry_run: bool,
    encoding: str,
    crs: str,
    swap_axes: bool,
    source_layer: str,
    columns: tuple[str, ...],
    complete: bool,
    repair: bool,
    accept_offset: bool,
    without_bad: bool,
    as_json: bool,
) -> None:
    """Print what changes and every row that is wrong; exit 1 when something was kept out, 2 for wrong use."""
    said = _said(columns)
    if (kind == "layer") != bool(layer_key):
        raise click.UsageError(_("--kind layer 与 --layer 须一起给出。"))
    with open_city():
        from wangge.domains.geography.areas import AreaKind
        from wangge.domains.geography.operations.layers import LayerStyle
        from wangge.domains.geography.operations.placing import Reading
        from wangge.domains.organizations.logic import TERMINAL
        from wangge.groundwork import clock
        from wangge.surfaces.exchange.spatial.areas import import_area_file
        from wangge.surfaces.exchange.spatial.figures import Mapped, import_figure_file

        began, at = clock.monotonic(), clock.now()
        day = from_on.date() if from_on else clock.today()
        reading = Reading(crs, swap_axes, repair, complete, accept_offset, without_bad)
        with refused_files_shown():
            if kind in OTHERS:
                report = import_figure_file(
                    by=TERMINAL, at=at, path=file, what=kind, from_on=day, reading=reading, dry_run=dry_run,
                    layer=LayerStyle(layer_key, layer_name, layer_colour) if layer_key else None,
                    mapped=Mapped(said, encoding=encoding), source_layer=source_layer,
                )  # fmt: skip
            else:
                report = import_area_file(
                    by=TERMINAL, at=at, path=file, kind=AreaKind(kind), from_on=day, reading=reading, dry_run=dry_run,
                    encoding=encoding, source_layer=source_layer, columns=said,
                )  # fmt: skip
        report.seconds = clock.monotonic() - began
        document = report.as_json()
    show_report(report, document, as_json=as_json)


def _said(columns: tuple[str, ...]) -> dict[str, str]:
    said: dict[str, str] = {}
    for pair in columns:
        name, equals, column = pair.partition("=")
        if not (name in COLUMNS and equals and column):
            raise click.UsageError(_("--column 须写成 名称=列名，例如 code=网格代码。"))
        said[name] = column
    return said


class _Ended(click.ClickException):
    def show(self, file: Any = None) -> None:
        """The text alone: it already says what to do."""
        click.echo(self.message, err=True, file=file)


@contextmanager
def refused_files_shown() -> Iterator[None]:
    """End the command with the words of a file that cannot be read or a change that cannot be made."""
    from wangge.domains.geography.operations.versions import GroundRefused
    from wangge.surfaces.exchange.spatial.reading import FileUnreadable

    try:
        yield
    except (FileUnreadable, GroundRefused) as refused:
        raise _Ended(str(refused)) from refused


def show_report(report: ImportReport, document: dict[str, Any], *, as_json: bool) -> None:
    """Print the report; exit 1 when it is not sound."""
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False))
    else:
        _print(document)
    if not report.is_sound:
        raise SystemExit(1)


def _print(document: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(markup=False, highlight=False)
    console.print(_("读取 %(rows)s 行，坐标系 %(system)s，编码 %(encoding)s；%(seconds)s 秒。") % document)
    for problem in document["problems"]:
        console.print("▲ " + problem["words"] if problem["refuses"] else "△ " + problem["words"])
    labels = {
        "new": _("新增"),
        "moved": _("边界变动"),
        "renamed": _("名称或属性变动"),
        "ended": _("停用"),
        "same": _("没有变化"),
    }
    console.print("，".join(f"{label} {document['changes'][name]}" for name, label in labels.items()))
    if document["changed"]:
        table = Table(_("变化"), _("代码"), _("名称"), _("变动面积（平方米）"))
        for change in document["changed"][:_SHOWN]:
            moved = f"{change['moved_m2']:,}" if change["moved_m2"] else ""
            table.add_row(labels[change["change"]], change["code"], change["name"], moved)
        console.print(table)
        if len(document["changed"]) > _SHOWN:
            console.print(_("……共 %(count)s 项，全部见 --json。") % {"count": len(document["changed"])})
    for counted in document["finding_counts"]:
        console.print(f"{'▲' if counted['refuses'] else '△'} {counted['label']} {counted['count']}")
    for found in document["findings"][:_SHOWN]:
        where = _("第 %(row)s 行 %(code)s：") % found if found["row"] else f"{found['code']}："
        console.print(f"{'▲' if found['refuses'] else '△'} {where}{found['words']}")
    if len(document["findings"]) > _SHOWN:
        console.print(_("……共 %(count)s 项，全部见 --json。") % {"count": len(document["findings"])})
    if document["written"]:
        console.print(_("已导入，自 %(from)s 起生效。") % document)
    else:
        console.print(_("试运行：没有写入。") if document["dry_run"] else _("没有写入：请先改正上列问题。"))

"""The command ``wangge import components``: the register of components from a file, with a dry run."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wangge.project.commands.bars import counted_bar
from wangge.project.opening import open_city
from wangge.project.words import _

if TYPE_CHECKING:
    from wangge.domains.components.logic.incoming import RefusedRow


@click.command(
    name="components",
    help=_("导入部件：CSV、Excel、GeoJSON、shapefile、GeoPackage，按国标字段；先用 --dry-run 查看会改什么。"),
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--mapping", "name", default="standard", show_default=True, metavar="NAME", help=_("映射名或 .toml 文件。")
)
@click.option("--dry-run", is_flag=True, help=_("只查看会改什么，不写入。"))
@click.option("--strict", is_flag=True, help=_("有一行不符就全部不写入。"))
@click.option("--accept-offset", is_flag=True, help=_("整体偏移属实，不是坐标系不对。"))
@click.option("--from", "from_on", type=click.DateTime(["%Y-%m-%d"]), help=_("单位变更从哪天起有效，默认今天。"))
@click.option("--refused", type=click.Path(path_type=Path), help=_("退回行写到哪里，默认与文件同目录。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def command(
    *, file: Path, name: str, dry_run: bool, strict: bool, accept_offset: bool, from_on: Any, refused: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Import and say what changed; exit 1 when a row or the file was kept out, 2 when nothing could be read."""
    with open_city():
        document = _import(
            file, name, dry_run, strict, accept_offset, from_on.date() if from_on else None, refused, quiet=as_json
        )
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False))
    else:
        _show(document)
    if document["refused"] or document["misplaced"]:
        raise SystemExit(1)


def _import(
    file: Path, name: str, dry_run: bool, strict: bool, accept_offset: bool, from_on: date | None,
    refused: Path | None, *, quiet: bool,
) -> dict[str, Any]:  # fmt: skip
    from dataclasses import asdict

    from wangge.domains.components.operations.importing import import_components
    from wangge.domains.geography.queries import city_epsg
    from wangge.domains.organizations.logic import TERMINAL
    from wangge.domains.organizations.models import Department
    from wangge.groundwork import clock
    from wangge.surfaces.exchange.components.declaration import MappingRefused, read_mapping
    from wangge.surfaces.exchange.components.sources import SourceRefused, source_of
    from wangge.surfaces.exchange.components.translating import incoming_of

    today = clock.today()
    refused_file = refused or file.with_name(f"{file.name}.refused.csv")
    began = clock.monotonic()
    try:
        mapping = read_mapping(name)
        source = source_of(file, mapping)
        rows = incoming_of(
            source.blocks(mapping), mapping, city_epsg=city_epsg(), today=today,
            departments=dict(Department.objects.values_list("code", "name")),
        )  # fmt: skip
        with (
            _refused_rows(refused_file) as refuse,
            counted_bar(file.name, source.total, unit=_("行"), quiet=quiet) as tell,
        ):
            outcome = import_components(
                rows=rows, by=TERMINAL, at=clock.now(), from_on=from_on or today, dry_run=dry_run, strict=strict,
                accept_offset=accept_offset, refuse=refuse, told=tell,
            )  # fmt: skip
    except (MappingRefused, SourceRefused) as wrong:
        click.echo(str(wrong), err=True)
        raise SystemExit(2) from None
    misplaced = outcome.lies_elsewhere and not accept_offset
    return {
        "file": str(file), "mapping": mapping.name, "dry_run": dry_run, "misplaced": misplaced,
        "written": not (dry_run or misplaced or (strict and outcome.refused)), **asdict(outcome),
        "refused_file": str(refused_file) if outcome.refused else None,
        "seconds": round(clock.monotonic() - began, 2),
    }  # fmt: skip


@contextmanager
def _refused_rows(path: Path) -> Iterator[Any]:
    """A file of the rows that are not taken; it is made with the first of them."""
    opened: list[Any] = []

    def refuse(row: RefusedRow) -> None:
        if not opened:
            handle = path.open("w", encoding="utf-8-sig", newline="")
            writer = csv.writer(handle)
            writer.writerow(("line", "code", "reason", "reason_zh", "stated"))
            opened.extend((handle, writer))
        opened[1].writerow((row.line, row.code, row.fault.value, fault_text(row.fault.value), row.stated))

    try:
        yield refuse
    finally:
        if opened:
            opened[0].close()


def fault_text(fault: str) -> str:
    """What is wrong with a row, in the terminal's language."""
    return {
        "unreadable_row": _("列数与表头不符"), "code_length": _("标识码不是 16 位"), "code_digits": _("标识码含非数字"),
        "code_district": _("标识码前六位不是本市的区"), "code_class": _("标识码第 7–10 位不是现行小类"),
        "code_sequence": _("标识码顺序号为零"), "code_twice": _("标识码在文件中出现过"), "name_missing": _("缺少名称"),
        "too_long": _("文字过长"), "bad_character": _("含无法识别的字符，请检查文件编码"),
        "state_unknown": _("状态不是完好、破损、丢失、废弃、移除"), "point_unreadable": _("坐标缺失或无法读取"),
        "swapped_axes": _("坐标轴颠倒：经度与纬度互换了"),
        "outside_city": _("位置不在本市范围内，请检查坐标系"), "shape_broken": _("几何无效（自相交、空或类型不符）"),
        "date_unreadable": _("日期无法读取"), "changed_before_initial": _("变更日期早于初始日期"),
        "units_missing": _("主管、权属、养护单位都没有"),
    }[fault]  # fmt: skip


def _show(document: dict[str, Any]) -> None:
    said = _(
        "读取 %(rows)d 行：新增 %(added)d，更正 %(changed)d，单位变更 %(units_changed)d，"
        "退回 %(refused)d；%(seconds).1f 秒。"
    )
    click.echo(said % document)
    for fault, count in sorted(document["refused_by"].items(), key=lambda each: -each[1]):
        click.echo(f"  {fault_text(fault)}: {count}")
    if document["refused_file"]:
        click.echo(_("退回行及原因见 %(refused_file)s。") % document)
    if document["grid_disagrees"]:
        click.echo(
            _("%(grid_disagrees)d 行写明的单元网格与坐标所在的不同，按坐标登记；多数不同时请检查坐标系。") % document
        )
    if document["outside_code_district"]:
        click.echo(_("%(outside_code_district)d 行的坐标不在标识码所写的区内。") % document)
    if document["system_that_fits"]:
        click.echo(
            _("各行与写明的单元网格不符，按 %(system_that_fits)s 读取才相符：请在映射的 [place] 写 system 后再导入。")
            % document
        )
    if document["off_by_metres"]:
        click.echo(
            _("文件与在册部件的位置整体相差约 %(off_by_metres)d 米：请检查坐标系；属实时加 --accept-offset。")
            % document
        )
    for example in document["examples"][:5]:
        click.echo(f"  {example['code']}: {example['before']} → {example['after']}")
    if not document["written"]:
        click.echo(_("没有写入。"))

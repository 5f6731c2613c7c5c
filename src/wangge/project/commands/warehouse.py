"""The commands ``wangge warehouse refresh|status``: facts leave the database for evaluation, and are proven sound."""

from __future__ import annotations

import json
import sys
from typing import Any

import click

from wangge.project.opening import open_city
from wangge.project.words import _


@click.group(help=_("数据仓库：评价所用的事实，只增不改，各文件有 SM3 清单。"))
def warehouse() -> None:
    """The warehouse's commands."""


@warehouse.command(help=_("把上次以来的流转记录写入数据仓库。"))
@click.option("--jobs", default=0, type=click.IntRange(0), help=_("进程数；默认与处理器数相同。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def refresh(*, jobs: int, as_json: bool) -> None:
    """Exit 1 when the warehouse cannot be refreshed."""
    from wangge.groundwork.warehouse.manifest import WarehouseRefused

    with open_city() as environment:
        try:
            told = _refresh(environment.warehouse_root, jobs=jobs, quiet=as_json)
        except WarehouseRefused as refused:
            click.echo(str(refused), err=True)
            sys.exit(1)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        line = _("快照 {snapshot}：新增 {new_cases:,} 件案卷、{new_steps:,} 步，用时 {seconds:.1f} 秒。")
        click.echo(line.format(**told))


def _refresh(root: Any, *, jobs: int, quiet: bool) -> dict[str, Any]:
    from importlib.metadata import version

    from wangge.domains.evaluation.operations.refreshing import refresh as refresh_warehouse
    from wangge.groundwork import clock
    from wangge.groundwork.worker_pool import jobs_here
    from wangge.project.commands.bars import counted_bar

    began = clock.monotonic()
    with counted_bar(_("事实入仓"), 0, unit=_("件"), quiet=quiet) as step:
        done_before = 0

        def tell(done: int, total: int) -> None:
            nonlocal done_before
            step(done - done_before)
            done_before = done

        done = refresh_warehouse(
            root=root, at=clock.now(), software=version("wangge"), jobs=jobs or jobs_here(), tell=tell
        )
    return {
        "snapshot": done.manifest.id,
        "new_cases": done.cases,
        "new_steps": done.steps,
        "new_files": done.files,
        "cases": done.manifest.rows_of("cases"),
        "steps": done.manifest.rows_of("steps"),
        "seconds": round(clock.monotonic() - began, 2),
    }


@warehouse.command(help=_("数据仓库的快照、行数，并逐个校验文件的 SM3。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def status(*, as_json: bool) -> None:
    """Exit 1 when a file or manifest changed, or when nothing was ever refreshed."""
    from wangge.groundwork.warehouse.keeping import changed_files
    from wangge.groundwork.warehouse.manifest import WarehouseRefused, chain_breaks, read_latest
    from wangge.project.environment import read_environment

    root = read_environment().warehouse_root
    try:
        manifest = read_latest(root)
        changed = changed_files(root, manifest.files, thoroughly=True)
        broken = list(chain_breaks(root))
    except WarehouseRefused as refused:
        click.echo(str(refused), err=True)
        sys.exit(1)
    told = {
        "snapshot": manifest.id if manifest.number else "",
        "made_at": manifest.made_at,
        "cases": manifest.rows_of("cases"),
        "steps": manifest.rows_of("steps"),
        "files": len(manifest.files),
        "bytes": sum(file.bytes for file in manifest.files),
        "changed": changed,
        "broken_manifests": broken,
    }
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        _show(told)
    if changed or broken or not manifest.number:
        sys.exit(1)


def _show(told: dict[str, Any]) -> None:
    if not told["snapshot"]:
        click.echo(_("数据仓库还是空的：请先运行 wangge warehouse refresh。"))
        return
    line = _("快照 {snapshot}（{made_at}）：{cases:,} 件案卷、{steps:,} 步，{files} 个文件，共 {bytes:,} 字节。")
    click.echo(line.format(**told))
    for name in told["changed"]:
        click.echo(_("文件已被改动或丢失：{name}").format(name=name))
    for name in told["broken_manifests"]:
        click.echo(_("清单不连续：{name}").format(name=name))
    if not told["changed"] and not told["broken_manifests"]:
        click.echo(_("全部文件与清单相符。"))

"""The command ``wangge backup``: writes the whole city into a directory, or a base backup for continuous backup."""

from __future__ import annotations

import sys
from pathlib import Path
from time import monotonic

import click

from wangge.groundwork.giving_way import give_way
from wangge.groundwork.log_archive import FolderRefused
from wangge.groundwork.postgres_programs import ClusterFailed
from wangge.project.archive import ArchiveRefused
from wangge.project.archiving import back_up
from wangge.project.environment import Environment, read_environment
from wangge.project.noting import note_upkeep
from wangge.project.opening import open_database
from wangge.project.words import _

BASES_KEPT = 7


@click.command(
    help=_(
        "把整座城市（数据库、照片、本地标准）备份到一个新目录；运行中也可以备份。"
        "--base：在 WANGGE_BACKUPS 中做一次基础备份，此后可恢复到任意时刻。"
    )
)
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), required=False)
@click.option("--base", is_flag=True, help=_("基础备份，配合日志归档。"))
@click.option(
    "--keep", default=BASES_KEPT, show_default=True, type=click.IntRange(1), help=_("保留最近几次基础备份。")
)  # fmt: skip
@click.option("--beside", is_flag=True, help=_("只把新照片与本地标准复制到 WANGGE_BACKUPS；运行中每分钟自动进行。"))
def backup(*, directory: Path | None, base: bool, keep: int, beside: bool) -> None:
    """Write the backup; exit 1 when it is refused."""
    give_way()
    if beside and not base and directory is None:
        _beside(read_environment())
        return
    if beside or base == (directory is not None):
        raise click.UsageError(_("请给出备份目录，或用 --base。"))
    environment, began = read_environment(), monotonic()
    kind, where, why = "base" if base else "dump", str(directory or environment.backup_folder or ""), ""
    with open_database(environment):
        try:
            line = _base(environment, keep) if directory is None else _dump(environment, directory)
        except (ArchiveRefused, FolderRefused, ClusterFailed) as refused:
            why = str(refused)
        detail = {"where": where, **({"why": why} if why else {})}
        note_upkeep(environment, kind=kind, well=not why, seconds=monotonic() - began, detail=detail)
    if why:
        click.echo(why, err=True)
        sys.exit(1)
    click.echo(line)


def _dump(environment: Environment, directory: Path) -> str:
    manifest = back_up(environment, directory)
    if manifest.photos_elsewhere:
        click.echo(_("照片在 S3 的 {bucket} 中，未包含在内。").format(bucket=manifest.photos_elsewhere), err=True)
    return _("备份完成：{directory}，{count} 个文件。").format(directory=directory, count=len(manifest.files))


def _beside(environment: Environment) -> None:
    from wangge.project.continuous import copy_beside

    try:
        with open_database(environment):
            copied = copy_beside(environment, whole=False)
    except FolderRefused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(_("复制了 {count} 个文件。").format(count=copied))


def _base(environment: Environment, keep: int) -> str:
    from wangge.project.continuous import take_base

    directory, removed = take_base(environment, keep=keep)
    line = _("基础备份完成：{directory}。从此刻起可恢复到任意时刻。").format(directory=directory)
    if removed:
        line += _("已移除较早的 {count} 次。").format(count=len(removed))
    return line

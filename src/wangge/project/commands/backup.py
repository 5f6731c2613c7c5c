"""The command ``wangge backup``: writes the whole city into a directory."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from wangge.project.archive import ArchiveRefused
from wangge.project.archiving import back_up
from wangge.project.environment import read_environment
from wangge.project.opening import open_database
from wangge.project.words import _


@click.command(help=_("把整座城市（数据库、照片、本地标准）备份到一个新目录；运行中也可以备份。"))
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
def backup(*, directory: Path) -> None:
    """Write the backup; exit 1 when it is refused."""
    environment = read_environment()
    try:
        with open_database(environment):
            manifest = back_up(environment, directory)
    except ArchiveRefused as refused:
        click.echo(str(refused), err=True)
        sys.exit(1)
    if manifest.photos_elsewhere:
        click.echo(_("照片在 S3 的 {bucket} 中，未包含在内。").format(bucket=manifest.photos_elsewhere), err=True)
    click.echo(_("备份完成：{directory}，{count} 个文件。").format(directory=directory, count=len(manifest.files)))

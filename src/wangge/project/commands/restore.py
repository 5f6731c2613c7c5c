"""The command ``wangge restore``: puts a backup in the place of this city."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from wangge.project.archive import ArchiveRefused
from wangge.project.archiving import restore as restore_city
from wangge.project.environment import read_environment
from wangge.project.opening import open_city, open_database
from wangge.project.words import _


@click.command(help=_("用备份替换这座城市；城市非空时须加 --force。"))
@click.argument("directory", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--force", is_flag=True, help=_("放弃城市现有的数据。"))
def restore(*, directory: Path, force: bool) -> None:
    """Restore, bring to this version's schema and grant; exit 1 when it is refused."""
    environment = read_environment()
    with open_database(environment):
        try:
            manifest = restore_city(environment, directory, force=force)
        except ArchiveRefused as refused:
            click.echo(str(refused), err=True)
            sys.exit(1)
        with open_city(as_owner=True):
            from wangge.groundwork.outbox.operations import rebase_after_restore
            from wangge.project.migrating import grant_to_application, migrate_database

            migrate_database(verbosity=0)
            grant_to_application()
            # This cluster counts its transactions anew: without this, facts not yet delivered would wait for ever.
            rebase_after_restore()
    click.echo(_("已恢复 {made_at} 的备份。请用 wangge verify 核对案卷。").format(made_at=manifest.made_at))

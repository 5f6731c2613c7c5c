"""The command ``wangge migrate``: brings the database to the schema of this version, as its owner."""

from __future__ import annotations

import click

from wangge.project.opening import open_city
from wangge.project.words import _


@click.command(help=_("把数据库升级到本版本的结构，并授予应用角色所需的权限。"))
@click.option("--plan", is_flag=True, help=_("只列出将要执行的升级。"))
@click.option("--quiet", is_flag=True, help=_("不逐条列出。"))
def migrate(*, plan: bool, quiet: bool) -> None:
    """Migrate as owner, then grant."""
    with open_city(as_owner=True):
        from wangge.project.migrating import grant_to_application, migrate_database

        migrate_database(plan=plan, verbosity=0 if quiet else 1)
        if not plan:
            grant_to_application()

"""The command ``wangge migrate``: brings the database to the schema of this version, as its owner."""

from __future__ import annotations

import click

from wangge.project.opening import open_city


@click.command()
@click.option("--plan", is_flag=True, help="只列出将要执行的迁移。")
def migrate(*, plan: bool) -> None:
    """把数据库升级到本版本的结构。"""
    with open_city(as_owner=True):
        from wangge.project.migrating import grant_to_application, migrate_database

        migrate_database(plan=plan)
        if not plan:
            grant_to_application()

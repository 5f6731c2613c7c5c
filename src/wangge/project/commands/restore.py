"""The command ``wangge restore``: puts a backup in the place of this city, or the city back to a moment."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic

import click

from wangge.groundwork import clock
from wangge.groundwork.log_archive import FolderRefused
from wangge.groundwork.postgres_programs import ClusterFailed
from wangge.project.archive import ArchiveRefused
from wangge.project.archiving import restore as restore_city
from wangge.project.environment import Environment, read_environment
from wangge.project.noting import note_upkeep
from wangge.project.opening import open_city, open_database
from wangge.project.words import _

LATEST = "latest"


@click.command(
    help=_(
        "用备份替换这座城市；城市非空时须加 --force。"
        "--to：用连续备份恢复到一个时刻，如 '2026-03-02 10:15:00'（本市时间）或 latest。"
    )
)
@click.argument("directory", type=click.Path(path_type=Path, exists=True, file_okay=False), required=False)
@click.option("--to", "moment", metavar="MOMENT", help=_("恢复到哪一时刻，或 latest。"))
@click.option("--force", is_flag=True, help=_("放弃城市现有的数据；--to 时另存，不删除。"))
def restore(*, directory: Path | None, moment: str | None, force: bool) -> None:
    """Restore, bring to this version's schema and grant; exit 1 when it is refused."""
    environment = read_environment()
    if moment is not None:
        _to_moment(environment, directory, _moment(moment), force=force)
        return
    if directory is None:
        raise click.UsageError(_("请给出备份目录，或用 --to 说明恢复到哪一时刻。"))
    began = monotonic()
    with open_database(environment):
        try:
            manifest = restore_city(environment, directory, force=force)
        except ArchiveRefused as refused:
            click.echo(str(refused), err=True)
            sys.exit(1)
        with open_city(as_owner=True):
            from wangge.groundwork.outbox.operations import rebase_after_restore

            _bring_up()
            # This cluster counts its transactions anew: without this, facts not yet delivered would wait for ever.
            rebase_after_restore()
            _erase_again(environment)
        note_upkeep(
            environment, kind="restore", well=True, seconds=monotonic() - began,
            detail={"where": str(directory), "made_at": manifest.made_at},
        )  # fmt: skip
    click.echo(_("已恢复 {made_at} 的备份。请用 wangge verify 核对案卷。").format(made_at=manifest.made_at))


def _bring_up() -> None:
    from wangge.project.migrating import grant_to_application, migrate_database

    migrate_database(verbosity=0)
    grant_to_application()


def _erase_again(environment: Environment) -> None:
    """Words that a person had erased came back with the earlier moment; they go before anybody reads them."""
    from django.db import connection

    from wangge.domains.citizens.operations.erasing import erase_again
    from wangge.domains.organizations.logic import TERMINAL
    from wangge.project.erasing_elsewhere import KINDS, erase_elsewhere
    from wangge.project.erasures import bring_erasures, erasures_noted

    if environment.backup_folder is not None:
        bring_erasures(environment.backup_folder, environment.var)
    at = clock.now()
    with connection.cursor() as cursor:
        # An old backup has no month yet for what is recorded today.
        cursor.execute("SELECT ensure_month_partitions(%s, %s)", [at.date() - timedelta(days=1), at.date()])
    noted = erasures_noted(environment.var)
    again = erase_again(erasures=[each for each in noted if each.kind not in KINDS], by=TERMINAL, at=at)
    orders, calls = ([each.key for each in noted if each.kind == kind] for kind in KINDS)
    elsewhere = erase_elsewhere(because=_("恢复数据后再次清除。"), by=TERMINAL, at=at, orders=orders, calls=calls)
    elsewhere.remove_recordings()
    again += len(elsewhere.orders) + len(elsewhere.calls)
    if again:
        click.echo(_("已再次清除随恢复而回来的个人信息：{count} 项。").format(count=again))


def _moment(text: str) -> datetime | None:
    if text == LATEST:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(
            _("读不懂时刻 {text}：请写成 '2026-03-02 10:15:00' 或 latest。").format(text=text)
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=clock.CITY_ZONE)


def _to_moment(environment: Environment, directory: Path | None, moment: datetime | None, *, force: bool) -> None:
    from wangge.project.continuous import folder_of, restore_to

    began = monotonic()
    try:
        folder = directory.resolve() if directory is not None else folder_of(environment)
        done = restore_to(environment, folder=folder, moment=moment, force=force)
    except (ArchiveRefused, FolderRefused, ClusterFailed) as refused:
        click.echo(str(refused), err=True)
        sys.exit(1)
    told = moment.isoformat(sep=" ") if moment else LATEST
    with open_city(as_owner=True):
        _bring_up()
        _erase_again(environment)
        note_upkeep(
            environment, kind="restore", well=True, seconds=monotonic() - began,
            detail={"to": told, "base": done.base, "replaced": str(done.replaced or "")},
        )  # fmt: skip
    click.echo(_("已恢复到 {moment}（基础备份 {base}）。").format(moment=told, base=done.base))
    if done.replaced is not None:
        click.echo(_("换下的数据在 {place}，核对无误后可删除。").format(place=done.replaced))
    click.echo(_("请用 wangge verify 核对案卷，再用 wangge backup --base 做新的基础备份。"))

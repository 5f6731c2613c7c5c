"""The command ``wangge spool``: the public surface standing alone, and the exchange with it through a folder."""

from __future__ import annotations

import os
import sys

import click

from wangge.project.environment import read_environment
from wangge.project.opening import open_city
from wangge.project.words import _

LEAST_SECRET = 32


@click.group(help=_("内外网分离：公众服务单独运行，经交换目录与内网往来。"))
def spool() -> None:
    """The group of the verbs below."""


def _check_secret() -> None:
    if len(read_environment().spool_secret) < LEAST_SECRET:
        raise click.ClickException(_("请设置 WANGGE_SPOOL_SECRET，不少于 32 个字符，内外两侧相同。"))


@spool.command(help=_("在外网运行公众服务：不连内网数据库，上报写入交换目录，进度从交换目录读取。"))
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8001, show_default=True)
def serve(*, host: str, port: int) -> None:
    """Run the public surface until it is ended; this process becomes the web server."""
    _check_secret()
    os.environ["DJANGO_SETTINGS_MODULE"] = "wangge.project.outer_settings"
    for name in ("DATABASE_URL", "WANGGE_OWNER_DATABASE_URL"):  # even where they are set, nothing here may use them
        os.environ.pop(name, None)
    words = [
        sys.executable, "-P", "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", "1", "--blocking-threads", "4", "--http", "1", "--log-level", "warning", "--no-ws",
        "wangge.project.outer_wsgi:application",
    ]  # fmt: skip
    os.execv(sys.executable, words)  # noqa: S606 - our own server, no shell


@spool.command(name="import", help=_("在内网收取交换目录中的上报，每件只收一次；签名不符的移入 refused。"))
def take() -> None:
    """Print how many came to what; exit 1 where a file was no package of the other side."""
    _check_secret()
    with open_city() as environment:
        from wangge.groundwork import clock
        from wangge.surfaces.exchange.spool.receiving import Outcome, take_in

        folder = environment.spool_folder / "to-house"
        found = take_in(folder, secret=environment.spool_secret.encode(), at=clock.now())
    names = {
        Outcome.TAKEN: _("收取"), Outcome.BEFORE: _("已收过"), Outcome.REFUSED: _("不予收取"),
        Outcome.FORGED: _("签名不符"), Outcome.LATER: _("等待"),
    }  # fmt: skip
    click.echo("，".join(f"{names[each]} {found[each]}" for each in Outcome))
    if found[Outcome.FORGED]:
        sys.exit(1)


@spool.command(name="export", help=_("在内网把有变化的进度写入交换目录。"))
def tell() -> None:
    """Print how many statuses were told."""
    _check_secret()
    with open_city() as environment:
        from wangge.groundwork import clock
        from wangge.surfaces.exchange.spool.telling import tell_back

        folder = environment.spool_folder / "to-public"
        count = tell_back(folder, secret=environment.spool_secret.encode(), at=clock.now())
    click.echo(_("已写出 {count} 件进度。").format(count=count))

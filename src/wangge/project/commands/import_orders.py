"""The command ``wangge import orders``: orders of a hotline channel from a CSV."""

from __future__ import annotations

from pathlib import Path

import click
import orjson

from wangge.project.opening import open_city
from wangge.project.words import _


@click.command(name="orders", help=_("从 CSV 导入热线工单；同一渠道的同一编号只登记一次。"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--channel", required=True, help=_("渠道，如 hotline_12345；见 hotline_channels.csv。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def command(*, file: Path, channel: str, as_json: bool) -> None:
    """Print counts and every refused row; exit 1 when some row was refused."""
    with open_city():
        from wangge.groundwork import clock
        from wangge.surfaces.exchange.hotline.orders import FileRefused, import_orders

        try:
            result = import_orders(path=file, channel=channel, at=clock.now())
        except FileRefused as refused:
            raise click.ClickException(str(refused)) from refused
    counts = {"rows": result.rows, "taken": result.taken, "there": result.there, "cases": result.cases}
    if as_json:
        click.echo(orjson.dumps({**counts, "refused": result.refused}))
    else:
        click.echo(
            _("%(rows)s 行：登记 %(taken)s 件（转为案卷 %(cases)s 件），已有 %(there)s 件，退回 %(refused)s 行。")
            % {**counts, "refused": len(result.refused)}
        )
        for line, why in result.refused:
            click.echo(_("第 %(line)s 行 %(why)s") % {"line": line, "why": why})
    if result.refused:
        raise SystemExit(1)

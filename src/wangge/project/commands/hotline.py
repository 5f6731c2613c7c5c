"""The command ``wangge hotline``: files to and from a hotline, a day compared with its statement, its simulator."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
import orjson

from wangge.project.environment import read_environment
from wangge.project.opening import open_city
from wangge.project.words import _

_ROUND_SECONDS = 1.0
_AT_ONCE = 50
_channel = click.option("--channel", required=True, help=_("渠道，如 hotline_12345；见 hotline_channels.csv。"))


@click.group(help=_("热线渠道：以文件收发，对账，模拟热线系统。"))
def hotline() -> None:
    """The group of the verbs below."""


@hotline.command(help=_("把热线某日的对账单（CSV）与本系统逐单核对。"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_channel
@click.option("--day", required=True, type=click.DateTime(["%Y-%m-%d"]), help=_("热线交办工单的日期。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def reconcile(*, file: Path, channel: str, day: datetime, as_json: bool) -> None:
    """Print both counts and each difference; exit 1 when there is one."""
    with open_city():
        from dataclasses import asdict

        from wangge.domains.hotline.operations import reconciling
        from wangge.domains.organizations.logic import TERMINAL
        from wangge.groundwork import clock
        from wangge.project.commands.refusing import refusals_shown
        from wangge.surfaces.exchange.hotline.orders import FileRefused
        from wangge.surfaces.exchange.hotline.statements import read_statement

        with refusals_shown():
            try:
                theirs = read_statement(path=file, channel=channel, day=day.date())
            except FileRefused as refused:
                raise click.ClickException(str(refused)) from refused
            found = reconciling.reconcile(
                channel=channel, day=day.date(), theirs=theirs, at=clock.now(), by=TERMINAL
            )  # fmt: skip
    _print(
        {
            "day": day.date().isoformat(), "theirs": found.theirs, "ours": found.ours,
            "differences": [asdict(each) for each in found.differences],
        },
        as_json=as_json,
    )  # fmt: skip


@hotline.command(help=_("把待发的答复、退单、延期申请等写入新的 CSV，交给不经 HTTP 对接的热线；写入即为送达。"))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_channel
def send(*, file: Path, channel: str) -> None:
    """Write what is due; exit 2 for a channel that is sent to by itself or a file that is there, 1 on a full disk."""
    with open_city():
        from django.conf import settings

        from wangge.domains.hotline.tables import channel_of
        from wangge.groundwork import clock
        from wangge.surfaces.exchange.hotline.sheets import write_due

        if channel_of(channel) is None:
            raise click.UsageError(_("没有名为“%(channel)s”的渠道。") % {"channel": channel})
        if channel in settings.HOTLINE_ADDRESSES:
            raise click.UsageError(
                _("渠道 %(channel)s 设有地址，由本系统自动发送；改用文件须先去掉 WANGGE_HOTLINE_ADDRESSES 中的这一项。")
                % {"channel": channel}
            )
        try:
            written, failed = write_due(path=file, channel=channel, at=clock.now())
        except FileExistsError:
            raise click.UsageError(_("文件已存在，请换一个文件名：%(file)s") % {"file": file}) from None
        except OSError as refused:
            raise click.ClickException(f"{file}: {refused.strerror}") from None
    if failed:
        raise click.ClickException(
            _("已写入 %(count)s 条，其余因磁盘写不进而未写，请换一处再试。") % {"count": written}
        )
    click.echo(
        _("已写入 %(count)s 条到 %(file)s。") % {"count": written, "file": file} if written else _("没有待发的报文。")
    )


@hotline.command(help=_("从 CSV 收取热线对工单的回访、退单与延期结果等；同一行只收一次。"))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_channel
def take(*, file: Path, channel: str) -> None:
    """Print counts and every refused row; exit 1 when some row was refused."""
    with open_city():
        from wangge.groundwork import clock
        from wangge.surfaces.exchange.hotline.orders import FileRefused
        from wangge.surfaces.exchange.hotline.sheets import take_words

        try:
            found = take_words(path=file, channel=channel, at=clock.now())
        except FileRefused as refused:
            raise click.ClickException(str(refused)) from refused
    click.echo(
        _("%(rows)s 行：收取 %(taken)s 条，已有 %(there)s 条，退回 %(refused)s 行。")
        % {"rows": found.rows, "taken": found.taken, "there": found.there, "refused": len(found.refused)}
    )
    for line, why in found.refused:
        click.echo(_("第 %(line)s 行 %(why)s") % {"line": line, "why": why})
    if found.refused:
        raise SystemExit(1)


@hotline.command(help=_("模拟热线系统：交办工单，接收答复，回访，最后对账。用于联调与演示，勿对正式系统使用。"))
@click.option("--channel", default="hotline_12345", help=_("渠道，如 hotline_12345；见 hotline_channels.csv。"))
@click.option("--orders", "count", type=click.IntRange(0, 100_000), default=20, help=_("交办的工单数。"))
@click.option("--seed", default="1", help=_("随机种子；同一种子给出同样的工单与故障。"))
@click.option("--url", default="http://127.0.0.1:8000", help=_("本系统的地址。"))
@click.option("--listen", type=click.IntRange(0, 65_535), default=8090, help=_("接收答复的本机端口。"))
@click.option("--minutes", type=click.FloatRange(min=0), default=10, help=_("最长运行的分钟数。"))
@click.option("--place", "places", nargs=2, type=float, multiple=True, help=_("地点的经度与纬度，可重复。"))
@click.option("--faults/--no-faults", default=True, help=_("线路是否丢失、重复、延迟和打乱报文。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def simulate(
    *, channel: str, count: int, seed: str, url: str, listen: int, minutes: float,
    places: tuple[tuple[float, float], ...], faults: bool, as_json: bool,
) -> None:  # fmt: skip
    """Play the hotline's side until nothing is under way or the time is over; exit 1 on a difference."""
    from wangge.groundwork import clock
    from wangge.surfaces.exchange.hotline.simulator.network import NO_FAULTS, Faults, Network
    from wangge.surfaces.exchange.hotline.simulator.orders import orders_of_day
    from wangge.surfaces.exchange.hotline.simulator.other_side import OtherSide
    from wangge.surfaces.exchange.hotline.simulator.serving import listening, poster

    environment = read_environment()
    secret = environment.secrets_of_channels.get(channel, "")
    if not secret:
        raise click.UsageError(_("渠道 %(channel)s 没有密钥，请设置 WANGGE_HOTLINE_SECRETS。") % {"channel": channel})
    if not url.startswith(("http://", "https://")):
        raise click.UsageError(_("地址须以 http:// 或 https:// 开头。"))
    clock.shift(timedelta(minutes=environment.clock_offset_minutes))  # as the city that is spoken to
    chosen = Faults() if faults else NO_FAULTS
    other = OtherSide(
        channel, secret, seed, poster(url), clock.now, Network(seed=f"{seed}/there", faults=chosen),
        Network(seed=f"{seed}/back", faults=chosen),
    )  # fmt: skip
    begun = clock.now()
    other.hand_over(
        orders_of_day(count=count, seed=seed, first_at=begun, places=places, prefix=f"{begun:%Y%m%d%H%M%S}-")
    )
    lock = threading.Lock()
    with listening(other, port=listen, lock=lock) as port:
        click.echo(_("正在 127.0.0.1:%(port)s 接收答复。") % {"port": port}, err=True)
        ends = clock.monotonic() + minutes * 60
        try:
            while clock.monotonic() < ends and not (other.is_quiet and other.all_answered):
                with lock:
                    other.round(most=_AT_ONCE)
                time.sleep(_ROUND_SECONDS)
        except KeyboardInterrupt:
            click.echo(_("已停止，现在对账。"), err=True)
    found: dict[str, Any] = {"theirs": 0, "ours": 0, "differences": []}
    for day in other.days:
        try:
            told = other.reconcile(day)
        except ValueError as refused:
            raise click.ClickException(_("对账单未被接收：%(why)s") % {"why": refused}) from refused
        found = {name: found[name] + told[name] for name in found}
    _print({**found, "refused": [[name, status] for name, status, _body in other.refused]}, as_json=as_json)


def _print(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        click.echo(orjson.dumps(found))
    else:
        counts = {"theirs": found["theirs"], "ours": found["ours"], "differences": len(found["differences"])}
        click.echo(_("热线 %(theirs)s 件，本系统 %(ours)s 件，差异 %(differences)s 处。") % counts)
        for each in found["differences"]:
            click.echo(f"{each['order_no']}\t{each['what']}\t{each['theirs']}\t{each['ours']}")
    if found["differences"]:
        raise SystemExit(1)

"""The command ``wangge telephone``: a simulated exchange, to try the adapter with."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import timedelta

import click
import orjson

from wangge.project.environment import read_environment
from wangge.project.words import _

_TIMEOUT_SECONDS = 30
_AWAY = 599


@click.group(help=_("话务系统：模拟来电。"))
def telephone() -> None:
    """The group of the verbs below."""


@telephone.command(help=_("模拟话务系统：来电、接听、未接、录音，逐件送入。用于联调与演示，勿对正式系统使用。"))
@click.option("--calls", "count", type=click.IntRange(1, 10_000), default=4, help=_("来电数。"))
@click.option("--extension", "extensions", multiple=True, default=("8001",), help=_("分机号，可重复。"))
@click.option("--seed", default="1", help=_("随机种子；同一种子给出同样的来电与故障。"))
@click.option("--url", default="http://127.0.0.1:8000", help=_("本系统的地址。"))
@click.option("--apart", type=click.IntRange(0, 3600), default=15, help=_("两次来电相隔的秒数。"))
@click.option("--minutes", type=click.FloatRange(min=0), default=10, help=_("最长运行的分钟数。"))
@click.option("--faults/--no-faults", default=False, help=_("线路是否丢失、重复、延迟和打乱报文。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def simulate(
    *, count: int, extensions: tuple[str, ...], seed: str, url: str, apart: int, minutes: float, faults: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Play the exchange's side until everything was taken or the time is over; exit 1 where something was not."""
    from wangge.groundwork import clock
    from wangge.surfaces.exchange.hotline.simulator.network import NO_FAULTS, Faults, Network
    from wangge.surfaces.exchange.telephone.simulator import Exchange, calls_of_day

    environment = read_environment()
    if not environment.telephone_secret:
        raise click.UsageError(_("请设置 WANGGE_TELEPHONE_SECRET。"))
    if not url.startswith(("http://", "https://")):
        raise click.UsageError(_("地址须以 http:// 或 https:// 开头。"))
    clock.shift(timedelta(minutes=environment.clock_offset_minutes))

    def send(method: str, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked above
            f"{url.rstrip('/')}/api/v1/telephone/{path}", data=body, method=method, headers=dict(headers)
        )
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310
                return answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read()
        except OSError as away:
            return _AWAY, str(away).encode()

    chosen = Faults(late_at_most=timedelta(seconds=20)) if faults else NO_FAULTS
    begun = clock.now()
    exchange = Exchange(environment.telephone_secret, send, clock.now, Network(seed=seed, faults=chosen))
    exchange.outbox += calls_of_day(
        count=count, seed=seed, first_at=begun, extensions=extensions, prefix=f"{begun:%Y%m%d%H%M%S}-",
        apart_seconds=apart,
    )  # fmt: skip
    ends = clock.monotonic() + minutes * 60
    while clock.monotonic() < ends and not exchange.is_quiet:
        exchange.round()
        time.sleep(0.5)
    told = {
        "calls": count, "taken": len(exchange.taken), "waiting": len(exchange.outbox),
        "refused": [[key, status] for key, status, _text in exchange.refused],
    }  # fmt: skip
    if as_json:
        click.echo(orjson.dumps(told))
    else:
        click.echo(
            _("来电 %(calls)s 次，送达 %(taken)s 件，未送达 %(waiting)s 件，退回 %(count)s 件。")
            % {**told, "count": len(exchange.refused)}
        )
    if exchange.outbox or exchange.refused:
        raise SystemExit(1)

"""The command ``wangge replies``: how answers to citizens stand, and the other sides of SMS and WeChat to try with."""

from __future__ import annotations

import threading
from datetime import timedelta

import click
import orjson

from wangge.project.environment import read_environment
from wangge.project.opening import open_city
from wangge.project.words import _


@click.group(help=_("答复诉求人：查看发送情况，模拟短信网关与微信。"))
def replies() -> None:
    """The group of the verbs below."""


@replies.command(help=_("按渠道列出待发、已发、放弃的答复数，与最近的失败原因。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def status(*, as_json: bool) -> None:
    """Print the counts of each channel."""
    with open_city():
        from wangge.domains.replies.queries import standing

        found = standing()
    if as_json:
        click.echo(orjson.dumps(found))
        return
    for line in found:
        counts = (
            _("待发 %(waiting)s，已发 %(sent)s（其中送达 %(delivered)s，未送达 %(undelivered)s），放弃 %(put_aside)s")
            % line
        )
        click.echo("\t".join(filter(None, (line["channel"], counts, line["last_error"]))))


@replies.command(help=_("列出短信网关报告未送达的答复：案卷号、时间、原因；可据此改以电话答复。"))
@click.option("--json", "as_json", is_flag=True, help=_("输出一个 JSON 文档。"))
def undelivered(*, as_json: bool) -> None:
    """Print what did not arrive, the newest first; without anybody's number."""
    with open_city():
        from wangge.domains.replies.queries import not_arrived

        found = not_arrived()
    if as_json:
        click.echo(orjson.dumps(found))
        return
    for line in found:
        click.echo("\t".join((line["case_number"] or line["message_id"], f"{line['at']:%Y-%m-%d %H:%M}", line["why"])))


@replies.command(help=_("在本机模拟短信网关与微信服务器，用于联调与演示；收到的每条消息输出一行 JSON。"))
@click.option("--port", type=click.IntRange(0, 65_535), default=8092, help=_("本机端口。"))
@click.option("--receipts", "address", default="", help=_("本系统的地址，短信回执送到这里；不写则不送。"))
@click.option("--unreachable", "unreachable", multiple=True, help=_("短信送不到的号码，可重复。"))
def simulate(*, port: int, address: str, unreachable: tuple[str, ...]) -> None:
    """Take messages until interrupted."""
    from wangge.groundwork import clock
    from wangge.surfaces.exchange.replies.simulator import OtherSides, listening, send_receipts

    if address and not address.startswith(("http://", "https://")):
        raise click.UsageError(_("地址须以 http:// 或 https:// 开头。"))
    environment = read_environment()
    clock.shift(timedelta(minutes=environment.clock_offset_minutes))  # as the city that is spoken to
    other = OtherSides(sms_secret=environment.sms_secret, app=environment.wechat_app, told=_show)
    other.unreachable.update(unreachable)
    with listening(other, port=port) as found:
        click.echo(_("正在 127.0.0.1:%(port)s 接收。") % {"port": found}, err=True)
        try:
            while not threading.Event().wait(1):
                if address:
                    send_receipts(other, address, now=clock.now)
        except KeyboardInterrupt:
            return


def _show(message: dict[str, object]) -> None:
    click.echo(orjson.dumps(message))
